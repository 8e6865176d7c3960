//! What is kept in the vault: one JSON text per account, and one for their order.

use std::sync::Arc;

use base::{Secret, Timestamp};
use serde::{Deserialize, Serialize};

use crate::account::AccountId;
use crate::tokens::{Kept, Tokens};

/// The credential of one account.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Record {
    ChatGpt(Arc<Tokens>),
    AccessToken(Secret),
    ApiKey(Secret),
    /// Nothing is kept: the Codex CLI keeps it.
    CodexCli,
}

/// The accounts in their order, and the one in use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Index {
    pub(crate) order: Vec<AccountId>,
    pub(crate) active: Option<AccountId>,
}

impl Record {
    /// Reads a text of [`Self::seal`]; `None` where it is not one.
    pub(crate) fn open(text: &Secret) -> Option<Self> {
        Some(match serde_json::from_str(text.reveal()).ok()? {
            Written::ChatGpt(written) => Self::ChatGpt(Arc::new(written.open()?)),
            Written::AccessToken { token } => Self::AccessToken(Secret::new(token)),
            Written::ApiKey { key } => Self::ApiKey(Secret::new(key)),
            Written::CodexCli => Self::CodexCli,
        })
    }

    /// The text to keep.
    pub(crate) fn seal(&self) -> Secret {
        let plain = |secret: &Secret| secret.reveal().to_owned();
        seal(&match self {
            Self::ChatGpt(tokens) => Written::ChatGpt(WrittenTokens {
                id_token: plain(&tokens.id_token),
                access_token: plain(&tokens.access),
                refresh_token: plain(&tokens.refresh),
                account_id: tokens.account_id.clone(),
                issuer: tokens.issuer.clone(),
                last_refresh_ms: tokens.last_refresh.millis(),
                unconfirmed: tokens.unconfirmed,
            }),
            Self::AccessToken(token) => Written::AccessToken {
                token: plain(token),
            },
            Self::ApiKey(key) => Written::ApiKey { key: plain(key) },
            Self::CodexCli => Written::CodexCli,
        })
    }
}

impl Index {
    /// Reads a text of [`Self::seal`]; an unreadable one counts as empty, since the records
    /// themselves say which accounts there are.
    pub(crate) fn open(text: &Secret) -> Self {
        let written: WrittenIndex = serde_json::from_str(text.reveal()).unwrap_or_default();
        let id = |text: String| AccountId::parse(&text);
        Self {
            order: written.order.into_iter().filter_map(id).collect(),
            active: written.active.and_then(id),
        }
    }

    /// The text to keep.
    pub(crate) fn seal(&self) -> Secret {
        let text = AccountId::to_string;
        seal(&WrittenIndex {
            order: self.order.iter().map(text).collect(),
            active: self.active.as_ref().map(text),
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Written {
    #[serde(rename = "chatgpt")]
    ChatGpt(WrittenTokens),
    AccessToken {
        token: String,
    },
    ApiKey {
        key: String,
    },
    CodexCli,
}

#[derive(Serialize, Deserialize)]
struct WrittenTokens {
    id_token: String,
    access_token: String,
    refresh_token: String,
    account_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    issuer: Option<String>,
    last_refresh_ms: i64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    unconfirmed: bool,
}

impl WrittenTokens {
    fn open(self) -> Option<Tokens> {
        Tokens::kept(Kept {
            id_token: Secret::new(self.id_token),
            access: Secret::new(self.access_token),
            refresh: Secret::new(self.refresh_token),
            account_id: self.account_id,
            issuer: self.issuer,
            last_refresh: Timestamp::from_millis(self.last_refresh_ms),
            unconfirmed: self.unconfirmed,
        })
        .ok()
    }
}

#[derive(Default, Serialize, Deserialize)]
struct WrittenIndex {
    #[serde(default)]
    order: Vec<String>,
    active: Option<String>,
}

fn seal(written: &impl Serialize) -> Secret {
    let text = serde_json::to_string(written);
    debug_assert!(text.is_ok(), "records serialize into memory");
    Secret::new(text.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Kind;

    #[test]
    fn every_record_survives_its_text() {
        let tokens = Tokens::kept(Kept {
            id_token: Secret::new("eyJhbGciOiJub25lIn0.e30.c2ln"),
            access: Secret::new("opaque"),
            refresh: Secret::new("rt"),
            account_id: Some("acct".into()),
            issuer: Some("https://issuer.test".into()),
            last_refresh: Timestamp::from_seconds(5),
            unconfirmed: true,
        });
        for record in [
            Record::ChatGpt(Arc::new(tokens.unwrap())),
            Record::AccessToken(Secret::new("at-1")),
            Record::ApiKey(Secret::new("sk-1")),
            Record::CodexCli,
        ] {
            assert_eq!(Record::open(&record.seal()), Some(record));
        }
    }

    #[test]
    fn an_unreadable_text_is_no_record() {
        for text in [
            "",
            "{}",
            r#"{"kind":"carrier-pigeon"}"#,
            r#"{"kind":"api_key"}"#,
        ] {
            assert_eq!(Record::open(&Secret::new(text)), None);
        }
        assert_eq!(Index::open(&Secret::new("nonsense")), Index::default());
    }

    #[test]
    fn an_index_survives_its_text() {
        let id = AccountId::of(Kind::ChatGpt, "a", "b");
        let index = Index {
            order: vec![id.clone()],
            active: Some(id),
        };
        assert_eq!(Index::open(&index.seal()), index);
    }
}
