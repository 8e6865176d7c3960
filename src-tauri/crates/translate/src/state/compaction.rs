//! Compaction, asked as an ordinary request (contract backend 7.1; trap 6): the backend retired the
//! endpoint, and answers a last item `compaction_trigger` with one `compaction` item.

use serde_json::json;
use serde_json::value::RawValue;
use wire::Fault;
use wire::json::{Object, text};

use super::continued::new_items;
use super::listed::{item_id, listed};
use crate::edit::{self, Edit};

/// One compaction on its way.
#[derive(Debug, Clone)]
pub struct Compaction {
    /// The body of the ordinary request.
    pub body: Vec<u8>,
    /// Fields that mean nothing to an answer that is one item.
    pub ignored: Vec<String>,
    /// What is compacted.
    input: Vec<Box<RawValue>>,
}

impl Compaction {
    /// Reads a body of `POST /v1/responses/compact` whose past stands in its input already.
    ///
    /// # Errors
    /// The input cannot be read, or there is nothing to compact.
    pub fn read(ask: &Object<'_>) -> Result<Self, Fault> {
        let input = new_items(ask)?;
        if input.is_empty() {
            return Err(ask.missing("input"));
        }
        let trigger = edit::raw(&json!({ "type": "compaction_trigger" }));
        let whole: Vec<&RawValue> = input.iter().chain([&trigger]).map(Box::as_ref).collect();
        let says_something = |name: &&str| ask.get(name).is_some_and(|raw| raw.get() != "false");
        let dropped = DROPPED.iter().filter(|name| says_something(name));
        let ignored = dropped.map(|name| (*name).to_owned()).collect();
        let mut edit = Edit::new(ask);
        edit.retain(|name, _| !DROPPED.contains(&name));
        edit.set("input", edit::new(&whole));
        edit.set("store", edit::new(&false));
        let body = edit.finish().get().as_bytes().to_vec();
        Ok(Self {
            body,
            ignored,
            input,
        })
    }

    /// The answer, called `id`: the messages of the person, then the one item that stands for all the
    /// rest. `response` is the whole answer to the ordinary request.
    ///
    /// # Errors
    /// It has no such item.
    pub fn answer(&self, response: &[u8], id: &str) -> Result<Vec<u8>, Fault> {
        let response = Object::body(response)?;
        let output = response.list("output")?.unwrap_or_default();
        let is_compaction = |raw: &&RawValue| {
            let kind = word(raw, "type");
            kind.is_some_and(|kind| COMPACTIONS.contains(&kind.as_str()))
        };
        let Some(compaction) = output.into_iter().find(is_compaction) else {
            return Err(Fault::Garbled {
                why: "it has no compaction item".to_owned(),
            });
        };
        let said = self.input.iter().enumerate();
        let users = said.filter(|(_, item)| word(item, "role").as_deref() == Some("user"));
        let mut output: Vec<Box<RawValue>> = users.map(|(at, item)| named(item, id, at)).collect();
        output.push(named(compaction, id, self.input.len()));
        let mut edit = Edit::new(&response);
        edit.retain(|name, _| matches!(name, "created_at" | "usage"));
        edit.set("id", edit::new(id));
        edit.set("object", edit::new("response.compaction"));
        edit.set("output", edit::new(&output));
        Ok(edit.finish().get().as_bytes().to_vec())
    }
}

fn named(item: &RawValue, holder: &str, at: usize) -> Box<RawValue> {
    listed(item, &item_id(item, holder, at))
}

fn word(item: &RawValue, name: &str) -> Option<String> {
    let object = Object::at(item, String::new()).ok()?;
    let word = object.get(name).and_then(text)?;
    Some(word.into_owned())
}

/// What means nothing to an answer that is one item (contract backend 7.1).
const DROPPED: &[&str] = &["stream", "stream_options", "include", "client_metadata"];

/// The item's name, and its older ones (contract backend 1.9).
const COMPACTIONS: &[&str] = &["compaction", "compaction_summary", "context_compaction"];

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn the_trigger_comes_last_and_what_does_not_belong_stays_behind() {
        let body =
            br#"{"model":"m","input":"hello","stream":true,"include":["x"],"client_metadata":{}}"#;
        let compaction = wire::json::read(body, Compaction::read).unwrap();
        let asked: Value = serde_json::from_slice(&compaction.body).unwrap();
        assert_eq!(asked["input"][0]["content"][0]["text"], "hello");
        assert_eq!(asked["input"][1], json!({ "type": "compaction_trigger" }));
        let names: Vec<_> = asked.as_object().unwrap().keys().collect();
        assert_eq!(names, ["model", "input", "store"]);
        assert_eq!(compaction.ignored, ["stream", "include", "client_metadata"]);
        for nothing in [r#"{"model":"m"}"#, r#"{"model":"m","input":[]}"#] {
            let fault = wire::json::read(nothing.as_bytes(), Compaction::read).unwrap_err();
            assert_eq!(fault.param(), Some("input"));
        }
    }

    #[test]
    fn the_answer_is_what_the_person_said_and_the_one_item() {
        let body = br#"{"model":"m","input":[{"role":"developer","content":"d"},{"role":"user","content":"u"},
            {"role":"assistant","content":"a"}]}"#;
        let compaction = wire::json::read(body, Compaction::read).unwrap();
        let response = br#"{"id":"resp_x","created_at":7,"status":"completed","usage":{"total_tokens":3},
            "output":[{"type":"reasoning","id":"rs_1"},{"type":"compaction","id":"cmp_1","encrypted_content":"g"}]}"#;
        let told = compaction.answer(response, "resp_1").unwrap();
        let told: Value = serde_json::from_slice(&told).unwrap();
        let expected = json!({
            "id": "resp_1", "object": "response.compaction", "created_at": 7,
            "usage": { "total_tokens": 3 },
            "output": [
                { "role": "user", "content": [{ "type": "input_text", "text": "u" }],
                  "type": "message", "id": "msg_1_1", "status": "completed" },
                { "type": "compaction", "id": "cmp_1", "encrypted_content": "g" },
            ],
        });
        assert_eq!(told, expected);
        let none = compaction.answer(br#"{"output":[]}"#, "resp_1");
        assert!(matches!(none, Err(Fault::Garbled { .. })));
    }
}
