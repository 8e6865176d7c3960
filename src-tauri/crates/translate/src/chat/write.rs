//! Pieces to the chunks of a stream.

use wire::chat::{
    CallKind, Chunk, ChunkChoice, Delta, FinishReason, ToldCall, ToldFunction, ToldInput, UsageTold,
};
use wire::responses::Event;
use wire::sse::Frames;
use wire::{Fault, Usage};

use super::answer::Answer;
use super::piece::{Head, Piece};
use super::spans::Channel;
use crate::error;
use crate::{Born, Outcome, Shape};

/// Writes the stream. A failure is one chunk `{"error":…}`, which the official SDKs raise; nothing
/// follows it, not even `[DONE]`, so that nobody takes the answer for whole.
#[derive(Debug)]
pub struct Writer {
    answer: Answer,
}

impl Writer {
    pub(crate) fn new(shape: Shape, born: Born) -> Self {
        Self {
            answer: Answer::new(shape, born),
        }
    }

    pub(crate) fn write(&mut self, event: &Event, out: &mut Frames) {
        if self.answer.outcome() != Outcome::Open {
            return;
        }
        let form = Form::of(&self.answer.shape);
        self.answer
            .step(event, &mut |head, piece| form.put(head, &piece, out));
        match self.answer.outcome() {
            Outcome::Open => {}
            Outcome::Whole | Outcome::Incomplete => {
                if let (Some(usage), Some(_)) = (self.answer.usage(), form.usage) {
                    let usage = Some(Some(UsageTold::from(usage)));
                    Form { usage, ..form }.chunk(&self.answer.head, &[], out);
                }
                out.done();
            }
            Outcome::Failed => self.complain(out),
        }
    }

    pub(crate) fn fail(&mut self, fault: &Fault, out: &mut Frames) {
        if self.answer.fail(fault) {
            self.complain(out);
        }
    }

    /// A comment, which every reader of this dialect skips.
    pub(crate) fn keep_alive(&self, out: &mut Frames) {
        if self.answer.outcome() == Outcome::Open {
            out.comment("keep-alive");
        }
    }

    pub(crate) fn usage(&self) -> Option<Usage> {
        self.answer.usage()
    }

    pub(crate) fn outcome(&self) -> Outcome {
        self.answer.outcome()
    }

    pub(crate) fn fault(&self) -> Option<&Fault> {
        self.answer.fault()
    }

    fn complain(&self, out: &mut Frames) {
        if let Some(fault) = self.answer.fault() {
            out.raw(b"data: ");
            out.raw(&error::openai(fault, None));
            out.raw(b"\n\n");
        }
    }
}

/// What the form of a chunk depends on.
#[derive(Debug, Clone, Copy)]
struct Form {
    usage: Option<Option<UsageTold>>,
    legacy: bool,
}

impl Form {
    fn of(shape: &Shape) -> Self {
        Self {
            usage: shape.include_usage.then_some(None),
            legacy: shape.legacy_functions,
        }
    }

    fn put(self, head: &Head, piece: &Piece<'_>, out: &mut Frames) {
        let choice = match piece {
            Piece::End(reason) => ended(*reason),
            piece => ChunkChoice {
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
            system_fingerprint: None,
            choices,
            usage: self.usage,
        });
    }
}

fn ended(reason: FinishReason) -> ChunkChoice<'static> {
    ChunkChoice {
        finish_reason: Some(reason),
        ..ChunkChoice::default()
    }
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
