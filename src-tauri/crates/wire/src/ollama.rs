//! The Ollama dialect: what a client asks, and the lines and lists it is told (contract backend
//! 8.4; the shapes are those of Ollama's `api/types.go`).
//!
//! Tools, formats and efforts are those of [`crate::chat`], in fewer words. Calls have no ids here:
//! a result names its tool, or only comes in order.

mod image;
mod listed;
mod message;
mod request;
mod told;

pub use listed::{Details, Entry, Running, Shown, Tags, Version};
pub use message::{Call, Message, Said};
pub use request::{Form, Request, Think, slug};
pub use told::{End, Line, Told, ToldCall, ToldFunction, ToldMessage, timestamp};
