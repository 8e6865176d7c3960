//! Counting tokens, where it holds up nobody: unpacking the vocabulary takes a tenth of a second,
//! and a long conversation more.

use translate::{Measure, Tokens};
use wire::Fault;

/// What `count` comes to, on a thread that may be kept busy.
pub(crate) async fn aside<T: Send + 'static>(
    count: impl FnOnce(Measure<'_>) -> T + Send + 'static,
) -> Result<T, Fault> {
    let work = tokio::task::spawn_blocking(move || {
        let tokens = Tokens::load();
        count(tokens.as_ref().map_or(Measure::Thumb, Measure::Tokens))
    });
    work.await.map_err(|_| Fault::Internal("counting stopped"))
}
