//! An end that the client sets: so many tokens, or a word. The plan's backend knows neither
//! (contract backend 1.5), so the answer is cut here, and whoever reads the events hangs up.
//!
//! Guarantees, for any sequence of events:
//! - what goes on is the beginning of what came, up to the limit or to the first stop word;
//! - a stop word is found wherever events divide it, and no part of it goes on;
//! - after the cut come the end of the cut item and the end of the answer, and nothing follows;
//! - an event that is not cut keeps its bytes, and without limits every event does.
//!
//! What counts is what a client sees grow: text, refusals, arguments and inputs of calls. How much
//! a model thought in between is told by nobody until the end, so it does not count.

mod close;
mod count;
mod stops;

use std::collections::HashMap;

use serde_json::{Value, json};
use wire::json::{Object, text};
use wire::responses::{Event, Kind, Place, Said};

use self::close::Closing;
use self::count::Counter;
use self::stops::Stops;
use crate::ending::Last;
use crate::estimate::Measure;

/// Where an answer ends, if not by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ends {
    /// After so many tokens.
    pub most_tokens: Option<u64>,
    /// Before the first of these.
    pub stops: Vec<String>,
    /// About how many tokens the request has: nobody hears the backend's own count of an answer
    /// that is cut.
    pub input_tokens: u64,
}

/// Events on their way to a writer, cut where the client wants it.
#[derive(Debug)]
pub struct Cut(Option<Box<Cutter>>);

#[derive(Debug)]
struct Cutter {
    counter: Option<Counter>,
    stops: Stops,
    input_tokens: u64,
    /// Bytes of each text that came, by item and part.
    told: HashMap<Slot, usize>,
    /// The event with which the text that grows grew last.
    last: Option<(Slot, Event)>,
    closing: Closing,
    is_over: bool,
}

/// A text that grows: the item's index, and the part's where the item is a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Slot {
    item: u32,
    part: u32,
    form: Kind,
}

impl Cut {
    /// Cuts where `ends` says.
    pub fn new(ends: &Ends) -> Self {
        let stops: Vec<String> = ends
            .stops
            .iter()
            .filter(|s| !s.is_empty())
            .cloned()
            .collect();
        if ends.most_tokens.is_none() && stops.is_empty() {
            return Self(None);
        }
        Self(Some(Box::new(Cutter {
            counter: ends.most_tokens.map(Counter::new),
            stops: Stops::new(stops),
            input_tokens: ends.input_tokens,
            told: HashMap::new(),
            last: None,
            closing: Closing::default(),
            is_over: false,
        })))
    }

    /// Passes on what `event` becomes.
    pub fn push(&mut self, event: &Event, mut tell: impl FnMut(&Event)) {
        match &mut self.0 {
            None => tell(event),
            Some(cutter) => cutter.push(event, &mut tell),
        }
    }

    /// Passes on what was held back, before a failure ends the answer.
    pub fn flush(&mut self, mut tell: impl FnMut(&Event)) {
        if let Some(cutter) = &mut self.0 {
            cutter.release(&mut tell);
        }
    }
}

impl Cutter {
    fn push(&mut self, event: &Event, tell: &mut impl FnMut(&Event)) {
        if self.is_over {
            return;
        }
        if event.kind().is_terminal() {
            self.listed(event, tell);
            self.release(tell);
            return self.unless_over(event, tell);
        }
        let Ok(said) = event.said() else {
            return tell(event);
        };
        self.closing.note(event, &said);
        let mut ends = None;
        match said {
            Said::Delta(place, delta) if counts(event.kind()) => {
                let slot = Slot::of(event.kind(), &place);
                return self.grow(slot, event, &delta, tell);
            }
            Said::Whole(place, whole) => {
                ends = Some(place.output_index);
                if let Some(form) = grows(event.kind()) {
                    self.rest(Slot::of(form, &place), &place, &whole, tell);
                }
            }
            Said::Part(place) if event.kind() == Kind::PartDone => ends = Some(place.output_index),
            Said::ItemDone(place, raw) => {
                ends = Some(place.output_index);
                if let Ok(item) = Object::at(raw, String::new()) {
                    self.whole_item(&item, &place, tell);
                }
            }
            _ => {}
        }
        // What may begin a stop word waits until its text ends, whatever comes in between.
        if ends.is_some() && ends == self.last.as_ref().map(|(slot, _)| slot.item) {
            self.release(tell);
        }
        self.unless_over(event, tell);
    }

    fn unless_over(&self, event: &Event, tell: &mut impl FnMut(&Event)) {
        if !self.is_over {
            tell(event);
        }
    }

    /// More of a text.
    fn grow(&mut self, slot: Slot, event: &Event, delta: &str, tell: &mut impl FnMut(&Event)) {
        if self.last.as_ref().is_some_and(|(last, _)| *last != slot) {
            self.release(tell);
        }
        if self.is_over {
            return;
        }
        *self.told.entry(slot).or_default() += delta.len();
        self.last = Some((slot, event.clone()));
        let found = match slot.form {
            Kind::TextDelta => self.stops.push(delta),
            _ => stops::Found::Free(delta.into()),
        };
        let stopped = match found {
            stops::Found::Free(free) => return self.pass(slot, event, delta, &free, tell),
            stops::Found::Stop { before, stop } => {
                self.pass(slot, event, delta, &before, tell);
                stop
            }
        };
        if !self.is_over {
            self.close(slot, Some(&stopped), tell);
        }
    }

