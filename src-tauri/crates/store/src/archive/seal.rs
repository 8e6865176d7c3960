//! Sealing rows with a key out of the vault.

use base::{Chance, Secret};

use crate::vault::{SealKey, Vault, VaultFault};

/// Seals and opens rows. Having one means that keeping is possible.
#[derive(Debug, Clone)]
pub struct Sealer {
    key: SealKey,
    chance: Chance,
}

/// A row's secret part.
pub(super) struct Sealed {
    /// Which key sealed it.
    pub(super) seal: String,
    /// The nonce, and what it sealed.
    pub(super) bytes: Vec<u8>,
}

impl Sealer {
    /// The key in `vault`; a new one where there is none. One process at a time, so that two never
    /// make one each.
    pub(super) async fn of(vault: &Vault, chance: &Chance) -> Result<Self, VaultFault> {
        let _turn = vault.turn("archive").await?;
        let text = vault.read(PLACE).await?;
        let known = text.as_ref().and_then(SealKey::from_text);
        let key = match known {
            Some(key) => key,
            None => {
                let key = SealKey::random(chance);
                let text: Secret = key.to_text();
                vault.write(PLACE, text).await?;
                key
            }
        };
        Ok(Self {
            key,
            chance: chance.clone(),
        })
    }

    /// Seals `plain` for the row at `place`; `None` where it is too long to be sealed.
    pub(super) fn seal(&self, place: &[&str], plain: &[u8]) -> Option<Sealed> {
        let nonce: [u8; NONCE] = self.chance.bytes();
        let mut bytes = nonce.to_vec();
        bytes.extend(self.key.seal(nonce, &header(place), plain)?);
        Some(Sealed {
            seal: self.key.id(),
            bytes,
        })
    }

    /// Opens what [`Self::seal`] made for `place`; `None` where it was sealed with another key, for
    /// another place, or was changed since.
    pub(super) fn open(&self, place: &[&str], sealed: &Sealed) -> Option<Vec<u8>> {
        if sealed.seal != self.key.id() {
            return None;
        }
        let (nonce, bytes) = sealed.bytes.split_first_chunk::<NONCE>()?;
        self.key.open(*nonce, &header(place), bytes)
    }
}

/// The parts with their lengths, so that no two places look the same.
fn header(place: &[&str]) -> Vec<u8> {
    let mut header = b"postern archive\0".to_vec();
    for part in place {
        header.extend((part.len() as u64).to_le_bytes());
        header.extend(part.as_bytes());
    }
    header
}

const NONCE: usize = 24;

/// Where the vault keeps the key.
const PLACE: &str = "archive/seal_key";
