//! Uses of keys on their way to the database: many become one write, along with whatever is written
//! next; at the latest that is the line which the request leaves in the log.

use std::collections::HashMap;
use std::sync::Arc;

use base::Timestamp;
use parking_lot::Mutex;
use rusqlite::Connection;

use super::roll;
use crate::db::{Database, Rank};

#[derive(Default)]
pub(super) struct Uses(Arc<Mutex<Waiting>>);

#[derive(Default)]
struct Waiting {
    /// The last use of each key, by its id, until it is committed.
    last: HashMap<String, Timestamp>,
    /// True while a write is on its way that has not looked at `last` yet.
    is_queued: bool,
}

impl Uses {
    /// The last uses, by the keys' ids, that the database may not know yet.
    pub(super) fn waiting(&self) -> HashMap<String, Timestamp> {
        self.0.lock().last.clone()
    }

    /// Notes a use of the key `id`. Never waits; a use that cannot be written is forgotten.
    pub(super) fn note(&self, db: &Database, id: &str, now: Timestamp) {
        {
            let mut waiting = self.0.lock();
            waiting.last.insert(id.to_owned(), now);
            if std::mem::replace(&mut waiting.is_queued, true) {
                return;
            }
        }
        let written = Arc::new(Mutex::new(HashMap::new()));
        let (uses, taken) = (Arc::clone(&self.0), Arc::clone(&written));
        let work = move |connection: &Connection| {
            let last = {
                let mut waiting = uses.lock();
                waiting.is_queued = false;
                waiting.last.clone()
            };
            roll::note_uses(connection, &last)?;
            *taken.lock() = last;
            Ok(())
        };
        let uses = Arc::clone(&self.0);
        let done = move |outcome: Result<(), _>| match outcome {
            // What was used again meanwhile waits for the next write.
            Ok(()) => {
                let written = written.lock();
                let newer = |id: &String, at: &mut Timestamp| written.get(id) != Some(&*at);
                uses.lock().last.retain(newer);
            }
            Err(_) => *uses.lock() = Waiting::default(),
        };
        if db.hand_over(Rank::Note, work, done).is_err() {
            *self.0.lock() = Waiting::default();
        }
    }
}
