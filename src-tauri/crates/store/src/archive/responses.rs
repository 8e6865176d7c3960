//! Answers, one row each; an answer that continues another names it.

use base::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};

use super::seal::{Sealed, Sealer};
use super::{Archive, ArchiveFault};

/// One kept answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The local key it belongs to.
    pub key_id: String,
    /// Its own id.
    pub id: String,
    /// The answer it continues.
    pub previous: Option<String>,
    /// The account that gave it.
    pub account: String,
    /// The model that gave it.
    pub model: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Ids of its items, by which each can be found.
    pub items: Vec<String>,
    /// What was said, in a form that is nothing to the archive.
    pub content: Vec<u8>,
}

impl Archive {
    /// Keeps `kept` in place of what had its id, and whatever it continues for as long. Never
    /// waits; what is larger than the whole archive may be is not kept.
    pub fn keep(&self, sealer: &Sealer, kept: Kept) {
        let (sealer, expiry) = (sealer.clone(), self.expiry());
        self.hand_over(move |connection| {
            let Some(sealed) = sealer.seal(&place(&kept.key_id, &kept.id), &kept.content) else {
                return Ok(());
            };
            let expiry = expiry();
            insert(connection, &kept, &sealed, expiry)?;
            renew(connection, &kept, expiry)
        });
    }

    /// The answer `id` of the key `key_id`.
    ///
    /// # Errors
    /// It cannot be read now.
    pub async fn find(&self, key_id: &str, id: &str) -> Result<Option<Kept>, ArchiveFault> {
        let (sealer, now) = (self.sealer().await?, self.0.clock.now());
        let (key_id, id) = (key_id.to_owned(), id.to_owned());
        self.ask(move |connection| read(connection, &sealer, &key_id, &id, now))
            .await
    }

    /// The answer `id` of the key `key_id` and all that it continues, the first one first; `None`
    /// where one of them is missing.
    ///
    /// # Errors
    /// They cannot be read now.
    pub async fn line(&self, key_id: &str, id: &str) -> Result<Option<Vec<Kept>>, ArchiveFault> {
        let (sealer, now) = (self.sealer().await?, self.0.clock.now());
        let (key_id, id) = (key_id.to_owned(), id.to_owned());
        self.ask(move |connection| {
            let (mut line, mut next) = (Vec::new(), Some(id));
            while let Some(id) = next {
                let kept = read(connection, &sealer, &key_id, &id, now)?;
                let Some(kept) = kept.filter(|_| line.len() < MOST_TURNS) else {
                    return Ok(None);
                };
                next = kept.previous.clone();
                line.push(kept);
            }
            line.reverse();
            Ok(Some(line))
        })
        .await
    }

    /// The answer of the key `key_id` that has the item `item`.
    ///
    /// # Errors
    /// It cannot be read now.
    pub async fn holder(&self, key_id: &str, item: &str) -> Result<Option<Kept>, ArchiveFault> {
        let (key, item) = (key_id.to_owned(), item.to_owned());
        let response = self.ask(move |connection| response_of(connection, &key, &item));
        match response.await? {
            Some(response) => self.find(key_id, &response).await,
            None => Ok(None),
        }
    }

    /// Forgets the answer `id` of the key `key_id`; false where there is none.
    ///
    /// # Errors
    /// It is still there.
    pub async fn forget(&self, key_id: &str, id: &str) -> Result<bool, ArchiveFault> {
        let (key_id, id) = (key_id.to_owned(), id.to_owned());
        self.write(move |connection| delete(connection, &key_id, &id))
            .await
    }
}

fn place<'a>(key_id: &'a str, id: &'a str) -> [&'a str; 3] {
    ["response", key_id, id]
}

