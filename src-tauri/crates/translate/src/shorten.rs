//! Names and ids that are too long for the backend, shortened so that different ones stay different.

/// `text`, or at most `limit` characters of it that end in a digest of the whole. The same text
/// always becomes the same, because the prompt cache compares bytes (contract backend 9).
pub(crate) fn shortened(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    marked(text, text, limit)
}

/// The beginning of `text` with a digest of `whole`, together at most `limit` characters.
pub(crate) fn marked(text: &str, whole: &str, limit: usize) -> String {
    let room = limit.saturating_sub(DIGEST + 1);
    let start: String = text.chars().take(room).collect();
    format!("{start}_{:016x}", digest(whole))
}

/// FNV-1a, 64 bits: stable for ever, and nobody attacks the names of their own tools.
fn digest(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Characters of a digest.
const DIGEST: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_get_short_and_stay_different() {
        let (a, b) = ("x".repeat(65), "x".repeat(66));
        assert_eq!(shortened("short", 64), "short");
        assert_eq!(shortened(&"é".repeat(64), 64), "é".repeat(64));
        assert_eq!(shortened(&a, 64).len(), 64);
        assert_ne!(shortened(&a, 64), shortened(&b, 64));
        assert_eq!(shortened(&a, 64), shortened(&a, 64));
    }
}
