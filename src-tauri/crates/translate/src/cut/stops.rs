//! Stop words in a text that comes in pieces.

use std::borrow::Cow;

/// Looks for stop words; what might begin one is held back.
#[derive(Debug)]
pub(super) struct Stops {
    words: Vec<String>,
    held: String,
}

/// What a piece holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found<'a> {
    /// Nothing to stop at; this much of the text is free to go on.
    Free(Cow<'a, str>),
    /// A stop word, and what comes before it.
    Stop {
        /// The text before.
        before: String,
        /// The word.
        stop: String,
    },
}

impl Stops {
    /// Looks for any of `words`, none of which is empty.
    pub(super) fn new(words: Vec<String>) -> Self {
        Self {
            words,
            held: String::new(),
        }
    }

    /// Takes the next piece.
    pub(super) fn push<'a>(&mut self, piece: &'a str) -> Found<'a> {
        if self.words.is_empty() {
            return Found::Free(piece.into());
        }
        let text: Cow<'a, str> = match self.held.is_empty() {
            true => piece.into(),
            false => (std::mem::take(&mut self.held) + piece).into(),
        };
        // The one that begins first; of several that begin there, the one that was named first.
        let found = self
            .words
            .iter()
            .filter_map(|word| Some((text.find(word)?, word)));
        if let Some((at, word)) = found.min_by_key(|(at, _)| *at) {
            return Found::Stop {
                before: text.split_at(at).0.to_owned(),
                stop: word.clone(),
            };
        }
        let keep = self.words.iter().map(|word| overlap(&text, word)).max();
        let end = text.len() - keep.unwrap_or(0);
        text.split_at(end).1.clone_into(&mut self.held);
        Found::Free(match text {
            Cow::Borrowed(text) => text.split_at(end).0.into(),
            Cow::Owned(mut text) => {
                text.truncate(end);
                text.into()
            }
        })
    }

    /// What was held back, because nothing follows that could make it a stop word.
    pub(super) fn release(&mut self) -> String {
        std::mem::take(&mut self.held)
    }
}

/// Bytes at the end of `text` that are the beginning of `word`, but not all of it.
fn overlap(text: &str, word: &str) -> usize {
    let shorter = word.char_indices().rev();
    let mut beginnings = shorter.map(|(end, _)| word.split_at(end).0);
    let found = beginnings.find(|beginning| text.ends_with(beginning));
    found.map_or(0, str::len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(words: &[&str], pieces: &[&str], before: &str, stop: Option<&str>) {
        let mut stops = Stops::new(words.iter().map(ToString::to_string).collect());
        let mut told = String::new();
        for piece in pieces {
            match stops.push(piece) {
                Found::Free(free) => told.push_str(&free),
                Found::Stop {
                    before: rest,
                    stop: found,
                } => {
                    told.push_str(&rest);
                    assert_eq!(Some(found.as_str()), stop);
                    return assert_eq!(told, before);
                }
            }
        }
        told.push_str(&stops.release());
        assert_eq!((told.as_str(), None), (before, stop));
    }

    #[test]
    fn a_word_is_found_however_it_is_divided() {
        check(&["STOP"], &["a STOP b"], "a ", Some("STOP"));
        check(&["STOP"], &["a S", "TO", "P b"], "a ", Some("STOP"));
        check(&["STOP"], &["a S", "TO", "O b"], "a STOO b", None);
        check(&["STOP"], &["a ST"], "a ST", None);
        check(&["aab"], &["a", "a", "a", "b"], "a", Some("aab"));
        check(&["\n\n"], &["x\n", "\ny"], "x", Some("\n\n"));
        check(&["。终"], &["你好。", "终了"], "你好", Some("。终"));
        check(&["🙂🙃"], &["x🙂", "🙂", "🙃"], "x🙂", Some("🙂🙃"));
    }

    #[test]
    fn the_first_of_several_counts() {
        check(&["end", "b"], &["a b end"], "a ", Some("b"));
        check(&["abc", "ab"], &["xabc"], "x", Some("abc"));
        check(&["bcd", "c"], &["ab", "c"], "ab", Some("c"));
        check(&[], &["a", "b"], "ab", None);
    }
}
