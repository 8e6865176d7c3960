//! Pieces to the events of a stream.

use wire::messages::{Begun, Delta, Input, Sent, StopReason, Stopped, Told, ToldBlock, UsageTold};
use wire::responses::Event;
use wire::sse::Frames;
use wire::{Fault, Usage};

use super::answer::Answer;
use super::blocks::{Bit, Head, Piece};
use crate::error;
use crate::{Born, Outcome, Shape};

/// Writes the stream. A failure is one `error` event, and nothing follows it: an end that was made up
/// would let a program take the answer for whole.
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
        let mut ended = None;
        self.answer.step(event, &mut |piece| match piece {
            Piece::Start(id, model) => send(out, &started(id, model)),
            Piece::Open(index, head) => send(
                out,
                &Sent::ContentBlockStart {
                    index,
                    content_block: begun(head),
                },
            ),
            Piece::More(index, bit) => send(
                out,
                &Sent::ContentBlockDelta {
                    index,
                    delta: delta(bit),
                },
            ),
            Piece::Close(index) => send(out, &Sent::ContentBlockStop { index }),
            Piece::End(reason) => ended = Some(reason),
        });
        if let Some(reason) = ended {
            self.end(reason, out);
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

    /// An event that every reader of this dialect skips, and counts as life.
    pub(crate) fn keep_alive(&self, out: &mut Frames) {
        if self.answer.outcome() == Outcome::Open {
            send(out, &Sent::Ping);
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

    fn end(&self, stop_reason: StopReason, out: &mut Frames) {
        let delta = Stopped {
            stop_reason,
            stop_sequence: self.answer.stop(),
        };
        let usage = self.answer.usage().unwrap_or_default();
        let usage = UsageTold::of(usage, self.answer.searches());
        send(out, &Sent::MessageDelta { delta, usage });
        send(out, &Sent::MessageStop);
    }

    fn complain(&self, out: &mut Frames) {
        if let Some(fault) = self.answer.fault() {
            out.event_text("error", &error::anthropic(fault, None));
        }
    }
}

fn send(out: &mut Frames, sent: &Sent<'_>) {
    out.event(sent.name(), sent);
}

/// The tokens that were read are told at the end; nobody knows them before.
fn started<'a>(id: &'a str, model: &'a str) -> Sent<'a> {
    Sent::MessageStart {
        message: Told {
            id,
            kind: "message",
            role: "assistant",
            model,
            content: Vec::new(),
            stop_reason: None,
            stop_sequence: None,
            usage: UsageTold::default(),
        },
    }
}

fn begun(head: &Head) -> ToldBlock<'_> {
    let input = Input::Begun(Begun {});
    match head {
        Head::Text => ToldBlock::Text {
            text: "",
            citations: &[],
        },
        Head::Thinking => ToldBlock::Thinking {
            thinking: "",
            signature: "",
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

fn delta<'a>(bit: &'a Bit<'a>) -> Delta<'a> {
    match bit {
        Bit::Text(text) => Delta::TextDelta { text },
        Bit::Thinking(thinking) => Delta::ThinkingDelta { thinking },
        Bit::Signature(signature) => Delta::SignatureDelta { signature },
        Bit::Json(partial_json) => Delta::InputJsonDelta { partial_json },
        Bit::Citation(citation) => Delta::CitationsDelta {
            citation: citation.clone(),
        },
    }
}
