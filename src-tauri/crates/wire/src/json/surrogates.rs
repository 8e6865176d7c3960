//! Halves of characters: `\ud83d` without its other half, as programs send that cut a text by UTF-16
//! units. No such text can be read as UTF-8, so each half becomes U+FFFD, as browsers do it.

use std::borrow::Cow;

/// `body` with every lone surrogate escape replaced, each by six bytes for six; borrowed where there
/// is none. Bytes that are no JSON stay what they are.
pub fn without_lone_surrogates(body: &[u8]) -> Cow<'_, [u8]> {
    let mut mended = Cow::Borrowed(body);
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'\\', body.get(at..).unwrap_or_default()) {
        let escape = at + found;
        at = match unit(body, escape) {
            Some(HIGH) if unit(body, escape + UNIT) == Some(LOW) => escape + 2 * UNIT,
            Some(HIGH | LOW) => {
                mended.to_mut()[escape..escape + UNIT].copy_from_slice(REPLACEMENT);
                escape + UNIT
            }
            Some(_) | None => escape + 2,
        };
    }
    mended
}

/// The upper six bits of the UTF-16 unit that is escaped at `at`, where one is.
fn unit(body: &[u8], at: usize) -> Option<u16> {
    let escape = body.get(at..at + UNIT)?;
    let digits = std::str::from_utf8(escape.strip_prefix(b"\\u")?).ok()?;
    let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let unit = u16::from_str_radix(digits, 16).ok().filter(|_| is_hex)?;
    Some(unit >> 10)
}

/// Bytes of one escape.
const UNIT: usize = 6;
const REPLACEMENT: &[u8; UNIT] = br"\ufffd";
/// D800 to DBFF begin a pair, DC00 to DFFF end one.
const HIGH: u16 = 0xd800 >> 10;
const LOW: u16 = 0xdc00 >> 10;
