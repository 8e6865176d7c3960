//! How much of each text was told, and where it stands in the content.

use std::collections::HashMap;

use wire::responses::{Kind, Place};

/// What a client reads a text as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Channel {
    /// `content`.
    Content,
    /// `reasoning_content`.
    Reasoning,
    /// `refusal`.
    Refusal,
}

/// One text of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Slot {
    pub(super) channel: Channel,
    pub(super) output_index: u32,
    /// The part's index within the item.
    pub(super) inner: u32,
    /// True for raw reasoning, whose parts are counted beside those of the summary.
    pub(super) raw: bool,
}

impl Slot {
    /// The text that an event of `kind` belongs to.
    pub(super) fn of(kind: Kind, place: &Place<'_>) -> Self {
        let (channel, inner, raw) = match kind {
            Kind::RefusalDelta | Kind::RefusalDone => {
                (Channel::Refusal, place.content_index, false)
            }
            Kind::SummaryDelta | Kind::SummaryDone => {
                (Channel::Reasoning, place.summary_index, false)
            }
            Kind::ReasoningDelta | Kind::ReasoningDone => {
                (Channel::Reasoning, place.content_index, true)
            }
            _ => (Channel::Content, place.content_index, false),
        };
        Self {
            channel,
            output_index: place.output_index,
            inner,
            raw,
        }
    }
}

/// All texts.
#[derive(Debug, Default)]
pub(super) struct Spans {
    spans: HashMap<Slot, Span>,
    /// The last text of each channel, to keep different ones apart.
    last: HashMap<Channel, Slot>,
    /// Characters of the content.
    content: u64,
}

#[derive(Debug, Default)]
struct Span {
    /// Bytes that were told.
    told: usize,
    citations: usize,
    /// Characters of the content before it.
    before: u64,
}

impl Spans {
    /// Notes that `text` is told; what must be told before it, to keep two texts apart.
    pub(super) fn say(&mut self, slot: Slot, channel: Channel, text: &str) -> Option<&'static str> {
        let apart = match self.last.insert(channel, slot) {
            None => false,
            Some(last) if channel == Channel::Reasoning => last != slot,
            Some(last) => last.output_index != slot.output_index,
        };
        let gap = apart.then_some(GAP);
        if channel == Channel::Content && apart {
            self.content += GAP.len() as u64;
        }
        let before = self.content;
        let new = Span {
            before,
            ..Span::default()
        };
        self.spans.entry(slot).or_insert(new).told += text.len();
        if channel == Channel::Content {
            self.content += text.chars().count() as u64;
        }
        gap
    }

    /// Notes text that is told within the content and belongs to none of its parts.
    pub(super) fn count(&mut self, text: &str) {
        self.content += text.chars().count() as u64;
    }

    /// Bytes of a text that were told.
    pub(super) fn told(&self, slot: Slot) -> usize {
        self.spans.get(&slot).map_or(0, |span| span.told)
    }

    /// How many citations of a text were told.
    pub(super) fn citations(&self, slot: Slot) -> usize {
        self.spans.get(&slot).map_or(0, |span| span.citations)
    }

    /// Notes a citation; the characters of the content before its text.
    pub(super) fn cite(&mut self, slot: Slot) -> u64 {
        let new = Span {
            before: self.content,
            ..Span::default()
        };
        let span = self.spans.entry(slot).or_insert(new);
        span.citations += 1;
        span.before
    }
}

/// Between two messages, and between two paragraphs of reasoning.
const GAP: &str = "\n\n";
