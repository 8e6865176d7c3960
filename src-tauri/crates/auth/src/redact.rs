//! Keeps codes, tokens and keys out of texts that a person or a log may see.

use base::Secret;
use url::Url;

/// `url` without user info, without a fragment, and with the values of its secret query keys
/// replaced (contract auth 1.6).
pub(crate) fn url(url: &Url) -> String {
    let mut shown = url.clone();
    // Both fail only for addresses that cannot have user info, which then have none.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    shown.set_fragment(None);
    if url.query().is_some() {
        let pairs: Vec<(String, String)> = url
            .query_pairs()
            .map(|(key, value)| {
                let value = if is_secret(&key) {
                    REDACTED.into()
                } else {
                    value
                };
                (key.into_owned(), value.into_owned())
            })
            .collect();
        shown.query_pairs_mut().clear().extend_pairs(pairs);
    }
    shown.into()
}

/// A text of the other side, fit to be shown: one line, of bounded length, without any of `known`,
/// without anything that looks like a token, and with every address in it redacted.
pub(crate) fn text(raw: &str, known: &[&Secret]) -> String {
    let mut shown = raw.to_owned();
    for secret in known.iter().filter(|secret| !secret.is_empty()) {
        shown = shown.replace(secret.reveal(), REDACTED);
    }
    let words: Vec<String> = shown.split_whitespace().map(word).collect();
    cut(&words.join(" "))
}

fn word(word: &str) -> String {
    let plain = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let is_address = plain.starts_with("http://") || plain.starts_with("https://");
    match Url::parse(plain) {
        Ok(address) if is_address => word.replace(plain, &url(&address)),
        Ok(_) | Err(_) if looks_like_a_token(plain) => word.replace(plain, REDACTED),
        Ok(_) | Err(_) => word.to_owned(),
    }
}

/// JWTs, access tokens, platform keys, refresh tokens, authorization codes.
fn looks_like_a_token(word: &str) -> bool {
    let value = word.rsplit(['=', ':', '"']).next().unwrap_or(word);
    let is_long = value.len() >= 20;
    let is_jwt = value.starts_with("eyJ") && value.matches('.').count() == 2;
    let starts = ["at-", "sk-", "rt_", "oaistb_rt_", "ac_"];
    is_jwt || (is_long && starts.iter().any(|start| value.starts_with(start)))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn is_secret(key: &str) -> bool {
    SECRET_KEYS
        .iter()
        .any(|secret| key.eq_ignore_ascii_case(secret))
}

const SECRET_KEYS: [&str; 12] = [
    "access_token",
    "api_key",
    "client_secret",
    "code",
    "code_verifier",
    "id_token",
    "key",
    "refresh_token",
    "requested_token",
    "state",
    "subject_token",
    "token",
];
const REDACTED: &str = "<redacted>";
/// Enough for a sentence; an HTML page is not one.
const LONGEST: usize = 300;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_loses_its_secrets_and_keeps_the_rest() {
        for (raw, shown) in [
            (
                "http://127.0.0.1:1455/auth/callback?code=abc&state=xyz&scope=openid",
                "http://127.0.0.1:1455/auth/callback?code=%3Credacted%3E&state=%3Credacted%3E&scope=openid",
            ),
            (
                "https://user:pass@auth.example/x#id_token=abc",
                "https://auth.example/x",
            ),
            (
                "https://auth.example/oauth/token",
                "https://auth.example/oauth/token",
            ),
            (
                "https://auth.example/?Access_Token=abc",
                "https://auth.example/?Access_Token=%3Credacted%3E",
            ),
        ] {
            assert_eq!(url(&Url::parse(raw).unwrap()), shown);
        }
    }

    #[test]
    fn every_secret_key_is_redacted() {
        for key in SECRET_KEYS {
            let raw = format!("https://auth.example/?{key}=hunter2");
            assert!(
                !url(&Url::parse(&raw).unwrap()).contains("hunter2"),
                "{key}"
            );
        }
    }

    #[test]
    fn a_text_loses_what_is_known_and_what_looks_like_a_token() {
        let code = Secret::new("short-code");
        for (raw, shown) in [
            (
                "the code short-code was used",
                "the code <redacted> was used",
            ),
            (
                "see https://a.example/?code=1.",
                "see https://a.example/?code=%3Credacted%3E.",
            ),
            (
                "bad token eyJhbGciOi.eyJzdWIi.c2ln!",
                "bad token <redacted>!",
            ),
            ("refresh_token=oaistb_rt_0123456789abcdef", "<redacted>"),
            ("line one\n line two", "line one line two"),
            ("at- is a prefix", "at- is a prefix"),
        ] {
            assert_eq!(text(raw, &[&code]), shown);
        }
        assert_eq!(text(&"ä".repeat(1000), &[]).chars().count(), LONGEST + 1);
    }
}
