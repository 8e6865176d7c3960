//! Whether secrets can be reached now, and with what.

use super::fault::VaultFault;
use super::kind::{VaultKind, VaultState};
use super::seal::SealKey;
use super::sheet::{Content, Seal, Sheet};
use super::shelf::{Bytes, Shelf};

/// How secrets are reached.
#[derive(Clone)]
pub(super) enum Door {
    /// In memory.
    Session(Content),
    /// In the file, with this.
    Open(Opener),
    /// Not at all, for this reason.
    Closed(VaultFault),
}

impl Door {
    pub(super) fn state(&self) -> VaultState {
        match self {
            Self::Session(_) => VaultState::SessionOnly,
            Self::Open(opener) => VaultState::Ok(opener.kind()),
            Self::Closed(fault) => fault.state(),
        }
    }

    pub(super) fn fault(&self) -> Option<&VaultFault> {
        match self {
            Self::Session(_) | Self::Open(_) => None,
            Self::Closed(fault) => Some(fault),
        }
    }
}

/// What opens the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Opener {
    /// This seal.
    Seal(Seal),
    /// The keyring answers and holds no key yet; the first write makes one.
    KeyToCome,
}

impl Opener {
    pub(super) fn kind(&self) -> VaultKind {
        match self {
            Self::Seal(seal) => seal.kind(),
            Self::KeyToCome => VaultKind::Keyring,
        }
    }

    pub(super) fn keyring(key: Option<SealKey>) -> Self {
        key.map_or(Self::KeyToCome, |key| Self::Seal(Seal::Keyring(key)))
    }

    /// The content of the file; nothing where there is no file.
    pub(super) fn open(&self, bytes: &Bytes, shelf: &Shelf) -> Result<Content, VaultFault> {
        let Some((bytes, _)) = bytes else {
            return Ok(Content::new());
        };
        let sheet = Sheet::parse(bytes, shelf.file())?;
        let kept = sheet.kind()?;
        match self {
            Self::KeyToCome if kept == VaultKind::Keyring => Err(VaultFault::KeyGone),
            Self::Seal(seal) if kept == seal.kind() => {
                if seal.key().is_some_and(|key| !sheet.is_sealed_with(key)) {
                    return Err(match seal {
                        Seal::Passphrase(..) => VaultFault::WrongPassphrase,
                        Seal::Keyring(_) | Seal::Plain => VaultFault::OtherKey,
                    });
                }
                sheet.open(seal.key())
            }
            Self::KeyToCome | Self::Seal(_) => Err(VaultFault::OtherKind {
                kept,
                asked: self.kind(),
            }),
        }
    }
}

/// A change to what is kept.
#[derive(Clone)]
pub(super) enum Change {
    /// Keep these, over what is there.
    Put(Content),
    /// Forget this one.
    Forget(String),
}

impl Change {
    /// True where it changed anything.
    pub(super) fn apply(self, content: &mut Content) -> bool {
        match self {
            Self::Put(new) => {
                let differs = new
                    .iter()
                    .any(|(name, value)| content.get(name) != Some(value));
                content.extend(new);
                differs
            }
            Self::Forget(name) => content.remove(&name).is_some(),
        }
    }
}
