//! The two ends of the state machine: a stream, and one whole answer.

use serde_json::value::RawValue;
use wire::responses::Event;
use wire::sse::Frames;
use wire::{Fault, Usage};

use super::answer::{Answer, Told};
use crate::{Born, Outcome, Shape};

/// Writes the stream. Events that need no change are passed on byte for byte.
#[derive(Debug)]
pub struct Writer {
    answer: Answer,
    whole: Option<Box<RawValue>>,
}

impl Writer {
    /// A writer for one answer.
    pub fn new(shape: &Shape, born: Born) -> Self {
        Self {
            answer: Answer::new(shape, born),
            whole: None,
        }
    }

    /// Writes what `event` means to the client; nothing after the end.
    pub fn write(&mut self, event: &Event, out: &mut Frames) {
        let ended = self.answer.step(event, &mut |told| put(&told, out));
        self.whole = self.whole.take().or(ended);
    }

    /// Ends the answer with a failure, unless it has ended.
    pub fn fail(&mut self, fault: &Fault, out: &mut Frames) {
        let ended = self.answer.fail(fault, &mut |told| put(&told, out));
        self.whole = self.whole.take().or(ended);
    }

    /// Ends the answer because the client wants no more of it, unless it has ended.
    pub fn cancel(&mut self, out: &mut Frames) {
        let ended = self.answer.cancel(&mut |told| put(&told, out));
        self.whole = self.whole.take().or(ended);
    }

    /// The `response` of the last event: what a waiting client gets.
    pub fn take_whole(&mut self) -> Option<Box<RawValue>> {
        self.whole.take()
    }

    /// A comment, because the official SDKs know no event for this. A Codex client, which does not
    /// count comments (contract backend 2.5), gets an event once the answer has begun.
    pub(crate) fn keep_alive(&self, out: &mut Frames) {
        match (self.answer.outcome(), self.answer.wants_events()) {
            (Outcome::Open, true) => out.event_text("keepalive", br#"{"type":"keepalive"}"#),
            (Outcome::Open, false) => out.comment("keep-alive"),
            (Outcome::Whole | Outcome::Incomplete | Outcome::Failed, _) => {}
        }
    }

    /// Token counts, once the end has told them.
    pub fn usage(&self) -> Option<Usage> {
        self.answer.usage()
    }

    /// How far the answer came.
    pub fn outcome(&self) -> Outcome {
        self.answer.outcome()
    }

    /// Why the answer failed, where it did.
    pub fn fault(&self) -> Option<&Fault> {
        self.answer.fault()
    }
}

/// Collects the `response` of the last event.
#[derive(Debug)]
pub struct Collector {
    answer: Answer,
    whole: Option<Box<RawValue>>,
}

impl Collector {
    pub(crate) fn new(shape: &Shape, born: Born) -> Self {
        Self {
            answer: Answer::new(shape, born),
            whole: None,
        }
    }

    pub(crate) fn push(&mut self, event: &Event) {
        let ended = self.answer.step(event, &mut |_| {});
        self.whole = self.whole.take().or(ended);
    }

    pub(crate) fn fail(&mut self, fault: &Fault) {
        self.answer.fail(fault, &mut |_| {});
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
        let whole = self.whole.ok_or(Fault::CutShort)?;
        Ok(Box::<str>::from(whole).into_string().into_bytes())
    }
}

fn put(told: &Told<'_>, out: &mut Frames) {
    match told {
        Told::Passed(event) => match event.frame() {
            Some(frame) if is_complete(frame) => out.raw(frame),
            Some(_) | None => text(event.name(), event.data(), out),
        },
        Told::Made(name, data) => text(name, data.get().as_bytes(), out),
    }
}

/// True for a frame that has its name and its end.
fn is_complete(frame: &[u8]) -> bool {
    frame.starts_with(b"event:") && (frame.ends_with(b"\n\n") || frame.ends_with(b"\r\n\r\n"))
}

fn text(name: &str, data: &[u8], out: &mut Frames) {
    if memchr::memchr2(b'\n', b'\r', data).is_none() {
        return out.event_text(name, data);
    }
    // Between the tokens of JSON a newline is as good as a space, and within them there is none.
    let spaced = |byte: &u8| match byte {
        b'\n' | b'\r' => b' ',
        byte => *byte,
    };
    out.event_text(name, &data.iter().map(spaced).collect::<Vec<u8>>());
}
