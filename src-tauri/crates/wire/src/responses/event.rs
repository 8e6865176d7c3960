//! One event, as it came: its kind is known, the rest is read on demand.

use std::ops::Range;

use bytes::Bytes;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::flat::Flat;
use crate::sse::Frame;

/// One event of an answer. Cloning shares the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    kind: Kind,
    data: Bytes,
    frame: Option<Bytes>,
    /// What a delta says, where it is written plainly.
    flat: Option<Flat>,
}

/// A part of an answer that grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Growth {
    /// The item's index.
    pub output_index: u32,
    /// The part's index within the item.
    pub content_index: u32,
    /// The bytes of the text that came.
    pub bytes: usize,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal,)*) => {
        /// What an event is, decided by `data.type` alone (contract backend 2.1, 2.2).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Kind {
            $($(#[$doc])* $kind,)*
            /// A `codex.*` event with no kind of its own; not for public streams (2.3, 4).
            Codex,
            /// Anything else, passed through untouched.
            Other,
        }

        impl Kind {
            /// The kind whose `type` is `name`.
            pub fn of(name: &str) -> Self {
                match name {
                    $($name => Self::$kind,)*
                    _ if name.starts_with("codex.") => Self::Codex,
                    _ => Self::Other,
                }
            }

            /// The `type` on the wire, where the kind has one of its own.
            pub fn name(self) -> Option<&'static str> {
                match self {
                    $(Self::$kind => Some($name),)*
                    Self::Codex | Self::Other => None,
                }
            }
        }
    };
}

kinds! {
    /// The answer exists.
    Created = "response.created",
    /// The answer is being made.
    InProgress = "response.in_progress",
    /// The answer waits for its turn.
    Queued = "response.queued",
    /// Headers and notes that come late.
    Metadata = "response.metadata",
    /// An item begins.
    ItemAdded = "response.output_item.added",
    /// An item is complete; the authoritative form of it.
    ItemDone = "response.output_item.done",
    /// A part of a message begins.
    PartAdded = "response.content_part.added",
    /// A part of a message is complete.
    PartDone = "response.content_part.done",
    /// More text.
    TextDelta = "response.output_text.delta",
    /// The whole text of a part.
    TextDone = "response.output_text.done",
    /// A citation.
    Annotation = "response.output_text.annotation.added",
    /// More of a refusal.
    RefusalDelta = "response.refusal.delta",
    /// The whole refusal.
    RefusalDone = "response.refusal.done",
    /// More of a function call's arguments.
    ArgumentsDelta = "response.function_call_arguments.delta",
    /// The whole arguments.
    ArgumentsDone = "response.function_call_arguments.done",
    /// More of a custom tool's input.
    InputDelta = "response.custom_tool_call_input.delta",
    /// The whole input.
    InputDone = "response.custom_tool_call_input.done",
    /// A part of a reasoning summary begins.
    SummaryPartAdded = "response.reasoning_summary_part.added",
    /// A part of a reasoning summary is complete.
    SummaryPartDone = "response.reasoning_summary_part.done",
    /// More of a reasoning summary.
    SummaryDelta = "response.reasoning_summary_text.delta",
    /// The whole of a reasoning summary's part.
    SummaryDone = "response.reasoning_summary_text.done",
    /// More raw reasoning.
    ReasoningDelta = "response.reasoning_text.delta",
    /// The whole raw reasoning.
    ReasoningDone = "response.reasoning_text.done",
    /// The end: all went well. Also called `response.done` by some transports.
    Completed = "response.completed",
    /// The end: the answer is truncated.
    Incomplete = "response.incomplete",
    /// The end: the answer failed.
    Failed = "response.failed",
    /// The end: the request was cancelled.
    Cancelled = "response.cancelled",
    /// An error beside the answer; the end of it for everyone but a Codex client.
    Error = "error",
    /// The plan's limits, perhaps before anything else; never the end (trap 7).
    RateLimits = "codex.rate_limits",
    /// A sign of life.
    KeepAlive = "keepalive",
}

impl Kind {
    /// True for the events after which nothing may follow.
    pub fn is_terminal(self) -> bool {
        matches!(
            self,
            Self::Completed | Self::Incomplete | Self::Failed | Self::Cancelled | Self::Error
        )
    }

    /// True for the events by which a text grows.
    pub fn is_delta(self) -> bool {
        matches!(
            self,
            Self::TextDelta
                | Self::RefusalDelta
                | Self::ArgumentsDelta
                | Self::InputDelta
                | Self::SummaryDelta
                | Self::ReasoningDelta
        )
    }
}

impl Event {
    /// Reads a frame. `None` for comments and for data without a `type`, which everyone skips.
    pub fn from_frame(frame: Bytes) -> Option<Self> {
        let data = match Frame::read(&frame).data? {
            std::borrow::Cow::Borrowed(data) => frame.slice(place(&frame, data)),
            std::borrow::Cow::Owned(joined) => joined.into(),
        };
        Self::read(data, Some(frame))
    }

