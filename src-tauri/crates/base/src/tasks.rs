//! Nothing runs without a name, an owner, and a way to stop.

use std::future::Future;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

/// The one place that starts work which outlives its caller.
///
/// Clones share the same set of tasks and the same stop signal.
#[derive(Debug, Clone, Default)]
pub struct Tasks {
    stop: CancellationToken,
    running: TaskTracker,
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
    async fn a_deaf_task_is_counted_and_left_behind() {
        let tasks = Tasks::new();
        tasks.spawn("deaf", |_| std::future::pending());
        assert_eq!(tasks.wind_down(Duration::ZERO).await, Drained::Abandoned(1));
    }
}
