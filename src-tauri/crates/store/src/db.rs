//! The only opener of the database.
//!
//! - One thread writes, in batches, out of a bounded queue. A write that must last waits for its
//!   place and is acknowledged after the commit; a line of the log that finds the queue full is
//!   lost and counted, so that no response ever waits for the disk. Lines that follow each other
//!   closely share a transaction.
//! - Reading happens on two connections of its own: a slow question never holds up the door.
//! - Migrations only add. An older Postern opens a newer database.
//! - A damaged file is moved aside, told, and made anew from what can still be read of it.
//! - Other processes may have the same file open.

mod damage;
mod fault;
mod fresh;
mod migrate;
mod open;
mod queue;
mod writer;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use base::Clock;
use parking_lot::Mutex;
use rusqlite::Connection;
use tokio::sync::oneshot;

pub use self::fault::DatabaseFault;
pub(crate) use self::fresh::Fresh;
pub(crate) use self::queue::Rank;
use self::queue::{Job, Queue};
use crate::paths::Paths;

/// The database. Clones are the same one.
#[derive(Clone)]
pub struct Database(Arc<Inner>);

struct Inner {
    queue: Arc<Queue>,
    writer: Mutex<Option<JoinHandle<()>>>,
    /// For whoever has a question that may take a while.
    questions: Mutex<Connection>,
    /// For what every request looks at.
    door: Mutex<Connection>,
    recovered_from: Option<PathBuf>,
}

impl Database {
    /// Opens or creates it, and brings its tables up to date.
    ///
    /// # Errors
    /// The file cannot be made or opened. A damaged file is not an error.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "clocks are handed over like everywhere else"
    )]
    pub fn open(paths: &Paths, clock: Clock) -> Result<Self, DatabaseFault> {
        let opened = open::open(paths, &clock)?;
        let queue = Arc::new(Queue::new());
        let writer = writer::start(opened.writer, Arc::clone(&queue))
            .map_err(|error| DatabaseFault::Failed(error.to_string()))?;
        Ok(Self(Arc::new(Inner {
            queue,
            writer: Mutex::new(Some(writer)),
            questions: Mutex::new(opened.questions),
            door: Mutex::new(opened.door),
            recovered_from: opened.recovered_from,
        })))
    }

    /// Where a damaged database was moved to when this one was opened.
    pub fn recovered_from(&self) -> Option<&Path> {
        self.0.recovered_from.as_deref()
    }

    /// Returns when everything handed over so far is committed.
    ///
    /// # Errors
    /// The database is closed.
    pub async fn flush(&self) -> Result<(), DatabaseFault> {
        self.write(|_| Ok(())).await
    }

    /// Commits what was handed over and stops the writer; later writes fail.
    ///
    /// # Errors
    /// The database is closed already.
    pub async fn close(&self) -> Result<(), DatabaseFault> {
        self.flush().await?;
        self.0.queue.close();
        let writer = self.0.writer.lock().take();
        let joined = tokio::task::spawn_blocking(move || writer.map(JoinHandle::join)).await;
        match joined {
            Ok(None | Some(Ok(()))) => Ok(()),
            Ok(Some(Err(_))) | Err(_) => Err(DatabaseFault::Closed),
        }
    }

    /// Runs `work` in the writer's next transaction; returns after the commit.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, DatabaseFault> {
        let (tell, told) = oneshot::channel();
        let made = Arc::new(Mutex::new(None));
        let make = Arc::clone(&made);
        let job = Job::new(
            Rank::Duty,
            move |connection| {
                *make.lock() = Some(work(connection)?);
                Ok(())
            },
            move |outcome| {
                let made = made.lock().take();
                // Whoever hung up meanwhile has its work done all the same.
                let _ = tell.send(outcome.and_then(|()| made.ok_or(DatabaseFault::Closed)));
            },
        );
        self.0.queue.push(job)?;
        told.await.unwrap_or(Err(DatabaseFault::Closed))
    }

    /// Hands `work` over and goes on; `done` hears after the commit how it went.
    ///
    /// # Errors
    /// The queue is full for work of this rank, or closed; `done` hears nothing then.
    pub(crate) fn hand_over(
        &self,
        rank: Rank,
        work: impl FnOnce(&Connection) -> rusqlite::Result<()> + Send + 'static,
        done: impl FnOnce(Result<(), DatabaseFault>) + Send + 'static,
    ) -> Result<(), DatabaseFault> {
        self.0.queue.push(Job::new(rank, work, done))
    }

    /// Asks something that may take a while, also because somebody else asks. Other tasks of this thread go
    /// on meanwhile.
    pub(crate) fn ask<T>(
        &self,
        question: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, DatabaseFault> {
        base::aside(|| question(&self.0.questions.lock())).map_err(DatabaseFault::from)
    }

    /// Asks what every request asks; must be quick.
    fn ask_at_the_door<T>(
        &self,
        question: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, DatabaseFault> {
        question(&self.0.door.lock()).map_err(DatabaseFault::from)
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Database(..)")
    }
}

/// What was handed over before the last handle went is written.
impl Drop for Inner {
    fn drop(&mut self) {
        self.queue.close();
        if let Some(writer) = self.writer.get_mut().take() {
            let _ = writer.join();
        }
    }
}

#[cfg(test)]
mod tests;
