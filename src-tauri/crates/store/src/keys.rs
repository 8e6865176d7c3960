//! Local keys: who may come in.
//!
//! A key's text rests in the vault; the database knows its SHA-256 only. Admitting never touches
//! the vault, so the door opens while the keyring is locked, and sees at once what another
//! process added or revoked.

mod preferences;
mod roll;
mod uses;

use std::fmt;
use std::sync::Arc;

use base::{Chance, Clock, Secret, Timestamp};

pub use self::preferences::Preferences;
use self::roll::{Roll, digest};
use self::uses::Uses;
use crate::db::{Database, DatabaseFault, Fresh};
use crate::vault::{Vault, VaultFault};

/// One local key, without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// `key_` and 16 characters.
    pub id: String,
    /// What the person calls it; unique among the keys that still open.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last opened the door.
    pub last_used_at: Option<Timestamp>,
    /// When it stopped opening it.
    pub revoked_at: Option<Timestamp>,
    /// What was chosen for it.
    pub preferences: Preferences,
}

/// Why a key could not be added, shown, or revoked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum KeysFault {
    /// A key of that name still opens the door.
    #[error("a key named `{0}` exists already")]
    Taken(String),
    /// Names are 1 to 64 printable characters without space at their ends.
    #[error("`{}` cannot be a key's name", .0.escape_debug())]
    BadName(String),
    /// Names of models are 1 to 128 printable characters without spaces.
    #[error("`{}` cannot be a model's name", .0.escape_debug())]
    BadModel(String),
    /// The text could not be sealed or unsealed.
    #[error(transparent)]
    Vault(#[from] VaultFault),
    /// The row could not be written or read.
    #[error(transparent)]
    Database(#[from] DatabaseFault),
}

impl KeysFault {
    /// One thing the reader can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Taken(_) => Some("choose another name, or revoke that key first"),
            Self::BadName(_) => Some("use 1 to 64 printable characters"),
            Self::BadModel(_) => Some("use 1 to 128 printable characters without spaces"),
            Self::Vault(fault) => fault.hint(),
            Self::Database(fault) => fault.hint(),
        }
    }
}

/// The local keys. Clones share them.
#[derive(Clone)]
pub struct Keys(Arc<Inner>);

struct Inner {
    db: Database,
    vault: Vault,
    clock: Clock,
    chance: Chance,
    roll: Fresh<Roll>,
    uses: Uses,
}

impl Keys {
    /// The keys in `db`, their texts in `vault`.
    pub fn open(db: Database, vault: Vault, clock: Clock, chance: Chance) -> Self {
        Self(Arc::new(Inner {
            db,
            vault,
            clock,
            chance,
            roll: Fresh::new("local_key", Roll::load),
            uses: Uses::default(),
        }))
    }

    /// Makes a key: `pk-postern-` and 40 random letters and digits.
    ///
    /// # Errors
    /// The name is bad or taken, or the vault or the database did not take the key.
    pub async fn add(&self, name: &str) -> Result<(Key, Secret), KeysFault> {
        let inner = &self.0;
        if !is_name(name) {
            return Err(KeysFault::BadName(name.to_owned()));
        }
        if self.live(name)?.is_some() {
            return Err(KeysFault::Taken(name.to_owned()));
        }
        let key = Key {
            id: format!("key_{}", inner.chance.alphanumeric(16)),
            name: name.to_owned(),
            created_at: inner.clock.now(),
            last_used_at: None,
            revoked_at: None,
            preferences: Preferences::default(),
        };
        let text = Secret::new(format!("{PREFIX}{}", inner.chance.alphanumeric(40)));
        // The text first: a row whose text is lost would be a key that nobody can show.
        let place = place(&key.id);
        inner.vault.write(&place, text.clone()).await?;
        let (row, hash) = (key.clone(), digest(text.reveal()));
        let added = inner
            .db
            .write(move |connection| roll::insert(connection, &row, &hash))
            .await;
        match added {
            Ok(true) => Ok((key, text)),
            Ok(false) => {
                self.forget(&place).await;
                Err(KeysFault::Taken(name.to_owned()))
            }
            Err(fault) => {
                self.forget(&place).await;
                Err(fault.into())
            }
        }
    }

    /// The text of the live key called `name`; none where there is no such key, or where its
    /// text was kept for a session that is over.
    ///
    /// # Errors
    /// The vault or the database cannot be read.
    pub async fn reveal(&self, name: &str) -> Result<Option<Secret>, KeysFault> {
        match self.live(name)? {
            None => Ok(None),
            Some(id) => Ok(self.0.vault.read(&place(&id)).await?),
        }
    }

    /// Ends the live key called `name`; false where there is none. Works while the vault is
    /// closed: the text stays behind then, and opens nothing any more.
    ///
    /// # Errors
    /// The database did not take it; the key still opens.
    pub async fn revoke(&self, name: &str) -> Result<bool, KeysFault> {
        let (name, now) = (name.to_owned(), self.0.clock.now());
        let revoked = self
            .0
            .db
            .write(move |connection| {
                let revoked = roll::revoke(connection, &name, now)?;
                // Nobody else reaches what was kept for it.
                crate::archive::delete_unreachable(connection)?;
                Ok(revoked)
            })
            .await?;
        match revoked {
            None => Ok(false),
            Some(id) => {
                self.forget(&place(&id)).await;
                Ok(true)
            }
        }
    }

    /// Chooses for the live key called `name`; false where there is none.
    ///
    /// # Errors
    /// The model's name is none, or the database did not take it.
    pub async fn prefer(&self, name: &str, preferences: Preferences) -> Result<bool, KeysFault> {
        preferences.check()?;
        let name = name.to_owned();
        let write = move |connection: &_| preferences.write(connection, &name);
        Ok(self.0.db.write(write).await?)
    }

    /// Every key, live ones first, the oldest first. Empty where the database cannot be read.
    pub fn list(&self) -> Vec<Key> {
        // Looked at before the database: a use that is written meanwhile is found there.
        let waiting = self.0.uses.waiting();
        let mut keys = self.0.db.ask(roll::list).unwrap_or_else(|fault| {
            tracing::warn!(name: "keys.unread", %fault, "keys could not be listed");
            Vec::new()
        });
        for key in &mut keys {
            key.last_used_at = key.last_used_at.max(waiting.get(&key.id).copied());
        }
        keys
    }

    /// The live key whose text was presented. Compares in constant time with every live key.
    pub fn admit(&self, presented: &str) -> Option<Arc<Key>> {
        self.0.roll.get(&self.0.db).find(presented)
    }

    /// Notes that `key` was used now; many uses become one write.
    pub fn touch(&self, key: &Key) {
        self.0.uses.note(&self.0.db, &key.id, self.0.clock.now());
    }

    fn live(&self, name: &str) -> Result<Option<String>, DatabaseFault> {
        self.0.db.ask(|connection| roll::live(connection, name))
    }

    async fn forget(&self, place: &str) {
        if let Err(fault) = self.0.vault.remove(place).await {
            tracing::warn!(name: "keys.left", %fault, "a revoked key's text stays in the vault");
        }
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(..)")
    }
}

/// Where the vault keeps a key's text.
fn place(id: &str) -> String {
    format!("local_key/{id}")
}

fn is_name(name: &str) -> bool {
    let length = name.chars().count();
    (1..=64).contains(&length) && name.trim() == name && !name.chars().any(char::is_control)
}

const PREFIX: &str = "pk-postern-";

#[cfg(test)]
mod tests;
