//! Bounds: what goes, and in which order.

use base::Timestamp;
use rusqlite::{Connection, OptionalExtension as _};

/// Bytes of everything that is kept.
pub(super) fn used_bytes(connection: &Connection) -> rusqlite::Result<u64> {
    let sum: i64 = connection
        .prepare_cached(
            "SELECT (SELECT coalesce(sum(bytes), 0) FROM kept_response)
                  + (SELECT coalesce(sum(bytes), 0) FROM conversation)
                  + (SELECT coalesce(sum(bytes), 0) FROM conversation_item)
                  + (SELECT coalesce(sum(bytes), 0) FROM kept_completion)",
        )?
        .query_row([], |row| row.get(0))?;
    Ok(u64::try_from(sum).unwrap_or(0))
}

/// Deletes what has expired, and what no key reaches any more.
pub(super) fn sweep(connection: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    for table in TABLES {
        let expired = format!("DELETE FROM {table} WHERE expires_at <= ?1");
        connection
            .prepare_cached(&expired)?
            .execute([now.millis()])?;
    }
    delete_unreachable(connection)
}

/// Deletes the longest unused until no more than `max_bytes` are left.
pub(super) fn trim(connection: &Connection, max_bytes: u64) -> rusqlite::Result<()> {
    if max_bytes == 0 {
        return TABLES.iter().try_for_each(|table| {
            let everything = format!("DELETE FROM {table}");
            connection
                .prepare_cached(&everything)?
                .execute([])
                .map(drop)
        });
    }
    let mut used = used_bytes(connection)?;
    while used > max_bytes {
        let Some(freed) = delete_oldest(connection)? else {
            break;
        };
        used = used.saturating_sub(freed);
    }
    Ok(())
}

/// Deletes what no key reaches any more.
pub(crate) fn delete_unreachable(connection: &Connection) -> rusqlite::Result<()> {
    for table in TABLES {
        let unreachable = format!(
            "DELETE FROM {table} WHERE key_id IN
                 (SELECT id FROM local_key WHERE revoked_at IS NOT NULL)"
        );
        connection.prepare_cached(&unreachable)?.execute([])?;
    }
    Ok(())
}

/// Lets nothing live longer than until `latest`.
pub(super) fn shorten(connection: &Connection, latest: Timestamp) -> rusqlite::Result<()> {
    for table in TABLES {
        let sql = format!("UPDATE {table} SET expires_at = ?1 WHERE expires_at > ?1");
        connection
            .prepare_cached(&sql)?
            .execute([latest.millis()])?;
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

/// Deletes the answer, conversation or completion that is unused for longest and tells its bytes, those of a
/// conversation's items included; `None` where there is none.
fn delete_oldest(connection: &Connection) -> rusqlite::Result<Option<u64>> {
    let oldest: Option<(String, i64, i64)> = connection
        .prepare_cached(
            "SELECT * FROM (SELECT 'kept_response', rowid, bytes, expires_at FROM kept_response
                            ORDER BY expires_at, rowid LIMIT 1)
             UNION ALL
             SELECT * FROM (SELECT 'conversation', rowid, bytes, expires_at FROM conversation
                            ORDER BY expires_at, rowid LIMIT 1)
             UNION ALL
             SELECT * FROM (SELECT 'kept_completion', number, bytes, expires_at FROM kept_completion
                            ORDER BY expires_at, number LIMIT 1)
             ORDER BY 4 LIMIT 1",
        )?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((table, row, own)) = oldest else {
        return Ok(None);
    };
    let items = match table.as_str() {
        "conversation" => items_bytes(connection, row)?,
        _ => 0,
    };
    let mut statement =
        connection.prepare_cached(&format!("DELETE FROM {table} WHERE rowid = ?1"))?;
    statement.execute([row])?;
    Ok(Some(u64::try_from(own.saturating_add(items)).unwrap_or(0)))
}

/// Bytes of the items of the conversation in row `row`.
fn items_bytes(connection: &Connection, row: i64) -> rusqlite::Result<i64> {
    connection
        .prepare_cached(
            "SELECT coalesce(sum(item.bytes), 0) FROM conversation AS holder
             JOIN conversation_item AS item
             ON item.key_id = holder.key_id AND item.conversation = holder.id
             WHERE holder.rowid = ?1",
        )?
        .query_row([row], |row| row.get(0))
}

/// What holds everything else.
const TABLES: [&str; 3] = ["kept_response", "conversation", "kept_completion"];
