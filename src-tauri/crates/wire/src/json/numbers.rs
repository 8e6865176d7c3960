//! Numbers that no reader can hold.

/// What follows the number at the beginning of `rest`; the number where it is larger than any double. JSON
/// allows it and most readers refuse it (RFC 8259, section 6), so whoever passes it on makes a document
/// that breaks.
pub(super) fn behind_number(rest: &[u8]) -> Result<&[u8], &str> {
    let length = rest.iter().take_while(|byte| is_of_number(**byte)).count();
    let (number, behind) = rest.split_at(length);
    match std::str::from_utf8(number) {
        Ok(number) if is_endless(number) => Err(number),
        Ok(_) | Err(_) => Ok(behind),
    }
}

fn is_of_number(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')
}

/// Nearly all numbers need not be read to know.
fn is_endless(number: &str) -> bool {
    let may_be = number.len() >= DIGITS || number.contains(['e', 'E']);
    may_be && number.parse().is_ok_and(f64::is_infinite)
}

/// The largest double has as many digits before its point.
const DIGITS: usize = 309;

#[cfg(test)]
mod tests {
    use super::super::shape::{Excess, excess};

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
            let expected = expected.as_deref().map(Excess::Endless);
            assert_eq!(excess(body.as_bytes()), expected, "{body}");
            let is_read = serde_json::from_str::<serde_json::Value>(&body).is_ok();
            assert_eq!(is_read, expected.is_none(), "{body}");
        }
    }
}
