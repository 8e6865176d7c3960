//! The state machine of an answer: the chat's, whose pieces are put into this dialect's.

use std::time::Duration;

use wire::chat::FinishReason;
use wire::ollama::{End, Form};
use wire::responses::Event;
use wire::{Fault, Usage};

use super::calls::Calls;
use super::timing::Timing;
use crate::chat::{self, Channel, Piece};
use crate::{Born, Outcome, Shape};

/// One answer on its way.
#[derive(Debug)]
pub(super) struct Answer {
    chat: chat::Answer,
    pub(super) form: Form,
    /// The model, as it was asked for.
    pub(super) model: String,
    pub(super) created_at: i64,
    pub(super) calls: Calls,
    timing: Timing,
    /// Why the answer cannot be told although the backend finished it.
    untold: Option<Fault>,
}

/// A piece of the answer.
#[derive(Debug)]
pub(super) enum Said<'a> {
    /// More text.
    Text(&'a str),
    /// More of how the model thought.
    Thinking(&'a str),
}

impl Answer {
    pub(super) fn new(form: Form, shape: Shape, born: Born) -> Self {
        Self {
            form,
            model: shape.model.clone(),
            created_at: born.created_at,
            chat: chat::Answer::new(shape, born),
            calls: Calls::default(),
            timing: Timing::default(),
            untold: None,
        }
    }

    pub(super) fn pass(&mut self, passed: Duration) {
        self.timing.pass(passed);
    }

    /// Takes the next event; what the last line says, once it is due. A refusal is text here, and
    /// citations have no place.
    pub(super) fn step(&mut self, event: &Event, tell: &mut impl FnMut(Said<'_>)) -> Option<End> {
        if self.outcome() != Outcome::Open {
            return None;
        }
        self.timing.see(event);
        let calls = &mut self.calls;
        let mut reason = None;
        self.chat.step(event, &mut |_, piece| match piece {
            Piece::Text(Channel::Content | Channel::Refusal, text) => tell(Said::Text(text)),
            Piece::Text(Channel::Reasoning, text) => tell(Said::Thinking(text)),
            Piece::Call { name, .. } => calls.begin(name),
            Piece::Payload { index, text, .. } => calls.add(index, text),
            Piece::End(why) => reason = Some(why),
            Piece::Start | Piece::Citation(_) => {}
        });
        let reason = reason?;
        match self.calls.close() {
            Ok(()) => {
                let end = self.timing.end(word(reason));
                Some(end.counted(self.usage()))
            }
            Err(fault) => {
                self.untold = Some(fault);
                None
            }
        }
    }

    /// Ends the answer with a failure, unless it has ended. True where it had not.
    pub(super) fn fail(&mut self, fault: &Fault) -> bool {
        self.chat.fail(fault)
    }

    pub(super) fn outcome(&self) -> Outcome {
        match self.untold {
            Some(_) => Outcome::Failed,
            None => self.chat.outcome(),
        }
    }

    pub(super) fn fault(&self) -> Option<&Fault> {
        self.untold.as_ref().or_else(|| self.chat.fault())
    }

    pub(super) fn usage(&self) -> Option<Usage> {
        self.chat.usage()
    }
}

/// Why an answer ended, in Ollama's words where it has one. Calls are no reason of their own here.
fn word(reason: FinishReason) -> &'static str {
    match reason {
        FinishReason::Stop | FinishReason::ToolCalls | FinishReason::FunctionCall => "stop",
        FinishReason::Length => "length",
        FinishReason::ContentFilter => "content_filter",
    }
}
