//! What waits to be written.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

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
    /// Written along with whatever is written next: not worth a transaction of its own.
    Note,
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

/// First in, first out, with a bound for each rank. Notes by themselves wake nobody, and lines that follow
/// others closely wait for each other, because a transaction costs more than many lines.
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    filled: Condvar,
}

struct Waiting {
    jobs: VecDeque<Job>,
    lines: usize,
    notes: usize,
    closed: bool,
    /// When lines were last taken.
    taken: Option<Instant>,
}

/// When what waits is worth a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    Now,
    At(Instant),
    /// When more comes.
    Later,
}

impl Waiting {
    fn duties(&self) -> usize {
        self.jobs.len() - self.lines - self.notes
    }

    fn due(&self, now: Instant) -> Due {
        if self.closed || self.duties() > 0 || self.lines >= BATCH {
            return Due::Now;
        }
        if self.lines == 0 {
            return Due::Later;
        }
        match self.taken.map(|taken| taken + PAUSE) {
            Some(next) if next > now => Due::At(next),
            Some(_) | None => Due::Now,
        }
    }

    fn count(&mut self, rank: Rank) -> Option<&mut usize> {
        match rank {
            Rank::Duty => None,
            Rank::Line => Some(&mut self.lines),
            Rank::Note => Some(&mut self.notes),
        }
    }
}

impl Queue {
    pub(super) fn new() -> Self {
        Self {
            waiting: Mutex::new(Waiting {
                jobs: VecDeque::new(),
                lines: 0,
                notes: 0,
                closed: false,
                taken: None,
            }),
            filled: Condvar::new(),
        }
    }

    pub(super) fn push(&self, job: Job) -> Result<(), DatabaseFault> {
        let mut waiting = self.waiting.lock();
        if waiting.closed {
            return Err(DatabaseFault::Closed);
        }
        let rank = job.rank;
        let (there, most) = match rank {
            Rank::Duty => (waiting.duties(), MOST_DUTIES),
            Rank::Line => (waiting.lines, MOST_LINES),
            Rank::Note => (waiting.notes, MOST_NOTES),
        };
        if there >= most {
            return Err(DatabaseFault::Crowded);
        }
        if let Some(count) = waiting.count(rank) {
            *count += 1;
        }
        waiting.jobs.push_back(job);
        // Others change nothing in what the writer waits for.
        let is_news = match rank {
            Rank::Duty => true,
            Rank::Line => [1, BATCH].contains(&waiting.lines),
            Rank::Note => false,
        };
        drop(waiting);
        if is_news {
            self.filled.notify_one();
        }
        Ok(())
    }

    /// The next jobs, as many as fit one transaction; waits until they are worth one. `None` when the
    /// queue is closed and empty.
    pub(super) fn take(&self) -> Option<Vec<Job>> {
        let mut waiting = self.waiting.lock();
        loop {
            match waiting.due(now()) {
                Due::Now => break,
                Due::At(next) => drop(self.filled.wait_until(&mut waiting, next)),
                Due::Later => self.filled.wait(&mut waiting),
            }
        }
        if waiting.jobs.is_empty() {
            return None;
        }
        let count = waiting.jobs.len().min(BATCH);
        let jobs: Vec<Job> = waiting.jobs.drain(..count).collect();
        for job in &jobs {
            if let Some(count) = waiting.count(job.rank) {
                *count -= 1;
            }
        }
        if jobs.iter().any(|job| job.rank == Rank::Line) {
            waiting.taken = Some(now());
        }
        Some(jobs)
    }

    /// Lets nothing more in.
    pub(super) fn close(&self) {
        self.waiting.lock().closed = true;
        self.filled.notify_all();
    }
}

/// The system's own time: this thread waits by it.
#[expect(
    clippy::disallowed_methods,
    reason = "a thread that waits in the system cannot be woken by another clock"
)]
fn now() -> Instant {
    Instant::now()
}

