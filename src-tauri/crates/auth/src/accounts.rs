//! The accounts of one person: the door to everything in this crate.

mod book;
mod pass;
mod sign_out;
mod upkeep;

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use base::{Chance, Clock, Secret, Tasks};
use parking_lot::Mutex;
use store::Vault;
use url::Url;

use crate::access_token::AccessToken;
use crate::account::{Account, AccountId, Kind};
use crate::callback::ports::Ports;
use crate::codex_cli::{CodexCli, Found};
use crate::fault::Fault;
use crate::issuer::Issuer;
use crate::ledger::Ledger;
use crate::means::Means;
use crate::pass::Identity;
use crate::policy::Policy;
use crate::record::Record;
use crate::session::Session;
use crate::sign_in::browser::{BrowserSignIn, Ongoing};
use crate::sign_in::device::DeviceSignIn;
use crate::sign_in::paste::PastedSignIn;
use crate::sign_in::{self};

pub use sign_out::{Revoked, SignedOut};

/// What the accounts are made of.
pub struct Parts {
    /// Where they are kept.
    pub vault: Vault,
    /// The one client of the process. It must not follow redirects.
    pub http: reqwest::Client,
    /// The issuer's root, `https://auth.openai.com`.
    pub issuer: Url,
    /// The ChatGPT backend, `https://chatgpt.com/backend-api`.
    pub backend: Url,
    /// The platform API, `https://api.openai.com/v1`.
    pub platform: Url,
    /// What the rules of this machine allow.
    pub policy: Policy,
    /// The Codex CLI's folder, where its sign-in may be used.
    pub codex_home: Option<PathBuf>,
    /// How Postern names itself.
    pub identity: Identity,
    /// For expiry, limits and pauses.
    pub clock: Clock,
    /// For state, verifier and jitter.
    pub chance: Chance,
    /// Who owns renewals and callbacks.
    pub tasks: Tasks,
}

/// The accounts of one person. Clones are the same accounts.
#[derive(Clone)]
pub struct Accounts(Arc<Inner>);

struct Inner {
    means: Arc<Means>,
    codex_cli: Option<Arc<CodexCli>>,
    sessions: Mutex<HashMap<AccountId, Arc<Session>>>,
    access_tokens: Mutex<HashMap<AccountId, Arc<AccessToken>>>,
    /// Only one browser sign-in at a time has the ports.
    browser: tokio::sync::Mutex<Option<Ongoing>>,
}

