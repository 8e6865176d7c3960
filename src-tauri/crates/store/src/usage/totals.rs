//! Sums over the log.

use base::Timestamp;
use rusqlite::{Connection, Row};

use super::line::Ended;

/// What to sum by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// One sum over everything; its name is empty.
    Nothing,
    /// UTC day, `2026-04-04`.
    Day,
    /// The model asked for.
    Model,
    /// The local key's name.
    Key,
    /// The account.
    Account,
}

impl By {
    fn column(self) -> &'static str {
        match self {
            Self::Nothing => "''",
            Self::Day => "strftime('%Y-%m-%d', at / 1000, 'unixepoch')",
            Self::Model => "coalesce(model, '')",
            Self::Key => "coalesce(key_name, '')",
            Self::Account => "coalesce(account, '')",
        }
    }
}

/// One sum.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Total {
    /// The day, model, key or account; empty where a line names none.
    pub name: String,
    /// Requests.
    pub requests: u64,
    /// Of those, requests that ended neither whole nor incomplete.
    pub failed: u64,
    /// Tokens read.
    pub input_tokens: u64,
    /// Of those, from the backend's cache.
    pub cached_tokens: u64,
    /// Tokens written.
    pub output_tokens: u64,
    /// Of those, reasoning.
    pub reasoning_tokens: u64,
}

impl Total {
    /// Reads name, count and sums from the columns that begin with `first`.
    pub(super) fn read(row: &Row<'_>, first: usize) -> rusqlite::Result<Self> {
        let number = |index: usize| row.get::<_, f64>(first + index).map(|sum| sum as u64);
        Ok(Self {
            name: row.get(first)?,
            requests: u64::try_from(row.get::<_, i64>(first + 1)?).unwrap_or(0),
            failed: number(2)?,
            input_tokens: number(3)?,
            cached_tokens: number(4)?,
            output_tokens: number(5)?,
            reasoning_tokens: number(6)?,
        })
    }
}

pub(super) fn sum(
    connection: &Connection,
    by: By,
    since: Timestamp,
) -> rusqlite::Result<Vec<Total>> {
    let column = by.column();
    // `total` is a float and never overflows; a sum of tokens stays far below 2^53.
    let sql = format!(
        "SELECT {column} AS name, count(*), total(ended NOT IN (?2, ?3)), total(input_tokens),
             total(cached_tokens), total(output_tokens), total(reasoning_tokens)
         FROM usage WHERE at >= ?1 GROUP BY name ORDER BY name"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let fine = [Ended::Whole, Ended::Incomplete].map(Ended::as_str);
    let rows = statement.query_map((since.millis(), fine[0], fine[1]), |row| {
        Total::read(row, 0)
    })?;
    rows.collect()
}
