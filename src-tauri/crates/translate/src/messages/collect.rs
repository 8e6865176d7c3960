//! Pieces to one message.

use serde_json::value::RawValue;
use wire::messages::{Begun, Citation, Input, StopReason, Told, ToldBlock, UsageTold};
use wire::responses::Event;
use wire::{Fault, Usage};

use super::answer::Answer;
use super::blocks::{Bit, Head, Piece};
use crate::{Born, Outcome, Shape};

/// Collects the answer.
#[derive(Debug)]
pub struct Collector {
    answer: Answer,
    message: Message,
}

#[derive(Debug, Default)]
struct Message {
    blocks: Vec<Block>,
    ended: Option<StopReason>,
}

#[derive(Debug)]
struct Block {
    head: Head,
    text: String,
    signature: String,
    citations: Vec<Citation<'static>>,
    /// The arguments, once they are whole.
    input: Option<Box<RawValue>>,
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
        self.answer.step(event, &mut |piece| message.take(piece));
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
        let stop_reason = self.message.ended.ok_or(Fault::CutShort)?;
        let usage = self.answer.usage().unwrap_or_default();
        let told = Told {
            id: &self.answer.id,
            kind: "message",
            role: "assistant",
            model: &self.answer.shape.model,
            content: self.message.blocks.iter().map(Block::told).collect(),
            stop_reason: Some(stop_reason),
            stop_sequence: self.answer.stop(),
            usage: UsageTold::of(usage, self.answer.searches()),
        };
        serde_json::to_vec(&told).map_err(|_| Fault::Internal("a message did not serialize"))
    }
}

impl Message {
    fn take(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Start(..) => {}
            Piece::Open(_, head) => self.blocks.push(Block {
                head: head.clone(),
                text: String::new(),
                signature: String::new(),
                citations: Vec::new(),
                input: None,
            }),
            Piece::More(_, bit) => {
                if let Some(block) = self.blocks.last_mut() {
                    block.add(bit);
                }
            }
            Piece::Close(_) => {
                if let Some(block) = self.blocks.last_mut() {
                    block.close();
                }
            }
            Piece::End(reason) => self.ended = Some(reason),
        }
    }
}

impl Block {
    fn add(&mut self, bit: &Bit<'_>) {
        match bit {
            Bit::Text(text) | Bit::Thinking(text) | Bit::Json(text) => self.text.push_str(text),
            Bit::Signature(signature) => signature.as_ref().clone_into(&mut self.signature),
            Bit::Citation(citation) => self.citations.push(Citation {
                url: citation.url.clone().into_owned().into(),
                title: citation.title.clone().into_owned().into(),
                ..*citation
            }),
        }
    }

    /// Arguments that are no JSON object, such as a call's that was cut, are told as none: a client
    /// that streams makes the same of them.
    fn close(&mut self) {
        let object: Option<Box<RawValue>> = serde_json::from_str(&self.text).ok();
        self.input = object.filter(|raw| raw.get().starts_with('{'));
    }

    fn told(&self) -> ToldBlock<'_> {
        let input = self.input.as_deref();
        let input = input.map_or(Input::Begun(Begun {}), Input::Whole);
        match &self.head {
            Head::Text => ToldBlock::Text {
                text: &self.text,
                citations: &self.citations,
            },
            Head::Thinking => ToldBlock::Thinking {
                thinking: &self.text,
                signature: &self.signature,
            },
            Head::Call { id, name } => ToldBlock::ToolUse { id, name, input },
            Head::Search { id } => ToldBlock::ServerToolUse {
                id,
                name: "web_search",
                input,
            },
            Head::Results { id, pages } => ToldBlock::WebSearchToolResult {
                tool_use_id: id,
                content: pages,
            },
        }
    }
}
