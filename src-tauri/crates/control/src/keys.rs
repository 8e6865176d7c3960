//! Local keys: one for each app.

use base::Secret;

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

fn unknown(name: &str) -> Complaint {
    Complaint::new(Code::NotFound, format!("there is no key called `{name}`"))
        .hint("`postern keys list` shows every key")
}
