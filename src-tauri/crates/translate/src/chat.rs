//! The Chat Completions dialect.
//!
//! Guarantees: the role comes first and once, then whatever is said in the order it is said; a call's
//! name and id come with its first chunk; nothing is told twice, however often the backend repeats
//! it; one chunk has a `finish_reason`; where usage was asked for, one chunk without choices tells it.
//! Where several choices were asked for, all of this holds for each, and the usage is their sum.

mod answer;
mod calls;
mod choices;
mod collect;
mod item;
mod messages;
pub(crate) mod names;
mod piece;
mod request;
mod spans;
pub mod stored;
mod strangers;
mod tags;
mod tools;
mod write;

pub(crate) use answer::Answer;
pub use collect::Collector;
pub(crate) use messages::{conversation, first_user_text, has_program};
pub(crate) use names::Names;
pub(crate) use piece::{Head, Piece};
pub use request::request;
pub(crate) use request::{format, stream_options};
pub(crate) use spans::Channel;
pub(crate) use tools::one as tool;
pub use write::Writer;
