//! Conversations and their items, in the order in which they were added.

use base::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row};

use super::seal::{Sealed, Sealer};
use super::{Archive, ArchiveFault};

/// A conversation, without its items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// The local key it belongs to.
    pub key_id: String,
    /// Its own id.
    pub id: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// What else is known of it, in a form that is nothing to the archive.
    pub content: Vec<u8>,
}

/// One item of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its id; an item takes the place of one that has it already.
    pub id: String,
    /// The account in whose turn it was said, where it was said in one.
    pub account: Option<String>,
    /// The model of that turn.
    pub model: Option<String>,
    /// What was said, in a form that is nothing to the archive.
    pub content: Vec<u8>,
}

impl Archive {
    /// Keeps `conversation`; its items stay.
    ///
    /// # Errors
    /// It could not be written.
    pub async fn keep_conversation(
        &self,
        sealer: &Sealer,
        conversation: Conversation,
    ) -> Result<(), ArchiveFault> {
        let (sealer, expiry) = (sealer.clone(), self.expiry());
        self.write(move |connection| put(connection, &sealer, &conversation, expiry()))
            .await
    }

    /// The conversation `id` of the key `key_id`.
    ///
    /// # Errors
    /// It cannot be read now.
    pub async fn conversation(
        &self,
        key_id: &str,
        id: &str,
    ) -> Result<Option<Conversation>, ArchiveFault> {
        let (sealer, now) = (self.sealer().await?, self.0.clock.now());
        let (key_id, id) = (key_id.to_owned(), id.to_owned());
        self.ask(move |connection| read(connection, &sealer, [&key_id, &id], now))
            .await
    }

    /// Forgets the conversation `id` of the key `key_id`; false where there is none.
    ///
    /// # Errors
    /// It is still there.
    pub async fn forget_conversation(&self, key_id: &str, id: &str) -> Result<bool, ArchiveFault> {
        let place = [key_id.to_owned(), id.to_owned()];
        self.write(move |connection| {
            let sql = "DELETE FROM conversation WHERE key_id = ?1 AND id = ?2";
            Ok(connection.prepare_cached(sql)?.execute(place)? > 0)
        })
        .await
    }

    /// Adds `items` at the end of the conversation `id` of the key `key_id`, unless it is gone.
    /// Never waits.
    pub fn add_items(&self, sealer: &Sealer, key_id: &str, id: &str, items: Vec<Item>) {
        let adding = self.adding(sealer, key_id, id, items);
        self.hand_over(move |connection| adding(connection).map(drop));
    }

    /// As [`Self::add_items`], and waits for it; false where the conversation is gone.
    ///
    /// # Errors
    /// None of them could be written.
    pub async fn put_items(
        &self,
        sealer: &Sealer,
        key_id: &str,
        id: &str,
        items: Vec<Item>,
    ) -> Result<bool, ArchiveFault> {
        self.write(self.adding(sealer, key_id, id, items)).await
    }

    fn adding(
        &self,
        sealer: &Sealer,
        key_id: &str,
        id: &str,
        items: Vec<Item>,
    ) -> impl FnOnce(&Connection) -> rusqlite::Result<bool> + Send + use<> {
        let (sealer, expiry) = (sealer.clone(), self.expiry());
        let (key_id, id) = (key_id.to_owned(), id.to_owned());
        move |connection| {
            let sql = "UPDATE conversation SET expires_at = ?3 WHERE key_id = ?1 AND id = ?2";
            let mut statement = connection.prepare_cached(sql)?;
            if statement.execute((&key_id, &id, expiry().millis()))? == 0 {
                return Ok(false);
            }
            items
                .iter()
                .try_for_each(|item| add(connection, &sealer, [&key_id, &id], item))?;
            Ok(true)
        }
    }

    /// The items of the conversation `id` of the key `key_id`, the first one first.
    ///
    /// # Errors
    /// They cannot be read now.
    pub async fn items(&self, key_id: &str, id: &str) -> Result<Vec<Item>, ArchiveFault> {
        let sealer = self.sealer().await?;
        let (key_id, id) = (key_id.to_owned(), id.to_owned());
        self.ask(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT * FROM conversation_item WHERE key_id = ?1 AND conversation = ?2
                 ORDER BY number",
            )?;
            let rows = statement.query_map([&key_id, &id], row)?;
            let open = |(item, sealed): (Item, Sealed)| {
                let content = sealer.open(&item_place([&key_id, &id], &item.id), &sealed)?;
                Some(Item { content, ..item })
            };
            rows.filter_map(|row| row.map(open).transpose()).collect()
        })
        .await
    }

    /// Takes the item `item` out of the conversation `id` of the key `key_id`; false where it is
    /// not in it.
    ///
    /// # Errors
    /// It is still there.
    pub async fn forget_item(
        &self,
        key_id: &str,
        id: &str,
        item: &str,
    ) -> Result<bool, ArchiveFault> {
        let place = [key_id.to_owned(), id.to_owned(), item.to_owned()];
        self.write(move |connection| Ok(delete(connection, &place)? > 0))
            .await
    }
}

