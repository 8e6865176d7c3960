//! Chat completions, in the order in which they were kept.

use rusqlite::{Connection, OptionalExtension as _, Row};

use super::conversations::size;
use super::seal::{Sealed, Sealer};
use super::{Archive, ArchiveFault};

/// One kept completion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The local key it belongs to.
    pub key_id: String,
    /// Its own id.
    pub id: String,
    /// The model that gave it.
    pub model: String,
    /// The completion and what is known of it, in a form that is nothing to the archive.
    pub content: Vec<u8>,
    /// What it was made from, in such a form too.
    pub said: Vec<u8>,
}

/// Which completions of a key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    /// The oldest first; the newest first otherwise.
    pub ascending: bool,
    /// At most so many.
    pub limit: usize,
    /// Those behind the one of this id.
    pub after: Option<String>,
    /// Those of this model.
    pub model: Option<String>,
}

/// Some of the completions of a key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listed {
    /// The content of each.
    pub contents: Vec<Vec<u8>>,
    /// True where there are others behind them.
    pub has_more: bool,
}

impl Archive {
    /// Keeps `completion`. Never waits; what is larger than the whole archive may be is not kept.
    pub fn keep_completion(&self, sealer: &Sealer, completion: Completion) {
        let (sealer, expiry) = (sealer.clone(), self.expiry());
        self.hand_over(move |connection| {
            let Completion {
                key_id,
                id,
                model,
                content,
                said,
            } = completion;
            let sealed = sealer.seal(&place(&key_id, &id), &content);
            let said = sealer.seal(&said_place(&key_id, &id), &said);
            let Some((sealed, said)) = sealed.zip(said) else {
                return Ok(());
            };
            let bytes = size(&sealed.bytes).saturating_add(size(&said.bytes));
            let mut statement = connection.prepare_cached(
                "INSERT OR REPLACE INTO kept_completion
                     (key_id, id, model, expires_at, bytes, seal, sealed, messages)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?;
            let expires_at = expiry().millis();
            let Sealed {
                seal,
                bytes: content,
            } = sealed;
            let row = (
                key_id, id, model, expires_at, bytes, seal, content, said.bytes,
            );
            statement.execute(row)?;
            Ok(())
        });
    }

    /// The content of the completion `id` of the key `key_id`.
    ///
    /// # Errors
    /// It cannot be read now.
    pub async fn completion(
        &self,
        key_id: &str,
        id: &str,
    ) -> Result<Option<Vec<u8>>, ArchiveFault> {
        self.part(key_id, id, "sealed", place).await
    }

    /// What the completion `id` of the key `key_id` was made from.
    ///
    /// # Errors
    /// It cannot be read now.
    pub async fn said(&self, key_id: &str, id: &str) -> Result<Option<Vec<u8>>, ArchiveFault> {
        self.part(key_id, id, "messages", said_place).await
    }

    /// The completions of the key `key_id` that `wanted` names and `fits` lets through; `None` where
    /// there is none of the id to begin behind.
    ///
    /// # Errors
    /// They cannot be read now.
    pub async fn completions(
        &self,
        key_id: &str,
        wanted: Listing,
        fits: impl Fn(&[u8]) -> bool + Send + 'static,
    ) -> Result<Option<Listed>, ArchiveFault> {
        let (sealer, now) = (self.sealer().await?, self.0.clock.now());
        let key_id = key_id.to_owned();
        self.ask(move |connection| {
            let behind = match &wanted.after {
                Some(id) => match number(connection, &key_id, id)? {
                    Some(number) => number,
                    None => return Ok(None),
                },
                None if wanted.ascending => 0,
                None => i64::MAX,
            };
            let (beyond, order) = match wanted.ascending {
                true => (">", "ASC"),
                false => ("<", "DESC"),
            };
            let mut statement = connection.prepare_cached(&format!(
                "SELECT id, seal, sealed FROM kept_completion
                 WHERE key_id = ?1 AND expires_at > ?2 AND (?3 IS NULL OR model = ?3)
                     AND number {beyond} ?4
                 ORDER BY number {order}"
            ))?;
            let mut rows = statement.query((&key_id, now.millis(), &wanted.model, behind))?;
            let mut listed = Listed::default();
            while let Some(row) = rows.next()? {
                let (id, sealed) = (row.get::<_, String>("id")?, sealed(row, "sealed")?);
                let content = sealer.open(&place(&key_id, &id), &sealed);
                let Some(content) = content.filter(|content| fits(content)) else {
                    continue;
                };
                if listed.contents.len() == wanted.limit {
                    listed.has_more = true;
                    break;
                }
                listed.contents.push(content);
            }
            Ok(Some(listed))
        })
        .await
    }

    /// Gives the completion `id` of the key `key_id` another content; false where there is none.
    ///
    /// # Errors
    /// It is still what it was.
    pub async fn change_completion(
        &self,
        sealer: &Sealer,
        key_id: &str,
        id: &str,
        content: Vec<u8>,
    ) -> Result<bool, ArchiveFault> {
        let (sealer, expiry) = (sealer.clone(), self.expiry());
        let (key_id, id) = (key_id.to_owned(), id.to_owned());
        self.write(move |connection| {
            let Some(Sealed { seal, bytes }) = sealer.seal(&place(&key_id, &id), &content) else {
                return Ok(false);
            };
            // What it was made from must stay readable: a row has one seal.
            let mut statement = connection.prepare_cached(
                "UPDATE kept_completion SET bytes = bytes + ?3 - length(sealed), sealed = ?4,
                     expires_at = ?5
                 WHERE key_id = ?1 AND id = ?2 AND seal = ?6",
            )?;
            let length = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
            let changed = (key_id, id, length, bytes, expiry().millis(), seal);
            Ok(statement.execute(changed)? > 0)
        })
        .await
    }

    /// Forgets the completion `id` of the key `key_id`; false where there is none.
    ///
    /// # Errors
    /// It is still there.
    pub async fn forget_completion(&self, key_id: &str, id: &str) -> Result<bool, ArchiveFault> {
        let place = [key_id.to_owned(), id.to_owned()];
        self.write(move |connection| {
            let sql = "DELETE FROM kept_completion WHERE key_id = ?1 AND id = ?2";
            Ok(connection.prepare_cached(sql)?.execute(place)? > 0)
        })
        .await
    }

    /// One sealed part of a completion.
    async fn part(
        &self,
        key_id: &str,
        id: &str,
        column: &'static str,
        place: for<'a> fn(&'a str, &'a str) -> [&'a str; 3],
    ) -> Result<Option<Vec<u8>>, ArchiveFault> {
        let (sealer, now) = (self.sealer().await?, self.0.clock.now());
        let (key_id, id) = (key_id.to_owned(), id.to_owned());
        self.ask(move |connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT seal, {column} FROM kept_completion
                 WHERE key_id = ?1 AND id = ?2 AND expires_at > ?3"
            ))?;
            let found =
                statement.query_row((&key_id, &id, now.millis()), |row| sealed(row, column));
            let found = found.optional()?;
            Ok(found.and_then(|sealed| sealer.open(&place(&key_id, &id), &sealed)))
        })
        .await
    }
}

fn place<'a>(key_id: &'a str, id: &'a str) -> [&'a str; 3] {
    ["completion", key_id, id]
}

fn said_place<'a>(key_id: &'a str, id: &'a str) -> [&'a str; 3] {
    ["completion messages", key_id, id]
}

fn number(connection: &Connection, key_id: &str, id: &str) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT number FROM kept_completion WHERE key_id = ?1 AND id = ?2")?
        .query_row([key_id, id], |row| row.get(0))
        .optional()
}

fn sealed(row: &Row<'_>, column: &str) -> rusqlite::Result<Sealed> {
    Ok(Sealed {
        seal: row.get("seal")?,
        bytes: row.get(column)?,
    })
}
