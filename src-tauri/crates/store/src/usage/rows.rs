//! Lines as rows.

use base::Timestamp;
use rusqlite::{Connection, Row, named_params};

use super::line::{Ended, Line};

pub(super) fn insert(connection: &Connection, line: &Line) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO usage (request_id, at, key_id, key_name, account, dialect, path, model, stream,
             status, ended, fault, attempts, first_byte_ms, total_ms, input_tokens, cached_tokens,
             output_tokens, reasoning_tokens, ignored, upstream_request_id, origin)
         VALUES (:request_id, :at, :key_id, :key_name, :account, :dialect, :path, :model, :stream,
             :status, :ended, :fault, :attempts, :first_byte_ms, :total_ms, :input_tokens,
             :cached_tokens, :output_tokens, :reasoning_tokens, :ignored, :upstream_request_id,
             :origin)",
    )?;
    statement.execute(named_params! {
        ":request_id": line.request_id,
        ":at": line.at.millis(),
        ":key_id": line.key_id,
        ":key_name": line.key_name,
        ":account": line.account,
        ":dialect": line.dialect,
        ":path": line.path,
        ":model": line.model,
        ":stream": line.stream,
        ":status": line.status,
        ":ended": line.ended.as_str(),
        ":fault": line.fault,
        ":attempts": line.attempts,
        ":first_byte_ms": line.first_byte_ms,
        ":total_ms": line.total_ms,
        ":input_tokens": line.input_tokens.map(count),
        ":cached_tokens": line.cached_tokens.map(count),
        ":output_tokens": line.output_tokens.map(count),
        ":reasoning_tokens": line.reasoning_tokens.map(count),
        ":ignored": serde_json::to_string(&line.ignored).unwrap_or_default(),
        ":upstream_request_id": line.upstream_request_id,
        ":origin": line.origin,
    })?;
    Ok(())
}

pub(super) fn recent(connection: &Connection, limit: usize) -> rusqlite::Result<Vec<Line>> {
    let mut statement =
        connection.prepare_cached("SELECT * FROM usage ORDER BY id DESC LIMIT ?1")?;
    statement.query_map([bound(limit)], line)?.collect()
}

pub(super) fn after(
    connection: &Connection,
    id: i64,
    limit: usize,
) -> rusqlite::Result<Vec<(i64, Line)>> {
    let mut statement =
        connection.prepare_cached("SELECT * FROM usage WHERE id > ?1 ORDER BY id LIMIT ?2")?;
    statement.query_map([id, bound(limit)], numbered)?.collect()
}

pub(super) fn last(connection: &Connection) -> rusqlite::Result<i64> {
    connection
        .prepare_cached("SELECT coalesce(max(id), 0) FROM usage")?
        .query_row([], |row| row.get(0))
}

/// Deletes lines from before `oldest`, then the oldest until what is left needs no more than
/// `max_bytes`, and gives the room back to the disk.
pub(super) fn trim(
    connection: &Connection,
    oldest: Timestamp,
    max_bytes: u64,
) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM usage WHERE at < ?1", [oldest.millis()])?;
    while used_bytes(connection)? > max_bytes {
        // A tenth at a time leaves room for a while.
        let deleted = connection.execute(
            "DELETE FROM usage WHERE id <= (
                 SELECT id FROM usage ORDER BY id
                 LIMIT 1 OFFSET (SELECT count(*) / 10 FROM usage))",
            [],
        )?;
        if deleted == 0 {
            break;
        }
    }
    // Each step of the statement frees one page, so all of them must be taken.
    let mut free = connection.prepare("PRAGMA incremental_vacuum")?;
    let mut rows = free.query([])?;
    while rows.next()?.is_some() {}
    Ok(())
}

/// What the lines need. They count themselves; whatever else the file has in it has bounds of its
/// own.
fn used_bytes(connection: &Connection) -> rusqlite::Result<u64> {
    let bytes: i64 = connection
        .prepare_cached("SELECT bytes FROM usage_size")?
        .query_row([], |row| row.get(0))?;
    Ok(u64::try_from(bytes).unwrap_or(0))
}

/// A line with its row's number.
pub(super) fn numbered(row: &Row<'_>) -> rusqlite::Result<(i64, Line)> {
    Ok((row.get("id")?, line(row)?))
}

fn line(row: &Row<'_>) -> rusqlite::Result<Line> {
    let tokens = |name| -> rusqlite::Result<Option<u64>> {
        Ok(row
            .get::<_, Option<i64>>(name)?
            .and_then(|n| u64::try_from(n).ok()))
    };
    let ended: String = row.get("ended")?;
    let ignored: String = row.get("ignored")?;
    Ok(Line {
        request_id: row.get("request_id")?,
        at: Timestamp::from_millis(row.get("at")?),
        key_id: row.get("key_id")?,
        key_name: row.get("key_name")?,
        account: row.get("account")?,
        dialect: row.get("dialect")?,
        path: row.get("path")?,
        model: row.get("model")?,
        stream: row.get("stream")?,
        status: row.get("status")?,
        // A newer Postern may have written a word that is not known here.
        ended: ended.parse().unwrap_or(Ended::UpstreamFailed),
        fault: row.get("fault")?,
        attempts: row.get("attempts")?,
        first_byte_ms: row.get("first_byte_ms")?,
        total_ms: row.get("total_ms")?,
        input_tokens: tokens("input_tokens")?,
        cached_tokens: tokens("cached_tokens")?,
        output_tokens: tokens("output_tokens")?,
        reasoning_tokens: tokens("reasoning_tokens")?,
        ignored: serde_json::from_str(&ignored).unwrap_or_default(),
        upstream_request_id: row.get("upstream_request_id")?,
        origin: row.get("origin")?,
    })
}

fn count(tokens: u64) -> i64 {
    i64::try_from(tokens).unwrap_or(i64::MAX)
}

pub(super) fn bound(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