fn item_place<'a>([key_id, conversation]: [&'a str; 2], id: &'a str) -> [&'a str; 4] {
    ["item", key_id, conversation, id]
}

fn put(
    connection: &Connection,
    sealer: &Sealer,
    conversation: &Conversation,
    expiry: Timestamp,
) -> rusqlite::Result<()> {
    let Conversation {
        key_id,
        id,
        created_at,
        content,
    } = conversation;
    let Some(Sealed { seal, bytes }) = sealer.seal(&["conversation", key_id, id], content) else {
        return Ok(());
    };
    let mut statement = connection.prepare_cached(
        "INSERT INTO conversation (key_id, id, created_at, expires_at, bytes, seal, sealed)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (key_id, id) DO UPDATE SET expires_at = excluded.expires_at,
             bytes = excluded.bytes, seal = excluded.seal, sealed = excluded.sealed",
    )?;
    let (created_at, expires_at) = (created_at.millis(), expiry.millis());
    statement.execute((
        key_id,
        id,
        created_at,
        expires_at,
        size(&bytes),
        seal,
        bytes,
    ))?;
    Ok(())
}

fn read(
    connection: &Connection,
    sealer: &Sealer,
    [key_id, id]: [&str; 2],
    now: Timestamp,
) -> rusqlite::Result<Option<Conversation>> {
    let mut statement = connection.prepare_cached(
        "SELECT * FROM conversation WHERE key_id = ?1 AND id = ?2 AND expires_at > ?3",
    )?;
    let found = statement.query_row((key_id, id, now.millis()), |row| {
        let created_at = Timestamp::from_millis(row.get("created_at")?);
        Ok((created_at, sealed(row)?))
    });
    let Some((created_at, sealed)) = found.optional()? else {
        return Ok(None);
    };
    let content = sealer.open(&["conversation", key_id, id], &sealed);
    Ok(content.map(|content| Conversation {
        key_id: key_id.to_owned(),
        id: id.to_owned(),
        created_at,
        content,
    }))
}

fn add(
    connection: &Connection,
    sealer: &Sealer,
    place: [&str; 2],
    item: &Item,
) -> rusqlite::Result<()> {
    let Some(Sealed { seal, bytes }) = sealer.seal(&item_place(place, &item.id), &item.content)
    else {
        return Ok(());
    };
    delete(connection, &[place[0], place[1], &item.id])?;
    let mut statement = connection.prepare_cached(
        "INSERT INTO conversation_item (key_id, conversation, id, account, model, bytes, seal,
             sealed)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    let ([key_id, conversation], bound) = (place, size(&bytes));
    let Item {
        id, account, model, ..
    } = item;
    statement.execute((key_id, conversation, id, account, model, bound, seal, bytes))?;
    Ok(())
}

fn delete(connection: &Connection, place: &[impl AsRef<str>; 3]) -> rusqlite::Result<usize> {
    let [key_id, conversation, id] = place.each_ref().map(AsRef::as_ref);
    connection
        .prepare_cached(
            "DELETE FROM conversation_item WHERE key_id = ?1 AND conversation = ?2 AND id = ?3",
        )?
        .execute([key_id, conversation, id])
}

fn row(row: &Row<'_>) -> rusqlite::Result<(Item, Sealed)> {
    let item = Item {
        id: row.get("id")?,
        account: row.get("account")?,
        model: row.get("model")?,
        content: Vec::new(),
    };
    Ok((item, sealed(row)?))
}

fn sealed(row: &Row<'_>) -> rusqlite::Result<Sealed> {
    Ok(Sealed {
        seal: row.get("seal")?,
        bytes: row.get("sealed")?,
    })
}

/// What a row counts for: its bytes, and what else the database needs for it.
pub(super) fn size(sealed: &[u8]) -> i64 {
    i64::try_from(sealed.len())
        .unwrap_or(i64::MAX)
        .saturating_add(ROW)
}

const ROW: i64 = 512;
