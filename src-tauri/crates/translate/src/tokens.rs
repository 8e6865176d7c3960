//! Tokens, counted as the models of the plan count them: `o200k_base` (the vocabulary is that of
//! `tiktoken-rs`, packed by `build.rs`).
//!
//! Unpacked it takes some 20 MB and a tenth of a second, so it is there only while somebody
//! holds it, and nobody takes it before a text is long enough to need counting.

use std::fmt;
use std::sync::{Arc, Weak};

use fancy_regex::Regex;
use parking_lot::Mutex;
use rustc_hash::FxHashMap;

/// The vocabulary. Clones share it; with the last one it goes.
#[derive(Clone)]
pub struct Tokens(Arc<Inner>);

struct Inner {
    ranks: FxHashMap<Vec<u8>, u32>,
    pieces: Regex,
}

impl Tokens {
    /// The vocabulary, unpacked unless somebody holds it already. `None` where the program was
    /// built with a damaged one.
    pub fn load() -> Option<Self> {
        let mut shared = SHARED.lock();
        if let Some(inner) = shared.upgrade() {
            return Some(Self(inner));
        }
        let inner = Arc::new(Inner::unpack()?);
        *shared = Arc::downgrade(&inner);
        Some(Self(inner))
    }

    /// How many tokens `text` is.
    pub fn count(&self, text: &str) -> u64 {
        let mut count = 0;
        self.each(text, |_| {
            count += 1;
            true
        });
        count
    }

    /// The longest beginning of `text` that is at most `most` tokens and ends between characters.
    pub fn first<'t>(&self, text: &'t str, most: u64) -> &'t str {
        let (mut left, mut end) = (most, 0);
        self.each(text, |length| {
            let fits = left > 0;
            if fits {
                left -= 1;
                end += length;
            }
            fits
        });
        text.split_at(text.floor_char_boundary(end)).0
    }

    /// Names the length in bytes of each token, while `next` wants more.
    fn each(&self, text: &str, mut next: impl FnMut(usize) -> bool) {
        let mut rest = text;
        while !rest.is_empty() {
            let window = match rest.len() > WINDOW {
                true => border(rest.split_at(rest.floor_char_boundary(WINDOW)).0),
                false => rest.len(),
            };
            let (window, after) = rest.split_at(window);
            if !self.each_of(window, &mut next) {
                return;
            }
            rest = after;
        }
    }

    /// As [`Self::each`], for a text that is not long; false once `next` wants no more.
    fn each_of(&self, text: &str, next: &mut impl FnMut(usize) -> bool) -> bool {
        for piece in self.0.pieces.find_iter(text).flatten() {
            let mut piece = piece.as_str();
            while !piece.is_empty() {
                let (short, after) = piece.split_at(piece.floor_char_boundary(PIECE));
                if !self.each_in(short.as_bytes(), next) {
                    return false;
                }
                piece = after;
            }
        }
        true
    }

    fn each_in(&self, piece: &[u8], next: &mut impl FnMut(usize) -> bool) -> bool {
        if self.0.ranks.contains_key(piece) {
            return next(piece.len());
        }
        let mut tokens = tiktoken_rs::byte_pair_split(piece, &self.0.ranks).into_iter();
        tokens.all(|token| next(token.len()))
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tokens({})", self.0.ranks.len())
    }
}

impl Inner {
    fn unpack() -> Option<Self> {
        let packed = zstd::decode_all(PACKED).ok()?;
        let mut ranks = FxHashMap::default();
        let mut rest = packed.as_slice();
        while let Some((&length, after)) = rest.split_first() {
            let (token, after) = after.split_at_checked(usize::from(length))?;
            let rank = u32::try_from(ranks.len()).ok()?;
            ranks.insert(token.to_vec(), rank);
            rest = after;
        }
        let pieces = Regex::new(tiktoken_rs::O200K_BASE_PAT_STR).ok()?;
        Some(Self { ranks, pieces })
    }
}

