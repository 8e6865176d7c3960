//! One piece of work that many wait for, and that none of them can take down.
//!
//! The work runs in a task of its own; a caller that leaves changes nothing for the others. The lock
//! is held only to look, never while waiting.

use std::future::Future;
use std::sync::Arc;

use base::Tasks;
use parking_lot::Mutex;
use tokio::sync::watch;

/// A place for at most one piece of work at a time. Clones share it.
pub(crate) struct Flight<T>(Arc<Mutex<Option<Landing<T>>>>);

type Landing<T> = watch::Receiver<Option<T>>;

impl<T: Clone + Send + Sync + 'static> Flight<T> {
    /// Joins the work under way, or starts `work`. `None` when its task died without a word, which
    /// happens only while the process winds down.
    pub(crate) async fn join<F>(
        &self,
        tasks: &Tasks,
        name: &'static str,
        work: impl FnOnce() -> F,
    ) -> Option<T>
    where
        F: Future<Output = T> + Send + 'static,
    {
        let mut landing = {
            let mut place = self.0.lock();
            match place.as_ref().filter(|running| is_alive(running)) {
                Some(running) => running.clone(),
                None => place.insert(self.start(tasks, name, work())).clone(),
            }
        };
        let landed = landing.wait_for(Option::is_some).await;
        landed.ok().and_then(|outcome| outcome.clone())
    }

    /// Waits until nothing is under way.
    pub(crate) async fn settled(&self) {
        let running = self.0.lock().clone();
        if let Some(mut running) = running {
            let _ = running.wait_for(Option::is_some).await;
        }
    }

    fn start<F>(&self, tasks: &Tasks, name: &'static str, work: F) -> Landing<T>
    where
        F: Future<Output = T> + Send + 'static,
    {
        let (tell, landing) = watch::channel(None);
        let place = Arc::clone(&self.0);
        tasks.spawn(name, move |_| async move {
            let outcome = work.await;
            // First cleared, then told: whoever hears of the outcome may start the next one.
            *place.lock() = None;
            tell.send_replace(Some(outcome));
        });
        landing
    }
}

impl<T> Default for Flight<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T> std::fmt::Debug for Flight<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Flight(..)")
    }
}

fn is_alive<T>(running: &Landing<T>) -> bool {
    running.has_changed().is_ok()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::future::join_all;
    use tokio::sync::Notify;

    use super::*;

    #[tokio::test]
    async fn fifty_callers_share_one_flight() {
        let (flight, tasks) = (Flight::default(), Tasks::new());
        let started = Arc::new(AtomicUsize::new(0));
        let callers = (0..50).map(|_| {
            flight.join(&tasks, "test", || {
                let started = Arc::clone(&started);
                async move { started.fetch_add(1, Ordering::SeqCst) }
            })
        });
        let outcomes = join_all(callers).await;
        assert!(outcomes.into_iter().all(|outcome| outcome == Some(0)));
        assert_eq!(started.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_caller_that_leaves_does_not_end_the_flight() {
        let (flight, tasks) = (Flight::default(), Tasks::new());
        let (begun, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let work = {
            let (begun, go) = (Arc::clone(&begun), Arc::clone(&go));
            move || async move {
                begun.notify_one();
                go.notified().await;
                7
            }
        };
        tokio::select! {
            _ = flight.join(&tasks, "test", work) => panic!("the work cannot have ended"),
            () = begun.notified() => {}
        }
        go.notify_one();
        let joined = flight.join(&tasks, "test", || async { 8 }).await;
        assert!(matches!(joined, Some(7 | 8)));
        flight.settled().await;
        assert_eq!(flight.join(&tasks, "test", || async { 9 }).await, Some(9));
    }
}
