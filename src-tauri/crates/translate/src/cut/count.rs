//! How many tokens came so far, counted only when it could matter.
//!
//! A token is at least one byte, so a text of no more bytes than tokens are allowed needs no
//! counting. Beyond that only what follows the last sure border between tokens is counted anew.

use crate::estimate::Measure;
use crate::tokens::{Tokens, border};

/// Counts the tokens of an answer, item by item.
#[derive(Debug)]
pub(super) struct Counter {
    most: u64,
    /// Tokens of the text before `tail`.
    settled: u64,
    /// Texts that may still need counting; the last one grows.
    tail: Vec<String>,
    bytes: u64,
    item: Option<u32>,
    tokens: Option<Tokens>,
}

impl Counter {
    /// Counts up to `most`.
    pub(super) fn new(most: u64) -> Self {
        Self {
            most,
            settled: 0,
            tail: Vec::new(),
            bytes: 0,
            item: None,
            tokens: None,
        }
    }

    /// How many tokens came, at most so many as may.
    pub(super) fn count(&self) -> u64 {
        let measure = self.tokens.as_ref().map_or(Measure::Thumb, Measure::Tokens);
        let count = |text: &String| measure.text(text);
        let tail: u64 = self.tail.iter().map(count).sum();
        self.settled.saturating_add(tail).min(self.most)
    }

    /// Takes more text of an item. Returns how many bytes of it are within the limit.
    pub(super) fn push(&mut self, item: u32, more: &str) -> usize {
        if self.item.replace(item) != Some(item) || self.tail.is_empty() {
            self.tail.push(String::new());
        }
        self.bytes += more.len() as u64;
        let Some(grown) = self.tail.last_mut() else {
            return more.len();
        };
        let before = grown.len();
        grown.push_str(more);
        if self.bytes <= self.most {
            return more.len();
        }
        // Without a vocabulary there is nothing to cut by.
        let Some(tokens) = self.tokens.take().or_else(Tokens::load) else {
            return more.len();
        };
        let fits = self.fitting(&tokens, before, more.len());
        self.tokens = Some(tokens);
        fits
    }

    fn fitting(&mut self, tokens: &Tokens, before: usize, more: usize) -> usize {
        let Some(last) = self.tail.pop() else {
            return more;
        };
        let done = self.tail.drain(..).map(|text| tokens.count(&text));
        self.settled += done.sum::<u64>();
        let left = self.most.saturating_sub(self.settled);
        // No further than the limit, however long the rest is.
        let end = tokens.first(&last, left).len();
        if end < last.len() {
            self.tail.push(last);
            return end.saturating_sub(before);
        }
        let border = border(&last);
        let (sure, rest) = last.split_at(border);
        self.settled += tokens.count(sure);
        self.tail.push(rest.to_owned());
        more
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::LONGEST;

    const TEXTS: [&str; 4] = [
        "The quick brown fox doesn't jump over 1234567 lazy dogs. It's late,\n\n  isn't it?",
        "春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。",
        "👩‍👩‍👧‍👦 family 🏳️‍🌈🏳️‍🌈 flags 🙂🙃 ok",
        "let x = foo_bar(1, \"é\u{301}\") // naïve café — 100 %",
    ];

    /// Divided in any way, the cut is where it is for the whole.
    #[test]
    fn pieces_count_as_the_whole() {
        let tokens = Tokens::load().unwrap();
        for text in TEXTS {
            for most in 0..=tokens.count(text) {
                let expected = tokens.first(text, most);
                for size in [1, 2, 3, 7, 1000] {
                    let mut counter = Counter::new(most);
                    let mut told = String::new();
                    for piece in pieces(text, size) {
                        let fits = counter.push(0, piece);
                        told.push_str(&piece[..fits]);
                        if fits < piece.len() {
                            break;
                        }
                    }
                    // What looks like several tokens may become one with the next piece.
                    let off = told.len().abs_diff(expected.len());
                    assert!(text.starts_with(&told));
                    assert!(
                        off <= LONGEST_CHAR * size.min(8),
                        "{most} by {size}: {told:?} for {expected:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_short_text_is_not_counted() {
        let mut counter = Counter::new(100);
        assert_eq!(counter.push(0, "short"), 5);
        assert!(counter.tokens.is_none());
        // "long" once, then " long" 98 times: with "short" a hundred tokens.
        assert_eq!(counter.push(1, &"long ".repeat(100)), 494);
        assert!(counter.tokens.is_some());
    }

    #[test]
    fn items_are_counted_apart() {
        let mut counter = Counter::new(2);
        assert_eq!(counter.push(0, "hello"), 5);
        assert_eq!(counter.push(1, "hello"), 5);
        assert_eq!(counter.push(2, "hello"), 0);
    }

    #[test]
    fn a_text_without_words_stays_cheap() {
        let mut counter = Counter::new(20_000);
        for _ in 0..40 {
            counter.push(0, &"0123456789".repeat(100));
        }
        assert!(counter.tail.iter().map(String::len).sum::<usize>() <= LONGEST + 1000);
    }

    /// A character of several code points, in bytes.
    const LONGEST_CHAR: usize = 25;

    fn pieces(text: &str, size: usize) -> Vec<&str> {
        let starts: Vec<usize> = text
            .char_indices()
            .map(|(at, _)| at)
            .step_by(size)
            .collect();
        let ends = starts.iter().skip(1).copied().chain([text.len()]);
        starts
            .iter()
            .zip(ends)
            .map(|(start, end)| &text[*start..end])
            .collect()
    }
}
