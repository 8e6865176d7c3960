//! Nothing runs without a name, an owner, and a way to stop.

mod spread;
mod thread;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

pub use self::spread::Spot;
use self::spread::{Place, Spread};
pub use self::thread::{aside, thread};

/// The one place that starts work which outlives its caller.
///
/// Clones share the same set of tasks and the same stop signal.
#[derive(Debug, Clone, Default)]
pub struct Tasks {
    stop: CancellationToken,
    running: TaskTracker,
    spread: Arc<Spread>,
}

/// How a wind-down ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drained {
    /// Everyone left in time.
    Fully,
    /// So many tasks were still running when the grace ended.
    Abandoned(usize),
}

impl Tasks {
    /// An empty set that nobody has asked to stop.
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts `task`, handing it the token it must watch.
    #[expect(clippy::disallowed_methods, reason = "the one place that may spawn")]
    pub fn spawn<F>(&self, name: &'static str, task: impl FnOnce(CancellationToken) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let work = task(self.stop.child_token());
        tokio::spawn(
            self.running
                .track_future(work.instrument(tracing::info_span!("task", name))),
        );
    }

    /// The same for one of many tasks, of which none waits for another: where they are more than a few,
    /// it may run on a second thread, in a runtime of its own. It keeps its spot as long as anything of it
    /// is on that thread.
    #[expect(clippy::disallowed_methods, reason = "the one place that may spawn")]
    pub fn spawn_spread<F>(
        &self,
        name: &'static str,
        task: impl FnOnce(CancellationToken, Spot) -> F,
    ) where
        F: Future<Output = ()> + Send + 'static,
    {
        let Place { thread, spot } = self.spread.place();
        let work = task(self.stop.child_token(), spot);
        let work = work.instrument(tracing::info_span!("task", name));
        let work = self.running.track_future(work);
        match thread {
            Some(thread) => thread.spawn(work),
            None => tokio::spawn(work),
        };
    }

    /// A token that is cancelled when the wind-down begins.
    pub fn stop_signal(&self) -> CancellationToken {
        self.stop.child_token()
    }

    /// How many tasks are running now.
    pub fn running(&self) -> usize {
        self.running.len()
    }

    /// Asks everyone to stop and waits, but not longer than `grace`.
    pub async fn wind_down(&self, grace: Duration) -> Drained {
        self.stop.cancel();
        self.running.close();
        match tokio::time::timeout(grace, self.running.wait()).await {
            Ok(()) => Drained::Fully,
            Err(_) => Drained::Abandoned(self.running.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use tokio::runtime::Handle;

    use super::*;

    #[tokio::test]
    async fn everyone_is_told_and_waited_for() {
        let tasks = Tasks::new();
        let (tell, told) = tokio::sync::oneshot::channel();
        tasks.spawn("patient", |stop| async move {
            stop.cancelled().await;
            let _ = tell.send(());
        });
        assert_eq!(tasks.running(), 1);
        assert_eq!(
            tasks.wind_down(Duration::from_secs(5)).await,
            Drained::Fully
        );
        assert!(told.await.is_ok());
    }

    #[tokio::test]
    async fn what_a_spread_task_starts_is_on_its_thread() {
        let (tasks, others) = (Tasks::new(), 20);
        let (tell, mut told) = tokio::sync::mpsc::channel(others);
        for _ in 0..others {
            let (tell, inner) = (tell.clone(), tasks.clone());
            tasks.spawn_spread("one of many", |stop, spot| async move {
                let _spot = spot;
                let outside = Handle::current().id();
                inner.spawn("its own", move |_| async move {
                    let _ = tell.send((outside, Handle::current().id())).await;
                });
                stop.cancelled().await;
            });
        }
        let mut threads = HashSet::new();
        for _ in 0..others {
            let (outside, inside) = told.recv().await.unwrap();
            assert_eq!(outside, inside);
            threads.insert(outside);
        }
        assert_eq!(threads.len(), 2);
        assert_eq!(
            tasks.wind_down(Duration::from_secs(5)).await,
            Drained::Fully
        );
    }

    #[tokio::test]
    async fn a_deaf_task_is_counted_and_left_behind() {
        let tasks = Tasks::new();
        tasks.spawn("deaf", |_| std::future::pending());
        assert_eq!(tasks.wind_down(Duration::ZERO).await, Drained::Abandoned(1));
    }
}