    /// An event made from JSON, as tests and synthesis do. `None` without a `type`.
    pub fn from_json(data: impl Into<Bytes>) -> Option<Self> {
        Self::read(data.into(), None)
    }

    fn read(data: Bytes, frame: Option<Bytes>) -> Option<Self> {
        let kind = kind(&data)?;
        Some(Self {
            kind,
            flat: kind.is_delta().then(|| Flat::read(&data)).flatten(),
            data,
            frame,
        })
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The JSON text.
    pub fn data(&self) -> &Bytes {
        &self.data
    }

    /// The frame it came in, terminator included; `None` where it was made from JSON.
    pub fn frame(&self) -> Option<&Bytes> {
        self.frame.as_ref()
    }

    /// True where the data is JSON from its first byte to its last.
    pub fn is_json(&self) -> bool {
        self.flat.is_some()
            || std::str::from_utf8(&self.data)
                .is_ok_and(|text| serde_json::from_str::<IgnoredAny>(text).is_ok())
    }

    /// The `sequence_number` of a delta, where it is known without reading the JSON again.
    pub fn known_number(&self) -> Option<u64> {
        self.flat.as_ref()?.sequence_number
    }

    /// True for a delta that is known to have `logprobs` without reading the JSON again.
    pub fn is_known_to_have_logprobs(&self) -> bool {
        self.flat.as_ref().is_some_and(|flat| flat.has_logprobs)
    }

    /// What a delta makes longer, where it is known without reading the JSON again.
    pub fn growth(&self) -> Option<Growth> {
        self.flat.as_ref()?.growth()
    }

    /// Where a delta belongs and what is new, where it is written plainly.
    pub(super) fn flat(&self) -> Option<&Flat> {
        self.flat.as_ref()
    }

    /// The `type` on the wire.
    pub fn name(&self) -> &str {
        self.kind
            .name()
            .or_else(|| type_of(&self.data))
            .unwrap_or("message")
    }
}

fn kind(data: &[u8]) -> Option<Kind> {
    if data.starts_with(TEXT_DELTA) {
        return Some(Kind::TextDelta);
    }
    let name = type_of(data)?;
    Some(match name {
        "response.done" => Kind::Completed,
        name => Kind::of(name),
    })
}

/// How nearly every event begins.
const TEXT_DELTA: &[u8] = br#"{"type":"response.output_text.delta","#;

/// The top-level `type`, which the backend writes first; elsewhere it costs a parse.
fn type_of(data: &[u8]) -> Option<&str> {
    if let Some(rest) = data.strip_prefix(br#"{"type":""#) {
        let end = memchr::memchr2(b'"', b'\\', rest)?;
        if rest[end] == b'"' {
            return std::str::from_utf8(&rest[..end]).ok();
        }
    }
    #[derive(Deserialize)]
    struct Typed<'a> {
        #[serde(rename = "type", borrow)]
        name: &'a str,
    }
    let typed: Typed<'_> = serde_json::from_slice(data).ok()?;
    Some(typed.name)
}

/// Where `part`, a piece of `whole`, lies in it.
fn place(whole: &Bytes, part: &[u8]) -> Range<usize> {
    let start = part.as_ptr() as usize - whole.as_ptr() as usize;
    start..start + part.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(frame: &str, expected: Option<(Kind, &str)>) {
        let event = Event::from_frame(Bytes::copy_from_slice(frame.as_bytes()));
        let told = event.as_ref().map(|event| (event.kind(), event.name()));
        assert_eq!(told, expected, "{frame:?}");
    }

    #[test]
    fn the_data_decides_and_the_event_line_does_not() {
        check(
            "event: x\ndata: {\"type\":\"response.created\"}\n\n",
            Some((Kind::Created, "response.created")),
        );
        check(
            "data: {\"sequence_number\":1, \"type\" : \"response.failed\"}\n\n",
            Some((Kind::Failed, "response.failed")),
        );
        check(
            "data: {\"type\":\"response.new_thing\"}\n\n",
            Some((Kind::Other, "response.new_thing")),
        );
        check(
            "data: {\"type\":\"codex.response.metadata\"}\n\n",
            Some((Kind::Codex, "codex.response.metadata")),
        );
        check(
            "data: {\"type\":\"response.done\"}\n\n",
            Some((Kind::Completed, "response.completed")),
        );
        for nothing in [
            ": ping\n\n",
            "data: [DONE]\n\n",
            "data: {\"type\":\n\n",
            "data: {\"x\":{\"type\":\"a\"}}\n\n",
        ] {
            check(nothing, None);
        }
    }

    #[test]
    fn the_bytes_are_shared_not_copied() {
        let frame = Bytes::from_static(b"data: {\"type\":\"error\"}\n\n");
        let event = Event::from_frame(frame.clone()).unwrap();
        assert_eq!(event.data().as_ptr(), frame[6..].as_ptr());
        assert_eq!(event.frame(), Some(&frame));
    }
}
