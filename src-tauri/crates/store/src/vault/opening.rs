//! Finding the way to what is kept: from a choice, a file, and a keyring to a [`Door`].

use std::sync::{Arc, Weak};
use std::time::Duration;

use base::Secret;

use super::door::{Door, Opener};
use super::fault::{KeyringFault, VaultFault};
use super::inner::Inner;
use super::keyring::KeyHolder;
use super::kind::{VaultChoice, VaultKind};
use super::seal::{SealKey, Stretch};
use super::sheet::{Content, Seal, Sheet};
use super::shelf::Bytes;
use crate::turn::Turn;

/// Whether the keyring may ask the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prompt {
    Never,
    Allowed,
}

impl Inner {
    /// The door that the present choice, file, and keyring make.
    pub(super) async fn find_door(self: &Arc<Self>, prompt: Prompt) -> Door {
        let (choice, passphrase) = {
            let held = self.held.lock();
            (held.choice.clone(), held.passphrase.clone())
        };
        if choice == Some(VaultChoice::Session) {
            return Door::Session(Content::new());
        }
        self.find_opener(choice, passphrase, prompt)
            .await
            .map_or_else(Door::Closed, Door::Open)
    }

    async fn find_opener(
        self: &Arc<Self>,
        choice: Option<VaultChoice>,
        passphrase: Option<Secret>,
        prompt: Prompt,
    ) -> Result<Opener, VaultFault> {
        let shelf = self.shelf.clone();
        let bytes = blocking(move || shelf.read()).await?;
        let kept = self.kept(&bytes)?;
        let asked = match (choice, kept) {
            (Some(choice), _) => choice,
            (None, None | Some(VaultKind::Keyring)) => VaultChoice::Keyring,
            (None, Some(VaultKind::Passphrase)) => {
                VaultChoice::Passphrase(passphrase.ok_or(VaultFault::PassphraseNeeded)?)
            }
            (None, Some(VaultKind::Plain)) => VaultChoice::Plain,
            (None, Some(VaultKind::Session)) => VaultChoice::Session,
        };
        match kept {
            Some(kept) if kept != asked.kind() => self.convert(kept, &asked, prompt).await,
            Some(_) | None => {
                let opener = self.opener_for(&asked, &bytes, prompt).await?;
                opener.open(&bytes, &self.shelf)?;
                Ok(opener)
            }
        }
    }

    /// What opens a file of the kind that is asked for.
    pub(super) async fn opener_for(
        self: &Arc<Self>,
        asked: &VaultChoice,
        bytes: &Bytes,
        prompt: Prompt,
    ) -> Result<Opener, VaultFault> {
        match asked {
            VaultChoice::Plain | VaultChoice::Session => Ok(Opener::Seal(Seal::Plain)),
            VaultChoice::Keyring => Ok(Opener::keyring(self.load(prompt).await?)),
            VaultChoice::Passphrase(passphrase) => {
                let stretch = match bytes {
                    Some((bytes, _)) => Sheet::parse(bytes, self.shelf.file())?.stretch()?,
                    None => Stretch {
                        salt: self.chance.bytes(),
                        cost: self.cost,
                    },
                };
                stretched(passphrase.clone(), stretch).await
            }
        }
    }

    /// Opens the file the way it is kept and writes it the way that is asked for.
    async fn convert(
        self: &Arc<Self>,
        kept: VaultKind,
        asked: &VaultChoice,
        prompt: Prompt,
    ) -> Result<Opener, VaultFault> {
        let cannot = VaultFault::OtherKind {
            kept,
            asked: asked.kind(),
        };
        let old = match kept {
            VaultKind::Plain => Opener::Seal(Seal::Plain),
            VaultKind::Keyring => {
                Opener::keyring(self.load(prompt).await.map_err(|_| cannot.clone())?)
            }
            VaultKind::Passphrase | VaultKind::Session => return Err(cannot),
        };
        let new = self.opener_for(asked, &None, prompt).await?;
        let turn = self.own_turn().await?;
        let seal = self.seal_of(new, true).await?;
        let (shelf, chance) = (self.shelf.clone(), self.chance.clone());
        blocking(move || {
            let content = old.open(&shelf.read()?, &shelf)?;
            shelf.write(&seal, &content, &chance)?;
            drop(turn);
            Ok(Opener::Seal(seal))
        })
        .await
    }

