//! The vault's inside: the door, the page that was last read, and changing what is kept.

use std::sync::Arc;
use std::time::Duration;

use base::{Chance, Clock, Secret};
use parking_lot::Mutex;
use tokio::sync::watch;

use super::VaultParts;
use super::clerk::Clerk;
use super::door::{Change, Door, Opener};
use super::fault::VaultFault;
use super::kind::{VaultChoice, VaultState};
use super::opening::{Prompt, blocking};
use super::seal::Cost;
use super::sheet::Content;
use super::shelf::Shelf;
use crate::private::Stamp;

/// Locks are taken in the order of the fields; none of the first two is ever wanted by someone
/// who has the turn at the file.
pub(super) struct Inner {
    pub(super) writing: tokio::sync::Mutex<()>,
    pub(super) opening: tokio::sync::Mutex<()>,
    pub(super) held: Mutex<Held>,
    seen: Mutex<(Option<Stamp>, u64)>,
    pub(super) states: watch::Sender<VaultState>,
    pub(super) shelf: Shelf,
    pub(super) clerk: Clerk,
    pub(super) clock: Clock,
    pub(super) chance: Chance,
    pub(super) cost: Cost,
}

pub(super) struct Held {
    /// What the person chose and the file does not say yet.
    pub(super) choice: Option<VaultChoice>,
    pub(super) passphrase: Option<Secret>,
    pub(super) door: Door,
    /// Why the last reading of the file failed although the door is open.
    trouble: Option<VaultFault>,
    /// The file as it was last read.
    page: Option<(Option<Stamp>, Arc<Content>)>,
    pub(super) asked_at: Option<Duration>,
}

impl Held {
    pub(super) fn fault(&self) -> Option<VaultFault> {
        self.door.fault().or(self.trouble.as_ref()).cloned()
    }

    pub(super) fn settle(&mut self, door: Door, states: &watch::Sender<VaultState>) {
        if let Door::Open(_) = door {
            // From here on the file says how it is kept.
            self.choice = None;
        }
        self.trouble = None;
        self.page = None;
        self.door = door;
        self.tell(states);
    }

    fn tell(&self, states: &watch::Sender<VaultState>) {
        let state = match &self.trouble {
            Some(fault) => fault.state(),
            None => self.door.state(),
        };
        states.send_if_modified(|told| std::mem::replace(told, state) != state);
    }
}

impl Inner {
    /// Closed, until it is opened.
    pub(super) fn new(parts: VaultParts, cost: Cost) -> Self {
        let passphrase = match &parts.choice {
            Some(VaultChoice::Passphrase(passphrase)) => Some(passphrase.clone()),
            Some(VaultChoice::Keyring | VaultChoice::Plain | VaultChoice::Session) | None => None,
        };
        let door = Door::Closed(VaultFault::Locked);
        Self {
            shelf: Shelf::new(&parts.paths),
            clerk: Clerk::new(parts.keyring, parts.clock.clone()),
            clock: parts.clock,
            chance: parts.chance,
            cost,
            states: watch::Sender::new(door.state()),
            held: Mutex::new(Held {
                choice: parts.choice,
                passphrase,
                door,
                trouble: None,
                page: None,
                asked_at: None,
            }),
            seen: Mutex::new((None, 0)),
            writing: tokio::sync::Mutex::new(()),
            opening: tokio::sync::Mutex::new(()),
        }
    }

    pub(super) fn generation(&self) -> u64 {
        let stamp = self.shelf.stamp();
        let mut seen = self.seen.lock();
        if seen.0 != stamp {
            *seen = (stamp, seen.1 + 1);
        }
        seen.1
    }

    /// Looks for the door again unless it is open.
    pub(super) async fn reopen(self: &Arc<Self>, prompt: Prompt) {
        let _alone = self.opening.lock().await;
        if self.held.lock().door.fault().is_some() {
            let door = self.find_door(prompt).await;
            self.held.lock().settle(door, &self.states);
        }
    }

