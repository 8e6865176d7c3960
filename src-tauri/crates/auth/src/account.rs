//! Who is signed in: what a list of accounts says about each, without anything secret.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::plan::Plan;

/// Names one account: sixteen hexadecimal digits made from the person and the workspace, so that a
/// personal and a team seat of one e-mail address are two accounts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(String);

/// One account as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its name in every call.
    pub id: AccountId,
    /// What kind of credential it has.
    pub kind: Kind,
    /// The e-mail address, where the credential says one.
    pub email: Option<String>,
    /// The plan, where the credential says one.
    pub plan: Option<Plan>,
    /// The workspace (`chatgpt_account_id`), where the credential says one.
    pub workspace_id: Option<String>,
    /// The workspace's name; known once the backend was asked where to send requests.
    pub workspace_name: Option<String>,
    /// Whether requests go out in its name.
    pub active: bool,
    /// How it is doing.
    pub state: State,
}

/// The kinds of credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A sign-in with ChatGPT: browser, device code, or a pasted address.
    ChatGpt,
    /// A Codex access token, `at-…` (contract auth 6.2).
    AccessToken,
    /// A platform API key (contract auth 7).
    ApiKey,
    /// The Codex CLI's own sign-in, read only.
    CodexCli,
}

/// How an account is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It can be used.
    SignedIn,
    /// It can be used for now, but its renewal fails; the sentence says how.
    Struggling(String),
    /// Only signing in again helps; the sentence says why.
    NeedsSignIn(String),
    /// A rule of this machine forbids it; the sentence names the rule.
    NotAllowed(String),
}

impl AccountId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Accepts the text of an id: sixteen lower-case hexadecimal digits.
    pub fn parse(raw: &str) -> Option<Self> {
        let plain = |c: char| matches!(c, '0'..='9' | 'a'..='f');
        (raw.len() == DIGITS && raw.chars().all(plain)).then(|| Self(raw.into()))
    }

    /// The id of `subject` in `workspace`. Kinds do not share ids: a seat may have a sign-in and an
    /// access token side by side.
    pub(crate) fn of(kind: Kind, subject: &str, workspace: &str) -> Self {
        let mut hash = Sha256::new();
        for part in [kind.as_str(), subject, workspace] {
            // The length in front keeps ("ab", "c") and ("a", "bc") apart.
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let digits = hash.finalize().iter().take(DIGITS / 2).fold(
            String::with_capacity(DIGITS),
            |mut text, byte| {
                text.push_str(&format!("{byte:02x}"));
                text
            },
        );
        Self(digits)
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Kind {
    /// The word for it in files and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ChatGpt => "chatgpt",
            Self::AccessToken => "access_token",
            Self::ApiKey => "api_key",
            Self::CodexCli => "codex_cli",
        }
    }
}

impl State {
    /// The word for it in JSON.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::SignedIn => "signed_in",
            Self::Struggling(_) => "struggling",
            Self::NeedsSignIn(_) => "needs_sign_in",
            Self::NotAllowed(_) => "not_allowed",
        }
    }

    /// The sentence about what is the matter, if something is.
    pub fn problem(&self) -> Option<String> {
        match self {
            Self::SignedIn => None,
            Self::Struggling(why) | Self::NeedsSignIn(why) | Self::NotAllowed(why) => {
                Some(why.clone())
            }
        }
    }
}

const DIGITS: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_personal_and_a_team_seat_of_one_person_are_two_accounts() {
        let id = |kind, workspace| AccountId::of(kind, "user-1", workspace);
        assert_ne!(id(Kind::ChatGpt, "acct_a"), id(Kind::ChatGpt, "acct_b"));
        assert_ne!(id(Kind::ChatGpt, "acct_a"), id(Kind::AccessToken, "acct_a"));
        assert_eq!(id(Kind::ChatGpt, "acct_a"), id(Kind::ChatGpt, "acct_a"));
        assert_ne!(
            AccountId::of(Kind::ChatGpt, "ab", "c"),
            AccountId::of(Kind::ChatGpt, "a", "bc")
        );
    }

    #[test]
    fn an_id_survives_its_text() {
        let id = AccountId::of(Kind::ApiKey, "x", "");
        assert_eq!(AccountId::parse(id.as_str()), Some(id));
        for bad in ["", "0123", "0123456789abcdeF", "../../../../etc/"] {
            assert_eq!(AccountId::parse(bad), None, "{bad}");
        }
    }
}
