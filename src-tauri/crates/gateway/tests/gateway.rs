//! The server over real sockets, between a raw client and the stand-in, with the real accounts,
//! keys, log and client to the backend. Each file is one question.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fail by panicking"
)]

mod bodies;
mod caller;
mod choices;
mod completions;
mod drain;
mod ends;
mod errors;
mod files;
mod forms;
mod guard;
mod guesses;
mod hang_up;
mod lane;
mod messages;
mod models;
mod ollama;
mod pictures;
mod preferences;
mod quota;
mod refresh;
mod socket;
mod speech;
mod stage;
mod state;
mod stream;
mod suffixes;
mod threads;
mod whole;
