//! The Responses dialect: the canonical ask, and the events that answer it.
//!
//! [`Request`] has exactly the fields that the backend accepts (contract backend 1.4), so nothing
//! else can be sent. Items and events keep their bytes: what nobody here needs to change goes
//! through as it came.

mod event;
mod flat;
mod item;
mod request;
mod said;
mod tool;

pub use event::{Event, Growth, Kind};
pub use item::{Item, Output, Part, Role};
pub use request::{Reasoning, Request, Summary, Target, Text, Verbosity};
pub use said::{Done, ItemHead, Place, Said, Truncated, Unreadable};
pub use tool::{Tool, ToolChoice};
