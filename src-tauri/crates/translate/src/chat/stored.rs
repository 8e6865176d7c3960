//! Completions that a client asks to have stored (`store: true`), and how they are told again, as the
//! official API does.

use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;
use wire::Fault;
use wire::json::{self, Object, kind, text};

use crate::edit::{self, Edit};
use crate::state::metadata;

/// What a request wants stored beside the completion.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// A map of texts; empty where none is given.
    pub metadata: Box<RawValue>,
    /// The request's messages.
    pub messages: Vec<Box<RawValue>>,
}

impl Wanted {
    /// Reads a body of `POST /v1/chat/completions`; `None` where nothing is to be stored.
    ///
    /// # Errors
    /// `store`, `metadata` or `messages` are not what they should be.
    pub fn read(ask: &Object<'_>) -> Result<Option<Self>, Fault> {
        if ask.flag("store")? != Some(true) {
            return Ok(None);
        }
        let messages = ask.list("messages")?.unwrap_or_default();
        Ok(Some(Self {
            metadata: metadata(ask)?,
            messages: messages.into_iter().map(ToOwned::to_owned).collect(),
        }))
    }
}

/// The metadata of a body of `POST /v1/chat/completions/{id}`.
///
/// # Errors
/// The body is no JSON, or its metadata is missing or no map of texts.
pub fn changed(body: &[u8]) -> Result<Box<RawValue>, Fault> {
    json::read(body, |ask| {
        if !ask.entries().iter().any(|(name, _)| name == "metadata") {
            return Err(ask.missing("metadata"));
        }
        metadata(ask)
    })
}

/// A completion, as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Stored {
    /// As the client got it, or would have, had it not asked for a stream.
    pub completion: Box<RawValue>,
    /// A map of texts.
    pub metadata: Box<RawValue>,
}

impl Stored {
    /// Reads what [`Self::to_json`] wrote.
    pub fn read(json: &[u8]) -> Option<Self> {
        serde_json::from_slice(json).ok()
    }

    /// The completion as it is stored.
    pub fn to_json(&self) -> Vec<u8> {
        edit::raw(self).get().as_bytes().to_vec()
    }

    /// A text of the completion, such as its `id`.
    pub fn word(&self, name: &str) -> Option<String> {
        let completion = Object::at(&self.completion, String::new()).ok()?;
        Some(completion.get(name).and_then(text)?.into_owned())
    }

    /// The completion as it is told again.
    pub fn told(&self) -> Box<RawValue> {
        let Ok(completion) = Object::at(&self.completion, String::new()) else {
            return self.completion.clone();
        };
        let mut edit = Edit::new(&completion);
        edit.set("metadata", edit::new(&self.metadata));
        edit.finish().into_owned()
    }

    /// True where each of `pairs` is among its metadata.
    pub fn has(&self, pairs: &[(String, String)]) -> bool {
        let Ok(metadata) = Object::at(&self.metadata, String::new()) else {
            return false;
        };
        pairs
            .iter()
            .all(|(name, value)| metadata.get(name).and_then(text).as_deref() == Some(value))
    }
}

/// The messages that the completion `id` was made from, as they are listed: each with an id, and
/// `content` as a text or as parts, of which the other is `null`.
pub fn listed(id: &str, messages: &[Box<RawValue>]) -> Vec<Box<RawValue>> {
    let told = |(index, raw): (usize, &RawValue)| {
        let Ok(message) = Object::at(raw, String::new()) else {
            return raw.to_owned();
        };
        let mut edit = Edit::new(&message);
        edit.set("id", edit::new(&format!("{id}-{index}")));
        let content = message.get("content");
        let parts = content.filter(|content| kind(content) == "an array");
        let (content, parts) = match parts {
            Some(parts) => (None, Some(parts)),
            None => (content, None),
        };
        edit.set("content", edit::new(&content));
        edit.set("content_parts", edit::new(&parts));
        for name in ["name", "refusal"] {
            edit.set(name, edit::new(&message.get(name)));
        }
        edit.finish().into_owned()
    };
    let messages = messages.iter().map(AsRef::as_ref);
    messages.enumerate().map(told).collect()
}

