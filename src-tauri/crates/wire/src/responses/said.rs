//! What an event says, for those who translate it.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Event, Kind};

/// The body of an event. Text is borrowed from the event wherever its JSON has no escapes.
#[derive(Debug)]
pub enum Said<'a> {
    /// The answer exists, or is being made; its envelope.
    Response(&'a RawValue),
    /// An item begins.
    ItemAdded(Place<'a>, Box<ItemHead<'a>>),
    /// An item is complete.
    ItemDone(Place<'a>, &'a RawValue),
    /// More text, of the kind that the event's kind tells.
    Delta(Place<'a>, Cow<'a, str>),
    /// The whole text, of the kind that the event's kind tells.
    Whole(Place<'a>, Cow<'a, str>),
    /// A citation.
    Annotation(Place<'a>, &'a RawValue),
    /// A part begins or is complete.
    Part(Place<'a>),
    /// The end, with the envelope of the answer.
    Done(Box<Done<'a>>),
    /// An `error` event: its own object, or the nested one.
    Error(&'a RawValue),
    /// Nothing that a translator needs.
    Nothing,
}

/// Where in the answer something belongs. Deltas are keyed by these and nothing else
/// (contract backend 2.3, 3).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Place<'a> {
    /// The item's id.
    #[serde(borrow)]
    pub item_id: Option<Cow<'a, str>>,
    /// The item's index.
    pub output_index: u32,
    /// The part's index within the item.
    pub content_index: u32,
    /// The summary part's index within a reasoning item.
    pub summary_index: u32,
}

/// What is known of an item when it begins.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ItemHead<'a> {
    /// `message`, `function_call`, …
    #[serde(rename = "type", borrow)]
    pub kind: Cow<'a, str>,
    /// The item's id.
    #[serde(borrow)]
    pub id: Option<Cow<'a, str>>,
    /// Pairs a call with its output.
    #[serde(borrow)]
    pub call_id: Option<Cow<'a, str>>,
    /// A tool's name.
    #[serde(borrow)]
    pub name: Option<Cow<'a, str>>,
    /// A message's phase: `commentary` or `final_answer`.
    #[serde(borrow)]
    pub phase: Option<Cow<'a, str>>,
}

/// The envelope at the end.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done<'a> {
    /// The answer's id.
    #[serde(borrow)]
    pub id: Option<Cow<'a, str>>,
    /// Token counts.
    pub usage: Option<crate::Usage>,
    /// Why it is truncated.
    pub incomplete_details: Option<Truncated>,
    /// Why it failed.
    #[serde(borrow)]
    pub error: Option<&'a RawValue>,
    /// The tier that the backend names; it does not tell which one served (contract backend 1.6).
    #[serde(borrow)]
    pub service_tier: Option<Cow<'a, str>>,
}

/// `incomplete_details`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Truncated {
    /// `max_output_tokens`, `content_filter`, or another word.
    pub reason: Option<String>,
}

/// The event's JSON does not have the shape of its kind.
#[derive(Debug, thiserror::Error)]
#[error("an event `{kind:?}` could not be read")]
pub struct Unreadable {
    /// What it claimed to be.
    pub kind: Kind,
    /// What the parser said.
    pub source: serde_json::Error,
}

impl Event {
    /// Reads the body.
    ///
    /// # Errors
    /// The JSON is cut or has another shape; such an event is skipped (contract backend 2.1).
    pub fn said(&self) -> Result<Said<'_>, Unreadable> {
        let said = match self.flat() {
            Some(flat) => flat
                .delta(self.data())
                .map(|delta| Said::Delta(flat.place(self.data()), delta)),
            None => read(self.kind(), self.data()),
        };
        said.map_err(|source| Unreadable {
            kind: self.kind(),
            source,
        })
    }
}

