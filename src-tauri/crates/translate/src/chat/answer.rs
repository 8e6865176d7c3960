//! The state machine of an answer: events in, pieces of one assistant message out.
//!
//! Guarantees, for any sequence of events:
//! - [`Piece::Start`] comes first and once, [`Piece::End`] last and at most once;
//! - a call's [`Piece::Call`] comes before its payload, and calls are numbered in the order they
//!   begin;
//! - what comes in deltas and again whole is told once; what comes only whole is told all the same
//!   (contract backend 2.3).

use std::collections::HashSet;

use wire::chat::{CallKind, FinishReason};
use wire::json::{Object, text};
use wire::responses::{Event, Kind, Place, Said};
use wire::{Fault, Usage};

use super::calls::{Calls, call_kind};
use super::item;
use super::piece::{Head, Piece};
use super::spans::{Channel, Slot, Spans};
use super::tags::Tags;
use crate::ending::{Ending, Last, Word};
use crate::phase::Phase;
use crate::{Born, Outcome, Shape};

/// One answer on its way.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(super) head: Head,
    pub(super) shape: Shape,
    phase: Phase,
    spans: Spans,
    calls: Calls,
    /// Items whose text is commentary (contract backend 2.3, 8).
    commentary: HashSet<u32>,
    /// Items that are complete.
    complete: HashSet<u32>,
    tags: Tags,
    usage: Option<Usage>,
}

impl Answer {
    pub(crate) fn new(shape: Shape, born: Born) -> Self {
        let Born { id, created_at } = born;
        Self {
            head: Head {
                id: format!("chatcmpl-{id}"),
                created: created_at,
                model: shape.model.clone(),
            },
            tags: Tags::new(&shape),
            shape,
            phase: Phase::default(),
            spans: Spans::default(),
            calls: Calls::default(),
            commentary: HashSet::new(),
            complete: HashSet::new(),
            usage: None,
        }
    }

