//! What the state machine tells: pieces of one assistant message, in order.

use wire::chat::{CallKind, FinishReason, UrlCitation};

use super::spans::Channel;

/// A piece of the message.
#[derive(Debug)]
pub(crate) enum Piece<'a> {
    /// The model begins to speak.
    Start,
    /// More of what the client reads.
    Text(Channel, &'a str),
    /// A call begins.
    Call {
        index: usize,
        id: &'a str,
        kind: CallKind,
        name: &'a str,
    },
    /// More of a call's arguments or input.
    Payload {
        index: usize,
        kind: CallKind,
        text: &'a str,
    },
    /// A citation.
    Citation(UrlCitation<'a>),
    /// The model has ended.
    End(FinishReason),
}

/// What is the same in every chunk.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub(super) id: String,
    pub(crate) created: i64,
    pub(crate) model: String,
}