    /// Everything that is kept now.
    pub(super) async fn page(self: &Arc<Self>) -> Result<Arc<Content>, VaultFault> {
        match self.try_page().await {
            Err(fault) if self.is_worth_another_look(&fault) => {
                self.reopen(Prompt::Never).await;
                self.try_page().await
            }
            outcome => outcome,
        }
    }

    async fn try_page(self: &Arc<Self>) -> Result<Arc<Content>, VaultFault> {
        let stamp = self.shelf.stamp();
        let opener = {
            let held = self.held.lock();
            match (&held.door, &held.page) {
                (Door::Session(content), _) => return Ok(Arc::new(content.clone())),
                (Door::Closed(fault), _) => return Err(fault.clone()),
                (Door::Open(_), Some((read, content))) if *read == stamp => {
                    return Ok(Arc::clone(content));
                }
                (Door::Open(opener), _) => opener.clone(),
            }
        };
        let shelf = self.shelf.clone();
        let read = blocking(move || {
            let bytes = shelf.read()?;
            let content = opener.open(&bytes, &shelf)?;
            Ok((bytes.map(|(_, stamp)| stamp), content))
        });
        let read = read.await;
        let mut held = self.held.lock();
        let outcome = match read {
            Ok((stamp, content)) => {
                let content = Arc::new(content);
                held.page = Some((stamp, Arc::clone(&content)));
                held.trouble = None;
                Ok(content)
            }
            Err(fault) => {
                held.trouble = Some(fault.clone());
                Err(fault)
            }
        };
        held.tell(&self.states);
        outcome
    }

    /// True where looking for the door again may help; closes it where another process has
    /// changed the lock.
    fn is_worth_another_look(&self, fault: &VaultFault) -> bool {
        let mut held = self.held.lock();
        match &held.door {
            Door::Session(_) => false,
            Door::Open(_) => {
                let changed = fault.is_another_lock();
                if changed {
                    held.settle(Door::Closed(fault.clone()), &self.states);
                }
                changed
            }
            Door::Closed(_) => {
                let rested = held
                    .asked_at
                    .is_none_or(|at| self.clock.passed().saturating_sub(at) >= BETWEEN_QUESTIONS);
                fault.is_of_the_keyring() && self.clerk.is_quiet() && rested
            }
        }
    }

    pub(super) async fn apply(self: &Arc<Self>, change: Change) -> Result<(), VaultFault> {
        let _alone = self.writing.lock().await;
        match self.try_apply(change.clone()).await {
            Err(fault) if fault.is_another_lock() => {
                self.page().await?;
                self.try_apply(change).await
            }
            outcome => outcome,
        }
    }

    async fn try_apply(self: &Arc<Self>, change: Change) -> Result<(), VaultFault> {
        self.page().await?;
        let opener = {
            let mut held = self.held.lock();
            match &mut held.door {
                Door::Session(content) => {
                    change.apply(content);
                    self.seen.lock().1 += 1;
                    return Ok(());
                }
                Door::Closed(fault) => return Err(fault.clone()),
                Door::Open(opener) => opener.clone(),
            }
        };
        let turn = self.own_turn().await?;
        let seal = self.seal_of(opener, false).await?;
        let opener = Opener::Seal(seal.clone());
        let (shelf, chance, reader) = (self.shelf.clone(), self.chance.clone(), opener.clone());
        let (stamp, content) = blocking(move || {
            let mut content = reader.open(&shelf.read()?, &shelf)?;
            if change.apply(&mut content) {
                shelf.write(&seal, &content, &chance)?;
            }
            let stamp = shelf.stamp();
            drop(turn);
            Ok((stamp, Arc::new(content)))
        })
        .await?;
        let mut held = self.held.lock();
        held.settle(Door::Open(opener), &self.states);
        held.page = Some((stamp, content));
        Ok(())
    }
}

/// How soon a locked keyring is asked again without a prompt.
const BETWEEN_QUESTIONS: Duration = Duration::from_secs(5);