    /// Takes the next event.
    pub(crate) fn step(&mut self, event: &Event, tell: &mut impl FnMut(&Head, Piece<'_>)) {
        if self.phase.has_ended() {
            return;
        }
        if event.kind().is_terminal() {
            return self.end(event, tell);
        }
        // An event that cannot be read is skipped (contract backend 2.1).
        let Ok(said) = event.said() else { return };
        match said {
            Said::Response(envelope) => self.begin(envelope, tell),
            Said::ItemAdded(place, head) => {
                self.start(tell);
                if head.phase.as_deref() == Some("commentary") {
                    self.commentary.insert(place.output_index);
                }
                let id = head.id.as_deref().or(place.item_id.as_deref());
                if let (Some(kind), Some(name)) = (call_kind(&head.kind), &head.name) {
                    let call_id = head.call_id.as_deref().or(id).unwrap_or_default();
                    self.open(place.output_index, id, call_id, kind, name, tell);
                }
            }
            Said::ItemDone(place, raw) => {
                self.start(tell);
                if let Ok(item) = Object::at(raw, String::new()) {
                    self.complete(&item, place.output_index, tell);
                }
            }
            Said::Delta(place, delta) => {
                self.start(tell);
                self.delta(event.kind(), &place, &delta, tell);
            }
            Said::Whole(place, whole) => {
                self.start(tell);
                self.whole(event.kind(), &place, &whole, tell);
            }
            Said::Annotation(place, raw) => {
                self.start(tell);
                if let Ok(annotation) = Object::at(raw, String::new()) {
                    self.cite(Slot::of(Kind::TextDelta, &place), &annotation, tell);
                }
            }
            Said::Part(_) | Said::Nothing | Said::Done(_) | Said::Error(_) => {}
        }
    }

    /// Ends the answer with a failure, unless it has ended. True where it had not.
    pub(crate) fn fail(&mut self, fault: &Fault) -> bool {
        self.phase.fail(fault.clone())
    }

    pub(crate) fn outcome(&self) -> Outcome {
        self.phase.outcome()
    }

    pub(crate) fn fault(&self) -> Option<&Fault> {
        self.phase.fault()
    }

    /// What is the same in every chunk, as far as it is known by now.
    pub(crate) fn head(&self) -> &Head {
        &self.head
    }

    pub(crate) fn usage(&self) -> Option<Usage> {
        self.usage
    }

    fn begin(
        &mut self,
        envelope: &serde_json::value::RawValue,
        tell: &mut impl FnMut(&Head, Piece<'_>),
    ) {
        if let (Phase::Silent, Ok(envelope)) = (&self.phase, Object::at(envelope, String::new())) {
            if let Ok(Some(created)) = envelope.integer("created_at") {
                self.head.created = created;
            }
            if let Some(model) = envelope.get("model").and_then(text) {
                self.head.model = model.into_owned();
            }
        }
        self.start(tell);
    }

    fn start(&mut self, tell: &mut impl FnMut(&Head, Piece<'_>)) {
        if self.phase.begin() {
            tell(&self.head, Piece::Start);
        }
    }

    fn end(&mut self, event: &Event, tell: &mut impl FnMut(&Head, Piece<'_>)) {
        let last = Last::of(event);
        let Ending { word, usage, .. } = last.ending(self.head.created);
        self.usage = usage;
        let (outcome, cut) = match word {
            Word::Failed(fault) => {
                self.phase.fail(fault);
                return;
            }
            Word::Whole => (Outcome::Whole, None),
            Word::Truncated(reason) if reason == "content_filter" => {
                (Outcome::Incomplete, Some(FinishReason::ContentFilter))
            }
            Word::Truncated(_) => (Outcome::Incomplete, Some(FinishReason::Length)),
        };
        self.start(tell);
        // Items that only the end lists.
        for (index, item) in (0..).zip(&last.items()) {
            if !self.complete.contains(&index) {
                self.complete(item, index, tell);
            }
        }
        let waits = match self.shape.legacy_functions {
            true => FinishReason::FunctionCall,
            false => FinishReason::ToolCalls,
        };
        self.mark(false, tell);
        let said_all = if self.calls.is_empty() {
            FinishReason::Stop
        } else {
            waits
        };
        tell(&self.head, Piece::End(cut.unwrap_or(said_all)));
        self.phase = Phase::Ended(outcome, None);
    }

    fn delta(
        &mut self,
        kind: Kind,
        place: &Place<'_>,
        delta: &str,
        tell: &mut impl FnMut(&Head, Piece<'_>),
    ) {
        match kind {
            Kind::ArgumentsDelta | Kind::InputDelta => {
                if let Some(call) = self.calls.at(place.item_id.as_deref(), place.output_index) {
                    call.told += delta.len();
                    tell(&self.head, call.payload(delta));
                }
            }
            _ => self.say(Slot::of(kind, place), delta, tell),
        }
    }

    fn whole(
        &mut self,
        kind: Kind,
        place: &Place<'_>,
        whole: &str,
        tell: &mut impl FnMut(&Head, Piece<'_>),
    ) {
        match kind {
            Kind::ArgumentsDone | Kind::InputDone => {
                if let Some(call) = self.calls.at(place.item_id.as_deref(), place.output_index) {
                    let rest = whole.get(call.told..).unwrap_or_default();
                    call.told += rest.len();
                    if !rest.is_empty() {
                        tell(&self.head, call.payload(rest));
                    }
                }
            }
            _ => self.rest(Slot::of(kind, place), whole, tell),
        }
    }

    /// Tells what of `whole` has not come in deltas.
    fn rest(&mut self, slot: Slot, whole: &str, tell: &mut impl FnMut(&Head, Piece<'_>)) {
        let told = self.spans.told(slot);
        let rest = whole.get(told..).unwrap_or_default().to_owned();
        self.say(slot, &rest, tell);
    }

    fn say(&mut self, slot: Slot, text: &str, tell: &mut impl FnMut(&Head, Piece<'_>)) {
        if text.is_empty() {
            return;
        }
        let channel = self.channel(slot);
        let Some(goes_to) = self.tags.place(channel) else {
            return;
        };
        self.mark(channel == Channel::Reasoning, tell);
        let gap = self.spans.say(slot, channel, text);
        for text in gap.into_iter().chain([text]) {
            if goes_to != channel {
                self.spans.count(text);
            }
            tell(&self.head, Piece::Text(goes_to, text));
        }
    }

    /// Writes the tag between thinking and answering, where there are tags.
    fn mark(&mut self, is_thinking: bool, tell: &mut impl FnMut(&Head, Piece<'_>)) {
        if let Some(tag) = self.tags.turn(is_thinking) {
            self.spans.count(tag);
            tell(&self.head, Piece::Text(Channel::Content, tag));
        }
    }

    /// Where a text goes. An answer that must be JSON has no room for commentary.
    fn channel(&self, slot: Slot) -> Channel {
        let aside = self.shape.structured && self.commentary.contains(&slot.output_index);
        match slot.channel {
            Channel::Content if aside => Channel::Reasoning,
            channel => channel,
        }
    }

    fn cite(
        &mut self,
        slot: Slot,
        annotation: &Object<'_>,
        tell: &mut impl FnMut(&Head, Piece<'_>),
    ) {
        let before = self.spans.cite(slot);
        if self.channel(slot) != Channel::Content {
            return;
        }
        if let Some(citation) = item::citation(annotation, before) {
            tell(&self.head, Piece::Citation(citation));
        }
    }

    fn open(
        &mut self,
        output_index: u32,
        item_id: Option<&str>,
        call_id: &str,
        kind: CallKind,
        name: &str,
        tell: &mut impl FnMut(&Head, Piece<'_>),
    ) {
        let Some(index) = self.calls.open(output_index, item_id, kind) else {
            return;
        };
        self.mark(false, tell);
        let name = self.shape.names.get(name).map_or(name, String::as_str);
        let piece = Piece::Call {
            index,
            id: call_id,
            kind,
            name,
        };
        tell(&self.head, piece);
    }

    /// Tells what of a complete item has not been told.
    fn complete(
        &mut self,
        item: &Object<'_>,
        output_index: u32,
        tell: &mut impl FnMut(&Head, Piece<'_>),
    ) {
        self.complete.insert(output_index);
        let word = |name: &str| item.get(name).and_then(text);
        let kind = word("type").unwrap_or_default();
        if word("phase").as_deref() == Some("commentary") {
            self.commentary.insert(output_index);
        }
        for part in item::parts(&kind, item, output_index) {
            self.rest(part.slot, &part.text, tell);
            let told = self.spans.citations(part.slot);
            for annotation in part.annotations.iter().skip(told) {
                self.cite(part.slot, annotation, tell);
            }
        }
        if let (Some(kind), Some(name)) = (call_kind(&kind), word("name")) {
            let id = word("id");
            let call_id = word("call_id").or_else(|| id.clone()).unwrap_or_default();
            self.open(output_index, id.as_deref(), &call_id, kind, &name, tell);
            let payload = match kind {
                CallKind::Function => word("arguments"),
                CallKind::Custom => word("input"),
            };
            let place = Place {
                item_id: id,
                output_index,
                ..Place::default()
            };
            let done = match kind {
                CallKind::Function => Kind::ArgumentsDone,
                CallKind::Custom => Kind::InputDone,
            };
            self.whole(done, &place, &payload.unwrap_or_default(), tell);
        }
    }
}
