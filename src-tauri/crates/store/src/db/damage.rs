//! That a database was damaged, until a person was told.
//!
//! Whichever process opens a damaged file makes the new one, and it may be one that nobody looks at.
//! So the new file itself says what became of the old one.

use std::path::{Path, PathBuf};

use base::Timestamp;
use rusqlite::{Connection, OptionalExtension as _};

use super::{Database, DatabaseFault, Rank};

impl Database {
    /// Where a damaged database was moved to, by any process, unless a person was told already.
    pub fn damage(&self) -> Option<PathBuf> {
        let told = self.ask(|connection| {
            connection
                .prepare_cached("SELECT json FROM snapshot WHERE name = ?1")?
                .query_row([NAME], |row| row.get::<_, String>(0))
                .optional()
        });
        serde_json::from_str(&told.ok()??).ok()
    }

    /// Notes that a person was told; written a moment later.
    pub fn damage_was_told(&self) {
        let forget = |connection: &Connection| {
            connection
                .execute("DELETE FROM snapshot WHERE name = ?1", [NAME])
                .map(drop)
        };
        if let Err(fault) = self.hand_over(Rank::Duty, forget, |_| {}) {
            tracing::warn!(name: "database.told_again", %fault, "the damage will be told again");
        }
    }
}

/// Writes into a new database that the old one was damaged and lies at `aside`.
pub(super) fn note(
    connection: &Connection,
    aside: &Path,
    now: Timestamp,
) -> Result<(), DatabaseFault> {
    let json = serde_json::to_string(&aside.to_string_lossy()).unwrap_or_default();
    connection.execute(
        "INSERT OR REPLACE INTO snapshot (name, at, json) VALUES (?1, ?2, ?3)",
        (NAME, now.millis(), json),
    )?;
    Ok(())
}

/// The snapshot that says it.
const NAME: &str = "database.damaged";