fn read(kind: Kind, data: &[u8]) -> Result<Said<'_>, serde_json::Error> {
    Ok(match kind {
        Kind::Created | Kind::InProgress | Kind::Queued => {
            Said::Response(serde_json::from_slice::<Enveloped<'_>>(data)?.response)
        }
        Kind::ItemAdded => {
            let raw: Itemed<'_> = serde_json::from_slice(data)?;
            Said::ItemAdded(place(data)?, serde_json::from_str(raw.item.get())?)
        }
        Kind::ItemDone => {
            let raw: Itemed<'_> = serde_json::from_slice(data)?;
            Said::ItemDone(place(data)?, raw.item)
        }
        Kind::TextDelta
        | Kind::RefusalDelta
        | Kind::ArgumentsDelta
        | Kind::InputDelta
        | Kind::SummaryDelta
        | Kind::ReasoningDelta => {
            let Changed { place, delta } = serde_json::from_slice(data)?;
            Said::Delta(place, delta)
        }
        Kind::TextDone
        | Kind::RefusalDone
        | Kind::ArgumentsDone
        | Kind::InputDone
        | Kind::SummaryDone
        | Kind::ReasoningDone => {
            let Finished { place, text } = serde_json::from_slice(data)?;
            Said::Whole(place, text)
        }
        Kind::Annotation => {
            let Annotated { annotation } = serde_json::from_slice(data)?;
            Said::Annotation(place(data)?, annotation)
        }
        Kind::PartAdded | Kind::PartDone | Kind::SummaryPartAdded | Kind::SummaryPartDone => {
            Said::Part(place(data)?)
        }
        Kind::Completed | Kind::Incomplete | Kind::Failed | Kind::Cancelled => {
            let Enveloped { response } = serde_json::from_slice(data)?;
            Said::Done(serde_json::from_str(response.get())?)
        }
        Kind::Error => {
            let nested: Result<Erred<'_>, _> = serde_json::from_slice(data);
            Said::Error(match nested {
                Ok(erred) => erred.error,
                Err(_) => serde_json::from_slice(data)?,
            })
        }
        Kind::Metadata | Kind::RateLimits | Kind::KeepAlive | Kind::Codex | Kind::Other => {
            Said::Nothing
        }
    })
}

fn place(data: &[u8]) -> Result<Place<'_>, serde_json::Error> {
    serde_json::from_slice(data)
}

#[derive(Deserialize)]
struct Enveloped<'a> {
    #[serde(borrow)]
    response: &'a RawValue,
}

#[derive(Deserialize)]
struct Itemed<'a> {
    #[serde(borrow)]
    item: &'a RawValue,
}

#[derive(Deserialize)]
struct Annotated<'a> {
    #[serde(borrow)]
    annotation: &'a RawValue,
}

#[derive(Deserialize)]
struct Erred<'a> {
    #[serde(borrow)]
    error: &'a RawValue,
}

/// Read by hand-listed fields: `flatten` would build a map for every delta.
struct Changed<'a> {
    place: Place<'a>,
    delta: Cow<'a, str>,
}

struct Finished<'a> {
    place: Place<'a>,
    text: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Fields<'a> {
    #[serde(borrow, default)]
    item_id: Option<Cow<'a, str>>,
    #[serde(default)]
    output_index: u32,
    #[serde(default)]
    content_index: u32,
    #[serde(default)]
    summary_index: u32,
    #[serde(borrow, default)]
    delta: Option<Text<'a>>,
    #[serde(borrow, default)]
    text: Option<Text<'a>>,
    #[serde(borrow, default)]
    refusal: Option<Text<'a>>,
    #[serde(borrow, default)]
    arguments: Option<Text<'a>>,
    #[serde(borrow, default)]
    input: Option<Text<'a>>,
}

/// `Cow` borrows only where serde is told to, and inside `Option` it cannot be told.
#[derive(Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'a> Fields<'a> {
    fn split(self) -> (Place<'a>, Option<Cow<'a, str>>, Option<Cow<'a, str>>) {
        let whole = self.text.or(self.refusal).or(self.arguments).or(self.input);
        let place = Place {
            item_id: self.item_id,
            output_index: self.output_index,
            content_index: self.content_index,
            summary_index: self.summary_index,
        };
        (
            place,
            self.delta.map(|text| text.0),
            whole.map(|text| text.0),
        )
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Changed<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let (place, delta, _) = Fields::deserialize(from)?.split();
        let delta = delta.ok_or_else(|| serde::de::Error::missing_field("delta"))?;
        Ok(Self { place, delta })
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Finished<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let (place, _, text) = Fields::deserialize(from)?.split();
        let text = text.ok_or_else(|| serde::de::Error::missing_field("text"))?;
        Ok(Self { place, text })
    }
}
