//! Pieces to one completion.

use std::borrow::Cow;

use wire::chat::{
    CallKind, Choice, Completion, FinishReason, Told, ToldCall, ToldFunction, UrlCitation,
};
use wire::responses::Event;
use wire::{Fault, Usage};

use super::answer::Answer;
use super::piece::Piece;
use super::spans::Channel;
use super::write::whole;
use crate::{Born, Outcome, Shape};

/// Collects the answer.
#[derive(Debug)]
pub struct Collector {
    answer: Answer,
    message: Message,
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
        Self {
            answer: Answer::new(shape, born),
            message: Message::default(),
        }
    }

    pub(crate) fn push(&mut self, event: &Event) {
        let message = &mut self.message;
        self.answer.step(event, &mut |_, piece| message.take(piece));
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
        let finish_reason = self.message.ended.ok_or(Fault::CutShort)?;
        let head = &self.answer.head;
        let completion = Completion {
            id: &head.id,
            object: "chat.completion",
            created: head.created,
            model: &head.model,
            choices: [Choice {
                index: 0,
                message: self.message.told(self.answer.shape.legacy_functions),
                logprobs: None,
                finish_reason,
            }],
            usage: self.answer.usage().map(Into::into),
            system_fingerprint: None,
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
