//! Bounds: what goes, and in which order.

use base::Timestamp;
use rusqlite::{Connection, OptionalExtension as _};

/// Bytes of everything that is kept.
pub(super) fn used_bytes(connection: &Connection) -> rusqlite::Result<u64> {
    let sum: i64 = connection
        .prepare_cached(
            "SELECT (SELECT coalesce(sum(bytes), 0) FROM kept_response)
                  + (SELECT coalesce(sum(bytes), 0) FROM conversation)
                  + (SELECT coalesce(sum(bytes), 0) FROM conversation_item)",
        )?
        .query_row([], |row| row.get(0))?;
    Ok(u64::try_from(sum).unwrap_or(0))
}

/// Deletes what has expired, what no key reaches any more, and then the longest unused until no
/// more than `max_bytes` are left.
pub(super) fn trim(
    connection: &Connection,
    now: Timestamp,
    max_bytes: u64,
) -> rusqlite::Result<()> {
    for table in ["kept_response", "conversation"] {
        // Two statements, because each has an index of its own.
        let expired = format!("DELETE FROM {table} WHERE expires_at <= ?1");
        connection
            .prepare_cached(&expired)?
            .execute([now.millis()])?;
        let unreachable = format!(
            "DELETE FROM {table} WHERE key_id IN
                 (SELECT id FROM local_key WHERE revoked_at IS NOT NULL)"
        );
        connection.prepare_cached(&unreachable)?.execute([])?;
    }
    while used_bytes(connection)? > max_bytes {
        if !delete_oldest(connection)? {
            break;
        }
    }
    Ok(())
}

/// Gives room that is free back to the disk.
pub(super) fn give_back(connection: &Connection) -> rusqlite::Result<()> {
    // Each step of the statement frees one page, so all of them must be taken.
    let mut free = connection.prepare("PRAGMA incremental_vacuum")?;
    let mut rows = free.query([])?;
    while rows.next()?.is_some() {}
    Ok(())
}

/// Deletes the answer or conversation that is unused for longest; false where there is none.
fn delete_oldest(connection: &Connection) -> rusqlite::Result<bool> {
    let oldest: Option<(String, i64)> = connection
        .prepare_cached(
            "SELECT * FROM (SELECT 'kept_response', rowid, expires_at FROM kept_response
                            ORDER BY expires_at, rowid LIMIT 1)
             UNION ALL
             SELECT * FROM (SELECT 'conversation', rowid, expires_at FROM conversation
                            ORDER BY expires_at, rowid LIMIT 1)
             ORDER BY 3 LIMIT 1",
        )?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((table, row)) = oldest else {
        return Ok(false);
    };
    let mut statement =
        connection.prepare_cached(&format!("DELETE FROM {table} WHERE rowid = ?1"))?;
    Ok(statement.execute([row])? > 0)
}
