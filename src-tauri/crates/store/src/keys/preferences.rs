//! What a person chose for one key.

use rusqlite::{Connection, Row};

use super::KeysFault;
use crate::settings::{ChatReasoning, is_model};

/// What holds for one key. Where nothing is chosen, the settings and the account's models say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Preferences {
    /// How a chat client sees reasoning.
    pub reasoning: Option<ChatReasoning>,
    /// The model of a request that names none.
    pub model: Option<String>,
}

impl Preferences {
    /// Whether they can be kept.
    pub(super) fn check(&self) -> Result<(), KeysFault> {
        match &self.model {
            Some(model) if !is_model(model) => Err(KeysFault::BadModel(model.clone())),
            Some(_) | None => Ok(()),
        }
    }

    /// Those of a row; a word of a newer Postern counts as no choice.
    pub(super) fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        let word: Option<String> = row.get("reasoning")?;
        Ok(Self {
            reasoning: word.and_then(|word| word.parse().ok()),
            model: row.get("model")?,
        })
    }

    /// Writes them to the live key called `name`; false where there is none.
    pub(super) fn write(&self, connection: &Connection, name: &str) -> rusqlite::Result<bool> {
        let reasoning = self.reasoning.map(ChatReasoning::as_str);
        let changed = connection.execute(
            "UPDATE local_key SET reasoning = ?2, model = ?3 WHERE name = ?1 AND revoked_at IS NULL",
            (name, reasoning, &self.model),
        )?;
        Ok(changed > 0)
    }
}
