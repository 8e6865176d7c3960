//! The Anthropic Messages dialect: what a client says, and the events and messages it is told.
//!
//! [`Request`] is read once, borrowing from the body. What is told is written by the types in
//! `told`, which borrow as well. Sources: the types of the official SDK, and contract backend 8.3.

mod message;
mod read;
mod request;
mod told;
mod tool;

pub use message::{Block, Change, Message, Role, Said, Source};
pub use request::{Display, Request, Thinking};
pub use told::{
    Begun, Citation, Delta, Input, Sent, ServerToolUse, StopReason, Stopped, ThinkingDetails, Told,
    ToldBlock, UsageTold, WebResult,
};
pub use tool::{Choice, Tool};
