//! The Responses dialect: nearly the backend's own, cleaned of what the backend refuses.
//!
//! Guarantees: an item or an event that needs no change keeps its bytes; what a public client may
//! say and the backend would refuse is mapped, or named as ignored, or refused with its path.

mod answer;
mod content;
mod envelope;
mod input;
mod item;
mod repair;
mod request;
mod socket;
mod text;
mod tool_choice;
pub(crate) mod tools;
mod write;

pub use envelope::standing;
pub use request::request;
pub use socket::{Create, error_frame, headers_frame, warmed_up};
pub use write::{Collector, Writer};
