//! Chunks to events, without waiting.

use std::collections::VecDeque;

use bytes::Bytes;
use wire::Fault;
use wire::responses::{Event, Kind};
use wire::sse::Splitter;

/// What has arrived and was not yet handed out.
#[derive(Debug, Default)]
pub(super) struct Intake {
    splitter: Splitter,
    ready: VecDeque<Event>,
    state: State,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Running,
    /// To be told once the ready events are handed out.
    Broken(Fault),
    /// The terminal event is among the ready ones, or everything was told.
    Over,
}

/// What there is for the caller now.
#[derive(Debug)]
pub(super) enum Step {
    Event(Event),
    Fault(Fault),
    /// Nothing, until more arrives.
    Hungry,
    /// Nothing, for ever.
    End,
}

impl Intake {
    /// Takes what is next: each event once, then the one fault if there is one.
    pub(super) fn step(&mut self) -> Step {
        if let Some(event) = self.ready() {
            return Step::Event(event);
        }
        match std::mem::replace(&mut self.state, State::Over) {
            State::Running => {
                self.state = State::Running;
                Step::Hungry
            }
            State::Broken(fault) => Step::Fault(fault),
            State::Over => Step::End,
        }
    }

    /// The next event, where it has arrived.
    pub(super) fn ready(&mut self) -> Option<Event> {
        self.ready.pop_front()
    }

    /// Gives events back, to be taken again before all others.
    pub(super) fn put_back(&mut self, events: Vec<Event>) {
        for event in events.into_iter().rev() {
            self.ready.push_front(event);
        }
    }

    /// Takes a chunk of the body; `saw` is called once for each event, in order.
    pub(super) fn push(&mut self, chunk: Bytes, mut saw: impl FnMut(&Event)) {
        let Self {
            splitter,
            ready,
            state,
        } = self;
        let pushed = splitter.push(chunk, |frame| state.frame(frame, ready, &mut saw));
        if let Err(too_long) = pushed {
            self.break_off(Fault::Garbled {
                why: too_long.to_string(),
            });
        }
    }

    /// The body has ended; its last record may lack the empty line (contract backend 2.1).
    pub(super) fn finish(&mut self, mut saw: impl FnMut(&Event)) {
        if let Some(frame) = self.splitter.finish() {
            self.state.frame(frame, &mut self.ready, &mut saw);
        }
        self.break_off(Fault::CutShort);
    }

    /// Nothing more will come, unless the end is there already.
    pub(super) fn break_off(&mut self, fault: Fault) {
        self.state.break_off(fault);
    }

    /// True while more may be read.
    pub(super) fn is_running(&self) -> bool {
        self.state.is_running()
    }
}

impl State {
    fn break_off(&mut self, fault: Fault) {
        if self.is_running() {
            *self = Self::Broken(fault);
        }
    }

    fn is_running(&self) -> bool {
        match self {
            Self::Running => true,
            Self::Broken(_) | Self::Over => false,
        }
    }

    fn frame(&mut self, frame: Bytes, ready: &mut VecDeque<Event>, saw: &mut impl FnMut(&Event)) {
        if !self.is_running() {
            return;
        }
        let Some(event) = Event::from_frame(frame) else {
            return;
        };
        // What is passed on untouched must not break the parser of whoever reads it.
        if !event.is_json() {
            return self.damaged(&event);
        }
        saw(&event);
        if event.kind().is_terminal() {
            *self = Self::Over;
        }
        ready.push_back(event);
    }

    /// What is no JSON is skipped (contract backend 2.1), unless a part of the answer goes with it:
    /// nobody is given an answer with a hole in it as if it were whole.
    fn damaged(&mut self, event: &Event) {
        let name = event.name();
        tracing::debug!(name: "upstream.damaged", kind = name, "an event is no JSON");
        if belongs(event.kind()) {
            let why = format!("its event `{name}` is no JSON");
            self.break_off(Fault::Garbled { why });
        }
    }
}

/// True for the kinds of which an answer consists.
fn belongs(kind: Kind) -> bool {
    match kind.name() {
        Some(name) => kind.is_terminal() || (name.starts_with(ANSWERS) && kind != Kind::Metadata),
        None => false,
    }
}

/// How the names of an answer's events begin.
const ANSWERS: &str = "response.";

#[cfg(test)]
mod tests;
