//! Bringing tables up to date.
//!
//! A migration only adds: tables, columns with defaults, indexes. So an older Postern works on a
//! newer database; it knows nothing of what was added and leaves it alone. A change that does more
//! than add raises [`FORM`], and an older Postern then refuses the file.

use base::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, TransactionBehavior};

use super::fault::DatabaseFault;

/// What `PRAGMA user_version` says of files that this Postern understands; a file says zero unless
/// somebody raised it.
const FORM: i64 = 0;

/// Every migration in order; its number is its place, counted from one.
const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/0001_start.sql"),
    include_str!("../../migrations/0002_archive.sql"),
    include_str!("../../migrations/0003_usage_size.sql"),
    include_str!("../../migrations/0004_preferences.sql"),
    include_str!("../../migrations/0005_completions.sql"),
];

/// Refuses a file of a later form, and makes sure that closing it changes nothing.
pub(super) fn refuse_newer(connection: &Connection) -> Result<(), DatabaseFault> {
    let form: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if form <= FORM {
        return Ok(());
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Err(DatabaseFault::Newer)
}

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