/// Where a token surely begins, as late as possible: `o200k_base` never joins a letter with a
/// following character that is neither letter nor mark nor apostrophe.
pub(crate) fn border(text: &str) -> usize {
    let mut after = None;
    for (at, char) in text.char_indices().rev() {
        let begins = after.is_some_and(|next: char| {
            next.is_whitespace() || matches!(next, '。' | '，' | ',' | '.')
        });
        if begins && char.is_alphabetic() {
            return at + char.len_utf8();
        }
        after = Some(char);
    }
    match text.len() > LONGEST {
        // Somewhere, so that a text without words stays cheap: one token more or less.
        true => text.floor_char_boundary(text.len() - 1),
        false => 0,
    }
}

/// Bytes without a border between tokens that are looked at together, at most.
pub(crate) const LONGEST: usize = 4096;

/// Bytes that are divided at once: the pattern gives up where it had to go back too far.
const WINDOW: usize = 64 * 1024;

/// Bytes of a word that are put together at once, because that takes their square. The longest
/// token has 128; a longer word may count a token more for each of these.
const PIECE: usize = 512;

static SHARED: Mutex<Weak<Inner>> = Mutex::new(Weak::new());

static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/o200k_base.zst"));

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: [&str; 8] = [
        "",
        "hello world",
        "The quick brown fox doesn't jump over 1234567 lazy dogs.\n\n  Twice.",
        "春眠不觉晓，处处闻啼鸟。",
        "👩‍👩‍👧‍👦 and 🏳️‍🌈, twice: 🏳️‍🌈",
        "fn main() { println!(\"{}\", \"\\u{1f980}\"); }\t\t\r\n",
        "Ω≈ç√∫˜µ≤≥÷ Ελληνικά العربية עברית",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ];

    #[test]
    fn counts_are_those_of_the_reference() {
        let tokens = Tokens::load().unwrap();
        let reference = tiktoken_rs::o200k_base().unwrap();
        for text in TEXTS {
            let expected = reference.encode_ordinary(text).len();
            assert_eq!(tokens.count(text), expected as u64, "{text}");
        }
    }

    #[test]
    fn a_beginning_is_as_long_as_may_be() {
        let tokens = Tokens::load().unwrap();
        for text in TEXTS {
            let whole = tokens.count(text);
            assert_eq!(tokens.first(text, whole), text);
            assert_eq!(tokens.first(text, 0), "");
            for most in 0..whole {
                let first = tokens.first(text, most);
                assert!(text.starts_with(first) && first.len() < text.len());
                let next = tokens.first(text, most + 1);
                assert!(first.len() <= next.len(), "{text}: {most}");
            }
        }
    }

    /// By the square of its length this would take hours.
    #[test]
    fn a_word_without_end_costs_no_more_than_other_text() {
        let tokens = Tokens::load().unwrap();
        for (letter, length) in [("x", 1 << 20), ("漢", 1 << 14)] {
            let word = letter.repeat(length);
            let counted = tokens.count(&word);
            let expected = tokens.count(&letter.repeat(480)) * length as u64 / 480;
            assert!(
                counted.abs_diff(expected) < expected / 4,
                "{letter}: {counted} for {expected}"
            );
            assert_eq!(tokens.first(&word, 1), tokens.first(&letter.repeat(480), 1));
        }
    }

    #[test]
    fn a_long_text_counts_as_its_parts_do() {
        let tokens = Tokens::load().unwrap();
        for text in TEXTS {
            let text = format!("{text} and so on.\n");
            let times = 3 * WINDOW / text.len();
            let one = tokens.count(&text);
            assert_eq!(
                tokens.count(&text.repeat(times)),
                one * times as u64,
                "{text}"
            );
        }
        // Neither does the pattern give up, nor a word without end hold anyone up.
        let spaces = " ".repeat(1_100_000);
        assert!(tokens.count(&format!("{spaces}word")) > tokens.count(&spaces));
        let word: String = "internationalisation".chars().cycle().take(PIECE).collect();
        let one = tokens.count(&word);
        assert_eq!(tokens.count(&word.repeat(100)), one * 100);
    }

    #[test]
    fn it_goes_with_the_last_who_holds_it() {
        let first = Tokens::load().unwrap();
        let second = Tokens::load().unwrap();
        assert!(Arc::ptr_eq(&first.0, &second.0));
    }
}
