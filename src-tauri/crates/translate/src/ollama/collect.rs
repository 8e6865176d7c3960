//! Pieces to one answer: a last line that says everything.

use std::time::Duration;

use wire::ollama::{End, Form};
use wire::responses::Event;
use wire::{Fault, Usage};

use super::answer::{Answer, Said};
use super::write::{Head, told};
use crate::{Born, Outcome, Shape};

/// Collects the answer.
#[derive(Debug)]
pub struct Collector {
    answer: Answer,
    text: String,
    thinking: Option<String>,
    end: Option<End>,
}

impl Collector {
    pub(crate) fn new(form: Form, shape: Shape, born: Born) -> Self {
        Self {
            answer: Answer::new(form, shape, born),
            text: String::new(),
            thinking: None,
            end: None,
        }
    }

    pub(crate) fn taken(&mut self, passed: Duration) {
        self.answer.pass(passed);
    }

    pub(crate) fn push(&mut self, event: &Event) {
        let (text, thinking) = (&mut self.text, &mut self.thinking);
        let end = self.answer.step(event, &mut |said| match said {
            Said::Text(more) => text.push_str(more),
            Said::Thinking(more) => thinking.get_or_insert_default().push_str(more),
        });
        self.end = self.end.or(end);
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
        let end = self.end.ok_or(Fault::CutShort)?;
        let calls = self.answer.calls.told();
        let told = told(
            self.answer.form,
            &self.text,
            self.thinking.as_deref(),
            &calls,
        );
        let head = Head::new(&self.answer.model, self.answer.created_at);
        serde_json::to_vec(&head.line(told, Some(end)))
            .map_err(|_| Fault::Internal("an answer did not serialize"))
    }
}
