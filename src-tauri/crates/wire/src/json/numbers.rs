//! Numbers that no reader can hold.

use super::shape::behind_string;

/// The first number in `body`, which is JSON, that is larger than any double. JSON allows it and most
/// readers refuse it (RFC 8259, section 6), so whoever passes it on makes a document that breaks.
pub(super) fn endless(body: &[u8]) -> Option<&str> {
    let mut rest = body;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = match byte {
            b'"' => behind_string(tail),
            b'-' | b'0'..=b'9' => {
                let length = rest.iter().take_while(|byte| is_of_number(**byte)).count();
                let (number, behind) = rest.split_at(length);
                let number = std::str::from_utf8(number).ok()?;
                if may_be_endless(number) && number.parse().is_ok_and(f64::is_infinite) {
                    return Some(number);
                }
                behind
            }
            _ => tail,
        };
    }
    None
}

fn is_of_number(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')
}

/// False for nearly all numbers, which need not be read to know.
fn may_be_endless(number: &str) -> bool {
    number.len() >= DIGITS || number.contains(['e', 'E'])
}

/// The largest double has as many digits before its point.
const DIGITS: usize = 309;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_no_double_holds_is_endless() {
        let nines = |count: usize| "9".repeat(count);
        let rows = [
            ("{}".to_owned(), None),
            ("[1,-2.5,1e308,1.7976931348623157e308,0]".to_owned(), None),
            (format!("[{}]", nines(308)), None),
            (format!("[0.{}]", nines(400)), None),
            (r#"["1e400","\"1e400","\\",1]"#.to_owned(), None),
            ("{\"a\":[1,1e309]}".to_owned(), Some("1e309".to_owned())),
            ("[-1E+400]".to_owned(), Some("-1E+400".to_owned())),
            (format!("[{}]", nines(310)), Some(nines(310))),
            (r#"["\\",2e999]"#.to_owned(), Some("2e999".to_owned())),
        ];
        for (body, expected) in rows {
            assert_eq!(endless(body.as_bytes()), expected.as_deref(), "{body}");
            let is_read = serde_json::from_str::<serde_json::Value>(&body).is_ok();
            assert_eq!(is_read, expected.is_none(), "{body}");
        }
    }
}
