//! The old Completions dialect: a prompt and its continuation, in the shapes of OpenAI's API before
//! Chat. Its reasons and counts are those of [`crate::chat`].

mod request;
mod told;

pub use request::Request;
pub use told::{Choice, Completion};
