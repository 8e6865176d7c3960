//! The security of the whole: what its page promises, and the defences that are the absence of something.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod defences;
mod page;
#[path = "../promises/mod.rs"]
mod promises;
#[path = "../sources/mod.rs"]
mod sources;
