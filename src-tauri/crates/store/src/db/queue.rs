//! What waits to be written.

use std::collections::VecDeque;

use parking_lot::{Condvar, Mutex};
use rusqlite::Connection;

use super::fault::DatabaseFault;

/// How much a piece of work matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rank {
    /// Must be written, or its owner must hear that it was not.
    Duty,
    /// A line of the log: lost where too many wait.
    Line,
}

type Work = Box<dyn FnOnce(&Connection) -> rusqlite::Result<()> + Send>;
type Done = Box<dyn FnOnce(Result<(), DatabaseFault>) + Send>;

/// One piece of work, and who hears how it went.
pub(super) struct Job {
    pub(super) rank: Rank,
    pub(super) work: Work,
    pub(super) done: Done,
}

impl Job {
    pub(super) fn new(
        rank: Rank,
        work: impl FnOnce(&Connection) -> rusqlite::Result<()> + Send + 'static,
        done: impl FnOnce(Result<(), DatabaseFault>) + Send + 'static,
    ) -> Self {
        Self {
            rank,
            work: Box::new(work),
            done: Box::new(done),
        }
    }
}

/// First in, first out, with a bound for each rank.
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    filled: Condvar,
}

struct Waiting {
    jobs: VecDeque<Job>,
    lines: usize,
    closed: bool,
}

impl Queue {
    pub(super) fn new() -> Self {
        Self {
            waiting: Mutex::new(Waiting {
                jobs: VecDeque::new(),
                lines: 0,
                closed: false,
            }),
            filled: Condvar::new(),
        }
    }

    pub(super) fn push(&self, job: Job) -> Result<(), DatabaseFault> {
        let mut waiting = self.waiting.lock();
        if waiting.closed {
            return Err(DatabaseFault::Closed);
        }
        let (rank, duties) = (job.rank, waiting.jobs.len() - waiting.lines);
        match rank {
            Rank::Line if waiting.lines >= MOST_LINES => return Err(DatabaseFault::Crowded),
            Rank::Duty if duties >= MOST_DUTIES => return Err(DatabaseFault::Crowded),
            Rank::Line => waiting.lines += 1,
            Rank::Duty => {}
        }
        waiting.jobs.push_back(job);
        drop(waiting);
        self.filled.notify_one();
        Ok(())
    }

    /// The next jobs, as many as fit one transaction; waits for some. `None` when the queue is
    /// closed and empty.
    pub(super) fn take(&self) -> Option<Vec<Job>> {
        let mut waiting = self.waiting.lock();
        while waiting.jobs.is_empty() {
            if waiting.closed {
                return None;
            }
            self.filled.wait(&mut waiting);
        }
        let count = waiting.jobs.len().min(BATCH);
        let jobs: Vec<Job> = waiting.jobs.drain(..count).collect();
        waiting.lines -= jobs.iter().filter(|job| job.rank == Rank::Line).count();
        Some(jobs)
    }

    /// Lets nothing more in.
    pub(super) fn close(&self) {
        self.waiting.lock().closed = true;
        self.filled.notify_all();
    }
}

/// A minute's lines at a rate no single person reaches; a few hundred KiB.
pub(super) const MOST_LINES: usize = 1024;
/// Each of them has somebody waiting for it, or replaces an earlier one.
pub(super) const MOST_DUTIES: usize = 1024;
/// Keeps a transaction short enough for other processes to get theirs.
const BATCH: usize = 256;
