//! Pieces to the chunks of a stream.

use wire::chat::{FinishReason, UsageTold};
use wire::completions::{Choice, Completion};
use wire::responses::Event;
use wire::sse::Frames;
use wire::{Fault, Usage};

use crate::chat::{self, Channel, Head, Piece};
use crate::error;
use crate::{Born, Outcome, Shape};

/// Writes the stream. A failure is one chunk `{"error":…}`, and nothing follows it, as in Chat.
#[derive(Debug)]
pub struct Writer {
    answer: chat::Answer,
    form: Form,
}

impl Writer {
    pub(crate) fn new(shape: Shape, born: Born) -> Self {
        Self {
            form: Form {
                id: format!("cmpl-{}", born.id),
                usage: shape.include_usage.then_some(None),
            },
            answer: chat::Answer::new(shape, born),
        }
    }

    pub(crate) fn write(&mut self, event: &Event, out: &mut Frames) {
        if self.answer.outcome() != Outcome::Open {
            return;
        }
        let form = &self.form;
        self.answer.step(event, &mut |head, piece| {
            if let Some(choice) = choice(&piece) {
                out.data(&form.completion(head, &[choice], form.usage));
            }
        });
        match self.answer.outcome() {
            Outcome::Open => {}
            Outcome::Whole | Outcome::Incomplete => {
                if let (Some(usage), Some(_)) = (self.answer.usage(), form.usage) {
                    let usage = Some(Some(UsageTold::from(usage)));
                    out.data(&form.completion(self.answer.head(), &[], usage));
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

/// What is the same in every chunk, beside the head.
#[derive(Debug)]
pub(super) struct Form {
    pub(super) id: String,
    pub(super) usage: Option<Option<UsageTold>>,
}

impl Form {
    pub(super) fn completion<'a>(
        &'a self,
        head: &'a Head,
        choices: &'a [Choice<'a>],
        usage: Option<Option<UsageTold>>,
    ) -> Completion<'a> {
        Completion {
            id: &self.id,
            object: "text_completion",
            created: head.created,
            model: &head.model,
            choices,
            usage,
        }
    }
}

/// What a piece is here: a refusal is text, and calls, citations and reasoning are nothing.
fn choice<'a>(piece: &Piece<'a>) -> Option<Choice<'a>> {
    match *piece {
        Piece::Text(Channel::Content | Channel::Refusal, text) => Some(told(text, None)),
        Piece::End(reason) => Some(told("", Some(reason))),
        Piece::Start
        | Piece::Text(Channel::Reasoning, _)
        | Piece::Call { .. }
        | Piece::Payload { .. }
        | Piece::Citation(_) => None,
    }
}

pub(super) fn told(text: &str, finish_reason: Option<FinishReason>) -> Choice<'_> {
    Choice {
        text,
        index: 0,
        logprobs: None,
        finish_reason,
    }
}
