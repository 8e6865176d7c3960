//! Pieces to one completion.

use wire::chat::FinishReason;
use wire::responses::Event;
use wire::{Fault, Usage};

use super::write::{Form, told};
use crate::chat::{self, Channel, Piece};
use crate::{Born, Outcome, Shape};

/// Collects the answer.
#[derive(Debug)]
pub struct Collector {
    answer: chat::Answer,
    id: String,
    text: String,
    ended: Option<FinishReason>,
}

impl Collector {
    pub(crate) fn new(shape: Shape, born: Born) -> Self {
        Self {
            id: format!("cmpl-{}", born.id),
            answer: chat::Answer::new(shape, born),
            text: String::new(),
            ended: None,
        }
    }

    pub(crate) fn push(&mut self, event: &Event) {
        let (text, ended) = (&mut self.text, &mut self.ended);
        self.answer.step(event, &mut |_, piece| match piece {
            Piece::Text(Channel::Content | Channel::Refusal, more) => text.push_str(more),
            Piece::End(reason) => *ended = Some(reason),
            Piece::Start
            | Piece::Text(Channel::Reasoning, _)
            | Piece::Call { .. }
            | Piece::Payload { .. }
            | Piece::Citation(_) => {}
        });
    }

    pub(crate) fn fail(&mut self, fault: &Fault) {
        self.answer.fail(fault);
    }

    pub(crate) fn usage(&self) -> Option<Usage> {
        self.answer.usage()
    }

    pub(crate) fn outcome(&self) -> Outcome {
        self.answer.outcome()
    }

    pub(crate) fn finish(self) -> Result<Vec<u8>, Fault> {
        if let Some(fault) = self.answer.fault() {
            return Err(fault.clone());
        }
        let reason = self.ended.ok_or(Fault::CutShort)?;
        let usage = self.answer.usage().map(|usage| Some(usage.into()));
        let form = Form { id: self.id, usage };
        let choices = [told(&self.text, Some(reason))];
        serde_json::to_vec(&form.completion(self.answer.head(), &choices, usage))
            .map_err(|_| Fault::Internal("a completion did not serialize"))
    }
}
