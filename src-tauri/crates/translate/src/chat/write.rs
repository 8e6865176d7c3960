//! Pieces to the chunks of a stream.

use serde_json::value::RawValue;
use wire::chat::{
    CallKind, Chunk, ChunkChoice, Delta, ToldCall, ToldFunction, ToldInput, UsageTold,
};
use wire::responses::Event;
use wire::sse::Frames;
use wire::{Fault, Usage};

use super::choices::Choices;
use super::collect::Collector;
use super::piece::{Head, Piece};
use super::spans::Channel;
use crate::error;
use crate::{Born, Outcome, Shape};

/// Writes the stream. A failure is one chunk `{"error":…}`, which the official SDKs raise; nothing
/// follows it, not even `[DONE]`, so that nobody takes the answer for whole.
#[derive(Debug)]
pub struct Writer {
    choices: Choices,
    /// What a waiting client would get, where that is stored.
    whole: Option<Box<Collector>>,
}

impl Writer {
    pub(crate) fn new(shape: Shape, born: Born) -> Self {
        let whole = || Box::new(Collector::new(shape.clone(), born.clone()));
        Self {
            whole: shape.keeping.stored.then(whole),
            choices: Choices::new(shape, born),
        }
    }

    /// Writes what `event` means for one of the choices.
    pub(crate) fn write(&mut self, choice: usize, event: &Event, out: &mut Frames) {
        if self.choices.outcome() != Outcome::Open {
            return;
        }
        if let Some(whole) = &mut self.whole {
            whole.push(choice, event);
        }
        let form = Form::of(self.choices.shape(), choice);
        self.choices
            .step(choice, event, |head, piece| form.put(head, &piece, out));
        match self.choices.outcome() {
            Outcome::Open => {}
            Outcome::Whole | Outcome::Incomplete => {
                if let (Some(usage), Some(_)) = (self.choices.usage(), form.usage) {
                    let usage = Some(Some(UsageTold::from(usage)));
                    Form { usage, ..form }.chunk(self.choices.head(), &[], out);
                }
                out.done();
            }
            Outcome::Failed => self.complain(out),
        }
    }

    pub(crate) fn fail(&mut self, fault: &Fault, out: &mut Frames) {
        if self.choices.fail(fault) {
            self.complain(out);
        }
    }

    /// A comment, which every reader of this dialect skips.
    pub(crate) fn keep_alive(&self, out: &mut Frames) {
        if self.choices.outcome() == Outcome::Open {
            out.comment("keep-alive");
        }
    }

    pub(crate) fn usage(&self) -> Option<Usage> {
        self.choices.usage()
    }

    /// True once nothing more can come of a choice.
    pub(crate) fn has_ended(&self, choice: usize) -> bool {
        self.choices.has_ended(choice)
    }

    pub(crate) fn outcome(&self) -> Outcome {
        self.choices.outcome()
    }

    pub(crate) fn fault(&self) -> Option<&Fault> {
        self.choices.fault()
    }

    /// What a waiting client would get, once it has ended.
    pub(crate) fn take_whole(&mut self) -> Option<Box<RawValue>> {
        let whole = self.whole.take()?.finish().ok()?;
        serde_json::from_slice(&whole).ok()
    }

    fn complain(&self, out: &mut Frames) {
        if let Some(fault) = self.choices.fault() {
            out.raw(b"data: ");
            out.raw(&error::openai(fault, None));
            out.raw(b"\n\n");
        }
    }
}

/// What the form of a chunk depends on.
#[derive(Debug, Clone, Copy)]
struct Form {
    index: u32,
    usage: Option<Option<UsageTold>>,
    legacy: bool,
}

impl Form {
    fn of(shape: &Shape, choice: usize) -> Self {
        Self {
            index: index(choice),
            usage: shape.include_usage.then_some(None),
            legacy: shape.legacy_functions,
        }
    }

    fn put(self, head: &Head, piece: &Piece<'_>, out: &mut Frames) {
        let choice = match piece {
            Piece::End(reason) => ChunkChoice {
                index: self.index,
                finish_reason: Some(*reason),
                ..ChunkChoice::default()
            },
            piece => ChunkChoice {
                index: self.index,
                delta: match self.delta(piece) {
                    Some(delta) => delta,
                    None => return,
                },
                ..ChunkChoice::default()
            },
        };
        self.chunk(head, &[choice], out);
    }

    fn delta<'a>(self, piece: &'a Piece<'_>) -> Option<Delta<'a>> {
        let nothing = Delta::default();
        Some(match piece {
            Piece::Start => Delta {
                role: Some("assistant"),
                ..nothing
            },
            Piece::Text(Channel::Content, text) => Delta {
                content: Some(text),
                ..nothing
            },
            Piece::Text(Channel::Reasoning, text) => Delta {
                reasoning_content: Some(text),
                ..nothing
            },
            Piece::Text(Channel::Refusal, text) => Delta {
                refusal: Some(text),
                ..nothing
            },
            Piece::Citation(citation) => Delta {
                annotations: Some([citation.clone()]),
                ..nothing
            },
            Piece::Call { .. } | Piece::Payload { .. } if self.legacy => Delta {
                function_call: Some(legacy(piece)?),
                ..nothing
            },
            Piece::Call { .. } | Piece::Payload { .. } => Delta {
                tool_calls: Some([call(piece)?]),
                ..nothing
            },
            Piece::End(_) => return None,
        })
    }

    fn chunk(self, head: &Head, choices: &[ChunkChoice<'_>], out: &mut Frames) {
        out.data(&Chunk {
            id: &head.id,
            object: "chat.completion.chunk",
            created: head.created,
            model: &head.model,
            choices,
            usage: self.usage,
        });
    }
}

/// A choice's place as the API tells it. There are few.
pub(super) fn index(choice: usize) -> u32 {
    u32::try_from(choice).unwrap_or(u32::MAX)
}

fn call<'a>(piece: &'a Piece<'_>) -> Option<ToldCall<'a>> {
    match piece {
        Piece::Call {
            index,
            id,
            kind,
            name,
        } => Some(ToldCall {
            index: Some(*index),
            id: Some(id),
            ..whole(*kind, Some(name), "")
        }),
        Piece::Payload { index, kind, text } => Some(ToldCall {
            index: Some(*index),
            kind: None,
            ..whole(*kind, None, text)
        }),
        Piece::Start | Piece::Text(..) | Piece::Citation(_) | Piece::End(_) => None,
    }
}

/// A call of either kind.
pub(super) fn whole<'a>(kind: CallKind, name: Option<&'a str>, payload: &'a str) -> ToldCall<'a> {
    match kind {
        CallKind::Function => ToldCall {
            kind: Some("function"),
            function: Some(ToldFunction {
                name,
                arguments: payload,
            }),
            ..ToldCall::default()
        },
        CallKind::Custom => ToldCall {
            kind: Some("custom"),
            custom: Some(ToldInput {
                name,
                input: payload,
            }),
            ..ToldCall::default()
        },
    }
}

/// The first call, in the form before `tools`; there was no other.
fn legacy<'a>(piece: &'a Piece<'_>) -> Option<ToldFunction<'a>> {
    match piece {
        Piece::Call { index: 0, name, .. } => Some(ToldFunction {
            name: Some(name),
            arguments: "",
        }),
        Piece::Payload { index: 0, text, .. } => Some(ToldFunction {
            name: None,
            arguments: text,
        }),
        Piece::Call { .. }
        | Piece::Payload { .. }
        | Piece::Start
        | Piece::Text(..)
        | Piece::Citation(_)
        | Piece::End(_) => None,
    }
}
