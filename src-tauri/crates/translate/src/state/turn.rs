//! One turn: what was asked, and what was answered.

use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;
use wire::Fault;
use wire::json::{self, Object, text};

use crate::edit::{self, Edit};

/// One turn, as it is stored: each item and the answer with the bytes they came in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Turn {
    /// The items that were new in this turn.
    pub input: Vec<Box<RawValue>>,
    /// The answer, as the client got it.
    pub response: Box<RawValue>,
}

impl Turn {
    /// Reads what [`Self::to_json`] wrote.
    pub fn read(json: &[u8]) -> Option<Self> {
        serde_json::from_slice(json).ok()
    }

    /// The turn as it is stored.
    pub fn to_json(&self) -> Vec<u8> {
        String::from(Box::<str>::from(edit::raw(self))).into_bytes()
    }

    /// The items of the answer.
    pub fn output(&self) -> Vec<&RawValue> {
        self.response()
            .and_then(|response| response.list("output").ok().flatten())
            .unwrap_or_default()
    }

    /// The ids of the answer's items.
    pub fn item_ids(&self) -> Vec<String> {
        self.output().into_iter().filter_map(id_of).collect()
    }

    /// The answer's id.
    pub fn id(&self) -> Option<String> {
        id_of(&self.response)
    }

    /// The answer's `status`.
    pub fn status(&self) -> Option<String> {
        let status = self.response()?.get("status").and_then(text)?;
        Some(status.into_owned())
    }

    /// True where the answer is made in the background.
    pub fn is_background(&self) -> bool {
        let background = self
            .response()
            .and_then(|response| response.flag("background").ok()?);
        background == Some(true)
    }

    /// The last event of the answer's stream, for who missed those before it; `number` is its
    /// `sequence_number`.
    pub fn last_event(&self, number: u64) -> (&'static str, Vec<u8>) {
        let name = match self.status().as_deref() {
            Some("completed") => "response.completed",
            Some("incomplete") => "response.incomplete",
            Some(_) | None => "response.failed",
        };
        let event = Last {
            r#type: name,
            sequence_number: number,
            response: &self.response,
        };
        (
            name,
            String::from(Box::<str>::from(edit::raw(&event))).into_bytes(),
        )
    }

    /// What was said in it, in order.
    pub fn said(self) -> Vec<Box<RawValue>> {
        let output: Vec<Box<RawValue>> = self.output().into_iter().map(ToOwned::to_owned).collect();
        self.input.into_iter().chain(output).collect()
    }

    fn response(&self) -> Option<Object<'_>> {
        Object::at(&self.response, String::new()).ok()
    }
}

#[derive(Serialize)]
struct Last<'a> {
    r#type: &'a str,
    sequence_number: u64,
    response: &'a RawValue,
}

/// The `id` of an object.
pub(super) fn id_of(raw: &RawValue) -> Option<String> {
    let object = Object::at(raw, String::new()).ok()?;
    let id = object.get("id").and_then(text)?;
    Some(id.into_owned())
}

/// `response` as it is told when nobody makes it any more, because the program that did has ended.
pub fn abandoned(response: &RawValue) -> Box<RawValue> {
    let Ok(object) = Object::at(response, String::new()) else {
        return response.to_owned();
    };
    let mut edit = Edit::new(&object);
    edit.set("status", edit::new("failed"));
    let error = json!({
        "code": "server_error",
        "message": "Postern was stopped before the answer was complete",
    });
    edit.set("error", edit::new(&error));
    edit.finish().into_owned()
}

/// `body` of `POST /v1/responses/input_tokens` as a request that could be sent: neither a model nor an
/// input has to be named in it.
///
/// # Errors
/// The body is no JSON object.
pub fn countable(body: &[u8]) -> Result<Vec<u8>, Fault> {
    json::read(body, |ask| {
        let mut edit = Edit::new(ask);
        if ask.get("model").is_none() {
            edit.set("model", edit::new("unnamed"));
        }
        if ask.get("input").is_none() {
            edit.set("input", edit::new(&[(); 0]));
        }
        Ok(edit.finish().get().as_bytes().to_vec())
    })
}
