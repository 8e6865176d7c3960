//! The roll of keys: rows of the database, and the live ones in memory.

use std::collections::HashMap;
use std::sync::Arc;

use base::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::{Key, Preferences};

/// The live keys by the SHA-256 of their text.
#[derive(Default)]
pub(super) struct Roll(Vec<([u8; 32], Arc<Key>)>);

impl Roll {
    pub(super) fn load(connection: &Connection) -> rusqlite::Result<Self> {
        let sql = format!("SELECT {COLUMNS}, hash FROM {TABLES} WHERE revoked_at IS NULL");
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query_map([], |row| Ok((row.get("hash")?, Arc::new(key(row)?))))?;
        rows.collect::<Result<_, _>>().map(Self)
    }

    /// Looks at every key, however early one fits, so that time tells nothing.
    pub(super) fn find(&self, presented: &str) -> Option<Arc<Key>> {
        let presented = digest(presented);
        let mut found = None;
        for (hash, key) in &self.0 {
            if bool::from(hash.ct_eq(&presented)) {
                found = Some(key);
            }
        }
        found.cloned()
    }
}

/// What the database knows of a key's text.
pub(super) fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// False where a live key has that name.
pub(super) fn insert(
    connection: &Connection,
    key: &Key,
    hash: &[u8; 32],
) -> rusqlite::Result<bool> {
    if live(connection, &key.name)?.is_some() {
        return Ok(false);
    }
    connection.execute(
        "INSERT INTO local_key (id, name, hash, created_at) VALUES (?1, ?2, ?3, ?4)",
        (&key.id, &key.name, hash, key.created_at.millis()),
    )?;
    Ok(true)
}

/// The id of the key that was live.
pub(super) fn revoke(
    connection: &Connection,
    name: &str,
    now: Timestamp,
) -> rusqlite::Result<Option<String>> {
    connection
        .query_row(
            "UPDATE local_key SET revoked_at = ?2 WHERE name = ?1 AND revoked_at IS NULL RETURNING id",
            (name, now.millis()),
            |row| row.get(0),
        )
        .optional()
}

/// The id of the live key called `name`.
pub(super) fn live(connection: &Connection, name: &str) -> rusqlite::Result<Option<String>> {
    connection
        .prepare_cached("SELECT id FROM local_key WHERE name = ?1 AND revoked_at IS NULL")?
        .query_row([name], |row| row.get(0))
        .optional()
}

pub(super) fn list(connection: &Connection) -> rusqlite::Result<Vec<Key>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {TABLES} ORDER BY revoked_at IS NOT NULL, created_at, local_key.rowid"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_map([], key)?.collect()
}

pub(super) fn note_uses(
    connection: &Connection,
    uses: &HashMap<String, Timestamp>,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO local_key_use (key_id, last_used_at) VALUES (?1, ?2)
         ON CONFLICT (key_id) DO UPDATE
         SET last_used_at = max(last_used_at, excluded.last_used_at)",
    )?;
    for (id, at) in uses {
        statement.execute((id, at.millis()))?;
    }
    Ok(())
}

fn key(row: &Row<'_>) -> rusqlite::Result<Key> {
    let moment = |name| -> rusqlite::Result<Option<Timestamp>> {
        Ok(row.get::<_, Option<i64>>(name)?.map(Timestamp::from_millis))
    };
    Ok(Key {
        id: row.get("id")?,
        name: row.get("name")?,
        created_at: moment("created_at")?.unwrap_or_default(),
        last_used_at: moment("last_used_at")?,
        revoked_at: moment("revoked_at")?,
        preferences: Preferences::of(row)?,
    })
}

const COLUMNS: &str = "id, name, created_at, revoked_at, last_used_at, reasoning, model";
const TABLES: &str = "local_key LEFT JOIN local_key_use ON key_id = id";
