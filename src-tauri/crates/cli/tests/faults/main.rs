//! What can go wrong around the real program, and what a client, the other side and the log see of it.
//!
//! Upstream, each fault is a row of a table ([`row::Row`]) that is walked in every dialect, streamed and
//! whole: what the client sees, how often the other side was asked, what `postern logs` says. Every walk
//! ends with the program leaving in order, and with a search for secrets in all that was seen, said and
//! logged. Towards clients, everything is done on bare sockets.
//!
//! How long deadlines are is not shown here: `upstream/tests/client/deadlines.rs` and `gateway/tests/`
//! move the clock by hand.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fail by panicking"
)]

mod answers;
mod client;
mod cuts;
mod flood;
mod heard;
mod house;
mod reach;
mod row;
mod silence;
mod tls;
mod way;
