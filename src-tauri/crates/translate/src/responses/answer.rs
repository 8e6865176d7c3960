//! The state machine of an answer: which events go on, which are changed, and which one is the end.
//!
//! Guarantees, for any sequence of events:
//! - `response.created` comes first and once;
//! - `sequence_number` grows from event to event wherever the dialect has one;
//! - exactly one of `response.completed`, `response.incomplete` and `response.failed` comes, last;
//! - its `output` has every item that was completed (contract backend 2.3);
//! - but for a Codex client, every item, part and text begins before it grows and grows before it ends.

use std::borrow::Cow;

use bytes::Bytes;
use serde_json::value::RawValue;
use wire::json::Object;
use wire::responses::{Event, Kind, Said};
use wire::{Fault, Usage};

use super::envelope::Envelope;
use super::repair::{self, Repair};
use crate::edit::{self, Edit};
use crate::ending::{self, Ending, Last, Word};
use crate::{Born, Outcome, Shape};

/// One answer on its way.
#[derive(Debug)]
pub(super) struct Answer {
    envelope: Envelope,
    codex_client: bool,
    repair: Repair,
    phase: Phase,
    /// Items that are complete, with their index in the output.
    items: Vec<(u32, Bytes)>,
    next_number: u64,
    usage: Option<Usage>,
}

#[derive(Debug)]
enum Phase {
    /// `response.created` has not come. What may not precede it waits.
    Silent { waiting: Vec<Event> },
    /// It has.
    Begun,
    /// The answer has ended.
    Ended(Outcome, Option<Fault>),
}

/// What the client is told.
#[derive(Debug)]
pub(super) enum Told<'a> {
    /// An event as it came.
    Passed(&'a Event),
    /// An event that was changed or made: its type and its data.
    Made(&'a str, &'a RawValue),
}

impl Answer {
    pub(super) fn new(shape: &Shape, born: Born) -> Self {
        Self {
            envelope: Envelope::new(shape, born),
            codex_client: shape.codex_client,
            repair: Repair::default(),
            phase: Phase::Silent {
                waiting: Vec::new(),
            },
            items: Vec::new(),
            next_number: 0,
            usage: None,
        }
    }

