//! What a browser must be told, so that a page may read an answer.

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue};

/// The page an answer goes to.
#[derive(Debug, Clone)]
pub(crate) enum Cors {
    /// None.
    None,
    /// One that may read everything it asks for.
    Allowed(HeaderValue),
    /// One that may read why it was refused, and nothing else.
    Refused(HeaderValue),
}

impl Cors {
    /// Adds what every answer to this page carries.
    pub(crate) fn mark(&self, headers: &mut HeaderMap) {
        match self {
            Self::None => {}
            Self::Allowed(origin) => {
                grant(headers, origin);
                headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
            }
            Self::Refused(origin) => grant(headers, origin),
        }
    }

    /// Adds what the answer to a preflight carries besides: whatever was asked for.
    pub(crate) fn answer_preflight(asked: &HeaderMap, headers: &mut HeaderMap) {
        let echo = |from: HeaderName, to: HeaderName, headers: &mut HeaderMap| {
            if let Some(value) = asked.get(from) {
                headers.insert(to, value.clone());
            }
        };
        echo(
            ACCESS_CONTROL_REQUEST_METHOD,
            ACCESS_CONTROL_ALLOW_METHODS,
            headers,
        );
        echo(
            ACCESS_CONTROL_REQUEST_HEADERS,
            ACCESS_CONTROL_ALLOW_HEADERS,
            headers,
        );
        if asked.contains_key(REQUEST_PRIVATE_NETWORK) {
            headers.insert(ALLOW_PRIVATE_NETWORK, HeaderValue::from_static("true"));
        }
        headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
        headers.insert(VARY, PREFLIGHT_VARIES);
    }
}

fn grant(headers: &mut HeaderMap, origin: &HeaderValue) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    headers.append(VARY, HeaderValue::from_static("origin"));
}

/// A browser asks for it before a public page may reach this machine (Private Network Access).
const REQUEST_PRIVATE_NETWORK: HeaderName =
    HeaderName::from_static("access-control-request-private-network");
const ALLOW_PRIVATE_NETWORK: HeaderName =
    HeaderName::from_static("access-control-allow-private-network");
/// Short, so that an origin taken off the list is refused soon.
const MAX_AGE: HeaderValue = HeaderValue::from_static("60");
const PREFLIGHT_VARIES: HeaderValue = HeaderValue::from_static(
    "origin, access-control-request-method, access-control-request-headers",
);
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "x-postern-request-id, x-postern-ignored, x-request-id, retry-after, openai-model, \
     x-codex-primary-used-percent, x-codex-primary-window-minutes, x-codex-primary-reset-at, \
     x-codex-secondary-used-percent, x-codex-secondary-window-minutes, x-codex-secondary-reset-at",
);