/// From lines that were taken to the next. A person sees no difference, and a line that comes by itself
/// is written at once. Whoever kills the program loses the lines of this time.
const PAUSE: Duration = Duration::from_millis(50);
/// A minute's lines at a rate no single person reaches; a few hundred KiB.
pub(super) const MOST_LINES: usize = 1024;
/// Each of them has somebody waiting for it, or replaces an earlier one.
pub(super) const MOST_DUTIES: usize = 1024;
/// Each stands for all of its kind, and there are few kinds.
const MOST_NOTES: usize = 64;
/// Keeps a transaction short enough for other processes to get theirs.
const BATCH: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    fn job(rank: Rank) -> Job {
        Job::new(rank, |_| Ok(()), |_| {})
    }

    fn ranks(jobs: Option<Vec<Job>>) -> Option<Vec<Rank>> {
        let ranks = |jobs: Vec<Job>| jobs.into_iter().map(|job| job.rank).collect();
        jobs.map(ranks)
    }

    #[test]
    fn a_note_goes_along_with_what_comes_next() {
        for next in [Rank::Duty, Rank::Line] {
            let queue = Queue::new();
            queue.push(job(Rank::Note)).unwrap();
            assert_eq!(queue.waiting.lock().due(now()), Due::Later);
            queue.push(job(next)).unwrap();
            assert_eq!(ranks(queue.take()), Some(vec![Rank::Note, next]));
            assert_eq!(queue.waiting.lock().due(now()), Due::Later);
        }
    }

    #[test]
    fn lines_that_follow_closely_wait_for_each_other() {
        let queue = Queue::new();
        let due = |now| queue.waiting.lock().due(now);
        let began = now();
        queue.push(job(Rank::Line)).unwrap();
        assert_eq!(due(began), Due::Now, "nothing was written before it");
        assert_eq!(ranks(queue.take()), Some(vec![Rank::Line]));
        queue.push(job(Rank::Line)).unwrap();
        let taken = queue.waiting.lock().taken.unwrap();
        let next = taken + PAUSE;
        for (now, expected) in [(taken, Due::At(next)), (next, Due::Now)] {
            assert_eq!(due(now), expected);
        }
        queue.push(job(Rank::Note)).unwrap();
        assert_eq!(due(taken), Due::At(next), "a note changes nothing");
        queue.push(job(Rank::Duty)).unwrap();
        assert_eq!(due(taken), Due::Now, "somebody waits for a duty");
        let all = vec![Rank::Line, Rank::Note, Rank::Duty];
        assert_eq!(ranks(queue.take()), Some(all));
    }

    #[test]
    fn lines_wait_no_longer_when_they_fill_a_transaction_or_nothing_more_comes() {
        for end in [
            |queue: &Queue| queue.close(),
            |queue: &Queue| {
                (1..BATCH).for_each(|_| queue.push(job(Rank::Line)).unwrap());
            },
        ] {
            let queue = Queue::new();
            queue.push(job(Rank::Line)).unwrap();
            queue.take();
            queue.push(job(Rank::Line)).unwrap();
            let taken = queue.waiting.lock().taken.unwrap();
            assert_ne!(queue.waiting.lock().due(taken), Due::Now);
            end(&queue);
            assert_eq!(queue.waiting.lock().due(taken), Due::Now);
        }
    }

    #[test]
    fn a_note_that_finds_no_company_is_taken_at_the_end() {
        let queue = Queue::new();
        queue.push(job(Rank::Note)).unwrap();
        queue.close();
        assert_eq!(ranks(queue.take()), Some(vec![Rank::Note]));
        assert_eq!(ranks(queue.take()), None);
    }

    #[test]
    fn notes_take_no_room_from_others() {
        let queue = Queue::new();
        for _ in 0..MOST_NOTES {
            queue.push(job(Rank::Note)).unwrap();
        }
        let crowded = queue.push(job(Rank::Note));
        assert_eq!(crowded, Err(DatabaseFault::Crowded));
        for _ in 0..MOST_LINES {
            queue.push(job(Rank::Line)).unwrap();
        }
        queue.push(job(Rank::Duty)).unwrap();
    }
}