    /// Takes the next event. Returns the final `response` where it was the last.
    pub(super) fn step(
        &mut self,
        event: &Event,
        tell: &mut impl FnMut(Told<'_>),
    ) -> Option<Box<RawValue>> {
        if matches!(self.phase, Phase::Ended(..)) {
            return None;
        }
        match event.kind() {
            Kind::Codex | Kind::RateLimits | Kind::KeepAlive => {
                if self.codex_client && event.is_json() {
                    tell(Told::Passed(event));
                }
                None
            }
            kind if kind.is_terminal() => self.end(event, tell),
            Kind::Created | Kind::InProgress | Kind::Queued => {
                self.begin(event, tell);
                None
            }
            Kind::Metadata | Kind::Other => {
                match &mut self.phase {
                    Phase::Silent { waiting } if waiting.len() < MOST_WAITING => {
                        waiting.push(event.clone());
                    }
                    Phase::Silent { .. } | Phase::Ended(..) => {}
                    Phase::Begun => self.pass(event, tell),
                }
                None
            }
            _ => {
                self.begin_unasked(tell);
                self.keep_item(event);
                self.grow(event, tell);
                None
            }
        }
    }

    /// Ends the answer with a failure. Returns the final `response` unless it had ended.
    pub(super) fn fail(
        &mut self,
        fault: &Fault,
        tell: &mut impl FnMut(Told<'_>),
    ) -> Option<Box<RawValue>> {
        if matches!(self.phase, Phase::Ended(..)) {
            return None;
        }
        self.begin_unasked(tell);
        let items = std::mem::take(&mut self.items);
        let response = self.envelope.failed(fault, &listed(&items));
        self.make("response.failed", &response, tell);
        self.phase = Phase::Ended(Outcome::Failed, Some(fault.clone()));
        Some(response)
    }

    /// Ends the answer because the client wants no more of it. Returns the final `response` unless it
    /// had ended. There is no event for this; its `status` tells it from a failure.
    pub(super) fn cancel(&mut self, tell: &mut impl FnMut(Told<'_>)) -> Option<Box<RawValue>> {
        if matches!(self.phase, Phase::Ended(..)) {
            return None;
        }
        self.begin_unasked(tell);
        let items = std::mem::take(&mut self.items);
        let response = self.envelope.cancelled(&listed(&items));
        self.make("response.failed", &response, tell);
        self.phase = Phase::Ended(Outcome::Failed, None);
        Some(response)
    }

    /// True where an event that no SDK knows may come.
    pub(super) fn wants_events(&self) -> bool {
        self.codex_client && self.has_begun()
    }

    fn has_begun(&self) -> bool {
        !matches!(self.phase, Phase::Silent { .. })
    }

    pub(super) fn outcome(&self) -> Outcome {
        match self.phase {
            Phase::Silent { .. } | Phase::Begun => Outcome::Open,
            Phase::Ended(outcome, _) => outcome,
        }
    }

    pub(super) fn fault(&self) -> Option<&Fault> {
        match &self.phase {
            Phase::Silent { .. } | Phase::Begun => None,
            Phase::Ended(_, fault) => fault.as_ref(),
        }
    }

    pub(super) fn usage(&self) -> Option<Usage> {
        self.usage
    }

    fn begin(&mut self, event: &Event, tell: &mut impl FnMut(Told<'_>)) {
        let Some(said) = ending::object(event.data()) else {
            return;
        };
        let Ok(Some(response)) = said.object("response") else {
            return;
        };
        let response = self.envelope.begun(&response);
        match (event.kind(), self.has_begun()) {
            (Kind::Created, true) => return,
            (Kind::Created, false) => {}
            (_, true) => {}
            (_, false) => self.make("response.created", &response, tell),
        }
        let mut edit = Edit::new(&said);
        edit.update("response", response);
        self.send(event, &said, edit, tell);
        self.release(tell);
    }

    /// Makes `response.created` where something else comes first (contract backend 2.3, 4).
    fn begin_unasked(&mut self, tell: &mut impl FnMut(Told<'_>)) {
        if !self.has_begun() {
            let response = self.envelope.unknown();
            self.make("response.created", &response, tell);
            self.release(tell);
        }
    }

    /// Begins, and sends what waited for that.
    fn release(&mut self, tell: &mut impl FnMut(Told<'_>)) {
        if let Phase::Silent { waiting } = std::mem::replace(&mut self.phase, Phase::Begun) {
            for event in &waiting {
                self.pass(event, tell);
            }
        }
    }

    fn end(&mut self, event: &Event, tell: &mut impl FnMut(Told<'_>)) -> Option<Box<RawValue>> {
        let last = Last::of(event);
        let Ending { word, usage, .. } = last.ending(self.envelope.born_at());
        self.usage = usage;
        let (status, outcome, fault) = match word {
            Word::Whole => ("completed", Outcome::Whole, None),
            Word::Truncated(_) => ("incomplete", Outcome::Incomplete, None),
            Word::Failed(fault) if event.kind() == Kind::Failed => {
                ("failed", Outcome::Failed, Some(fault))
            }
            Word::Failed(fault) => return self.fail(&fault, tell),
        };
        let (said, response) = last.said.zip(last.response)?;
        if !self.has_begun() {
            let begun = begun_of(&response);
            let begun = self
                .envelope
                .begun(&Object::at(&begun, String::new()).ok()?)
                .into_owned();
            self.make("response.created", &begun, tell);
            self.release(tell);
        }
        let items = std::mem::take(&mut self.items);
        let unexplained = fault.as_ref().filter(|_| response.get("error").is_none());
        let whole = self
            .envelope
            .ended(&response, status, &listed(&items), unexplained);
        let mut edit = Edit::new(&said);
        if said.get("type").is_some_and(|name| name.get() == DONE) {
            edit.set("type", edit::new(event.name()));
        }
        edit.update("response", whole.clone());
        self.send(event, &said, edit, tell);
        self.phase = Phase::Ended(outcome, fault);
        Some(whole.into_owned())
    }

    fn keep_item(&mut self, event: &Event) {
        if event.kind() != Kind::ItemDone {
            return;
        }
        if let Ok(Said::ItemDone(place, item)) = event.said() {
            let bytes = event.data().slice_ref(item.get().as_bytes());
            self.items.push((place.output_index, bytes));
        }
    }

    /// Sends an event of an item, after those that should have come before it.
    fn grow(&mut self, event: &Event, tell: &mut impl FnMut(Told<'_>)) {
        // A Codex client reads complete items only, and what it reads should be what was sent.
        let missing = match self.codex_client {
            true => Some(Vec::new()),
            false => self.repair.before(event),
        };
        let Some(missing) = missing else { return };
        for mut event in missing {
            event["sequence_number"] = self.next_number.into();
            self.next_number = self.next_number.saturating_add(1);
            let name = event["type"].as_str().unwrap_or_default();
            tell(Told::Made(name, &edit::raw(&event)));
        }
        self.pass(event, tell);
    }

    fn pass(&mut self, event: &Event, tell: &mut impl FnMut(Told<'_>)) {
        // Most events are deltas with all that they need.
        let may_lack = !self.codex_client && repair::may_lack(event);
        let is_whole = event.is_known_to_have_logprobs() || !may_lack;
        if is_whole && event.known_number().is_some_and(|own| self.follows(own)) {
            return tell(Told::Passed(event));
        }
        // What is no JSON would break the client's reader; it is skipped (contract backend 2.1).
        let Some(said) = ending::object(event.data()) else {
            return;
        };
        let number = self.number(event, &said);
        let lacking = self.repair.lacking(event, &said).filter(|_| may_lack);
        if number.is_none() && lacking.is_none() {
            return tell(Told::Passed(event));
        }
        let mut edit = Edit::new(&said);
        if let Some((name, value)) = lacking {
            edit.set(name, value);
        }
        if let Some(number) = number {
            edit.set("sequence_number", edit::new(&number));
        }
        tell(Told::Made(event.name(), &edit.finish()));
    }

    /// Sends an event that may have been changed.
    fn send<'a>(
        &mut self,
        event: &Event,
        said: &Object<'a>,
        mut edit: Edit<'a>,
        tell: &mut impl FnMut(Told<'_>),
    ) {
        if let Some(number) = self.number(event, said) {
            edit.set("sequence_number", edit::new(&number));
        }
        match edit.finish() {
            Cow::Borrowed(_) => tell(Told::Passed(event)),
            Cow::Owned(data) => tell(Told::Made(event.name(), &data)),
        }
    }

    /// A new number for an event whose own is not larger than the last, or which has none and
    /// should. Numbers grow.
    fn number(&mut self, event: &Event, said: &Object<'_>) -> Option<u64> {
        let own = said.get("sequence_number");
        let own = own.and_then(|raw| raw.get().parse::<u64>().ok());
        let is_foreign = matches!(event.kind(), Kind::Other | Kind::Metadata);
        match own {
            Some(number) if self.follows(number) => None,
            None if is_foreign => None,
            Some(_) | None => {
                let number = self.next_number;
                self.next_number = self.next_number.saturating_add(1);
                Some(number)
            }
        }
    }

    /// Counts on from `number` where it may come next.
    fn follows(&mut self, number: u64) -> bool {
        let fits = number >= self.next_number;
        if fits {
            self.next_number = number.saturating_add(1);
        }
        fits
    }

    fn make(&mut self, name: &str, response: &RawValue, tell: &mut impl FnMut(Told<'_>)) {
        #[derive(serde::Serialize)]
        struct Made<'a> {
            r#type: &'a str,
            sequence_number: u64,
            response: &'a RawValue,
        }
        let data = edit::raw(&Made {
            r#type: name,
            sequence_number: self.next_number,
            response,
        });
        self.next_number = self.next_number.saturating_add(1);
        tell(Told::Made(name, &data));
    }
}

/// The items in the order of the output.
fn listed(items: &[(u32, Bytes)]) -> Vec<&RawValue> {
    let mut items: Vec<_> = items.iter().collect();
    items.sort_by_key(|(index, _)| *index);
    let texts = items.into_iter().map(|(_, bytes)| bytes.as_ref());
    texts
        .filter_map(|text| serde_json::from_slice(text).ok())
        .collect()
}

/// The envelope of an end, as it was at the beginning.
fn begun_of(response: &Object<'_>) -> Box<RawValue> {
    let mut edit = Edit::new(response);
    edit.retain(|name, _| BEGUN.contains(&name));
    edit.finish().into_owned()
}

const BEGUN: &[&str] = &["id", "object", "created_at", "model"];

/// The other name of `response.completed` (contract backend 2.2).
const DONE: &str = "\"response.done\"";

/// Notes before the beginning are few.
const MOST_WAITING: usize = 64;