    /// Passes on so much of `free` as may be, in the place of `delta`.
    fn pass(
        &mut self,
        slot: Slot,
        event: &Event,
        delta: &str,
        free: &str,
        tell: &mut impl FnMut(&Event),
    ) {
        let fits = match &mut self.counter {
            Some(counter) => counter.push(slot.item, free),
            None => free.len(),
        };
        let fitting = free.get(..fits).unwrap_or(free);
        if !fitting.is_empty() {
            self.closing.grow(slot, event, fitting);
            match fitting == delta {
                true => tell(event),
                false => close::with_delta(event, fitting)
                    .iter()
                    .for_each(&mut *tell),
            }
        }
        if fits < free.len() {
            self.close(slot, None, tell);
        }
    }

    /// Passes on what was held back in case it began a stop word.
    fn release(&mut self, tell: &mut impl FnMut(&Event)) {
        let held = self.stops.release();
        if let (false, Some((slot, last))) = (held.is_empty() || self.is_over, self.last.clone()) {
            self.pass(slot, &last, "", &held, tell);
        }
    }

    /// What of a whole text has not come in deltas.
    fn rest(&mut self, slot: Slot, place: &Place<'_>, whole: &str, tell: &mut impl FnMut(&Event)) {
        let told = self.told.get(&slot).copied().unwrap_or(0);
        let rest = whole.get(told..).unwrap_or_default();
        if !rest.is_empty()
            && !self.is_over
            && let Some(event) = close::delta(slot.form, place, rest)
        {
            self.grow(slot, &event, rest, tell);
        }
    }

    /// What of a complete item has not come before.
    fn whole_item(&mut self, item: &Object<'_>, place: &Place<'_>, tell: &mut impl FnMut(&Event)) {
        let word = |name: &str| item.get(name).and_then(text).unwrap_or_default();
        let mut place = Place {
            item_id: Some(word("id").into_owned().into()),
            ..place.clone()
        };
        let payload = match word("type").as_ref() {
            "function_call" => Some((Kind::ArgumentsDelta, word("arguments"))),
            "custom_tool_call" => Some((Kind::InputDelta, word("input"))),
            _ => None,
        };
        if let Some((form, payload)) = payload {
            return self.rest(Slot::of(form, &place), &place, &payload, tell);
        }
        if word("type") != "message" {
            return;
        }
        let parts = item.objects("content").ok().flatten().unwrap_or_default();
        for (index, part) in (0..).zip(&parts) {
            place.content_index = index;
            for (form, field) in [(Kind::TextDelta, "text"), (Kind::RefusalDelta, "refusal")] {
                let said = part.get(field).and_then(text).unwrap_or_default();
                self.rest(Slot::of(form, &place), &place, &said, tell);
            }
        }
    }

    /// Items that only the end lists.
    fn listed(&mut self, event: &Event, tell: &mut impl FnMut(&Event)) {
        for (index, item) in (0..).zip(Last::of(event).items()) {
            let place = Place {
                output_index: index,
                ..Place::default()
            };
            self.closing.list(index, &item);
            self.whole_item(&item, &place, tell);
        }
    }

    /// The end of the item that was cut, and the end of the answer.
    fn close(&mut self, slot: Slot, stop: Option<&str>, tell: &mut impl FnMut(&Event)) {
        self.is_over = true;
        for event in self.closing.events(slot, stop, self.usage()) {
            tell(&event);
        }
    }
}

impl Cutter {
    /// What the answer cost, as far as anybody can tell who did not hear its end.
    fn usage(&self) -> Value {
        let output: u64 = match &self.counter {
            Some(counter) => counter.count(),
            None => self
                .closing
                .texts()
                .map(|text| Measure::Thumb.text(text))
                .sum(),
        };
        json!({
            "input_tokens": self.input_tokens,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": output,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": self.input_tokens.saturating_add(output),
        })
    }
}

impl Slot {
    fn of(form: Kind, place: &Place<'_>) -> Self {
        let is_part = matches!(form, Kind::TextDelta | Kind::RefusalDelta);
        Self {
            item: place.output_index,
            part: if is_part { place.content_index } else { 0 },
            form,
        }
    }
}

/// True for the texts that count.
fn counts(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::TextDelta | Kind::RefusalDelta | Kind::ArgumentsDelta | Kind::InputDelta
    )
}

/// The event by which a text grows that comes whole with `kind`.
fn grows(kind: Kind) -> Option<Kind> {
    match kind {
        Kind::TextDone => Some(Kind::TextDelta),
        Kind::RefusalDone => Some(Kind::RefusalDelta),
        Kind::ArgumentsDone => Some(Kind::ArgumentsDelta),
        Kind::InputDone => Some(Kind::InputDelta),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