/// What tells that a completion is gone.
pub fn deleted(id: &str) -> Vec<u8> {
    let told = json!({ "object": "chat.completion.deleted", "id": id, "deleted": true });
    told.to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn only_what_is_to_be_stored_is_read() {
        for body in [
            "{}",
            r#"{"store":false,"metadata":{"a":1}}"#,
            r#"{"store":null,"messages":5}"#,
        ] {
            assert!(
                json::read(body.as_bytes(), Wanted::read).unwrap().is_none(),
                "{body}"
            );
        }
        let body =
            br#"{"store":true,"metadata":{"a":"b"},"messages":[{"role":"user","content": "x"}]}"#;
        let wanted = json::read(body, Wanted::read).unwrap().unwrap();
        assert_eq!(wanted.metadata.get(), r#"{"a":"b"}"#);
        assert_eq!(
            wanted.messages[0].get(),
            r#"{"role":"user","content": "x"}"#
        );
        for (body, param) in [
            (r#"{"store":"yes"}"#, "store"),
            (r#"{"store":true,"metadata":{"a":1}}"#, "metadata.a"),
            (r#"{"store":true,"messages":5}"#, "messages"),
        ] {
            let fault = json::read(body.as_bytes(), Wanted::read).unwrap_err();
            assert_eq!(fault.param(), Some(param), "{body}");
        }
    }

    #[test]
    fn metadata_is_changed_as_a_whole_and_must_be_there() {
        assert_eq!(
            changed(br#"{"metadata":{"a":"b"}}"#).unwrap().get(),
            r#"{"a":"b"}"#
        );
        assert_eq!(changed(br#"{"metadata":null}"#).unwrap().get(), "{}");
        assert_eq!(changed(b"{}").unwrap_err().param(), Some("metadata"));
        let wrong = changed(br#"{"metadata":{"a":[]}}"#).unwrap_err();
        assert_eq!(wrong.param(), Some("metadata.a"));
    }

    #[test]
    fn a_completion_is_told_with_its_metadata_and_found_by_it() {
        let stored = Stored {
            completion: edit::raw(&json!({ "id": "chatcmpl-1", "model": "m" })),
            metadata: edit::raw(&json!({ "a": "b", "c": "d" })),
        };
        let again = Stored::read(&stored.to_json()).unwrap();
        let told: Value = serde_json::from_str(again.told().get()).unwrap();
        let expected =
            json!({ "id": "chatcmpl-1", "model": "m", "metadata": { "a": "b", "c": "d" } });
        assert_eq!(told, expected);
        assert_eq!(again.word("id").as_deref(), Some("chatcmpl-1"));
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        for (pairs, has) in [
            (vec![], true),
            (vec![pair("a", "b")], true),
            (vec![pair("a", "b"), pair("c", "d")], true),
            (vec![pair("a", "b"), pair("c", "x")], false),
            (vec![pair("x", "b")], false),
        ] {
            assert_eq!(again.has(&pairs), has, "{pairs:?}");
        }
    }

    #[test]
    fn messages_are_listed_with_ids_and_either_kind_of_content() {
        let parts = json!([{ "type": "text", "text": "x" }]);
        let messages = [
            json!({ "role": "system", "content": "be brief", "name": "n" }),
            json!({ "role": "user", "content": parts }),
            json!({ "role": "assistant", "tool_calls": [{ "id": "call_1" }] }),
        ];
        let messages: Vec<_> = messages.iter().map(edit::raw).collect();
        let told: Vec<Value> = listed("chatcmpl-1", &messages)
            .iter()
            .map(|raw| serde_json::from_str(raw.get()).unwrap())
            .collect();
        let none = Value::Null;
        let expected = [
            json!({ "role": "system", "content": "be brief", "name": "n", "id": "chatcmpl-1-0",
                    "content_parts": none, "refusal": none }),
            json!({ "role": "user", "content": none, "name": none, "id": "chatcmpl-1-1",
                    "content_parts": parts, "refusal": none }),
            json!({ "role": "assistant", "content": none, "name": none, "id": "chatcmpl-1-2",
                    "tool_calls": [{ "id": "call_1" }], "content_parts": none, "refusal": none }),
        ];
        assert_eq!(told, expected);
    }
}
