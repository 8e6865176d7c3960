//! The log of requests: bounded, never in anyone's way.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base::{Clock, Timestamp};
use parking_lot::Mutex;
use tokio::sync::watch;

use super::line::Line;
use super::pages::{self, Narrow, Page};
use super::rows;
use super::ticket::Ticket;
use super::totals::{self, By, Total};
use crate::db::{Database, DatabaseFault, Rank};

/// How much the log may keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes of its lines, with what the database needs for them.
    pub max_bytes: u64,
    /// Age of the oldest line.
    pub keep: Duration,
}

/// As the default settings have it: 16 MiB, 30 days.
impl Default for Bounds {
    fn default() -> Self {
        Self {
            max_bytes: 16 * 1024 * 1024,
            keep: Duration::from_secs(30 * 24 * 60 * 60),
        }
    }
}

/// The log. Clones share it.
#[derive(Clone)]
pub struct Log(Arc<Inner>);

struct Inner {
    db: Database,
    clock: Clock,
    /// Unknown until somebody says them; nothing is trimmed before.
    bounds: Mutex<Option<Bounds>>,
    handed: AtomicU64,
    written: Arc<watch::Sender<u64>>,
    lost: Arc<AtomicU64>,
}

impl Log {
    /// The log kept in `db`; nothing of it goes before [`Self::bound`] says how much it may keep.
    pub fn open(db: Database, clock: Clock) -> Self {
        Self(Arc::new(Inner {
            db,
            clock,
            bounds: Mutex::default(),
            handed: AtomicU64::new(0),
            written: Arc::new(watch::Sender::new(0)),
            lost: Arc::default(),
        }))
    }

    /// Changes how much is kept and trims the log to it.
    pub fn bound(&self, bounds: Bounds) {
        let before = self.0.bounds.lock().replace(bounds);
        if before != Some(bounds) {
            self.trim();
        }
    }

    /// A ticket for the request that `line` tells of and that arrived when [`Clock::passed`]
    /// said `passed`.
    pub fn ticket(&self, line: Line, passed: Duration) -> Ticket {
        Ticket::new(self.clone(), line, passed)
    }

    /// The newest lines, newest first.
    pub fn recent(&self, limit: usize) -> Vec<Line> {
        or_nothing(self.0.db.ask(|connection| rows::recent(connection, limit)))
    }

    /// Lines newer than row `rowid`, oldest first, each with its row; `0` begins at the oldest.
    pub fn after(&self, rowid: i64, limit: usize) -> Vec<(i64, Line)> {
        or_nothing(
            self.0
                .db
                .ask(|connection| rows::after(connection, rowid, limit)),
        )
    }

    /// The newest row's number, zero while there is none: where following begins.
    pub fn last_row(&self) -> i64 {
        or_nothing(self.0.db.ask(rows::last))
    }

    /// How many lines were lost since this log was opened: the queue or the disk was full.
    pub fn lost(&self) -> u64 {
        self.0.lost.load(Ordering::Relaxed)
    }

    /// Sums over the lines since `since`, by name; days in order.
    pub fn totals(&self, by: By, since: Timestamp) -> Vec<Total> {
        or_nothing(
            self.0
                .db
                .ask(|connection| totals::sum(connection, by, since)),
        )
    }

    /// The sums of each day (UTC) and key since `since`, by day and then by name.
    pub fn daily(&self, since: Timestamp) -> Vec<(String, Total)> {
        or_nothing(self.0.db.ask(|connection| pages::daily(connection, since)))
    }

    /// A page of the lines that `narrow` lets through, newest first: at most `limit` of those
    /// before row `before`.
    pub fn page(&self, narrow: &Narrow, before: Option<i64>, limit: usize) -> Page {
        or_nothing(
            self.0
                .db
                .ask(|connection| pages::page(connection, narrow, before, limit)),
        )
    }

    /// The line of one request, with its row.
    pub fn find(&self, request_id: &str) -> Option<(i64, Line)> {
        or_nothing(
            self.0
                .db
                .ask(|connection| pages::find(connection, request_id)),
        )
    }

    /// The last line of each key that was ever used, the newest first.
    pub fn last_of_each_key(&self) -> Vec<Line> {
        or_nothing(self.0.db.ask(pages::last_of_each_key))
    }

    /// How many lines this process has written; changes when a new one can be read.
    pub fn written(&self) -> watch::Receiver<u64> {
        self.0.written.subscribe()
    }

    pub(super) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Hands one line to the writer. Never waits.
    pub(super) fn append(&self, line: Line) {
        let (lost, written) = (Arc::clone(&self.0.lost), Arc::clone(&self.0.written));
        let count = move |outcome: Result<(), DatabaseFault>| match outcome {
            Ok(()) => written.send_modify(|count| *count += 1),
            Err(_) => {
                lost.fetch_add(1, Ordering::Relaxed);
            }
        };
        let work = move |connection: &rusqlite::Connection| rows::insert(connection, &line);
        if let Err(fault) = self.0.db.hand_over(Rank::Line, work, count) {
            self.0.lost.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(name: "usage.lost", %fault, "a line of the log is lost");
        }
        let handed = self.0.handed.fetch_add(1, Ordering::Relaxed);
        if handed % BETWEEN_TRIMS == BETWEEN_TRIMS - 1 {
            self.trim();
        }
    }

    fn trim(&self) {
        let Some(bounds) = *self.0.bounds.lock() else {
            return;
        };
        let oldest = self.0.clock.now().minus(bounds.keep);
        let handed = self.0.db.hand_over(
            Rank::Duty,
            move |connection| rows::trim(connection, oldest, bounds.max_bytes),
            |outcome| {
                if let Err(fault) = outcome {
                    tracing::warn!(name: "usage.untrimmed", %fault, "the log was not trimmed");
                }
            },
        );
        if let Err(fault) = handed {
            tracing::warn!(name: "usage.untrimmed", %fault, "the log was not trimmed");
        }
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Log(..)")
    }
}

/// A log that cannot be read is shown empty; the reason is in the program's own log.
fn or_nothing<T: Default>(read: Result<T, DatabaseFault>) -> T {
    read.unwrap_or_else(|fault| {
        tracing::warn!(name: "usage.unread", %fault, "the log could not be read");
        T::default()
    })
}

/// Lines between two looks at the bounds; some tens of KiB.
const BETWEEN_TRIMS: u64 = 128;