    /// The seal to write with; makes the keyring's key where there is none yet. Only for whoever
    /// holds the turn. `replacing` tells that the file is kept in another way until now.
    pub(super) async fn seal_of(
        self: &Arc<Self>,
        opener: Opener,
        replacing: bool,
    ) -> Result<Seal, VaultFault> {
        if let Opener::Seal(seal) = opener {
            return Ok(seal);
        }
        // Another process may have made the key since.
        if let Some(key) = self.load(Prompt::Never).await? {
            return Ok(Seal::Keyring(key));
        }
        if !replacing && self.shelf.stamp().is_some() {
            return Err(VaultFault::KeyGone);
        }
        let key = SealKey::random(&self.chance);
        let text = key.to_text();
        let save = move |holder: &dyn KeyHolder| {
            holder.save(&text)?;
            // Some keyrings say yes and keep nothing.
            match holder.load()? {
                Some(kept) if kept == text => Ok(()),
                Some(_) | None => Err(KeyringFault::Other("it did not keep the key".to_owned())),
            }
        };
        self.clerk.ask(KEYRING_LIMIT, save, |_| {}).await?;
        Ok(Seal::Keyring(key))
    }

    async fn load(self: &Arc<Self>, prompt: Prompt) -> Result<Option<SealKey>, VaultFault> {
        self.held.lock().asked_at = Some(self.clock.passed());
        let limit = match prompt {
            Prompt::Never => KEYRING_LIMIT,
            Prompt::Allowed => PROMPT_LIMIT,
        };
        let work = move |holder: &dyn KeyHolder| {
            if prompt == Prompt::Allowed {
                holder.unlock()?;
            }
            holder.load()
        };
        let vault: Weak<Self> = Arc::downgrade(self);
        let late = move |answer| {
            if let (Some(vault), Ok(key)) = (vault.upgrade(), answer) {
                vault.adopt(key);
            }
        };
        understood(self.clerk.ask(limit, work, late).await?)
    }

    /// Takes a key that came after everyone had stopped waiting for it.
    fn adopt(&self, text: Option<Secret>) {
        let opened = understood(text).map(Opener::keyring).and_then(|opener| {
            let bytes = self.shelf.read()?;
            opener.open(&bytes, &self.shelf).map(|_| opener)
        });
        let mut held = self.held.lock();
        let waits = matches!(held.door, Door::Closed(VaultFault::Locked))
            && matches!(held.choice, None | Some(VaultChoice::Keyring));
        if waits && let Ok(opener) = opened {
            held.settle(Door::Open(opener), &self.states);
        }
    }

    fn kept(&self, bytes: &Bytes) -> Result<Option<VaultKind>, VaultFault> {
        match bytes {
            None => Ok(None),
            Some((bytes, _)) => Sheet::parse(bytes, self.shelf.file())?.kind().map(Some),
        }
    }

    /// The turn at the file itself.
    pub(super) async fn own_turn(&self) -> Result<Turn, VaultFault> {
        self.turn("secrets").await
    }

    /// The turn at `what`.
    pub(super) async fn turn(&self, what: &str) -> Result<Turn, VaultFault> {
        Turn::wait(self.shelf.lock(what)?)
            .await
            .map_err(|error| self.shelf.fault("take the turn at", error))
    }
}

fn understood(text: Option<Secret>) -> Result<Option<SealKey>, VaultFault> {
    match text {
        None => Ok(None),
        Some(text) => match SealKey::from_text(&text) {
            Some(key) => Ok(Some(key)),
            None => Err(VaultFault::Keyring("its entry is not a key".to_owned())),
        },
    }
}

async fn stretched(passphrase: Secret, stretch: Stretch) -> Result<Opener, VaultFault> {
    blocking(move || {
        let key = stretch.key(&passphrase).ok_or(VaultFault::Damaged(
            "its header asks for more memory or time than any file may",
        ))?;
        Ok(Opener::Seal(Seal::Passphrase(key, stretch)))
    })
    .await
}

/// Runs what blocks where it may.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, VaultFault> + Send + 'static,
) -> Result<T, VaultFault> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or(Err(VaultFault::Stopping))
}

/// How long a keyring may take that asks nobody.
const KEYRING_LIMIT: Duration = Duration::from_secs(10);

/// How long a person may take to find and type a password.
const PROMPT_LIMIT: Duration = Duration::from_secs(120);
