//! The Anthropic Messages dialect.
//!
//! Guarantees, for any sequence of events: `message_start` comes first and once, `message_stop` last
//! and at most once; blocks are numbered from 0, at most one is open, and nothing is told of a block
//! that is closed; a failure is one `error` event, and no end is made up for it.

mod answer;
mod blocks;
mod calls;
mod collect;
mod conversation;
mod count;
mod form;
mod item;
mod models;
mod parts;
mod request;
mod thinking;
mod tools;
mod write;

pub use collect::Collector;
pub use count::{count, counted};
pub use models::served;
pub use request::request;
pub use thinking::Shown;
pub use write::Writer;
