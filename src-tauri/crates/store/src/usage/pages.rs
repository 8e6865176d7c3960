//! The log as a table: pages of it, narrowed, and what the last request of each key was.

use base::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, named_params};

use super::line::{Ended, Line};
use super::rows;
use super::totals::Total;

/// Which lines count; what is `None` or false does not narrow.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Narrow {
    /// Only lines that ended neither whole nor incomplete.
    pub failed: bool,
    /// Only lines of the key with this name.
    pub key: Option<String>,
    /// Only lines for this model.
    pub model: Option<String>,
    /// Only lines with this text, in any case, somewhere in what names them.
    pub text: Option<String>,
}

/// A page of the log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// Lines with their rows, newest first.
    pub rows: Vec<(i64, Line)>,
    /// How many lines there are in all that count.
    pub total: u64,
}

pub(super) fn page(
    connection: &Connection,
    narrow: &Narrow,
    before: Option<i64>,
    limit: usize,
) -> rusqlite::Result<Page> {
    let pattern = narrow.text.as_deref().map(pattern);
    let mut count = connection.prepare_cached(&format!("SELECT count(*) FROM usage {COUNTS}"))?;
    let total: i64 = count.query_row(
        named_params! {
            ":failed": narrow.failed, ":key": narrow.key, ":model": narrow.model, ":text": pattern,
        },
        |row| row.get(0),
    )?;
    let mut statement = connection.prepare_cached(&format!(
        "SELECT * FROM usage {COUNTS} AND (:before IS NULL OR id < :before)
         ORDER BY id DESC LIMIT :limit"
    ))?;
    let found = statement.query_map(
        named_params! {
            ":failed": narrow.failed, ":key": narrow.key, ":model": narrow.model, ":text": pattern,
            ":before": before, ":limit": rows::bound(limit),
        },
        rows::numbered,
    )?;
    Ok(Page {
        rows: found.collect::<rusqlite::Result<_>>()?,
        total: u64::try_from(total).unwrap_or(0),
    })
}

pub(super) fn find(
    connection: &Connection,
    request_id: &str,
) -> rusqlite::Result<Option<(i64, Line)>> {
    connection
        .prepare_cached("SELECT * FROM usage WHERE request_id = ?1 ORDER BY id DESC LIMIT 1")?
        .query_row([request_id], rows::numbered)
        .optional()
}

pub(super) fn last_of_each_key(connection: &Connection) -> rusqlite::Result<Vec<Line>> {
    let mut statement = connection.prepare_cached(
        "SELECT * FROM usage WHERE id IN (
             SELECT max(id) FROM usage WHERE key_name IS NOT NULL GROUP BY key_name)
         ORDER BY id DESC",
    )?;
    let found = statement.query_map([], |row| Ok(rows::numbered(row)?.1))?;
    found.collect()
}

pub(super) fn daily(
    connection: &Connection,
    since: Timestamp,
) -> rusqlite::Result<Vec<(String, Total)>> {
    // `total` is a float and never overflows; a sum of tokens stays far below 2^53.
    let mut statement = connection.prepare_cached(
        "SELECT strftime('%Y-%m-%d', at / 1000, 'unixepoch') AS day, coalesce(key_name, '') AS name,
             count(*), total(ended NOT IN (?2, ?3)), total(input_tokens), total(cached_tokens),
             total(output_tokens), total(reasoning_tokens)
         FROM usage WHERE at >= ?1 GROUP BY day, name ORDER BY day, name",
    )?;
    let fine = [Ended::Whole, Ended::Incomplete].map(Ended::as_str);
    let found = statement.query_map((since.millis(), fine[0], fine[1]), |row| {
        Ok((row.get(0)?, Total::read(row, 1)?))
    })?;
    found.collect()
}

/// `text` as a pattern that means itself, anywhere.
fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

const COUNTS: &str = r"
    WHERE (NOT :failed OR ended NOT IN ('whole', 'incomplete'))
      AND (:key IS NULL OR key_name = :key)
      AND (:model IS NULL OR model = :model)
      AND (:text IS NULL OR concat_ws(' ', request_id, key_name, path, model, status, ended, fault,
               origin, upstream_request_id) LIKE :text ESCAPE '\')";

#[cfg(test)]
mod tests;
