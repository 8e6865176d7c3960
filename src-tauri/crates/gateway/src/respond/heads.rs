//! What stands in the head of an answer.

use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, UPGRADE, WWW_AUTHENTICATE,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use translate::Dialect;
use upstream::Head;
use wire::{Fault, Quota};

use crate::exchange::Exchange;

/// What every answer has.
pub(super) fn common(exchange: &Exchange, media: Option<HeaderValue>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if let Some(media) = media {
        headers.insert(CONTENT_TYPE, media);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(id) = HeaderValue::from_str(exchange.id.as_str()) {
        // Anthropic's SDKs look for the name without an `x`.
        if exchange.dialect == Dialect::Messages {
            headers.insert(REQUEST_ID, id.clone());
        }
        headers.insert(X_REQUEST_ID, id.clone());
        headers.insert(X_POSTERN_REQUEST_ID, id);
    }
    if let Some(ignored) = ignored(&exchange.ignored) {
        headers.insert(X_POSTERN_IGNORED, ignored);
    }
    exchange.cors.mark(&mut headers);
    headers
}

/// What the backend said in its head and the client should hear (contract backend 10.3).
pub(crate) fn passed(head: Head) -> HeaderMap {
    let mut headers = head.passed;
    let id = head
        .request_id
        .as_deref()
        .and_then(|id| HeaderValue::from_str(id).ok());
    if let Some(id) = id {
        headers.insert(X_REQUEST_ID, id);
    }
    headers
}

/// What a stream is made of.
pub(super) fn stream(dialect: Dialect) -> HeaderValue {
    match dialect {
        Dialect::Responses | Dialect::Chat | Dialect::Messages | Dialect::Completions => EVENTS,
        Dialect::Ollama(_) => LINES,
    }
}

/// What a fault says in the head.
pub(super) fn add_for_fault(fault: &Fault, headers: &mut HeaderMap) {
    match fault {
        Fault::Quota(quota) => quota_headers(quota, headers),
        Fault::Throttled { retry_after, .. } => wait(retry_after.unwrap_or(SOON), headers),
        Fault::Overloaded(_) | Fault::NotReady { .. } => wait(SOON, headers),
        Fault::WrongKeys { seconds } => {
            wait(*seconds, headers);
            headers.insert(X_SHOULD_RETRY, HeaderValue::from_static("false"));
        }
        Fault::WrongMethod { allow, .. } => {
            headers.insert(ALLOW, HeaderValue::from_static(allow));
        }
        Fault::UpgradeRefused => {
            headers.insert(UPGRADE, HeaderValue::from_static("HTTP/1.1"));
        }
        Fault::NoKey | Fault::WrongKey => {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        Fault::BadJson { .. }
        | Fault::Invalid { .. }
        | Fault::TooLarge { .. }
        | Fault::Encoding(_)
        | Fault::Undecodable
        | Fault::MediaType(_)
        | Fault::SlowBody
        | Fault::NoRoute { .. }
        | Fault::ForeignHost(_)
        | Fault::ForeignOrigin(_)
        | Fault::SignedOut { .. }
        | Fault::VaultClosed { .. }
        | Fault::Forbidden { .. }
        | Fault::Unauthorized(_)
        | Fault::Refused { .. }
        | Fault::Challenged { .. }
        | Fault::Broken { .. }
        | Fault::Failed(_)
        | Fault::Unreachable { .. }
        | Fault::Silent { .. }
        | Fault::CutShort
        | Fault::Garbled { .. }
        | Fault::ShuttingDown
        | Fault::Internal(_) => {}
    }
}

/// Where something is made, a fault that may have come after it: OpenAI's SDKs would ask twice more
/// by themselves, and each time is paid for (contract backend 3.4).
pub(super) fn add_for_made(fault: &Fault, headers: &mut HeaderMap) {
    if let Fault::Broken { .. }
    | Fault::Failed(_)
    | Fault::Silent { .. }
    | Fault::CutShort
    | Fault::Garbled { .. } = fault
    {
        headers.insert(X_SHOULD_RETRY, HeaderValue::from_static("false"));
    }
}

/// The limit's own headers, and the time to wait. OpenAI's SDKs would ask twice more by themselves.
fn quota_headers(quota: &Quota, headers: &mut HeaderMap) {
    for (name, value) in &quota.headers {
        let name = HeaderName::try_from(name.as_str());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
            headers.insert(name, value);
        }
    }
    let left = quota
        .resets_in_seconds
        .map(|left| u64::try_from(left).unwrap_or(0));
    wait(left.unwrap_or(UNTOLD), headers);
    headers.insert(X_SHOULD_RETRY, HeaderValue::from_static("false"));
}

fn wait(seconds: u64, headers: &mut HeaderMap) {
    headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
}

/// Names of fields, as one header of bounded length.
fn ignored(names: &[String]) -> Option<HeaderValue> {
    let mut line = String::new();
    for name in names {
        if line.len() + name.len() > IGNORED {
            line.push_str(", ...");
            break;
        }
        if !line.is_empty() {
            line.push_str(", ");
        }
        line.push_str(name);
    }
    (!line.is_empty())
        .then(|| HeaderValue::from_str(&line).ok())
        .flatten()
}

pub(super) const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/json");
pub(super) const EVENTS: HeaderValue = HeaderValue::from_static("text/event-stream; charset=utf-8");
const LINES: HeaderValue = HeaderValue::from_static("application/x-ndjson");
const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const X_POSTERN_REQUEST_ID: HeaderName = HeaderName::from_static("x-postern-request-id");
const X_POSTERN_IGNORED: HeaderName = HeaderName::from_static("x-postern-ignored");
/// Read by OpenAI's SDKs, before the status.
const X_SHOULD_RETRY: HeaderName = HeaderName::from_static("x-should-retry");
/// Seconds to wait where nobody said how long, for what passes soon and for what does not.
const SOON: u64 = 5;
const UNTOLD: u64 = 60;
/// Bytes of `x-postern-ignored`.
const IGNORED: usize = 2048;
