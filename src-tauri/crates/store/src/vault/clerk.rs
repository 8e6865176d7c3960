//! The one who talks to the keyring: one call at a time, on a thread of its own, with a limit.
//!
//! Keyrings block for as long as a person looks at a prompt, and their makers warn against
//! parallel access. An answer that comes after its asker has left is not thrown away: it goes
//! to `late`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use base::Clock;
use parking_lot::Mutex;
use tokio::sync::oneshot;

use super::fault::KeyringFault;
use super::keyring::KeyHolder;

type Job = Box<dyn FnOnce(&dyn KeyHolder) + Send>;

pub(super) struct Clerk {
    holder: Arc<dyn KeyHolder>,
    clock: Clock,
    /// Made with the first question, so that a vault without a keyring has no thread.
    jobs: Mutex<Option<SyncSender<Job>>>,
}

impl Clerk {
    pub(super) fn new(holder: Arc<dyn KeyHolder>, clock: Clock) -> Self {
        Self {
            holder,
            clock,
            jobs: Mutex::new(None),
        }
    }

    /// True where asking unprompted can show no prompt.
    pub(super) fn is_quiet(&self) -> bool {
        self.holder.is_quiet()
    }

    /// What `work` says, or [`KeyringFault::Locked`] when `limit` passes first.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        limit: Duration,
        work: impl FnOnce(&dyn KeyHolder) -> Result<T, KeyringFault> + Send + 'static,
        late: impl FnOnce(Result<T, KeyringFault>) + Send + 'static,
    ) -> Result<T, KeyringFault> {
        let (tell, told) = oneshot::channel();
        let job: Job = Box::new(move |holder| {
            // Whoever stopped waiting before it was this job's turn has asked again since, or
            // does not care.
            if !tell.is_closed()
                && let Err(answer) = tell.send(work(holder))
            {
                late(answer);
            }
        });
        if !self.hand_over(job)? {
            return Err(KeyringFault::Locked);
        }
        match self.clock.timeout(limit, told).await {
            Some(Ok(answer)) => answer,
            Some(Err(_)) => Err(KeyringFault::Other("it gave no answer".to_owned())),
            None => Err(KeyringFault::Locked),
        }
    }

    /// False where so many calls wait already that this one would not come to its turn.
    fn hand_over(&self, job: Job) -> Result<bool, KeyringFault> {
        let mut jobs = self.jobs.lock();
        let sender = match &mut *jobs {
            Some(sender) => sender,
            none => none.insert(self.start()?),
        };
        Ok(sender.try_send(job).is_ok())
    }

    fn start(&self) -> Result<SyncSender<Job>, KeyringFault> {
        let (sender, receiver) = sync_channel(MOST_WAITING);
        let holder = Arc::clone(&self.holder);
        std::thread::Builder::new()
            .name("keyring".to_owned())
            .spawn(move || work_off(&receiver, &*holder))
            .map_err(|error| KeyringFault::Other(error.to_string()))?;
        Ok(sender)
    }
}

fn work_off(jobs: &Receiver<Job>, holder: &dyn KeyHolder) {
    while let Ok(first) = jobs.recv() {
        let mut next = Some(first);
        while let Some(job) = next {
            guarded(|| job(holder));
            next = jobs.recv_timeout(REST_AFTER).ok();
        }
        guarded(|| holder.rest());
    }
}

/// A keyring that panics answers nobody, but the thread is there for the next question.
fn guarded(work: impl FnOnce()) {
    let _ = catch_unwind(AssertUnwindSafe(work));
}

/// What is asked for together comes well within this.
const REST_AFTER: Duration = Duration::from_secs(3);

/// One runs, one waits behind a prompt, the rest is impatience.
const MOST_WAITING: usize = 8;
