//! Small named JSON texts with their time: the last reading of this and that.

use std::fmt;

use base::{Clock, Timestamp};
use rusqlite::OptionalExtension as _;

use crate::db::{Database, Rank};

/// The snapshots. Clones share them.
#[derive(Clone)]
pub struct Snapshots {
    db: Database,
    clock: Clock,
}

impl Snapshots {
    /// The snapshots kept in `db`.
    pub fn open(db: Database, clock: Clock) -> Self {
        Self { db, clock }
    }

    /// Keeps `json` as `name`, replacing what was there; written a moment later. Losing one is
    /// harmless: the next reading makes another.
    pub fn put(&self, name: &str, json: &str) {
        let row = (name.to_owned(), self.clock.now().millis(), json.to_owned());
        let handed = self.db.hand_over(
            Rank::Line,
            move |connection| {
                connection
                    .prepare_cached(
                        "INSERT OR REPLACE INTO snapshot (name, at, json) VALUES (?1, ?2, ?3)",
                    )?
                    .execute(row)
                    .map(drop)
            },
            |_| {},
        );
        if let Err(fault) = handed {
            tracing::warn!(name: "snapshots.lost", %fault, "a snapshot was not kept");
        }
    }

    /// What was last put as `name`, and when.
    pub fn get(&self, name: &str) -> Option<(Timestamp, String)> {
        let found = self.db.ask(|connection| {
            connection
                .prepare_cached("SELECT at, json FROM snapshot WHERE name = ?1")?
                .query_row([name], |row| {
                    Ok((Timestamp::from_millis(row.get(0)?), row.get(1)?))
                })
                .optional()
        });
        found.unwrap_or_else(|fault| {
            tracing::warn!(name: "snapshots.unread", %fault, "a snapshot could not be read");
            None
        })
    }
}

impl fmt::Debug for Snapshots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Snapshots(..)")
    }
}
