//! What is learnt from an answer on its way: limits, and whether the catalogue changed.

use std::fmt;

use base::{Clock, Secret};
use http::HeaderMap;
use serde::Deserialize;
use serde_json::Value;
use wire::responses::{Event, Kind};
use wire::{Fault, Words};

use super::Client;
use super::exchange::without;
use crate::head::{request_id, text};
use crate::models::Seat;
use crate::{Credential, limits};

/// Watches one answer.
pub(crate) struct Observer {
    client: Client,
    account_id: Option<String>,
    seat: Seat,
    request_id: Option<String>,
    /// The answer's headers about limits, for a quota fault that comes in the stream.
    told: limits::Noted,
    token: Secret,
}

impl Observer {
    /// Reads the headers at once.
    pub(crate) fn new(client: Client, credential: &Credential, headers: &HeaderMap) -> Self {
        let observer = Self {
            account_id: credential.account_id.clone(),
            seat: Seat::of(credential),
            request_id: request_id(headers),
            told: limits::Noted::default(),
            token: credential.bearer.clone(),
            client,
        };
        let now = observer.clock().now();
        observer.publish(limits::from_headers(headers, now));
        if let Some(tag) = text(headers, MODELS_TAG) {
            observer.client.0.models.note_tag(&observer.seat, tag);
        }
        observer
    }

    /// The same, with what the headers of an answer say of limits, while its events come.
    pub(crate) fn remembering(self, headers: &HeaderMap) -> Self {
        let told = limits::Noted::of(headers);
        Self { told, ..self }
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.client.0.clock
    }

    /// Notes what a refusal tells beside its headers.
    pub(crate) fn refused(&self, fault: &Fault) {
        if fault
            .words()
            .is_some_and(|words| words.is("model_not_found"))
        {
            self.client.0.models.distrust(&self.seat);
        }
    }

    /// The same fault, with what the answer's headers know.
    pub(crate) fn signed(&self, fault: Fault) -> Fault {
        let about = |mut words: Box<Words>| {
            words.request_id.clone_from(&self.request_id);
            words
        };
        if let Fault::Quota(mut quota) = fault {
            quota.words.request_id.clone_from(&self.request_id);
            let told = self.told.headers();
            quota.headers = limits::listed(&told);
            let from_headers = || limits::resets_at(&told, self.clock().now());
            quota.resets_at = quota.resets_at.or_else(from_headers);
            return Fault::Quota(quota);
        }
        if let Fault::Throttled { words, retry_after } = fault {
            let words = about(words);
            return Fault::Throttled { words, retry_after };
        }
        if let Fault::Refused { status, words } = fault {
            let words = about(words);
            return Fault::Refused { status, words };
        }
        if let Fault::Unauthorized(words) = fault {
            return Fault::Unauthorized(about(words));
        }
        if let Fault::Overloaded(words) = fault {
            return Fault::Overloaded(about(words));
        }
        if let Fault::Failed(words) = fault {
            return Fault::Failed(about(words));
        }
        fault
    }

    /// Called for each event, in order.
    pub(crate) fn saw(&self, event: &Event) {
        if event.kind() == Kind::RateLimits {
            self.publish(limits::from_event(event.data(), self.clock().now()));
        } else if event.kind() == Kind::Codex
            && event.name() == "codex.response.metadata"
            && let Some(tag) = tag_in(event.data())
        {
            self.client.0.models.note_tag(&self.seat, &tag);
        }
    }

    /// The same event; a failure without the token, should it repeat it.
    pub(crate) fn passed(&self, event: Event) -> Event {
        if !matches!(event.kind(), Kind::Failed | Kind::Error) {
            return event;
        }
        let cleaned = without(&self.token, event.data());
        cleaned.and_then(Event::from_json).unwrap_or(event)
    }

    fn publish(&self, limits: Option<wire::limits::Limits>) {
        if let Some(limits) = limits {
            self.client.publish(limits, self.account_id.clone());
        }
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observer")
            .field("account_id", &self.account_id)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

/// The catalogue's tag among the headers that come late.
fn tag_in(data: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Late {
        headers: serde_json::Map<String, Value>,
    }
    let late: Late = serde_json::from_slice(data).ok()?;
    let mut tags = late.headers.into_iter();
    let (_, tag) = tags.find(|(name, _)| name.eq_ignore_ascii_case(MODELS_TAG))?;
    match tag {
        Value::String(tag) => Some(tag),
        Value::Array(tags) => Some(tags.first()?.as_str()?.to_owned()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => None,
    }
}

const MODELS_TAG: &str = "x-models-etag";