fn insert(
    connection: &Connection,
    kept: &Kept,
    sealed: &Sealed,
    expiry: Timestamp,
) -> rusqlite::Result<()> {
    delete(connection, &kept.key_id, &kept.id)?;
    let mut statement = connection.prepare_cached(
        "INSERT INTO kept_response (key_id, id, previous, account, model, created_at, expires_at,
             bytes, seal, sealed)
         VALUES (:key_id, :id, :previous, :account, :model, :created_at, :expires_at, :bytes,
             :seal, :sealed)",
    )?;
    statement.execute(named_params! {
        ":key_id": kept.key_id,
        ":id": kept.id,
        ":previous": kept.previous,
        ":account": kept.account,
        ":model": kept.model,
        ":created_at": kept.created_at.millis(),
        ":expires_at": expiry.millis(),
        ":bytes": super::conversations::size(&sealed.bytes),
        ":seal": sealed.seal,
        ":sealed": sealed.bytes,
    })?;
    let mut statement = connection.prepare_cached(
        "INSERT OR REPLACE INTO kept_item (key_id, item, response) VALUES (?1, ?2, ?3)",
    )?;
    for item in &kept.items {
        statement.execute((&kept.key_id, item, &kept.id))?;
    }
    Ok(())
}

/// What `kept` continues lives as long as it does.
fn renew(connection: &Connection, kept: &Kept, expiry: Timestamp) -> rusqlite::Result<()> {
    let Some(previous) = &kept.previous else {
        return Ok(());
    };
    let mut statement = connection.prepare_cached(
        "WITH RECURSIVE line (id) AS (
             VALUES (?2)
             UNION
             SELECT previous FROM kept_response JOIN line USING (id)
             WHERE key_id = ?1 AND previous IS NOT NULL)
         UPDATE kept_response SET expires_at = ?3
         WHERE key_id = ?1 AND id IN (SELECT id FROM line)",
    )?;
    statement.execute((&kept.key_id, previous, expiry.millis()))?;
    Ok(())
}

fn delete(connection: &Connection, key_id: &str, id: &str) -> rusqlite::Result<bool> {
    let mut statement =
        connection.prepare_cached("DELETE FROM kept_response WHERE key_id = ?1 AND id = ?2")?;
    Ok(statement.execute([key_id, id])? > 0)
}

fn response_of(
    connection: &Connection,
    key_id: &str,
    item: &str,
) -> rusqlite::Result<Option<String>> {
    connection
        .prepare_cached("SELECT response FROM kept_item WHERE key_id = ?1 AND item = ?2")?
        .query_row([key_id, item], |row| row.get(0))
        .optional()
}

/// `None` also where the seal does not hold: such a row is of no use to anyone.
fn read(
    connection: &Connection,
    sealer: &Sealer,
    key_id: &str,
    id: &str,
    now: Timestamp,
) -> rusqlite::Result<Option<Kept>> {
    let row = connection
        .prepare_cached(
            "SELECT * FROM kept_response WHERE key_id = ?1 AND id = ?2 AND expires_at > ?3",
        )?
        .query_row((key_id, id, now.millis()), row)
        .optional()?;
    let Some((kept, sealed)) = row else {
        return Ok(None);
    };
    let content = sealer.open(&place(key_id, id), &sealed);
    if content.is_none() {
        tracing::warn!(name: "archive.unreadable", "a kept answer was sealed with another key");
    }
    Ok(content.map(|content| Kept { content, ..kept }))
}

fn row(row: &Row<'_>) -> rusqlite::Result<(Kept, Sealed)> {
    let kept = Kept {
        key_id: row.get("key_id")?,
        id: row.get("id")?,
        previous: row.get("previous")?,
        account: row.get("account")?,
        model: row.get("model")?,
        created_at: Timestamp::from_millis(row.get("created_at")?),
        items: Vec::new(),
        content: Vec::new(),
    };
    let sealed = Sealed {
        seal: row.get("seal")?,
        bytes: row.get("sealed")?,
    };
    Ok((kept, sealed))
}

/// More turns than any model's window has room for.
const MOST_TURNS: usize = 10_000;
