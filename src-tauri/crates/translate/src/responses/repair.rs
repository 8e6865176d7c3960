//! Events that official clients wait for and some models leave out (contract backend 2.3, 2): an
//! item's beginning, a part's beginning, a first delta. Clients that keep a copy of the answer while
//! it grows fail without them. What the backend sends itself is never repeated; a field that they or
//! OpenAI's schema require is added to it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::value::RawValue;
use serde_json::{Value, json};
use wire::json::{Object, text};
use wire::responses::{Event, Kind, Place, Said};

use crate::edit::{self, Edit};

/// What was told of each item so far, by its index in the output.
/// Ordered, because there are few of each and a hash costs more than finding one.
#[derive(Debug, Default)]
pub(super) struct Repair {
    items: BTreeMap<u32, Item>,
}

#[derive(Debug, Default)]
struct Item {
    parts: BTreeMap<u32, Told>,
    /// A call's arguments or input.
    payload: Told,
    /// A called tool's name.
    name: Option<String>,
}

/// How much of a text was told.
#[derive(Debug, Default, Clone, Copy)]
struct Told {
    bytes: usize,
    /// It was told whole at the end.
    whole: bool,
    /// The part around it was closed.
    closed: bool,
}

impl Repair {
    /// The events that must come before `event`, without numbers. `None` where `event` itself must
    /// not come, because nobody could place it.
    pub(super) fn before(&mut self, event: &Event) -> Option<Vec<Value>> {
        let mut missing = Vec::new();
        if self.grew(event).is_some() {
            return Some(missing);
        }
        match (event.kind(), event.said()) {
            (_, Ok(Said::ItemAdded(place, head))) => {
                let item = self.items.entry(place.output_index).or_default();
                item.name = head.name.map(Cow::into_owned);
            }
            (Kind::PartAdded, Ok(Said::Part(place))) => {
                let item = self.message(&place, &mut missing);
                item.parts.entry(place.content_index).or_default();
            }
            (Kind::PartDone, Ok(Said::Part(place))) => {
                let item = self.message(&place, &mut missing);
                item.parts.entry(place.content_index).or_default().closed = true;
            }
            (Kind::TextDelta | Kind::RefusalDelta, Ok(Said::Delta(place, delta))) => {
                let form = Form::of(event.kind());
                self.part(form, &place, &mut missing).bytes += delta.len();
            }
            (Kind::TextDone | Kind::RefusalDone, Ok(Said::Whole(place, whole))) => {
                let form = Form::of(event.kind());
                let told = self.part(form, &place, &mut missing);
                told.rest(form, &place, &whole, &mut missing);
                told.whole = true;
            }
            (Kind::ArgumentsDelta | Kind::InputDelta, Ok(Said::Delta(place, delta))) => {
                self.items.get_mut(&place.output_index)?.payload.bytes += delta.len();
            }
            (Kind::ArgumentsDone | Kind::InputDone, Ok(Said::Whole(place, whole))) => {
                let told = &mut self.items.get_mut(&place.output_index)?.payload;
                told.rest(Form::of(event.kind()), &place, &whole, &mut missing);
                told.whole = true;
            }
            (_, Ok(Said::ItemDone(place, raw))) => {
                if let Ok(item) = Object::at(raw, String::new()) {
                    self.complete(&item, place, &mut missing);
                }
            }
            _ => {}
        }
        Some(missing)
    }

    /// The field that `event`, which says this, lacks: the list beside a text, or the name of the
    /// function that was called.
    pub(super) fn lacking(
        &self,
        event: &Event,
        said: &Object<'_>,
    ) -> Option<(&'static str, Cow<'static, RawValue>)> {
        match event.kind() {
            Kind::TextDelta | Kind::TextDone if said.get("logprobs").is_none() => {
                Some(("logprobs", edit::new(&[(); 0])))
            }
            Kind::ArgumentsDone if said.get("name").is_none() => {
                let Ok(Said::Whole(place, _)) = event.said() else {
                    return None;
                };
                let name = self.items.get(&place.output_index)?.name.as_ref()?;
                Some(("name", edit::new(name)))
            }
            _ => None,
        }
    }

    /// Counts a delta of what has begun, as nearly every event is one. `None` where there is more to do.
    fn grew(&mut self, event: &Event) -> Option<()> {
        let growth = event.growth()?;
        let item = self.items.get_mut(&growth.output_index)?;
        let told = match event.kind() {
            Kind::TextDelta | Kind::RefusalDelta => item.parts.get_mut(&growth.content_index)?,
            Kind::ArgumentsDelta | Kind::InputDelta => &mut item.payload,
            _ => return Some(()),
        };
        told.bytes += growth.bytes;
        Some(())
    }

    /// The message at `place`, begun if need be.
    fn message(&mut self, place: &Place<'_>, missing: &mut Vec<Value>) -> &mut Item {
        self.items.entry(place.output_index).or_insert_with(|| {
            missing.push(json!({
                "type": "response.output_item.added",
                "output_index": place.output_index,
                "item": {
                    "id": place.item_id, "type": "message", "status": "in_progress",
                    "role": "assistant", "content": [],
                },
            }));
            Item::default()
        })
    }

    /// The part at `place`, begun if need be.
    fn part(&mut self, form: Form, place: &Place<'_>, missing: &mut Vec<Value>) -> &mut Told {
        let item = self.message(place, missing);
        item.parts.entry(place.content_index).or_insert_with(|| {
            missing.push(part(form, "response.content_part.added", place, ""));
            Told::default()
        })
    }

