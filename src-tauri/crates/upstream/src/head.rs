//! What an answer says before its first event.

use http::header::AsHeaderName;
use http::{HeaderMap, HeaderName};

use crate::limits;

/// The head of an opened answer.
#[derive(Debug, Clone, Default)]
pub struct Head {
    /// The backend's id of the request.
    pub request_id: Option<String>,
    /// How many requests it took, the one that succeeded included.
    pub attempts: u32,
    /// Headers that a Codex client reads, as they came (contract backend 2.1 and 10.3).
    pub passed: HeaderMap,
}

impl Head {
    pub(crate) fn read(headers: HeaderMap, attempts: u32) -> Self {
        let request_id = request_id(&headers);
        let mut passes = false;
        let passed = headers.into_iter().filter(|(name, _)| {
            // Only the first value of a header has its name with it.
            passes = name.as_ref().map_or(passes, is_passed);
            passes
        });
        let mut kept = HeaderMap::new();
        kept.extend(passed);
        Self {
            request_id,
            attempts,
            passed: kept,
        }
    }
}

/// The backend's id of the request.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<String> {
    let mut told = REQUEST_IDS.iter().filter_map(|name| text(headers, *name));
    told.next().map(str::to_owned)
}

/// A header that says something.
pub(crate) fn text(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&str> {
    let value = headers.get(name)?.to_str().ok()?.trim();
    (!value.is_empty()).then_some(value)
}

fn is_passed(name: &HeaderName) -> bool {
    let name = name.as_str();
    PASSED.contains(&name)
        || REQUEST_IDS.contains(&name)
        || name.starts_with("x-codex-safety-buffering-")
        || limits::is_header(name)
}

const REQUEST_IDS: &[&str] = &["x-request-id", "x-oai-request-id"];

const PASSED: &[&str] = &[
    "x-codex-turn-state",
    "x-models-etag",
    "openai-model",
    "x-reasoning-included",
];

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn only_what_a_codex_client_reads_is_passed() {
        let mut headers = HeaderMap::new();
        for name in [
            "x-codex-turn-state",
            "x-models-etag",
            "openai-model",
            "x-reasoning-included",
            "x-codex-safety-buffering-enabled",
            "x-codex-primary-used-percent",
            "x-image-gen-primary-reset-at",
            "x-codex-credits-balance",
            "x-oai-request-id",
        ] {
            headers.insert(name, HeaderValue::from_static("1"));
        }
        let mut wanted = headers.clone();
        for name in [
            "set-cookie",
            "content-type",
            "cf-ray",
            "x-codex-new",
            "server",
        ] {
            headers.insert(name, HeaderValue::from_static("1"));
        }
        headers.append("set-cookie", HeaderValue::from_static("2"));
        for headers in [&mut headers, &mut wanted] {
            headers.append("x-models-etag", HeaderValue::from_static("2"));
        }
        let head = Head::read(headers, 2);
        assert_eq!(head.passed, wanted);
        assert_eq!((head.request_id.as_deref(), head.attempts), (Some("1"), 2));
    }
}
