//! The blocks of an answer, told one after the other.
//!
//! The backend may speak of several calls at once, and a client of this dialect can hear of one block
//! at a time. What belongs to a later block waits until the one before it is complete.

use std::borrow::Cow;
use std::collections::VecDeque;

use wire::messages::{Citation, WebResult};

use super::item::Slot;

/// What a client is told of an answer, in order.
#[derive(Debug, Clone, Copy)]
pub(super) enum Piece<'a> {
    /// The model begins to speak, in a message of this id, under this name.
    Start(&'a str, &'a str),
    /// A block begins.
    Open(u32, &'a Head),
    /// More of the open block.
    More(u32, &'a Bit<'a>),
    /// The open block is complete.
    Close(u32),
    /// The model has ended.
    End(wire::messages::StopReason),
}

/// What a block is.
#[derive(Debug, Clone)]
pub(super) enum Head {
    Text,
    Thinking,
    Call { id: String, name: String },
    Search { id: String },
    Results { id: String, pages: Vec<WebResult> },
}

/// More of a block.
#[derive(Debug, Clone)]
pub(super) enum Bit<'a> {
    Text(Cow<'a, str>),
    Thinking(Cow<'a, str>),
    Signature(Cow<'a, str>),
    Json(Cow<'a, str>),
    Citation(Citation<'a>),
}

/// What of the backend's answer a block belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// A text or refusal of a message.
    Text(Slot),
    /// A reasoning item, by its index.
    Thinking(u32),
    /// A call, by its place among the calls.
    Call(usize),
    /// A search, by its item's index.
    Search(u32),
    /// What it found.
    Results(u32),
}

/// The blocks that are not complete, the open one first.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    queue: VecDeque<Block>,
    /// The open block's place among all blocks.
    index: u32,
}

#[derive(Debug)]
struct Block {
    key: Key,
    head: Head,
    waiting: Vec<Bit<'static>>,
    is_complete: bool,
}

impl Blocks {
    /// Begins the block of `key`, unless it has begun and is not complete.
    pub(super) fn open(
        &mut self,
        key: Key,
        head: impl FnOnce() -> Head,
        tell: &mut impl FnMut(Piece<'_>),
    ) {
        if self.is_under_way(key) {
            return;
        }
        self.queue.push_back(Block {
            key,
            head: head(),
            waiting: Vec::new(),
            is_complete: false,
        });
        if let [only] = self.queue.make_contiguous() {
            tell(Piece::Open(self.index, &only.head));
        }
    }

    /// More of the block of `key`; nothing where it is not under way.
    pub(super) fn add(&mut self, key: Key, bit: Bit<'_>, tell: &mut impl FnMut(Piece<'_>)) {
        let mut blocks = self.queue.iter_mut().enumerate();
        let found = blocks.find(|(_, block)| block.key == key && !block.is_complete);
        match found {
            Some((0, _)) => tell(Piece::More(self.index, &bit)),
            Some((_, block)) => block.waiting.push(bit.owned()),
            None => {}
        }
    }

    pub(super) fn is_under_way(&self, key: Key) -> bool {
        let mut blocks = self.queue.iter();
        blocks.any(|block| block.key == key && !block.is_complete)
    }

    /// Completes the blocks that `which` chooses, and tells what waited for them.
    pub(super) fn complete(
        &mut self,
        which: impl Fn(Key) -> bool,
        tell: &mut impl FnMut(Piece<'_>),
    ) {
        for block in self.queue.iter_mut().filter(|block| which(block.key)) {
            block.is_complete = true;
        }
        while self.queue.front().is_some_and(|block| block.is_complete) {
            self.queue.pop_front();
            tell(Piece::Close(self.index));
            self.index += 1;
            if let Some(next) = self.queue.front_mut() {
                tell(Piece::Open(self.index, &next.head));
                for bit in next.waiting.drain(..) {
                    tell(Piece::More(self.index, &bit));
                }
            }
        }
    }
}

impl Bit<'_> {
    fn owned(self) -> Bit<'static> {
        let own = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        match self {
            Self::Text(text) => Bit::Text(own(text)),
            Self::Thinking(text) => Bit::Thinking(own(text)),
            Self::Signature(text) => Bit::Signature(own(text)),
            Self::Json(text) => Bit::Json(own(text)),
            Self::Citation(citation) => Bit::Citation(Citation {
                url: own(citation.url),
                title: own(citation.title),
                ..citation
            }),
        }
    }
}
