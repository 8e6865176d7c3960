//! The Chat Completions dialect: what a client says, and the chunks and completions it is told.
//!
//! [`Request`] is read once, borrowing from the body; a wrong field is a [`crate::Fault`] that names
//! it as the official API would. What is told is written by the types in the second half, which
//! borrow as well.

mod message;
mod read;
mod request;
mod told;
mod tool;

pub use message::{Call, CallKind, Message, Part, Said};
pub use request::{Format, Request};
pub use told::{
    Choice, Chunk, ChunkChoice, Completion, CompletionDetails, Delta, FinishReason, PromptDetails,
    Told, ToldCall, ToldFunction, ToldInput, UrlCitation, UsageTold,
};
pub use tool::{Tool, ToolChoice};
