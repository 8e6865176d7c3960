//! The state machine of an answer: events in, pieces of one message out.
//!
//! Guarantees, for any sequence of events:
//! - [`Piece::Start`] comes first and once, [`Piece::End`] last and at most once;
//! - at most one block is open, and every one that opens also closes, unless the answer fails;
//! - what comes in deltas and again whole is told once; what comes only whole is told all the same
//!   (contract backend 2.3).

use std::collections::{HashMap, HashSet};

use wire::json::{Object, text};
use wire::messages::StopReason;
use wire::responses::{Event, Kind, Place, Said};
use wire::{Fault, Usage};

use super::blocks::{Bit, Blocks, Head, Key, Piece};
use super::calls::Calls;
use super::item::{self, Slot, Voice};
use super::thinking::Shown;
use crate::ending::{Ending, Last, Word};
use crate::phase::Phase;
use crate::{Born, Outcome, Shape};

/// One answer on its way.
#[derive(Debug)]
pub(super) struct Answer {
    /// `msg_…`.
    pub(super) id: String,
    pub(super) shape: Shape,
    born: Born,
    phase: Phase,
    blocks: Blocks,
    /// Bytes of each text that were told.
    told: HashMap<Slot, usize>,
    /// Citations of each text that were told.
    cited: HashMap<Slot, usize>,
    /// The last paragraph of thinking, to keep two apart.
    thought: Option<Slot>,
    calls: Calls,
    /// Items that are complete.
    complete: HashSet<u32>,
    searches: u64,
    refused: bool,
    usage: Option<Usage>,
    stop: Option<String>,
}

impl Answer {
    pub(super) fn new(shape: Shape, born: Born) -> Self {
        Self {
            id: format!("msg_{}", born.id),
            shape,
            born,
            phase: Phase::default(),
            blocks: Blocks::default(),
            told: HashMap::new(),
            cited: HashMap::new(),
            thought: None,
            calls: Calls::default(),
            complete: HashSet::new(),
            searches: 0,
            refused: false,
            usage: None,
            stop: None,
        }
    }

