//! How the backend ended an answer (contract backend 2.2, 3.2).

use serde_json::Value;
use serde_json::value::RawValue;
use wire::json::{Object, text};
use wire::responses::{Event, Kind};
use wire::{Fault, Usage, Words};

/// The end, read leniently: token counts that cannot be read do not spoil an answer.
#[derive(Debug)]
pub(crate) struct Ending {
    /// Which end it is.
    pub(crate) word: Word,
    /// Token counts, where they were told.
    pub(crate) usage: Option<Usage>,
    /// The stop word at which the answer was cut, where it was (`crate::cut`).
    pub(crate) stop: Option<String>,
}

/// Which end it is.
#[derive(Debug)]
pub(crate) enum Word {
    /// All is said.
    Whole,
    /// Truncated, by the backend's own word such as `max_output_tokens`.
    Truncated(String),
    /// Failed.
    Failed(Fault),
}

/// A terminal event, read once for all who ask.
#[derive(Debug)]
pub(crate) struct Last<'e> {
    kind: Kind,
    /// The whole event, where it is an object.
    pub(crate) said: Option<Object<'e>>,
    /// Its envelope.
    pub(crate) response: Option<Object<'e>>,
}

impl<'e> Last<'e> {
    pub(crate) fn of(event: &'e Event) -> Self {
        let said = object(event.data());
        let envelope = |said: &Object<'e>| said.object("response").ok().flatten();
        Self {
            kind: event.kind(),
            response: said.as_ref().and_then(envelope),
            said,
        }
    }

    /// What it tells. `now` is seconds since the epoch. An event that cannot be read is a failure,
    /// because nothing follows it.
    pub(crate) fn ending(&self, now: i64) -> Ending {
        let Some(said) = &self.said else {
            return Ending::garbled("its last event is no JSON object");
        };
        let failed = |error: Option<&RawValue>| {
            let error = error.and_then(|raw| serde_json::from_str(raw.get()).ok());
            Word::Failed(Fault::from_failed(&error.unwrap_or(Value::Null), now))
        };
        if self.kind == Kind::Error {
            let error = said.get("error").unwrap_or_else(|| said.raw());
            return Ending::of(failed(Some(error)));
        }
        let Some(response) = &self.response else {
            return Ending::garbled("its last event has no response");
        };
        let usage = response.get("usage");
        let word = match self.kind {
            Kind::Incomplete => {
                let details = response.object("incomplete_details").ok().flatten();
                let reason = details.and_then(|details| details.get("reason").and_then(text));
                Word::Truncated(reason.map(String::from).unwrap_or_default())
            }
            Kind::Failed => failed(response.get("error")),
            Kind::Cancelled => {
                let words = Words::plain("the answer was cancelled by the backend");
                Word::Failed(Fault::Failed(Box::new(words)))
            }
            _ => Word::Whole,
        };
        Ending {
            word,
            usage: usage.and_then(|raw| serde_json::from_str(raw.get()).ok()),
            stop: response.get(STOP).and_then(text).map(String::from),
        }
    }

    /// The items that it lists; some come in no other event.
    pub(crate) fn items(&self) -> Vec<Object<'e>> {
        let listed = |response: &Object<'e>| response.objects("output").ok().flatten();
        self.response.as_ref().and_then(listed).unwrap_or_default()
    }
}

impl Ending {
    fn of(word: Word) -> Self {
        Self {
            word,
            usage: None,
            stop: None,
        }
    }

    fn garbled(why: &str) -> Self {
        Self::of(Word::Failed(Fault::Garbled {
            why: why.to_owned(),
        }))
    }
}

/// Where an end that was made here tells at which stop word it was cut.
pub(crate) const STOP: &str = "stop_sequence";

/// The data of an event, where it is an object.
pub(crate) fn object(data: &[u8]) -> Option<Object<'_>> {
    let raw: &RawValue = serde_json::from_slice(data).ok()?;
    Object::at(raw, String::new()).ok()
}
