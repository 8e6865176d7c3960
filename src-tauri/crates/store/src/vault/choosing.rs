//! A person's decisions about a vault that is in use: another way to keep it, or a new beginning.

use std::sync::Arc;

use super::door::{Change, Door, Opener};
use super::fault::VaultFault;
use super::inner::Inner;
use super::kind::{VaultChoice, VaultKind};
use super::opening::{Prompt, blocking};
use super::sheet::Content;

impl Inner {
    pub(super) async fn choose(self: &Arc<Self>, choice: VaultChoice) -> Result<(), VaultFault> {
        let writing = self.writing.lock().await;
        let carried = self.page().await.ok();
        let before = {
            let mut held = self.held.lock();
            if let VaultChoice::Passphrase(passphrase) = &choice {
                held.passphrase = Some(passphrase.clone());
            }
            held.choice.replace(choice.clone());
            held.door.clone()
        };
        let _opening = self.opening.lock().await;
        let door = match (&before, &carried) {
            (Door::Open(_), Some(content)) => self.reseal(&choice, content).await,
            (Door::Open(_), None) | (Door::Session(_) | Door::Closed(_), _) => {
                self.find_door(Prompt::Allowed).await
            }
        };
        let closed = door.fault().cloned();
        let settled = match (&closed, before) {
            // What worked until now goes on working.
            (Some(_), before @ (Door::Open(_) | Door::Session(_))) => before,
            (Some(_), Door::Closed(_)) | (None, _) => door,
        };
        self.held.lock().settle(settled, &self.states);
        drop((_opening, writing));
        match (closed, carried) {
            (Some(fault), _) => Err(fault),
            (None, Some(content)) if !content.is_empty() => {
                self.apply(Change::Put(Content::clone(&content))).await
            }
            (None, Some(_) | None) => Ok(()),
        }
    }

    /// Writes what is open in another way; with nothing kept yet, nothing is written.
    async fn reseal(self: &Arc<Self>, choice: &VaultChoice, content: &Content) -> Door {
        if choice == &VaultChoice::Session {
            return Door::Session(content.clone());
        }
        let resealed = async {
            let opener = self.opener_for(choice, &None, Prompt::Allowed).await?;
            let turn = self.own_turn().await?;
            if self.shelf.stamp().is_none() {
                return Ok(opener);
            }
            let seal = self.seal_of(opener, true).await?;
            let (shelf, chance) = (self.shelf.clone(), self.chance.clone());
            let content = content.clone();
            blocking(move || {
                shelf.write(&seal, &content, &chance)?;
                drop(turn);
                Ok(Opener::Seal(seal))
            })
            .await
        };
        resealed.await.map_or_else(Door::Closed, Door::Open)
    }

    pub(super) async fn start_over(self: &Arc<Self>) -> Result<(), VaultFault> {
        let _writing = self.writing.lock().await;
        if self.page().await.is_ok() {
            return Ok(());
        }
        {
            let _opening = self.opening.lock().await;
            self.keep_kind();
            let turn = self.own_turn().await?;
            let (shelf, now) = (self.shelf.clone(), self.clock.now());
            let aside = blocking(move || {
                let aside = shelf.put_aside(now)?;
                drop(turn);
                Ok(aside)
            });
            if let Some(aside) = aside.await? {
                tracing::warn!(name: "vault.put_aside", file = %aside.display(), "secrets put aside");
            }
            let door = self.find_door(Prompt::Allowed).await;
            self.held.lock().settle(door, &self.states);
        }
        self.page().await.map(drop)
    }

    /// An open vault whose file cannot be read begins anew in the way it was kept.
    fn keep_kind(&self) {
        let mut held = self.held.lock();
        let Door::Open(opener) = &held.door else {
            return;
        };
        held.choice = match opener.kind() {
            VaultKind::Plain => Some(VaultChoice::Plain),
            VaultKind::Passphrase => held.passphrase.clone().map(VaultChoice::Passphrase),
            VaultKind::Keyring | VaultKind::Session => None,
        };
    }
}
