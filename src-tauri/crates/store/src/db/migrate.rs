//! Bringing tables up to date.
//!
//! A migration only adds: tables, columns with defaults, indexes. So an older Postern works on a
//! newer database; it knows nothing of what was added and leaves it alone.

use base::Timestamp;
use rusqlite::{Connection, TransactionBehavior};

/// Every migration in order; its number is its place, counted from one.
const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/0001_start.sql"),
    include_str!("../../migrations/0002_archive.sql"),
    include_str!("../../migrations/0003_usage_size.sql"),
    include_str!("../../migrations/0004_preferences.sql"),
    include_str!("../../migrations/0005_completions.sql"),
];

/// Applies what is missing, all of it or nothing.
pub(super) fn migrate(connection: &mut Connection, now: Timestamp) -> rusqlite::Result<()> {
    // Another process may be opening too; who comes second finds nothing to do.
    let all = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    all.execute_batch(
        "CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL)",
    )?;
    for (number, sql) in (1_i64..).zip(MIGRATIONS) {
        let applied = all
            .prepare("SELECT 1 FROM migration WHERE number = ?1")?
            .exists([number])?;
        if !applied {
            all.execute_batch(sql)?;
            all.execute(
                "INSERT INTO migration (number, applied_at) VALUES (?1, ?2)",
                (number, now.millis()),
            )?;
        }
    }
    all.commit()
}
