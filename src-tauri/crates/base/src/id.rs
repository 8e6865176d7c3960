//! Chance as an argument, and the ids made from it.

use std::fmt;
use std::sync::Arc;

use parking_lot::Mutex;
use uuid::Uuid;

use crate::clock::Timestamp;

/// A source of random bytes: the system's in the product, a fixed sequence in tests.
#[derive(Clone)]
pub struct Chance(Source);

#[derive(Clone)]
enum Source {
    System,
    Seeded(Arc<Mutex<u64>>),
}

impl Chance {
    /// The operating system's generator; fit for secrets.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// The same bytes for the same seed. For tests only: anyone can predict them.
    pub fn seeded(seed: u64) -> Self {
        Self(Source::Seeded(Arc::new(Mutex::new(seed))))
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match &self.0 {
            Source::System => fill_from_system(&mut bytes),
            Source::Seeded(state) => fill_from_seed(&mut state.lock(), &mut bytes),
        }
        bytes
    }

    /// A number below `limit`; zero when `limit` is zero.
    pub fn below(&self, limit: u64) -> u64 {
        u64::from_le_bytes(self.bytes())
            .checked_rem(limit)
            .unwrap_or(0)
    }

    /// `length` characters out of `[A-Za-z0-9]`, each equally likely.
    pub fn alphanumeric(&self, length: usize) -> String {
        // 248 is the largest multiple of 62 in a byte; what lies above would favour some letters.
        std::iter::repeat_with(|| self.bytes::<1>()[0])
            .filter(|byte| *byte < 248)
            .map(|byte| char::from(ALPHABET[usize::from(byte % 62)]))
            .take(length)
            .collect()
    }

    /// A version 7 UUID (RFC 9562, section 5.7) for the moment `at`.
    pub fn uuid7(&self, at: Timestamp) -> Uuid {
        let millis = u64::try_from(at.millis()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }
}

impl fmt::Debug for Chance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Chance(..)")
    }
}

/// Names one request in answers and logs: `req_` and a version 7 UUID without dashes, so that
/// ids sort by time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(String);

impl RequestId {
    /// A new id for a request that arrived at `at`.
    pub fn new(chance: &Chance, at: Timestamp) -> Self {
        Self(format!("req_{}", chance.uuid7(at).simple()))
    }

    /// The text of the id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[expect(
    clippy::expect_used,
    reason = "without randomness no secret can be made; there is nothing safe to go on with"
)]
fn fill_from_system(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the operating system gives random bytes");
}

/// SplitMix64: good enough to tell ids apart, useless for secrets.
fn fill_from_seed(state: &mut u64, bytes: &mut [u8]) {
    for chunk in bytes.chunks_mut(8) {
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        chunk.copy_from_slice(&mixed.to_le_bytes()[..chunk.len()]);
    }
}

const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_ids_sort_by_time() {
        let chance = Chance::seeded(1);
        let [early, late] =
            [1, 2].map(|second| RequestId::new(&chance, Timestamp::from_seconds(second)));
        assert!(early < late);
        assert_eq!(early.as_str().len(), "req_".len() + 32);
    }

    #[test]
    fn the_same_seed_gives_the_same_text_and_the_system_does_not() {
        assert_eq!(
            Chance::seeded(7).alphanumeric(40),
            Chance::seeded(7).alphanumeric(40)
        );
        assert_ne!(
            Chance::system().alphanumeric(40),
            Chance::system().alphanumeric(40)
        );
    }
}
