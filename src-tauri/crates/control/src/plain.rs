//! Text that moves no terminal.
//!
//! What others wrote (a model's name in a request, a plan's name in an answer, an error in the
//! backend's words) may hold what a terminal obeys: escape sequences, line ends that forge a row, marks
//! that turn the reading direction round. Here it is shown as what it is.

use std::borrow::Cow;
use std::fmt::Write as _;

/// `text` on one line, with what a terminal would obey written out, as in `\u{1b}`.
pub fn line(text: &str) -> Cow<'_, str> {
    written_out(text, |c, out| out.extend(c.escape_default()))
}

/// A document of JSON, with what a terminal would obey written as JSON does; it means the same.
pub fn json(document: &str) -> Cow<'_, str> {
    // All of them are below U+FFFF, and in JSON without line breaks none stands outside of strings.
    written_out(document, |c, out| {
        let _ = write!(out, "\\u{:04x}", u32::from(c));
    })
}

fn written_out(text: &str, write: impl Fn(char, &mut String)) -> Cow<'_, str> {
    if !text.contains(is_obeyed) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match is_obeyed(c) {
            true => write(c, &mut out),
            false => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// The controls of ECMA-48, line and paragraph ends, and what reorders a line (Unicode UAX 9).
fn is_obeyed(c: char) -> bool {
    let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() || turns || matches!(c, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        for (text, shown) in [
            ("gpt-5.5", "gpt-5.5"),
            ("Zoë 模型 🦀", "Zoë 模型 🦀"),
            ("a\u{1b}[2Jb", "a\\u{1b}[2Jb"),
            ("\u{1b}]0;title\u{7}", "\\u{1b}]0;title\\u{7}"),
            ("one\r\ntwo\tthree", "one\\r\\ntwo\\tthree"),
            ("\u{9b}31m\u{7f}", "\\u{9b}31m\\u{7f}"),
            ("\u{202e}gpj", "\\u{202e}gpj"),
            ("\u{2028}", "\\u{2028}"),
        ] {
            assert_eq!(line(text), shown);
        }
    }

    #[test]
    fn a_document_means_the_same_afterwards() {
        let value = serde_json::json!({"a": "\u{1b}[m\u{9b}m\u{7f}\n\u{202e}é", "b": 1});
        let document = value.to_string();
        let shown = json(&document);
        assert!(!shown.contains(is_obeyed), "{shown}");
        let read: serde_json::Value = serde_json::from_str(&shown).unwrap();
        assert_eq!(read, value);
    }
}
