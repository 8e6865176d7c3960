//! Why secrets cannot be read or written.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::kind::{VaultKind, VaultState};

/// Why the keyring did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyringFault {
    /// It is locked, or did not answer in time.
    #[error("the keyring is locked")]
    Locked,
    /// There is none: no session bus, no provider, no collection to keep things in.
    #[error("this system has no keyring")]
    Missing,
    /// A person or a rule said no.
    #[error("the keyring refused access")]
    Denied,
    /// Anything else, in the keyring's own words.
    #[error("the keyring failed: {0}")]
    Other(String),
}

/// Why secrets cannot be read or written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum VaultFault {
    /// The keyring is locked or did not answer in time.
    #[error("your keyring is locked, so the saved secrets cannot be read")]
    Locked,
    /// There is no keyring.
    #[error("this system has no keyring")]
    Missing,
    /// A person or a rule said no.
    #[error("the keyring refused access to the saved secrets")]
    Denied,
    /// The keyring failed in some other way; its own words.
    #[error("the keyring failed: {0}")]
    Keyring(String),
    /// The file is sealed with a passphrase and none was given.
    #[error("the saved secrets are protected by a passphrase")]
    PassphraseNeeded,
    /// The passphrase does not open the file.
    #[error("the passphrase is wrong")]
    WrongPassphrase,
    /// The keyring is fine but holds no key for the sealed file.
    #[error("the saved secrets cannot be opened: their key is gone from the keyring")]
    KeyGone,
    /// The keyring holds a key, but the file was sealed with another one.
    #[error("the saved secrets cannot be opened: they were sealed with another key")]
    OtherKey,
    /// The file is cut short or its bytes have changed.
    #[error("the file of saved secrets is damaged: {0}")]
    Damaged(&'static str),
    /// The bytes are whole and the key is right, but the seal does not hold.
    #[error("the file of saved secrets was changed by something else than Postern")]
    Tampered,
    /// The file is something else.
    #[error("`{}` is not a file of saved secrets", .0.display())]
    NotOurs(PathBuf),
    /// The file was written by a newer Postern.
    #[error("the file of saved secrets has version {0}, which this Postern does not know")]
    Newer(u64),
    /// The file is a symbolic link, or not a file at all.
    #[error("`{}` is a link or not a regular file", .0.display())]
    NotAFile(PathBuf),
    /// The disk said no.
    #[error("could not {what} `{}`", path.display())]
    File {
        /// What was tried: `read`, `write`, `lock`.
        what: &'static str,
        /// On which file.
        path: PathBuf,
        /// The system's answer.
        source: Arc<io::Error>,
    },
    /// The file is kept in another way than the one asked for, and cannot be opened to change that.
    #[error("the saved secrets are kept with `{kept}`, not with `{asked}`")]
    OtherKind {
        /// How the file is kept.
        kept: VaultKind,
        /// What was asked for.
        asked: VaultKind,
    },
    /// The program is stopping.
    #[error("the program is stopping")]
    Stopping,
}

impl VaultFault {
    /// One thing the reader can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Locked => Some("unlock the keyring and try again"),
            Self::Missing => Some(
                "keep secrets in another way: `--vault passphrase`, `--vault plain` (a file only you can read) or `--vault session`",
            ),
            Self::Denied => Some("allow Postern in the keyring, or choose another vault"),
            Self::Keyring(_) => Some("check the keyring, or choose another vault"),
            Self::PassphraseNeeded => {
                Some("give the passphrase, for example in `POSTERN_PASSPHRASE`")
            }
            Self::WrongPassphrase => Some("try the passphrase again"),
            Self::KeyGone | Self::OtherKey => {
                Some("sign in again; the old file is kept beside the new one")
            }
            Self::Damaged(_) | Self::Tampered => {
                Some("restore the file from a backup, or sign in again")
            }
            Self::NotOurs(_) | Self::NotAFile(_) => Some("move it away"),
            Self::Newer(_) => Some("update Postern"),
            Self::File { .. } => Some("check the disk and the permissions of that folder"),
            Self::OtherKind { .. } => {
                Some("leave the vault as it is kept, or open it that way once to carry it over")
            }
            Self::Stopping => None,
        }
    }

    /// The state a vault is in that fails like this.
    pub fn state(&self) -> VaultState {
        match self {
            Self::Locked | Self::PassphraseNeeded | Self::OtherKind { .. } | Self::Stopping => {
                VaultState::Locked
            }
            Self::Missing => VaultState::Missing,
            Self::Denied | Self::Keyring(_) | Self::WrongPassphrase => VaultState::Denied,
            Self::KeyGone | Self::OtherKey => VaultState::KeyGone,
            Self::Damaged(_)
            | Self::Tampered
            | Self::NotOurs(_)
            | Self::Newer(_)
            | Self::NotAFile(_)
            | Self::File { .. } => VaultState::Damaged,
        }
    }

    /// True where the keyring may say something else the next time.
    pub(super) fn is_of_the_keyring(&self) -> bool {
        match self {
            Self::Locked | Self::Missing | Self::Denied | Self::Keyring(_) => true,
            Self::PassphraseNeeded
            | Self::WrongPassphrase
            | Self::KeyGone
            | Self::OtherKey
            | Self::Damaged(_)
            | Self::Tampered
            | Self::NotOurs(_)
            | Self::Newer(_)
            | Self::NotAFile(_)
            | Self::File { .. }
            | Self::OtherKind { .. }
            | Self::Stopping => false,
        }
    }

    /// True where the file is whole but needs something else to open than what is at hand.
    pub(super) fn is_another_lock(&self) -> bool {
        match self {
            Self::WrongPassphrase | Self::KeyGone | Self::OtherKey | Self::OtherKind { .. } => true,
            Self::Locked
            | Self::Missing
            | Self::Denied
            | Self::Keyring(_)
            | Self::PassphraseNeeded
            | Self::Damaged(_)
            | Self::Tampered
            | Self::NotOurs(_)
            | Self::Newer(_)
            | Self::NotAFile(_)
            | Self::File { .. }
            | Self::Stopping => false,
        }
    }
}

impl From<KeyringFault> for VaultFault {
    fn from(fault: KeyringFault) -> Self {
        match fault {
            KeyringFault::Locked => Self::Locked,
            KeyringFault::Missing => Self::Missing,
            KeyringFault::Denied => Self::Denied,
            KeyringFault::Other(words) => Self::Keyring(words),
        }
    }
}
