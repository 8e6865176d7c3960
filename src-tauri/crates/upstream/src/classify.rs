//! What a refusal means: status, body and headers in, one fault out (contract backend 3.1).

use base::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use serde_json::Value;
use wire::{Fault, Quota, Words};

use crate::head::{request_id, text};
use crate::limits;

/// An answer that is no stream of events.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Refusal<'a> {
    pub(crate) status: u16,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
    pub(crate) now: Timestamp,
}

impl Refusal<'_> {
    /// Its one meaning.
    pub(crate) fn fault(&self) -> Fault {
        if self.is_challenge() {
            return Fault::Challenged {
                ray: text(self.headers, "cf-ray").map(str::to_owned),
            };
        }
        let words = self.words();
        match self.status {
            400 if is_at_capacity(&words) => Fault::Overloaded(Box::new(words)),
            401 => Fault::Unauthorized(Box::new(self.authorization(words))),
            429 => self.too_many(words),
            503 if is_overload(&words) => Fault::Overloaded(Box::new(words)),
            500.. => Fault::Broken {
                status: self.status,
                words: Box::new(words),
            },
            400.. => Fault::Refused {
                status: self.status,
                words: Box::new(words),
            },
            300.. => self.redirect(),
            _ => Fault::Garbled { why: words.message },
        }
    }

    /// A check for browsers, or the blocked path that follows a stale cookie (1.3).
    fn is_challenge(&self) -> bool {
        if self.headers.contains_key("cf-mitigated") {
            return true;
        }
        match self.status {
            403 => self.is_html() && mentions(self.body, CLOUDFLARE),
            404 => self.body.trim_ascii().is_empty(),
            _ => false,
        }
    }

    fn is_html(&self) -> bool {
        let kind = text(self.headers, CONTENT_TYPE.as_str());
        kind.is_some_and(|kind| kind.starts_with("text/html"))
            || self.body.trim_ascii_start().starts_with(b"<")
    }

    /// The backend's words, with a code for programs where the sentence alone says which.
    fn words(&self) -> Words {
        let mut words = Words::read(self.status, self.body).about(request_id(self.headers));
        if self.status == 413 && self.is_html() {
            "the request body is larger than the backend takes".clone_into(&mut words.message);
        }
        if words.code.is_none() {
            let lower = words.message.to_ascii_lowercase();
            let code = match self.status {
                413 => Some("request_too_large"),
                400 if lower.contains("context window") => Some("context_length_exceeded"),
                400 if lower.contains("is not supported when using codex") => {
                    Some("model_not_found")
                }
                404 if lower.contains("model") => Some("model_not_found"),
                _ => None,
            };
            words.code = code.map(str::to_owned);
        }
        words
    }

    /// What two headers tell about a token, where the body does not.
    fn authorization(&self, mut words: Words) -> Words {
        let hidden = text(self.headers, "x-error-json").and_then(decoded);
        let hidden = hidden
            .as_ref()
            .map(|json| json.get("error").unwrap_or(json));
        if self.body.trim_ascii().is_empty()
            && let Some(error) = hidden
        {
            words = Words::from_error(error).about(words.request_id);
        }
        if words.code.is_none() {
            let code = hidden.and_then(|error| error.get("code")?.as_str());
            let plain = text(self.headers, "x-openai-authorization-error");
            words.code = code.or(plain).map(str::to_owned);
        }
        words
    }

    /// Quota only where the backend says so; every other 429 passes soon.
    fn too_many(&self, words: Words) -> Fault {
        if words.is("usage_limit_reached") {
            let body: Value = serde_json::from_slice(self.body).unwrap_or_default();
            let error = body.get("error").unwrap_or(&body);
            let mut quota = Quota::from_error(error, self.now.seconds());
            let from_headers = || limits::resets_at(self.headers, self.now);
            quota.resets_at = quota.resets_at.or_else(from_headers);
            quota.headers = limits::listed(self.headers);
            quota.words = words;
            return Fault::Quota(Box::new(quota));
        }
        if words.is("usage_not_included") || words.is("insufficient_quota") {
            return Fault::Refused {
                status: self.status,
                words: Box::new(words),
            };
        }
        let retry_after = text(self.headers, RETRY_AFTER.as_str());
        Fault::Throttled {
            retry_after: retry_after.and_then(|wait| wait.parse().ok()),
            words: Box::new(words),
        }
    }

    /// Redirects are never followed: the credential is for one origin (contract auth 9.2).
    fn redirect(&self) -> Fault {
        let target = text(self.headers, LOCATION.as_str()).and_then(|to| url::Url::parse(to).ok());
        let host = target.as_ref().and_then(url::Url::host_str);
        Fault::Garbled {
            why: match host {
                Some(host) => format!("it redirects to `{host}`"),
                None => "it redirects".to_owned(),
            },
        }
    }
}

fn is_at_capacity(words: &Words) -> bool {
    words.message.contains("model is at capacity") || is_overload(words)
}

fn is_overload(words: &Words) -> bool {
    OVERLOAD.iter().any(|code| words.is(code))
}

fn decoded(base64: &str) -> Option<Value> {
    serde_json::from_slice(&STANDARD.decode(base64).ok()?).ok()
}

fn mentions(body: &[u8], words: &[&str]) -> bool {
    let body = String::from_utf8_lossy(body).to_ascii_lowercase();
    words.iter().any(|word| body.contains(word))
}

const CLOUDFLARE: &[&str] = &["cloudflare", "just a moment", "attention required"];

const OVERLOAD: &[&str] = &["server_is_overloaded", "slow_down", "overloaded_error"];

#[cfg(test)]
mod tests;
