//! Pieces to one completion.

use std::borrow::Cow;

use wire::chat::{
    CallKind, Choice, Completion, FinishReason, Told, ToldCall, ToldFunction, UrlCitation,
};
use wire::responses::Event;
use wire::{Fault, Usage};

use super::choices::Choices;
use super::piece::Piece;
use super::spans::Channel;
use super::write::{index, whole};
use crate::{Born, Outcome, Shape};

/// Collects the answer.
#[derive(Debug)]
pub struct Collector {
    choices: Choices,
    messages: Vec<Message>,
}

#[derive(Debug, Default)]
struct Message {
    content: Option<String>,
    reasoning: Option<String>,
    refusal: Option<String>,
    calls: Vec<Call>,
    citations: Vec<UrlCitation<'static>>,
    ended: Option<FinishReason>,
}

#[derive(Debug)]
struct Call {
    id: String,
    kind: CallKind,
    name: String,
    payload: String,
}

impl Collector {
    pub(crate) fn new(shape: Shape, born: Born) -> Self {
        let choices = Choices::new(shape, born);
        let nothing = |_| Message::default();
        Self {
            messages: (0..choices.count()).map(nothing).collect(),
            choices,
        }
    }

    /// Takes the next event of one of the choices.
    pub(crate) fn push(&mut self, choice: usize, event: &Event) {
        if let Some(message) = self.messages.get_mut(choice) {
            self.choices
                .step(choice, event, |_, piece| message.take(piece));
        }
    }

    pub(crate) fn fail(&mut self, fault: &Fault) {
        self.choices.fail(fault);
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

    pub(crate) fn finish(self) -> Result<Vec<u8>, Fault> {
        if let Some(fault) = self.choices.fault() {
            return Err(fault.clone());
        }
        let legacy = self.choices.shape().legacy_functions;
        let choices: Option<Vec<Choice<'_>>> = (self.messages.iter().enumerate())
            .map(|(choice, message)| message.choice(choice, legacy))
            .collect();
        let choices = choices.ok_or(Fault::CutShort)?;
        let head = self.choices.head();
        let completion = Completion {
            id: &head.id,
            object: "chat.completion",
            created: head.created,
            model: &head.model,
            choices: &choices,
            usage: self.choices.usage().map(Into::into),
        };
        serde_json::to_vec(&completion)
            .map_err(|_| Fault::Internal("a completion did not serialize"))
    }
}

impl Call {
    fn told(&self) -> ToldCall<'_> {
        ToldCall {
            id: Some(&self.id),
            ..whole(self.kind, Some(&self.name), &self.payload)
        }
    }
}

impl Message {
    fn take(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Start => {}
            Piece::Text(channel, text) => {
                let said = match channel {
                    Channel::Content => &mut self.content,
                    Channel::Reasoning => &mut self.reasoning,
                    Channel::Refusal => &mut self.refusal,
                };
                said.get_or_insert_default().push_str(text);
            }
            Piece::Call { id, kind, name, .. } => self.calls.push(Call {
                id: id.to_owned(),
                kind,
                name: name.to_owned(),
                payload: String::new(),
            }),
            Piece::Payload { index, text, .. } => {
                if let Some(call) = self.calls.get_mut(index) {
                    call.payload.push_str(text);
                }
            }
            Piece::Citation(citation) => self.citations.push(UrlCitation {
                title: Cow::Owned(citation.title.into_owned()),
                url: Cow::Owned(citation.url.into_owned()),
                ..citation
            }),
            Piece::End(reason) => self.ended = Some(reason),
        }
    }

    /// `None` where it has not ended.
    fn choice(&self, choice: usize, legacy: bool) -> Option<Choice<'_>> {
        Some(Choice {
            index: index(choice),
            message: self.told(legacy),
            logprobs: None,
            finish_reason: self.ended?,
        })
    }

    fn told(&self, legacy: bool) -> Told<'_> {
        let says_else = self.refusal.is_some() || !self.calls.is_empty();
        let content = match &self.content {
            None if !says_else => Some(""),
            content => content.as_deref(),
        };
        let first = self.calls.first().map(|call| ToldFunction {
            name: Some(&call.name),
            arguments: &call.payload,
        });
        Told {
            role: "assistant",
            content,
            reasoning_content: self.reasoning.as_deref(),
            refusal: self.refusal.as_deref(),
            annotations: &self.citations,
            tool_calls: (!legacy && !self.calls.is_empty())
                .then(|| self.calls.iter().map(Call::told).collect()),
            function_call: first.filter(|_| legacy),
        }
    }
}
