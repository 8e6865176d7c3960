//! The threads for everything that is not a window's.

use std::io;

use tokio::runtime::{Builder, Runtime};

/// Starts them.
///
/// # Errors
/// The system gives no threads.
pub fn runtime() -> io::Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(THREADS)
        .event_interval(TURNS)
        .enable_all()
        .build()
}

/// One person's requests keep one thread busy at most; the other answers while it is.
const THREADS: usize = 2;

/// How many tasks have a turn before the sockets are looked at, where there is always one that can
/// run. An answer's events that arrived together go out together once everybody had a turn
/// (`gateway/src/body/turn.rs`), and looking at the sockets ends the turn: with 64 streams and the
/// usual 61, that was before a third of them had theirs.
const TURNS: u32 = 1024;
