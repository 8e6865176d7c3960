//! Quota stops that outlive a process and are shared between processes.
//!
//! A change counts here at once and in other processes a moment later. Where it cannot be
//! written, it still counts here.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use base::Timestamp;
use parking_lot::Mutex;
use rusqlite::Connection;

use crate::db::{Database, Fresh, Rank};

/// One account's stop: until when, and in whose words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cooldown {
    /// When asking makes sense again.
    pub until: Timestamp,
    /// When the stop began.
    pub since: Timestamp,
    /// The 429's JSON as the backend said it.
    pub body: String,
    /// The 429's rate-limit headers.
    pub headers: Vec<(String, String)>,
}

impl Cooldown {
    /// Whether the account is stopped at `now`. A stop that began later than now was made by a clock
    /// that was ahead and has been set right since; nobody knows when it ends.
    pub fn holds_at(&self, now: Timestamp) -> bool {
        self.since <= now && now < self.until
    }
}

/// The stops of all accounts. Clones share them.
#[derive(Clone)]
pub struct Cooldowns(Arc<Inner>);

struct Inner {
    db: Database,
    kept: Fresh<HashMap<String, Cooldown>>,
    ahead: Arc<Mutex<Ahead>>,
}

/// Changes that are not in the database yet.
#[derive(Default)]
struct Ahead {
    number: u64,
    changes: HashMap<String, (u64, Option<Cooldown>)>,
}

impl Cooldowns {
    /// The stops kept in `db`.
    pub fn open(db: Database) -> Self {
        Self(Arc::new(Inner {
            db,
            kept: Fresh::new("cooldown", load),
            ahead: Arc::default(),
        }))
    }

    /// The stop of `account`, whether or not its time has passed; see [`Cooldown::holds_at`].
    pub fn of(&self, account: &str) -> Option<Cooldown> {
        if let Some((_, change)) = self.0.ahead.lock().changes.get(account) {
            return change.clone();
        }
        self.0.kept.get(&self.0.db).get(account).cloned()
    }

    /// Stops `account`.
    pub fn set(&self, account: &str, cooldown: Cooldown) {
        self.change(account, Some(cooldown));
    }

    /// Ends the stop of `account`.
    pub fn clear(&self, account: &str) {
        self.change(account, None);
    }

    fn change(&self, account: &str, change: Option<Cooldown>) {
        let account = account.to_owned();
        let mut ahead = self.0.ahead.lock();
        ahead.number += 1;
        let number = ahead.number;
        ahead
            .changes
            .insert(account.clone(), (number, change.clone()));
        let (name, all) = (account.clone(), Arc::clone(&self.0.ahead));
        let work = move |connection: &Connection| write(connection, &name, change.as_ref());
        let done = move |outcome: Result<(), _>| {
            let mut ahead = all.lock();
            let newest = ahead.changes.get(&account).map(|(newest, _)| *newest);
            if outcome.is_ok() && newest == Some(number) {
                ahead.changes.remove(&account);
            }
        };
        // The lock is held, so that the database sees changes in the order in which they count.
        if let Err(fault) = self.0.db.hand_over(Rank::Duty, work, done) {
            tracing::warn!(name: "cooldowns.unwritten", %fault, "a quota stop counts here only");
        }
    }
}

impl fmt::Debug for Cooldowns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cooldowns(..)")
    }
}

fn load(connection: &Connection) -> rusqlite::Result<HashMap<String, Cooldown>> {
    let mut statement =
        connection.prepare_cached("SELECT account, since, until, body, headers FROM cooldown")?;
    let rows = statement.query_map([], |row| {
        let headers: String = row.get("headers")?;
        let cooldown = Cooldown {
            until: Timestamp::from_millis(row.get("until")?),
            since: Timestamp::from_millis(row.get("since")?),
            body: row.get("body")?,
            headers: serde_json::from_str(&headers).unwrap_or_default(),
        };
        Ok((row.get("account")?, cooldown))
    })?;
    rows.collect()
}

fn write(
    connection: &Connection,
    account: &str,
    change: Option<&Cooldown>,
) -> rusqlite::Result<()> {
    let Some(Cooldown {
        until,
        since,
        body,
        headers,
    }) = change
    else {
        connection.execute("DELETE FROM cooldown WHERE account = ?1", [account])?;
        return Ok(());
    };
    let headers = serde_json::to_string(headers).unwrap_or_default();
    connection.execute(
        "INSERT OR REPLACE INTO cooldown (account, since, until, body, headers)
         VALUES (?1, ?2, ?3, ?4, ?5)",
        (account, since.millis(), until.millis(), body, headers),
    )?;
    Ok(())
}

#[cfg(test)]
mod tests;
