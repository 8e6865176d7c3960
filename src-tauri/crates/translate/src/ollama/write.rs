//! Pieces to the lines of a stream.

use std::time::Duration;

use wire::ollama::{End, Form, Line, Told, ToldCall, ToldMessage, timestamp};
use wire::responses::Event;
use wire::sse::Frames;
use wire::{Fault, Usage};

use super::answer::{Answer, Said};
use crate::error;
use crate::{Born, Outcome, Shape};

/// Writes the stream, one line of JSON after the other. Nothing is a sign of life here: a line must
/// say something (contract backend 2.5).
#[derive(Debug)]
pub struct Writer {
    answer: Answer,
    head: Head,
}

impl Writer {
    pub(crate) fn new(form: Form, shape: Shape, born: Born) -> Self {
        let head = Head::new(&shape.model, born.created_at);
        Self {
            answer: Answer::new(form, shape, born),
            head,
        }
    }

    pub(crate) fn taken(&mut self, passed: Duration) {
        self.answer.pass(passed);
    }

    pub(crate) fn write(&mut self, event: &Event, out: &mut Frames) {
        if self.answer.outcome() != Outcome::Open {
            return;
        }
        let (form, head) = (self.answer.form, &self.head);
        let end = self.answer.step(event, &mut |said| {
            let (text, thinking) = match said {
                Said::Text(text) => (text, None),
                Said::Thinking(text) => ("", Some(text)),
            };
            out.line(&head.line(told(form, text, thinking, &[]), None));
        });
        if let Some(end) = end {
            let calls = self.answer.calls.told();
            if !calls.is_empty() {
                out.line(&head.line(told(form, "", None, &calls), None));
            }
            out.line(&head.line(told(form, "", None, &[]), Some(end)));
        }
        if self.answer.outcome() == Outcome::Failed {
            self.complain(out);
        }
    }

    pub(crate) fn fail(&mut self, fault: &Fault, out: &mut Frames) {
        if self.answer.fail(fault) {
            self.complain(out);
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
            out.raw(&error::ollama(fault));
            out.raw(b"\n");
        }
    }
}

/// What is the same in every line.
#[derive(Debug)]
pub(super) struct Head {
    model: String,
    created_at: String,
}

impl Head {
    pub(super) fn new(model: &str, created_at: i64) -> Self {
        Self {
            model: model.to_owned(),
            created_at: timestamp(created_at),
        }
    }

    /// A line; the last one where `end` is given.
    pub(super) fn line<'a>(&'a self, told: Told<'a>, end: Option<End>) -> Line<'a> {
        Line {
            model: &self.model,
            created_at: &self.created_at,
            told,
            done: end.is_some(),
            end,
        }
    }
}

/// Everything that a line can say.
pub(super) fn told<'a>(
    form: Form,
    text: &'a str,
    thinking: Option<&'a str>,
    tool_calls: &'a [ToldCall<'a>],
) -> Told<'a> {
    match form {
        Form::Chat => Told::Chat {
            message: ToldMessage {
                content: text,
                thinking,
                tool_calls,
                ..ToldMessage::default()
            },
        },
        Form::Generate => Told::Generate {
            response: text,
            thinking,
            tool_calls,
        },
    }
}
