//! The one thread that writes.

use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::fault::DatabaseFault;
use super::queue::{Job, Queue, Rank};

/// Starts the thread; it ends when the queue is closed and empty.
pub(super) fn start(mut connection: Connection, queue: Arc<Queue>) -> io::Result<JoinHandle<()>> {
    std::thread::Builder::new()
        .name("database".to_owned())
        .spawn(move || {
            while let Some(jobs) = queue.take() {
                write(&mut connection, jobs);
            }
            // Leaves one tidy file behind; another process that still reads keeps its log.
            let _ = connection.execute_batch("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE)");
        })
}

/// Writes `jobs` in one transaction. A job that fails takes no other with it.
fn write(connection: &mut Connection, jobs: Vec<Job>) {
    let mut heard = Vec::with_capacity(jobs.len());
    let committed = match connection.transaction_with_behavior(TransactionBehavior::Immediate) {
        Ok(mut batch) => {
            for job in jobs {
                let outcome = run(&mut batch, job.rank, job.work);
                heard.push((job.done, outcome));
            }
            batch.commit()
        }
        Err(error) => {
            heard.extend(jobs.into_iter().map(|job| (job.done, Ok(()))));
            Err(error)
        }
    };
    let lost = committed.err().map(DatabaseFault::from);
    if let Some(fault) = &lost {
        tracing::warn!(name: "database.unwritten", %fault, count = heard.len(), "nothing written");
    }
    for (done, outcome) in heard {
        done(match (outcome, &lost) {
            (Err(error), _) => Err(error.into()),
            (Ok(()), Some(fault)) => Err(fault.clone()),
            (Ok(()), None) => Ok(()),
        });
    }
}

fn run(
    batch: &mut Transaction<'_>,
    rank: Rank,
    work: impl FnOnce(&Connection) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    match rank {
        // One statement, which fails or works as a whole by itself.
        Rank::Line | Rank::Note => work(batch),
        Rank::Duty => {
            let part = batch.savepoint()?;
            work(&part)?;
            part.commit()
        }
    }
}
