//! How JSON text is built, without parsing it.

use super::numbers::behind_number;
use super::{DEEPEST, MOST_VALUES};

/// What nobody can read, or nobody should pay for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Excess<'a> {
    /// Raw values are skipped without recursion, so the depth is bounded before anyone recurses.
    Deep,
    /// A value of two bytes takes hundreds where it is held.
    Many,
    /// A number that no double holds.
    Endless(&'a str),
}

/// What of `body` is too much; a comma or a bracket stands for a value.
pub(super) fn excess(body: &[u8]) -> Option<Excess<'_>> {
    let (mut depth, mut values) = (0_usize, 0_usize);
    let mut rest = body;
    while let Some((&byte, tail)) = rest.split_first() {
        let number = rest;
        rest = tail;
        match byte {
            b'"' => rest = behind_string(rest),
            b'-' | b'0'..=b'9' => match behind_number(number) {
                Ok(behind) => rest = behind,
                Err(endless) => return Some(Excess::Endless(endless)),
            },
            b'{' | b'[' => {
                depth += 1;
                values += 1;
                if depth > DEEPEST {
                    return Some(Excess::Deep);
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' => values += 1,
            _ => {}
        }
        if values > MOST_VALUES {
            return Some(Excess::Many);
        }
    }
    None
}

/// What follows the string whose opening quote was just read.
pub(super) fn behind_string(mut rest: &[u8]) -> &[u8] {
    while let Some(at) = memchr::memchr2(b'"', b'\\', rest) {
        let skip = if rest[at] == b'"' { 1 } else { 2 };
        let behind = rest.get(at + skip..).unwrap_or_default();
        if skip == 1 {
            return behind;
        }
        rest = behind;
    }
    &[]
}