    /// Takes the next event.
    pub(super) fn step(&mut self, event: &Event, tell: &mut impl FnMut(Piece<'_>)) {
        if self.phase.has_ended() {
            return;
        }
        if event.kind().is_terminal() {
            return self.end(event, tell);
        }
        // An event that cannot be read is skipped (contract backend 2.1).
        let Ok(said) = event.said() else { return };
        if !matches!(said, Said::Part(_) | Said::Nothing) {
            self.start(tell);
        }
        match said {
            Said::ItemAdded(place, head) if head.kind == "function_call" => {
                let id = head.id.as_deref().or(place.item_id.as_deref());
                let call_id = head.call_id.as_deref().or(id).unwrap_or_default();
                if let Some(name) = &head.name {
                    self.call(place.output_index, id, call_id, name, tell);
                }
            }
            Said::ItemDone(place, raw) => {
                if let Ok(item) = Object::at(raw, String::new()) {
                    self.complete(&item, place.output_index, tell);
                }
            }
            Said::Delta(place, delta) => match event.kind() {
                Kind::ArgumentsDelta => self.argue(&place, Some(&delta), &delta, tell),
                Kind::InputDelta => {}
                kind => self.say(Slot::of(kind, &place), &delta, tell),
            },
            Said::Whole(place, whole) => match event.kind() {
                Kind::ArgumentsDone => self.argue(&place, None, &whole, tell),
                Kind::InputDone => {}
                kind => self.rest(Slot::of(kind, &place), &whole, tell),
            },
            Said::Annotation(place, raw) => {
                let annotation = Object::at(raw, String::new()).ok();
                let slot = Slot::of(Kind::TextDelta, &place);
                if let Some(citation) = annotation.as_ref().and_then(item::citation) {
                    self.cite(slot, citation, tell);
                }
            }
            Said::Response(_)
            | Said::ItemAdded(..)
            | Said::Part(_)
            | Said::Nothing
            | Said::Done(_)
            | Said::Error(_) => {}
        }
    }

    /// Ends the answer with a failure, unless it has ended. True where it had not.
    pub(super) fn fail(&mut self, fault: &Fault) -> bool {
        self.phase.fail(fault.clone())
    }

    pub(super) fn outcome(&self) -> Outcome {
        self.phase.outcome()
    }

    pub(super) fn fault(&self) -> Option<&Fault> {
        self.phase.fault()
    }

    pub(super) fn usage(&self) -> Option<Usage> {
        self.usage
    }

    /// The stop sequence at which the answer was cut, where it was.
    pub(super) fn stop(&self) -> Option<&str> {
        self.stop.as_deref()
    }

    /// How often the model searched.
    pub(super) fn searches(&self) -> u64 {
        self.searches
    }

    fn start(&mut self, tell: &mut impl FnMut(Piece<'_>)) {
        if self.phase.begin() {
            tell(Piece::Start(&self.id, &self.shape.model));
        }
    }

    fn end(&mut self, event: &Event, tell: &mut impl FnMut(Piece<'_>)) {
        let last = Last::of(event);
        let Ending { word, usage, stop } = last.ending(self.born.created_at);
        self.usage = usage;
        self.stop = stop;
        let (outcome, cut) = match word {
            Word::Failed(fault) => {
                self.phase.fail(fault);
                return;
            }
            Word::Whole => (Outcome::Whole, None),
            Word::Truncated(reason) if reason == "content_filter" => {
                (Outcome::Incomplete, Some(StopReason::Refusal))
            }
            Word::Truncated(_) => (Outcome::Incomplete, Some(StopReason::MaxTokens)),
        };
        self.start(tell);
        // Items that only the end lists.
        for (index, item) in (0..).zip(&last.items()) {
            self.complete(item, index, tell);
        }
        for call in 0..self.calls.len() {
            self.hang_up(call, tell);
        }
        self.blocks.complete(|_| true, tell);
        let said_all = match (self.calls.is_empty(), self.refused) {
            (false, _) => StopReason::ToolUse,
            (true, true) => StopReason::Refusal,
            (true, false) if self.stop.is_some() => StopReason::StopSequence,
            (true, false) => StopReason::EndTurn,
        };
        tell(Piece::End(cut.unwrap_or(said_all)));
        self.phase = Phase::Ended(outcome, None);
    }

    /// Tells what of `whole` has not come in deltas.
    fn rest(&mut self, slot: Slot, whole: &str, tell: &mut impl FnMut(Piece<'_>)) {
        let told = self.told.get(&slot).copied().unwrap_or(0);
        self.say(slot, whole.get(told..).unwrap_or_default(), tell);
    }

    fn say(&mut self, slot: Slot, text: &str, tell: &mut impl FnMut(Piece<'_>)) {
        if text.is_empty() {
            return;
        }
        *self.told.entry(slot).or_default() += text.len();
        match slot.voice {
            Voice::Text | Voice::Refusal => {
                self.refused |= slot.voice == Voice::Refusal;
                // A message's next part ends the one before it.
                let before = |key| match key {
                    Key::Text(other) => other.output_index == slot.output_index && other != slot,
                    Key::Thinking(_) | Key::Call(_) | Key::Search(_) | Key::Results(_) => false,
                };
                self.blocks.complete(before, tell);
                self.blocks.open(Key::Text(slot), || Head::Text, tell);
                let bit = Bit::Text(text.into());
                self.blocks.add(Key::Text(slot), bit, tell);
            }
            Voice::Summary | Voice::Reasoning if self.shape.thinking == Shown::Summary => {
                let key = Key::Thinking(slot.output_index);
                let follows = self.blocks.is_under_way(key) && self.thought != Some(slot);
                self.blocks.open(key, || Head::Thinking, tell);
                if follows {
                    self.blocks.add(key, Bit::Thinking(GAP.into()), tell);
                }
                self.thought = Some(slot);
                self.blocks.add(key, Bit::Thinking(text.into()), tell);
            }
            Voice::Summary | Voice::Reasoning => {}
        }
    }

    fn cite(
        &mut self,
        slot: Slot,
        citation: wire::messages::Citation<'_>,
        tell: &mut impl FnMut(Piece<'_>),
    ) {
        *self.cited.entry(slot).or_default() += 1;
        self.blocks
            .add(Key::Text(slot), Bit::Citation(citation), tell);
    }

    /// The call of an item, begun if need be.
    fn call(
        &mut self,
        output_index: u32,
        item_id: Option<&str>,
        call_id: &str,
        name: &str,
        tell: &mut impl FnMut(Piece<'_>),
    ) -> usize {
        if let Some(known) = self.calls.at(item_id, output_index) {
            return known;
        }
        let call = self.calls.begin(item_id, output_index);
        let name = self.shape.names.get(name).map_or(name, String::as_str);
        let head = || Head::Call {
            id: call_id.to_owned(),
            name: name.to_owned(),
        };
        self.blocks.open(Key::Call(call), head, tell);
        call
    }

    /// More of a call's arguments: `delta`, else what of `whole` has not been told.
    fn argue(
        &mut self,
        place: &Place<'_>,
        delta: Option<&str>,
        whole: &str,
        tell: &mut impl FnMut(Piece<'_>),
    ) {
        let item_id = place.item_id.as_deref();
        let Some(call) = self.calls.at(item_id, place.output_index) else {
            return;
        };
        let told = self.calls.told(call);
        let text = delta.unwrap_or_else(|| whole.get(told..).unwrap_or_default());
        if !text.is_empty() && self.blocks.is_under_way(Key::Call(call)) {
            self.calls.tell(call, text.len());
            self.blocks
                .add(Key::Call(call), Bit::Json(text.into()), tell);
        }
    }

    /// Ends a call. One without arguments has an empty object, which every client can read.
    fn hang_up(&mut self, call: usize, tell: &mut impl FnMut(Piece<'_>)) {
        if self.calls.told(call) == 0 {
            self.calls.tell(call, NO_ARGUMENTS.len());
            let bit = Bit::Json(NO_ARGUMENTS.into());
            self.blocks.add(Key::Call(call), bit, tell);
        }
        self.blocks.complete(|key| key == Key::Call(call), tell);
    }

    /// Tells what of a complete item has not been told, and closes its blocks.
    fn complete(&mut self, item: &Object<'_>, output_index: u32, tell: &mut impl FnMut(Piece<'_>)) {
        if !self.complete.insert(output_index) {
            return;
        }
        let word = |name: &str| item.get(name).and_then(text);
        let kind = word("type").unwrap_or_default();
        for part in item::parts(&kind, item, output_index) {
            self.rest(part.slot, &part.text, tell);
            let told = self.cited.get(&part.slot).copied().unwrap_or(0);
            for citation in part.citations.into_iter().skip(told) {
                self.cite(part.slot, citation, tell);
            }
        }
        match kind.as_ref() {
            "reasoning" => self.seal(output_index, word("encrypted_content").as_deref(), tell),
            "function_call" => {
                let id = word("id");
                let call_id = word("call_id").or_else(|| id.clone()).unwrap_or_default();
                let name = word("name").unwrap_or_default();
                let call = self.call(output_index, id.as_deref(), &call_id, &name, tell);
                let place = Place {
                    item_id: id,
                    output_index,
                    ..Place::default()
                };
                let arguments = word("arguments").unwrap_or_default();
                self.argue(&place, None, &arguments, tell);
                self.hang_up(call, tell);
            }
            "web_search_call" => self.search(item, output_index, tell),
            _ => {}
        }
        let is_its_text = |key| matches!(key, Key::Text(slot) if slot.output_index == output_index);
        self.blocks.complete(is_its_text, tell);
    }

    /// What replays the thinking, and the end of its block; nothing may follow in it, because what
    /// did would be lost to Claude Code (contract backend 8.3).
    fn seal(&mut self, output_index: u32, sealed: Option<&str>, tell: &mut impl FnMut(Piece<'_>)) {
        let key = Key::Thinking(output_index);
        let sealed = sealed.filter(|sealed| !sealed.is_empty());
        if let Some(sealed) = sealed.filter(|_| self.shape.thinking != Shown::Nothing) {
            let signature = format!("{}{sealed}", self.shape.seal);
            self.blocks.open(key, || Head::Thinking, tell);
            self.blocks.add(key, Bit::Signature(signature.into()), tell);
        }
        self.blocks.complete(|known| known == key, tell);
    }

    /// A search, and what it found.
    fn search(&mut self, item: &Object<'_>, output_index: u32, tell: &mut impl FnMut(Piece<'_>)) {
        let Some(action) = item.object("action").ok().flatten() else {
            return;
        };
        self.searches += 1;
        let id = format!("srvtoolu_{}_{output_index}", self.born.id);
        let key = Key::Search(output_index);
        self.blocks
            .open(key, || Head::Search { id: id.clone() }, tell);
        let input = item::search_input(&action);
        self.blocks.add(key, Bit::Json(input.get().into()), tell);
        self.blocks.complete(|known| known == key, tell);
        let key = Key::Results(output_index);
        let pages = item::pages(&action);
        self.blocks.open(key, || Head::Results { id, pages }, tell);
        self.blocks.complete(|known| known == key, tell);
    }
}

/// Between two paragraphs of thinking.
const GAP: &str = "\n\n";
const NO_ARGUMENTS: &str = "{}";
