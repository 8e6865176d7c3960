//! Work that grows with what a client sent, done where it holds up nobody else.
//!
//! A request stays on one thread, which it shares with others (`base/src/tasks/thread.rs`). Reading a body
//! of many megabytes and writing it anew would keep that thread from everyone, so its other tasks go on
//! elsewhere meanwhile.

use std::future::{Future, poll_fn};

use base::aside;

/// Does `work`, which begins with reading a body of so many `bytes`. Where they are many, the other tasks of
/// this thread go on while it begins; later it waits for the backend, and shares the thread again.
pub(crate) fn beside_others<F: Future>(bytes: usize, work: F) -> impl Future<Output = F::Output> {
    let mut work = Box::pin(work);
    let mut aside_left = if bytes < LONG { 0 } else { BEGINNING };
    poll_fn(move |cx| {
        if aside_left == 0 {
            return work.as_mut().poll(cx);
        }
        aside_left -= 1;
        aside(|| work.as_mut().poll(cx))
    })
}

/// How often work is resumed before its body has been read and sent on: it may have to wait for a token,
/// and for what is stored.
const BEGINNING: usize = 4;
/// Bytes that take about a millisecond; handing over takes a twentieth of one.
const LONG: usize = 256 << 10;

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use tokio::runtime::Builder;

    use super::*;

    /// True where somebody else of the same thread had a turn while the work was done.
    fn others_go_on(bytes: usize, patience: Duration) -> bool {
        let mut runtime = Builder::new_multi_thread();
        let runtime = runtime.worker_threads(1).build().unwrap();
        let (say, said) = mpsc::channel();
        let both = runtime.spawn(async move {
            let mut others = tokio::task::JoinSet::new();
            others.spawn(async move { say.send(()) });
            beside_others(bytes, async move { said.recv_timeout(patience).is_ok() }).await
        });
        runtime.block_on(both).unwrap()
    }

    #[test]
    fn others_go_on_while_a_large_body_is_worked_on() {
        assert!(others_go_on(LONG, Duration::from_secs(20)));
    }

    #[test]
    fn a_small_one_is_worked_on_at_once() {
        assert!(!others_go_on(LONG - 1, Duration::ZERO));
    }

    #[tokio::test]
    async fn where_there_is_only_one_thread_it_is_done_all_the_same() {
        assert_eq!(beside_others(LONG, async { 7 }).await, 7);
    }
}
