//! Secrets by name, kept the way a person chose.
//!
//! - One random key rests in the system's keyring; everything else is sealed with it in one
//!   file. Without a keyring the person chooses: a passphrase, a plain file, or this session
//!   only. Nothing of that is ever chosen silently.
//! - What a write acknowledged is on disk. A process that dies while writing leaves the old
//!   file or the new one.
//! - Several processes may read and write at once; nobody's write is lost.
//! - A file that cannot be opened is never overwritten. It is put aside when a person says so.
//! - Opening shows no prompt on systems that allow asking without one; [`Vault::retry`] may.

mod choosing;
mod clerk;
mod door;
mod fault;
mod inner;
mod keyring;
mod kind;
mod memory;
mod opening;
mod seal;
mod sheet;
mod shelf;

use std::fmt;
use std::sync::Arc;

use base::{Chance, Clock, Secret};
use tokio::sync::watch;

use self::door::Change;
pub use self::fault::{KeyringFault, VaultFault};
use self::inner::Inner;
pub use self::keyring::{KeyHolder, OsKeyring};
pub use self::kind::{UnknownVaultKind, VaultChoice, VaultKind, VaultState};
pub use self::memory::MemoryKeyring;
use self::opening::Prompt;
pub use self::seal::Cost;
pub(crate) use self::seal::SealKey;
use self::sheet::Content;
use crate::paths::Paths;
use crate::turn::Turn;

/// What a vault is made of.
pub struct VaultParts {
    /// Where the sealed file lives.
    pub paths: Paths,
    /// What the person chose; `None` means what the file says, else the keyring. A file that is
    /// kept in another way is carried over, or, where it cannot be opened, left alone.
    pub choice: Option<VaultChoice>,
    /// Who holds the key.
    pub keyring: Arc<dyn KeyHolder>,
    /// For the keyring's time limit.
    pub clock: Clock,
    /// For keys and nonces.
    pub chance: Chance,
}

impl fmt::Debug for VaultParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VaultParts({:?}, {:?})", self.paths, self.choice)
    }
}

/// Secrets by name. Clones are the same vault.
#[derive(Clone)]
pub struct Vault(Arc<Inner>);

impl Vault {
    /// Opens what is there. Never fails: [`Self::state`] tells how it went.
    pub async fn open(parts: VaultParts) -> Self {
        Self::open_at_cost(parts, Cost::default()).await
    }

    /// As [`Self::open`], with what a new passphrase is to cost.
    pub async fn open_at_cost(parts: VaultParts, cost: Cost) -> Self {
        let inner = Arc::new(Inner::new(parts, cost));
        inner.reopen(Prompt::Never).await;
        Self(inner)
    }

    /// How the vault is doing.
    pub fn state(&self) -> VaultState {
        *self.0.states.borrow()
    }

    /// The state, as it changes.
    pub fn states(&self) -> watch::Receiver<VaultState> {
        self.0.states.subscribe()
    }

    /// Why secrets cannot be reached, if they cannot.
    pub fn fault(&self) -> Option<VaultFault> {
        self.0.held.lock().fault()
    }

    /// Asks the keyring again and lets it prompt; waits for the person, but not for ever.
    pub async fn retry(&self) {
        self.0.reopen(Prompt::Allowed).await;
        // An open door with a file behind it that could not be read is tried by reading.
        let _ = self.0.page().await;
    }

    /// Keeps secrets in another way from now on and carries over what can be read.
    ///
    /// # Errors
    /// The new way does not work, or what is there cannot be opened; nothing has changed then.
    pub async fn choose(&self, choice: VaultChoice) -> Result<(), VaultFault> {
        self.0.choose(choice).await
    }

    /// Puts a file that cannot be opened aside and begins with nothing. Does nothing where the
    /// vault is open.
    ///
    /// # Errors
    /// The file cannot be moved, or beginning anew fails too.
    pub async fn start_over(&self) -> Result<(), VaultFault> {
        self.0.start_over().await
    }

    /// The secret called `name`; sees what other processes wrote.
    ///
    /// # Errors
    /// Secrets cannot be reached.
    pub async fn read(&self, name: &str) -> Result<Option<Secret>, VaultFault> {
        let content = self.0.page().await?;
        Ok(content.get(name).map(|value| Secret::new(value.as_str())))
    }

    /// Keeps `value` as `name`; on disk before this returns.
    ///
    /// # Errors
    /// Secrets cannot be reached, or the disk said no; the old value stands then.
    pub async fn write(&self, name: &str, value: Secret) -> Result<(), VaultFault> {
        let new = Content::from([(name.to_owned(), value.reveal().to_owned())]);
        self.0.apply(Change::Put(new)).await
    }

    /// Forgets `name`; fine when there is none.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub async fn remove(&self, name: &str) -> Result<(), VaultFault> {
        self.0.apply(Change::Forget(name.to_owned())).await
    }

    /// Every name, sorted.
    ///
    /// # Errors
    /// Secrets cannot be reached.
    pub async fn names(&self) -> Result<Vec<String>, VaultFault> {
        Ok(self.0.page().await?.keys().cloned().collect())
    }

    /// Waits until this is the only holder of the turn at `what` among all processes of this
    /// home. Works in every state of the vault.
    ///
    /// # Errors
    /// The lock file cannot be made.
    pub async fn turn(&self, what: &str) -> Result<Turn, VaultFault> {
        self.0.turn(&format!("turn-{what}")).await
    }

    /// Changes when anyone changed the file of secrets; costs one look at its metadata.
    pub fn generation(&self) -> u64 {
        self.0.generation()
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vault({:?})", self.state())
    }
}

#[cfg(test)]
mod tests;
