//! How secrets are kept, and how that is going.

use std::fmt;
use std::str::FromStr;

use base::Secret;

/// What a person chose to keep secrets with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VaultChoice {
    /// A key in the system's keyring.
    Keyring,
    /// A key made from this passphrase.
    Passphrase(Secret),
    /// No key at all: a file only its owner may read.
    Plain,
    /// Memory only; everything is forgotten when the process ends.
    Session,
}

impl VaultChoice {
    /// The choice without its passphrase.
    pub fn kind(&self) -> VaultKind {
        match self {
            Self::Keyring => VaultKind::Keyring,
            Self::Passphrase(_) => VaultKind::Passphrase,
            Self::Plain => VaultKind::Plain,
            Self::Session => VaultKind::Session,
        }
    }
}

/// The four ways to keep secrets, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VaultKind {
    /// `keyring`
    Keyring,
    /// `passphrase`
    Passphrase,
    /// `plain`
    Plain,
    /// `session`
    Session,
}

impl VaultKind {
    /// Every kind, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Keyring, Self::Passphrase, Self::Plain, Self::Session];

    /// The word for it in settings, options, and file headers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::Passphrase => "passphrase",
            Self::Plain => "plain",
            Self::Session => "session",
        }
    }
}

impl fmt::Display for VaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for VaultKind {
    type Err = UnknownVaultKind;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == word)
            .ok_or(UnknownVaultKind)
    }
}

/// The word names no kind of vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected `keyring`, `passphrase`, `plain` or `session`")]
pub struct UnknownVaultKind;

/// How the vault is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VaultState {
    /// Secrets can be read and written. Never `Ok(Session)`: that is [`Self::SessionOnly`].
    Ok(VaultKind),
    /// The keyring is locked or did not answer in time, or a passphrase is needed.
    Locked,
    /// This system has no keyring.
    Missing,
    /// The keyring refused, or the passphrase is wrong.
    Denied,
    /// The sealed file is there, its key is not. Only signing in again helps; see
    /// [`Vault::start_over`](super::Vault::start_over).
    KeyGone,
    /// The sealed file cannot be used: damaged, foreign, newer, or not reachable.
    Damaged,
    /// Secrets live in memory until this process ends.
    SessionOnly,
}
