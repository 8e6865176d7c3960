//! What is special about a Codex client.

use http::HeaderMap;

/// True where a Codex client asks: it understands events that others do not.
pub(crate) fn is_codex(headers: &HeaderMap) -> bool {
    let begins = |name: &str, begin: &[u8]| {
        let value = headers.get(name).map(|value| value.as_bytes());
        let value = value.and_then(|value| value.get(..begin.len()));
        value.is_some_and(|value| value.eq_ignore_ascii_case(begin))
    };
    begins("originator", b"codex") || begins("user-agent", b"codex")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        [(http::HeaderName::from_static(name), value.parse().unwrap())]
            .into_iter()
            .collect()
    }

    #[test]
    fn a_codex_client_is_known_by_its_own_words() {
        for (name, value, codex) in [
            ("originator", "codex_cli_rs", true),
            ("originator", "Codex Desktop", true),
            ("user-agent", "codex_exec/0.153.0 (Debian 12; x86_64)", true),
            ("user-agent", "OpenAI/Python 2.1.0", false),
            ("user-agent", "not codex", false),
            ("originator", "cod", false),
        ] {
            assert_eq!(is_codex(&headers(name, value)), codex, "{name}: {value}");
        }
    }
}
