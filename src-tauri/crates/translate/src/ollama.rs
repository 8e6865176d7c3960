//! The Ollama dialect: `POST /api/chat` and `POST /api/generate` (contract backend 8.4).
//!
//! A conversation is a chat in other words, and goes the chat's way once its calls have ids.
//!
//! Guarantees: a stream is lines of JSON; text and thinking come as they are made, calls whole, in
//! one line before the last; the last line has `done`, why, the backend's counts, and the time as
//! the caller tells it. A failure is one line `{"error":…}`, and nothing follows it.

mod answer;
mod calls;
mod collect;
mod messages;
mod request;
mod think;
mod timing;
mod write;

pub use collect::Collector;
pub use request::{loaded, request};
pub use write::Writer;
