//! The old Completions dialect: `POST /v1/completions`.
//!
//! Guarantees: text comes in the order it is said and nothing is told twice; one chunk has a
//! `finish_reason`; where usage was asked for, one chunk without choices tells it. Reasoning is not
//! asked for and has no place.

mod collect;
mod request;
mod write;

pub use collect::Collector;
pub use request::request;
pub use write::Writer;
