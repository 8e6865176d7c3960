//! Dialects to the canonical ask, and the backend's events back to dialects.
//!
//! Nothing here waits, reads a clock, or opens anything. A request goes in as bytes and comes out
//! as the one [`wire::responses::Request`] that can be sent, or as a [`wire::Fault`] that says which
//! field is wrong. Events go in one by one and come out as frames ([`Writer`]) or as one whole
//! answer ([`Collector`]).
//!
//! Guarantees, for any sequence of events and in every dialect:
//! - what a waiting client gets is the fold of what a streaming client gets;
//! - there is exactly one end, and nothing follows it;
//! - what could not be honoured is named in [`Translated::ignored`].

pub mod chat;
mod collector;
pub mod completions;
mod cut;
mod edit;
mod ending;
mod ends;
mod error;
mod estimate;
pub mod files;
mod given;
mod ignored;
pub mod images;
mod leftover;
pub mod messages;
mod offer;
pub mod ollama;
mod pairing;
mod phase;
pub mod pictures;
pub mod responses;
mod shorten;
pub mod speech;
pub mod state;
mod suffix;
mod tokens;
mod translated;
pub mod unnamed;
mod writer;

pub use collector::Collector;
pub use cut::{Cut, Ends};
pub use error::error_body;
pub use estimate::{Measure, input_tokens};
pub use given::{ChatReasoning, Given};
pub use suffix::variants;
pub use tokens::Tokens;
pub use translated::{Born, Echo, Seed, Shape, Translated};
pub use wire::ollama::Form as OllamaForm;
pub use writer::{Outcome, Writer};

/// What a client speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// `POST /v1/responses`.
    Responses,
    /// `POST /v1/chat/completions`.
    Chat,
    /// `POST /v1/messages`.
    Messages,
    /// `POST /api/chat` and `POST /api/generate`.
    Ollama(OllamaForm),
    /// `POST /v1/completions`.
    Completions,
}

impl Dialect {
    /// The word in logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Responses => "responses",
            Self::Chat => "chat",
            Self::Messages => "messages",
            Self::Ollama(form) => form.as_str(),
            Self::Completions => "completions",
        }
    }
}