    /// What an item that is complete should have told before.
    fn complete(&mut self, item: &Object<'_>, mut place: Place<'_>, missing: &mut Vec<Value>) {
        let word = |name: &str| item.get(name).and_then(text).unwrap_or_default();
        place.item_id = Some(word("id").into_owned().into());
        let known = self.items.entry(place.output_index).or_insert_with(|| {
            missing.push(json!({
                "type": "response.output_item.added",
                "output_index": place.output_index,
                "item": begun(item),
            }));
            Item::default()
        });
        let call = match word("type").as_ref() {
            "function_call" => Some((Form::Arguments, word("arguments"))),
            "custom_tool_call" => Some((Form::Input, word("input"))),
            _ => None,
        };
        if let Some((form, payload)) = call {
            known.payload.rest(form, &place, &payload, missing);
            if !known.payload.whole {
                let mut done = whole(form, &place, &payload);
                if form == Form::Arguments {
                    done["name"] = word("name").into();
                }
                missing.push(done);
            }
        }
        if word("type") != "message" {
            return;
        }
        let parts = item.objects("content").ok().flatten().unwrap_or_default();
        for (index, object) in (0..).zip(&parts) {
            place.content_index = index;
            let form = match object.get("refusal") {
                Some(_) => Form::Refusal,
                None => Form::Text,
            };
            let said = object.get(form.field()).and_then(text).unwrap_or_default();
            self.part(form, &place, missing)
                .end(form, &place, &said, missing);
        }
    }
}

/// True for an event of which official clients or OpenAI's schema require more than the backend may
/// tell.
pub(super) fn may_lack(event: &Event) -> bool {
    let kinds = [Kind::TextDelta, Kind::TextDone, Kind::ArgumentsDone];
    kinds.contains(&event.kind())
}

impl Told {
    /// The whole as one delta, where none came.
    fn rest(&mut self, form: Form, place: &Place<'_>, whole: &str, missing: &mut Vec<Value>) {
        if self.bytes == 0 && !whole.is_empty() {
            missing.push(placed(form.delta(), place, form, "delta", whole));
            self.bytes = whole.len();
        }
    }

    /// What is missing at the end of a part.
    fn end(&mut self, form: Form, place: &Place<'_>, said: &str, missing: &mut Vec<Value>) {
        self.rest(form, place, said, missing);
        if !self.whole {
            missing.push(whole(form, place, said));
        }
        if !self.closed {
            missing.push(part(form, "response.content_part.done", place, said));
        }
    }
}

/// The four texts that grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Refusal,
    Arguments,
    Input,
}

impl Form {
    fn of(kind: Kind) -> Self {
        match kind {
            Kind::RefusalDelta | Kind::RefusalDone => Self::Refusal,
            Kind::ArgumentsDelta | Kind::ArgumentsDone => Self::Arguments,
            Kind::InputDelta | Kind::InputDone => Self::Input,
            _ => Self::Text,
        }
    }

    fn field(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Refusal => "refusal",
            Self::Arguments => "arguments",
            Self::Input => "input",
        }
    }

    fn delta(self) -> Kind {
        match self {
            Self::Text => Kind::TextDelta,
            Self::Refusal => Kind::RefusalDelta,
            Self::Arguments => Kind::ArgumentsDelta,
            Self::Input => Kind::InputDelta,
        }
    }

    fn done(self) -> Kind {
        match self {
            Self::Text => Kind::TextDone,
            Self::Refusal => Kind::RefusalDone,
            Self::Arguments => Kind::ArgumentsDone,
            Self::Input => Kind::InputDone,
        }
    }
}

fn whole(form: Form, place: &Place<'_>, said: &str) -> Value {
    placed(form.done(), place, form, form.field(), said)
}

fn placed(kind: Kind, place: &Place<'_>, form: Form, field: &str, said: &str) -> Value {
    let mut event = json!({
        "type": kind.name(),
        "item_id": place.item_id,
        "output_index": place.output_index,
    });
    if matches!(form, Form::Text | Form::Refusal) {
        event["content_index"] = place.content_index.into();
    }
    event[field] = said.into();
    if form == Form::Text {
        event["logprobs"] = json!([]);
    }
    event
}

fn part(form: Form, kind: &str, place: &Place<'_>, said: &str) -> Value {
    let part = match form {
        Form::Refusal => json!({"type": "refusal", "refusal": said}),
        Form::Text | Form::Arguments | Form::Input => {
            json!({"type": "output_text", "text": said, "annotations": [], "logprobs": []})
        }
    };
    json!({
        "type": kind,
        "item_id": place.item_id,
        "output_index": place.output_index,
        "content_index": place.content_index,
        "part": part,
    })
}

/// An item as it was when it began.
fn begun(item: &Object<'_>) -> Value {
    let mut edit = Edit::new(item);
    if item.get("status").is_some() {
        edit.set("status", edit::new("in_progress"));
    }
    for list in ["content", "summary"] {
        if item.get(list).is_some() {
            edit.set(list, edit::new(&[(); 0]));
        }
    }
    for word in ["arguments", "input"] {
        if item.get(word).is_some() {
            edit.set(word, edit::new(""));
        }
    }
    serde_json::from_str(edit.finish().get()).unwrap_or_default()
}
