//! Local keys: one for each app.

use base::Secret;
use serde::{Deserialize, Serialize};
use store::Preferences;
use store::settings::ChatReasoning;
use ts_rs::TS;

use crate::{Code, Complaint, Core, KeyView};

impl Core {
    /// Makes a key for the app called `name`.
    ///
    /// # Errors
    /// The name is taken or empty, or the vault is closed.
    pub async fn add_key(&self, name: &str) -> Result<Secret, Complaint> {
        let (_, secret) = self.keys.add(name).await?;
        Ok(secret)
    }

    /// The key of the app called `name`.
    ///
    /// # Errors
    /// There is no such key, or the vault is closed.
    pub async fn show_key(&self, name: &str) -> Result<Secret, Complaint> {
        self.keys.reveal(name).await?.ok_or_else(|| unknown(name))
    }

    /// Makes the key of the app called `name` worthless, also for a running server.
    ///
    /// # Errors
    /// There is no such key, or the database cannot be written.
    pub async fn revoke_key(&self, name: &str) -> Result<(), Complaint> {
        match self.keys.revoke(name).await? {
            true => Ok(()),
            false => Err(unknown(name)),
        }
    }

    /// Chooses for the key of the app called `name`, also for a running server.
    ///
    /// # Errors
    /// There is no such key, the model's name is none, or the database cannot be written.
    pub async fn prefer_key(&self, name: &str, chosen: Chosen) -> Result<(), Complaint> {
        match self.keys.prefer(name, chosen.into()).await? {
            true => Ok(()),
            false => Err(unknown(name)),
        }
    }

    /// What is chosen for the key of the app called `name`.
    ///
    /// # Errors
    /// There is no such key.
    pub fn chosen_for(&self, name: &str) -> Result<Chosen, Complaint> {
        let mut keys = self.list_keys().into_iter();
        let key = keys.find(|key| key.name == name);
        key.map(|key| key.chosen).ok_or_else(|| unknown(name))
    }

    /// Every key that is worth something, oldest first.
    pub fn list_keys(&self) -> Vec<KeyView> {
        let live = self.keys.list().into_iter();
        live.filter(|key| key.revoked_at.is_none())
            .map(KeyView::from)
            .collect()
    }

    /// The key for programs that ask a command for one: the one called `name`, else the oldest,
    /// else a new one called `default`.
    ///
    /// # Errors
    /// The named key does not exist, or the vault is closed.
    pub async fn token(&self, name: Option<&str>) -> Result<Secret, Complaint> {
        if let Some(name) = name {
            return self.show_key(name).await;
        }
        match self.list_keys().first() {
            Some(oldest) => self.show_key(&oldest.name).await,
            None => self.add_key("default").await,
        }
    }
}

/// What is chosen for one key; `null` leaves it to the settings and the account's models.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Chosen {
    /// The model of a request that names none.
    pub model: Option<String>,
    /// How chat apps see reasoning.
    pub reasoning: Option<ReasoningWord>,
}

/// How chat apps see reasoning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ReasoningWord {
    /// As `reasoning_content` beside the answer.
    ReasoningContent,
    /// Not at all.
    Hidden,
    /// In the answer, between `<think>` and `</think>`.
    ThinkTags,
}

impl ReasoningWord {
    /// The word as the settings have it.
    pub fn as_str(self) -> &'static str {
        ChatReasoning::from(self).as_str()
    }
}

impl From<ReasoningWord> for ChatReasoning {
    fn from(word: ReasoningWord) -> Self {
        match word {
            ReasoningWord::ReasoningContent => Self::ReasoningContent,
            ReasoningWord::Hidden => Self::Hidden,
            ReasoningWord::ThinkTags => Self::ThinkTags,
        }
    }
}

impl From<Chosen> for Preferences {
    fn from(chosen: Chosen) -> Self {
        let model = chosen.model.map(|model| model.trim().to_owned());
        Self {
            model: model.filter(|model| !model.is_empty()),
            reasoning: chosen.reasoning.map(ChatReasoning::from),
        }
    }
}

impl From<Preferences> for Chosen {
    fn from(chosen: Preferences) -> Self {
        Self {
            model: chosen.model,
            reasoning: chosen.reasoning.map(|reasoning| match reasoning {
                ChatReasoning::ReasoningContent => ReasoningWord::ReasoningContent,
                ChatReasoning::Hidden => ReasoningWord::Hidden,
                ChatReasoning::ThinkTags => ReasoningWord::ThinkTags,
            }),
        }
    }
}

fn unknown(name: &str) -> Complaint {
    Complaint::new(Code::NotFound, format!("there is no key called `{name}`"))
        .hint("`postern keys list` shows every key")
}
