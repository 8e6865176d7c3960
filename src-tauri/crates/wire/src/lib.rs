//! Every format spoken: how bytes are framed, what is asked, what is answered, and how it fails.
//!
//! Nothing here waits, reads a clock, or opens anything: no async, no sockets, no files. What a
//! client said and what the backend said become types here, once; the floors above pass them on.

pub mod catalogue;
pub mod chat;
pub mod completions;
pub mod fault;
pub mod json;
pub mod limits;
pub mod messages;
pub mod model;
pub mod ollama;
pub mod pictures;
pub mod responses;
pub mod speech;
pub mod sse;
pub mod usage;

pub use fault::{Blame, Fault, Quota, Words};
pub use model::{Effort, ModelId};
pub use usage::Usage;
