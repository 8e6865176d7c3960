//! One thread for everything that waits.

use std::io;

use tokio::runtime::{Builder, Handle, Runtime, RuntimeFlavor};
use tokio::task::block_in_place;

/// Starts a thread for tasks. All take their turns on it: a request that stays on one thread wakes
/// nobody on its way, and costs a sixth less. What takes long goes elsewhere, by [`aside`] or
/// `spawn_blocking`.
///
/// # Errors
/// The system gives no thread.
pub fn thread() -> io::Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(1)
        .event_interval(TURNS)
        .enable_all()
        .build()
}

/// Does `work` that takes a while. The other tasks of this thread go on meanwhile, elsewhere, as far as its
/// runtime can do that; handing them over takes some 50 µs.
pub fn aside<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => block_in_place(work),
        Ok(_) | Err(_) => work(),
    }
}

/// How many tasks have a turn before the sockets are looked at, where there is always one that can
/// run. An answer's events that arrived together go out together once everybody had a turn
/// (`gateway/src/body/turn.rs`), and looking at the sockets ends the turn: with 64 streams and the
/// usual 61, that was before a third of them had theirs.
const TURNS: u32 = 1024;
