//! The end of an answer that was cut: made from what was told, in the backend's own form.

use std::collections::HashMap;

use bytes::Bytes;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use wire::json::Object;
use wire::responses::{Event, Kind, Place, Said};

use super::Slot;
use crate::edit::{self, Edit};
use crate::ending::STOP;

/// What the end is made from.
#[derive(Debug, Default)]
pub(super) struct Closing {
    /// The latest event with the answer's own fields.
    envelope: Option<Event>,
    items: HashMap<u32, Item>,
}

#[derive(Debug, Default)]
struct Item {
    /// The item as it began.
    head: Option<Box<RawValue>>,
    id: Option<String>,
    /// Its texts, in the order they began.
    texts: Vec<(Slot, String)>,
}

impl Closing {
    /// Takes note of what begins.
    pub(super) fn note(&mut self, event: &Event, said: &Said<'_>) {
        match (event.kind(), said) {
            (Kind::Created | Kind::InProgress, _) => self.envelope = Some(event.clone()),
            (_, Said::ItemAdded(place, _)) => {
                let said = crate::ending::object(event.data());
                if let Some(Ok(Some(item))) = said.map(|said| said.object("item")) {
                    self.list(place.output_index, &item);
                }
            }
            (_, Said::ItemDone(place, raw)) => {
                if let Ok(item) = Object::at(raw, String::new()) {
                    self.list(place.output_index, &item);
                }
            }
            _ => {}
        }
    }

    /// Takes note of an item, if it is new.
    pub(super) fn list(&mut self, index: u32, item: &Object<'_>) {
        let known = self.items.entry(index).or_default();
        known.head.get_or_insert_with(|| item.raw().to_owned());
    }

    /// Takes note of text that goes on.
    pub(super) fn grow(&mut self, slot: Slot, event: &Event, more: &str) {
        let item = self.items.entry(slot.item).or_default();
        if item.id.is_none()
            && let Ok(Said::Delta(place, _)) = event.said()
        {
            item.id = place.item_id.map(String::from);
        }
        match item.texts.iter_mut().find(|(known, _)| *known == slot) {
            Some((_, text)) => text.push_str(more),
            None => item.texts.push((slot, more.to_owned())),
        }
    }

    /// The end of the item that was cut, and of the answer: at a stop word it is whole, else it is
    /// as if the model had reached its limit.
    pub(super) fn events(&self, cut: Slot, stop: Option<&str>, usage: Value) -> Vec<Event> {
        let status = match stop {
            Some(_) => "completed",
            None => "incomplete",
        };
        let item = self.items.get(&cut.item).and_then(|item| {
            event(&json!({
                "type": Kind::ItemDone.name(),
                "output_index": cut.item,
                "item": item.ended(status),
            }))
        });
        let end = self.end(status, stop, usage);
        item.into_iter().chain(end).collect()
    }

    fn end(&self, status: &str, stop: Option<&str>, usage: Value) -> Option<Event> {
        let mut response = self.response();
        response["status"] = status.into();
        response["usage"] = usage;
        let kind = match stop {
            // The Messages dialect names it; the others drop what is not theirs.
            Some(stop) => {
                response[STOP] = stop.into();
                Kind::Completed
            }
            None => {
                response["incomplete_details"] = json!({"reason": "max_output_tokens"});
                Kind::Incomplete
            }
        };
        event(&json!({"type": kind.name(), "response": response}))
    }

    /// The answer's own fields, as they were told last.
    fn response(&self) -> Value {
        let told = self.envelope.as_ref();
        let told = told.and_then(|event| serde_json::from_slice::<Value>(event.data()).ok());
        let response = told.and_then(|told| told.get("response").cloned());
        response
            .filter(Value::is_object)
            .unwrap_or_else(|| json!({}))
    }

    /// Every text that was told, for counting.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        let texts = self.items.values().flat_map(|item| &item.texts);
        texts.map(|(_, text)| text.as_str())
    }
}

impl Item {
    /// The item with what was told of it, as its end.
    fn ended(&self, status: &str) -> Value {
        let head = self.head.as_deref().map(RawValue::get);
        let head = head.and_then(|head| serde_json::from_str::<Value>(head).ok());
        let mut item = head.unwrap_or_else(
            || json!({"id": self.id, "type": "message", "role": "assistant", "content": []}),
        );
        item["status"] = status.into();
        let payload = |form| {
            let mut texts = self.texts.iter().filter(move |(slot, _)| slot.form == form);
            texts.next().map_or("", |(_, text)| text).to_owned()
        };
        match item["type"].as_str() {
            Some("function_call") => item["arguments"] = payload(Kind::ArgumentsDelta).into(),
            Some("custom_tool_call") => item["input"] = payload(Kind::InputDelta).into(),
            _ => item["content"] = self.parts(),
        }
        item
    }

    /// The parts of a message, each in its place; one that said nothing is empty.
    fn parts(&self) -> Value {
        let count = self
            .texts
            .iter()
            .map(|(slot, _)| slot.part.saturating_add(1))
            .max();
        let find = |place| self.texts.iter().find(|(slot, _)| slot.part == place);
        let parts = 0..count.unwrap_or(0).min(MOST_PARTS);
        parts
            .map(|place| find(place).map_or_else(empty, part))
            .collect()
    }
}

fn empty() -> Value {
    json!({"type": "output_text", "text": "", "annotations": [], "logprobs": []})
}

/// More parts than any message has; a place beyond is a mistake of the backend's.
const MOST_PARTS: u32 = 1024;

fn part((slot, text): &(Slot, String)) -> Value {
    match slot.form {
        Kind::RefusalDelta => json!({"type": "refusal", "refusal": text}),
        _ => json!({"type": "output_text", "text": text, "annotations": [], "logprobs": []}),
    }
}

/// An event by which a text of `form` at `place` grows.
pub(super) fn delta(form: Kind, place: &Place<'_>, more: &str) -> Option<Event> {
    let mut said = json!({
        "type": form.name(),
        "item_id": place.item_id,
        "output_index": place.output_index,
        "delta": more,
    });
    if matches!(form, Kind::TextDelta | Kind::RefusalDelta) {
        said["content_index"] = place.content_index.into();
    }
    if form == Kind::TextDelta {
        said["logprobs"] = json!([]);
    }
    event(&said)
}

/// The same event with another text.
pub(super) fn with_delta(event: &Event, delta: &str) -> Option<Event> {
    let said = crate::ending::object(event.data())?;
    let mut edit = Edit::new(&said);
    edit.set("delta", edit::new(delta));
    let whole = Box::<str>::from(edit.finish().into_owned());
    Event::from_json(Bytes::from(whole.into_string()))
}

fn event(said: &Value) -> Option<Event> {
    Event::from_json(Bytes::from(said.to_string()))
}
