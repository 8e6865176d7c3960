//! A copy in memory of what is in the database, renewed when any process changed it.
//!
//! Two looks tell: `PRAGMA data_version`, which costs a microsecond and changes with every
//! commit of anyone, and the table's number in `edition`, which changes with that table only.

use std::fmt;
use std::sync::Arc;

use parking_lot::Mutex;
use rusqlite::Connection;

use super::Database;

pub(crate) struct Fresh<T> {
    table: &'static str,
    load: fn(&Connection) -> rusqlite::Result<T>,
    held: Mutex<Option<Held<T>>>,
}

struct Held<T> {
    data_version: i64,
    edition: i64,
    value: Arc<T>,
}

impl<T: Default> Fresh<T> {
    pub(crate) fn new(table: &'static str, load: fn(&Connection) -> rusqlite::Result<T>) -> Self {
        Self {
            table,
            load,
            held: Mutex::new(None),
        }
    }

    /// The table as it is now; as it was last, where it cannot be read.
    pub(crate) fn get(&self, db: &Database) -> Arc<T> {
        let mut held = self.held.lock();
        if let Err(fault) = db.ask_at_the_door(|connection| self.renew(connection, &mut held)) {
            tracing::warn!(name: "database.unread", table = self.table, %fault, "reading failed");
        }
        match &*held {
            Some(held) => Arc::clone(&held.value),
            None => Arc::default(),
        }
    }

    /// What is compared is read before the table, so a change in between is seen next time.
    fn renew(&self, connection: &Connection, held: &mut Option<Held<T>>) -> rusqlite::Result<()> {
        let data_version = connection
            .prepare_cached("PRAGMA data_version")?
            .query_row([], |row| row.get(0))?;
        if held
            .as_ref()
            .is_some_and(|held| held.data_version == data_version)
        {
            return Ok(());
        }
        let edition = connection
            .prepare_cached("SELECT number FROM edition WHERE what = ?1")?
            .query_row([self.table], |row| row.get(0))?;
        match held {
            Some(held) if held.edition == edition => held.data_version = data_version,
            Some(_) | None => {
                *held = Some(Held {
                    data_version,
                    edition,
                    value: Arc::new((self.load)(connection)?),
                });
            }
        }
        Ok(())
    }
}

impl<T> fmt::Debug for Fresh<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fresh({})", self.table)
    }
}
