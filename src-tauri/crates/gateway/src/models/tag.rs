//! Tags of lists, and whether a client has a list already (RFC 9110, 8.8.3 and 13.1.2).

use http::HeaderMap;
use http::header::IF_NONE_MATCH;
use sha2::{Digest as _, Sha256};

/// The tag of a list that has none of its own.
pub(super) fn of(body: &[u8]) -> String {
    let digest = Sha256::digest(body);
    let hex: String = digest
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("\"{hex}\"")
}

/// True where the client says that it has the list with this tag. A weak tag is as good as a strong
/// one here.
pub(super) fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let told = headers.get_all(IF_NONE_MATCH).iter();
    let told = told.filter_map(|value| value.to_str().ok());
    let mut tags = told.flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|told| told == "*" || strong(told) == strong(tag))
}

fn strong(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_known_by_its_tag_however_it_is_told() {
        let rows = [
            (r#""a""#, r#""a""#, true),
            (r#"W/"a""#, r#""a""#, true),
            (r#""a""#, r#"W/"a""#, true),
            (r#""b", W/"a""#, r#""a""#, true),
            ("*", r#""a""#, true),
            (r#""b""#, r#""a""#, false),
            ("", r#""a""#, false),
        ];
        for (told, tag, known) in rows {
            let headers = [(IF_NONE_MATCH, told.parse().unwrap())]
                .into_iter()
                .collect();
            assert_eq!(is_known(&headers, tag), known, "{told} for {tag}");
        }
        assert!(!is_known(&HeaderMap::new(), r#""a""#));
        assert_ne!(of(b"[1]"), of(b"[2]"));
        assert_eq!(of(b"[1]").len(), 34);
    }
}