impl Accounts {
    /// The accounts kept in the vault. Nothing is read yet, so no keyring is asked.
    #[expect(
        clippy::unused_async,
        reason = "callers await it, and may have to one day"
    )]
    pub async fn open(parts: Parts) -> Self {
        let issuer = Issuer::new(
            parts.issuer,
            parts.http.clone(),
            parts.identity.clone(),
            parts.clock.clone(),
        );
        let means = Means {
            ledger: Ledger::new(parts.vault),
            issuer,
            http: parts.http,
            backend: parts.backend,
            platform: parts.platform,
            policy: parts.policy,
            identity: parts.identity,
            clock: parts.clock,
            chance: parts.chance,
            tasks: parts.tasks,
        };
        Self(Arc::new(Inner {
            means: Arc::new(means),
            codex_cli: parts.codex_home.map(|home| Arc::new(CodexCli::new(&home))),
            sessions: Mutex::default(),
            access_tokens: Mutex::default(),
            browser: tokio::sync::Mutex::default(),
        }))
    }

    /// Begins a browser sign-in on the registered ports. One that is under way here makes way.
    ///
    /// # Errors
    /// Secrets cannot be kept, the policy forbids it, or no port can be had.
    pub async fn begin_browser(&self) -> Result<BrowserSignIn, Fault> {
        self.begin_browser_on(Ports::default()).await
    }

    /// The same on other ports, which a real issuer does not know.
    ///
    /// # Errors
    /// As [`Self::begin_browser`].
    pub async fn begin_browser_on(&self, ports: Ports) -> Result<BrowserSignIn, Fault> {
        self.can_be_kept().await?;
        let mut browser = self.0.browser.lock().await;
        if let Some(ongoing) = browser.take() {
            ongoing.make_way().await;
        }
        let (begun, ongoing) = BrowserSignIn::begin(&self.0.means, ports).await?;
        *browser = Some(ongoing);
        Ok(begun)
    }

    /// Begins a device sign-in.
    ///
    /// # Errors
    /// Secrets cannot be kept, the policy forbids it, or the issuer gives no code.
    pub async fn begin_device(&self) -> Result<DeviceSignIn, Fault> {
        self.can_be_kept().await?;
        DeviceSignIn::begin(&self.0.means).await
    }

    /// Begins a sign-in whose last address is pasted.
    ///
    /// # Errors
    /// Secrets cannot be kept, or the policy forbids it.
    pub async fn begin_paste(&self) -> Result<PastedSignIn, Fault> {
        self.can_be_kept().await?;
        PastedSignIn::begin(&self.0.means)
    }

    /// Adds an access token, `at-…`, after asking whose it is.
    ///
    /// # Errors
    /// The policy forbids it, it is not an access token, or the issuer does not accept it.
    pub async fn sign_in_with_access_token(&self, token: Secret) -> Result<Account, Fault> {
        let means = &self.0.means;
        means.policy.permits(Kind::AccessToken)?;
        let token = trimmed(&token);
        let made = Arc::new(AccessToken::new(token.clone())?);
        self.can_be_kept().await?;
        let person = made.person(means).await?;
        means.policy.accepts(Some(&person.account_id))?;
        let id = AccountId::of(Kind::AccessToken, &person.user_id, &person.account_id);
        sign_in::keep(means, &id, &Record::AccessToken(token)).await?;
        self.0.access_tokens.lock().insert(id.clone(), made);
        self.account(&id).await
    }

    /// Adds a platform API key. It is checked when the first request is sent.
    ///
    /// # Errors
    /// The policy forbids it, or it cannot be one.
    pub async fn sign_in_with_api_key(&self, key: Secret) -> Result<Account, Fault> {
        let means = &self.0.means;
        means.policy.permits(Kind::ApiKey)?;
        let key = trimmed(&key);
        if key.is_empty() || !key.reveal().bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Fault::Credential("this is not an API key".into()));
        }
        self.can_be_kept().await?;
        let id = AccountId::of(Kind::ApiKey, key.reveal(), "");
        sign_in::keep(means, &id, &Record::ApiKey(key)).await?;
        self.account(&id).await
    }

    /// Uses the Codex CLI's own sign-in from now on, read only.
    ///
    /// # Errors
    /// The policy forbids it, there is none, or it is of a kind that cannot be used.
    pub async fn use_codex_cli(&self) -> Result<Account, Fault> {
        let means = &self.0.means;
        self.can_be_kept().await?;
        let cli = self.codex_cli()?;
        match cli.reread().await?.0 {
            Found::Plan(tokens) => {
                means.policy.permits(Kind::CodexCli)?;
                means.policy.accepts(tokens.account_id.as_deref())?;
            }
            Found::AccessToken(token) => {
                means.policy.permits(Kind::AccessToken)?;
                let person = token.person(means).await?;
                means.policy.accepts(Some(&person.account_id))?;
            }
            Found::ApiKey(_) => means.policy.permits(Kind::ApiKey)?,
        }
        let id = AccountId::of(Kind::CodexCli, "", "");
        sign_in::keep(means, &id, &Record::CodexCli).await?;
        self.account(&id).await
    }

    /// A sign-in whose outcome could not be kept is not begun: nobody should go through it for nothing.
    async fn can_be_kept(&self) -> Result<(), Fault> {
        Ok(self.0.means.ledger.reread().await.map(drop)?)
    }

    fn codex_cli(&self) -> Result<&Arc<CodexCli>, Fault> {
        self.0.codex_cli.as_ref().ok_or_else(|| {
            Fault::CodexCli("no folder of the Codex CLI is known on this computer".into())
        })
    }
}

/// Pasted secrets come with line breaks.
fn trimmed(secret: &Secret) -> Secret {
    Secret::new(secret.reveal().trim())
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Accounts(..)")
    }
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Parts(..)")
    }
}
