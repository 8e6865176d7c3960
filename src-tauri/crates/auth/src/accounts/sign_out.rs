//! Sign-out: revoke, then forget, even where revoking fails (contract auth 5.5).

use std::time::Duration;

use base::Secret;

use super::Accounts;
use crate::account::AccountId;
use crate::fault::Fault;
use crate::record::Record;
use crate::session::OTHER_ISSUER;

/// A sign-out that is done: the account is forgotten here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedOut {
    /// Whether the issuer knows of it.
    pub revoked: Revoked,
}

/// What became of the grant at the issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revoked {
    /// It has ended.
    Yes,
    /// The issuer could not be told; the sentence says why. The grant ends when it expires.
    Failed(String),
    /// There is no grant of ours: a token or key that its owner revokes, or the Codex CLI's sign-in.
    NotOurs,
}

impl SignedOut {
    /// Whether nothing of the account is left at the issuer that Postern could have ended.
    pub fn revoked(&self) -> bool {
        match self.revoked {
            Revoked::Yes | Revoked::NotOurs => true,
            Revoked::Failed(_) => false,
        }
    }
}

impl Accounts {
    /// Revokes the account's grant, for ten seconds at most, then forgets the account regardless.
    ///
    /// # Errors
    /// There is no such account, or the vault cannot be written.
    pub async fn sign_out(&self, id: &AccountId) -> Result<SignedOut, Fault> {
        let means = &self.0.means;
        let book = means.ledger.book().await?;
        let record = book
            .record(id)
            .ok_or_else(|| Fault::UnknownAccount(id.clone()))?;
        let revoked = match record {
            Record::ChatGpt(tokens) if !means.issuer.gave(tokens) => {
                Revoked::Failed(OTHER_ISSUER.into())
            }
            Record::ChatGpt(tokens) => {
                let refresh = self.last_refresh_token(id, &tokens.refresh).await;
                match means.issuer.revoke(&refresh).await {
                    Ok(()) => Revoked::Yes,
                    Err(why) => {
                        tracing::warn!(name: "grant.unrevoked", account = %id, why, "signed out here only");
                        Revoked::Failed(why)
                    }
                }
            }
            Record::AccessToken(_) | Record::ApiKey(_) | Record::CodexCli => Revoked::NotOurs,
        };
        self.forget(id).await?;
        tracing::info!(name: "account.signed_out", account = %id, "signed out");
        Ok(SignedOut { revoked })
    }

    /// The token in use here, even where the vault holds a newer one: that one may belong to a
    /// sign-in of another process, which nobody asked to end.
    async fn last_refresh_token(&self, id: &AccountId, stored: &Secret) -> Secret {
        let session = self.0.sessions.lock().get(id).cloned();
        match session {
            Some(session) => {
                let tokens = session.leave(&self.0.means, RENEWAL_PATIENCE).await;
                tokens.refresh.clone()
            }
            None => stored.clone(),
        }
    }

    async fn forget(&self, id: &AccountId) -> Result<(), Fault> {
        let means = &self.0.means;
        // Another process may be renewing; it looks again before it writes.
        let turn = means.turn(RENEWAL_PATIENCE).await;
        let removed = means.ledger.remove(id).await;
        drop(turn);
        self.0.sessions.lock().remove(id);
        self.0.access_tokens.lock().remove(id);
        removed?;
        let arranged = means.ledger.arrange(|index| {
            index.order.retain(|other| other != id);
            if index.active.as_ref() == Some(id) {
                index.active = None;
            }
        });
        Ok(arranged.await?)
    }
}

/// How long a sign-out waits for a renewal under way, so as to revoke what it brought.
const RENEWAL_PATIENCE: Duration = Duration::from_secs(10);
