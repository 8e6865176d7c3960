//! The key everything else is sealed with, and how a passphrase becomes one.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use base::{Chance, Secret};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha2::{Digest as _, Sha256};

/// 32 random bytes, or as good as.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SealKey([u8; 32]);

impl SealKey {
    /// A new key.
    pub(crate) fn random(chance: &Chance) -> Self {
        Self(chance.bytes())
    }

    /// The key a keyring holds as text; `None` where the text is no key.
    pub(crate) fn from_text(text: &Secret) -> Option<Self> {
        let bytes = BASE64.decode(text.reveal().trim()).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }

    /// As text: 43 ASCII characters, far below the 1 280 the tightest keyring takes.
    pub(crate) fn to_text(&self) -> Secret {
        Secret::new(BASE64.encode(self.0))
    }

    /// Tells keys apart without telling anything about them.
    pub(crate) fn id(&self) -> String {
        let digest = Sha256::new()
            .chain_update(b"postern vault key id\0")
            .chain_update(self.0)
            .finalize();
        BASE64.encode(&digest[..12])
    }

    /// Seals `plain`; `header` can be read by all and changed by none.
    pub(crate) fn seal(&self, nonce: [u8; 24], header: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
        let payload = Payload {
            msg: plain,
            aad: header,
        };
        self.cipher().encrypt(&XNonce::from(nonce), payload).ok()
    }

    /// Opens what [`Self::seal`] made; `None` where the seal does not hold.
    pub(crate) fn open(&self, nonce: [u8; 24], header: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let payload = Payload {
            msg: sealed,
            aad: header,
        };
        self.cipher().decrypt(&XNonce::from(nonce), payload).ok()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.0.into())
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(..)")
    }
}

/// What stretching a passphrase costs, for its owner and for whoever guesses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

/// RFC 9106, section 4, second recommended option: 64 MiB, three passes; one lane, as the
/// implementation does not run lanes in parallel.
impl Default for Cost {
    fn default() -> Self {
        Self {
            memory_kib: 64 * 1024,
            passes: 3,
            lanes: 1,
        }
    }
}

/// How one passphrase becomes one key: Argon2id with this salt and cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) salt: [u8; 16],
    pub(super) cost: Cost,
}

impl Stretch {
    /// The key `passphrase` makes; `None` where the cost is out of bounds. Blocks for a while.
    pub(super) fn key(&self, passphrase: &Secret) -> Option<SealKey> {
        let Cost {
            memory_kib,
            passes,
            lanes,
        } = self.cost;
        if memory_kib > MOST_MEMORY_KIB || passes > MOST_PASSES || lanes > MOST_LANES {
            return None;
        }
        let params = Params::new(memory_kib, passes, lanes, Some(32)).ok()?;
        let mut key = [0; 32];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.reveal().as_bytes(), &self.salt, &mut key)
            .ok()?;
        Some(SealKey(key))
    }
}

/// A file's header is only checked after its key is made; it must not be able to ask for
/// all memory or all day.
const MOST_MEMORY_KIB: u32 = 1024 * 1024;
const MOST_PASSES: u32 = 64;
const MOST_LANES: u32 = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_survives_as_text_and_nothing_else_is_a_key() {
        let key = SealKey::random(&Chance::seeded(1));
        assert_eq!(SealKey::from_text(&key.to_text()), Some(key.clone()));
        assert_eq!(key.to_text().reveal().len(), 43);
        for wrong in ["", "short", "%%%", &"A".repeat(44)] {
            assert_eq!(SealKey::from_text(&Secret::new(wrong)), None, "{wrong}");
        }
        assert_eq!(format!("{key:?}"), "SealKey(..)");
    }

    #[test]
    fn a_seal_holds_only_for_its_key_nonce_header_and_bytes() {
        let key = SealKey::random(&Chance::seeded(1));
        let sealed = key.seal([7; 24], b"header", b"plain").unwrap();
        let open =
            |key: &SealKey, nonce, header: &[u8], sealed: &[u8]| key.open(nonce, header, sealed);
        assert_eq!(open(&key, [7; 24], b"header", &sealed).unwrap(), b"plain");
        assert_eq!(
            open(
                &SealKey::random(&Chance::seeded(2)),
                [7; 24],
                b"header",
                &sealed
            ),
            None
        );
        assert_eq!(open(&key, [8; 24], b"header", &sealed), None);
        assert_eq!(open(&key, [7; 24], b"Header", &sealed), None);
        for at in 0..sealed.len() {
            let mut flipped = sealed.clone();
            flipped[at] ^= 1;
            assert_eq!(open(&key, [7; 24], b"header", &flipped), None, "byte {at}");
        }
    }

    #[test]
    fn a_passphrase_makes_one_key_per_salt_and_cost() {
        let cost = Cost {
            memory_kib: 8,
            passes: 1,
            lanes: 1,
        };
        let stretch = |salt, cost| Stretch { salt, cost };
        let passphrase = Secret::new("correct horse");
        let key = stretch([1; 16], cost).key(&passphrase).unwrap();
        assert_eq!(stretch([1; 16], cost).key(&passphrase).unwrap(), key);
        assert_ne!(stretch([2; 16], cost).key(&passphrase).unwrap(), key);
        let dearer = Cost { passes: 2, ..cost };
        assert_ne!(stretch([1; 16], dearer).key(&passphrase).unwrap(), key);
        let greedy = Cost {
            memory_kib: u32::MAX,
            ..cost
        };
        assert_eq!(stretch([1; 16], greedy).key(&passphrase), None);
    }
}
