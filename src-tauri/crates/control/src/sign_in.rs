//! Signing in and out, in the five ways there are.

mod step;

use base::Secret;

pub use self::step::SignInStep;
use crate::view::{AccountView, SignedOutView};
use crate::{Complaint, Core};

/// What a person must know before they enter a code anywhere (contract auth 2).
pub const PHISHING_WARNING: &str = auth::PHISHING_WARNING;

/// A sign-in that waits for a browser to come back.
#[derive(Debug)]
pub struct Browser(auth::BrowserSignIn);

/// A sign-in that waits for a code to be entered.
#[derive(Debug)]
pub struct Device(auth::DeviceSignIn);

/// A sign-in that waits for the address a browser ended on.
#[derive(Debug)]
pub struct Pasted(auth::PastedSignIn);

impl Core {
    /// Binds the callback's port and makes the address to open.
    ///
    /// # Errors
    /// Both ports are taken, or this machine's policy forbids it.
    pub async fn sign_in_by_browser(&self) -> Result<Browser, Complaint> {
        Ok(Browser(
            self.accounts.begin_browser_on(self.sign_in_ports).await?,
        ))
    }

    /// Asks for a code.
    ///
    /// # Errors
    /// Codes are not enabled, or the issuer cannot be reached.
    pub async fn sign_in_by_code(&self) -> Result<Device, Complaint> {
        Ok(Device(self.accounts.begin_device().await?))
    }

    /// Makes the address to open anywhere, without a port of ours.
    ///
    /// # Errors
    /// This machine's policy forbids it.
    pub async fn sign_in_by_pasting(&self) -> Result<Pasted, Complaint> {
        Ok(Pasted(self.accounts.begin_paste().await?))
    }

    /// Signs in with a Codex access token, `at-…`.
    ///
    /// # Errors
    /// The token is of another kind, or is not accepted.
    pub async fn sign_in_with_access_token(&self, token: Secret) -> Result<AccountView, Complaint> {
        let account = self.accounts.sign_in_with_access_token(token).await?;
        Ok(account.into())
    }

    /// Keeps a platform API key, which is checked when it is first used.
    ///
    /// # Errors
    /// The text is no key, or the vault is closed.
    pub async fn sign_in_with_api_key(&self, key: Secret) -> Result<AccountView, Complaint> {
        Ok(self.accounts.sign_in_with_api_key(key).await?.into())
    }

    /// Uses the Codex CLI's own sign-in, read only.
    ///
    /// # Errors
    /// The Codex CLI is not signed in in a way that can be used.
    pub async fn use_codex_cli(&self) -> Result<AccountView, Complaint> {
        Ok(self.accounts.use_codex_cli().await?.into())
    }

    /// Every account, the active one marked.
    ///
    /// # Errors
    /// The vault is closed.
    pub async fn list_accounts(&self) -> Result<Vec<AccountView>, Complaint> {
        let accounts = self.accounts.list().await?;
        Ok(accounts.into_iter().map(AccountView::from).collect())
    }

    /// Makes an account the active one. `name` is its id, or the e-mail of just one account.
    ///
    /// # Errors
    /// There is no such account, or more than one.
    pub async fn use_account(&self, name: &str) -> Result<AccountView, Complaint> {
        let account = self.find_account(name).await?;
        self.accounts.activate(&account.id).await?;
        Ok(AccountView {
            active: true,
            ..account.into()
        })
    }

    /// Signs out of one account, or of the active one: revokes, then forgets.
    ///
    /// # Errors
    /// There is no such account, or the vault is closed.
    pub async fn sign_out(&self, name: Option<&str>) -> Result<SignedOutView, Complaint> {
        let account = match name {
            Some(name) => self.find_account(name).await?,
            None => self.active_account().await?,
        };
        let signed_out = self.accounts.sign_out(&account.id).await?;
        self.cooldowns.clear(account.id.as_str());
        Ok(SignedOutView::new(account.into(), &signed_out))
    }

    async fn active_account(&self) -> Result<auth::Account, Complaint> {
        let accounts = self.accounts.list().await?;
        let active = accounts.into_iter().find(|account| account.active);
        active.ok_or_else(|| {
            Complaint::new(crate::Code::SignedOut, "nobody is signed in")
                .hint("run `postern login`")
        })
    }

    async fn find_account(&self, name: &str) -> Result<auth::Account, Complaint> {
        let accounts = self.accounts.list().await?;
        let mut found = accounts.into_iter().filter(|account| {
            account.id.as_str() == name || account.email.as_deref() == Some(name)
        });
        let complain = |message: String| {
            Err(Complaint::new(crate::Code::Other, message)
                .hint("`postern accounts` lists them with their ids"))
        };
        match (found.next(), found.next()) {
            (Some(account), None) => Ok(account),
            (None, _) => complain(format!("there is no account `{name}`")),
            (Some(_), Some(_)) => complain(format!("more than one account is called `{name}`")),
        }
    }
}

impl Browser {
    /// The address to open.
    pub fn url(&self) -> &str {
        self.0.url.as_str()
    }

    /// Opens the address in the person's browser. Not every machine has one, so the address
    /// should be shown as well.
    pub fn open(&self) -> bool {
        open::that_detached(self.0.url.as_str()).is_ok()
    }

    /// Waits for the browser to come back.
    ///
    /// # Errors
    /// The sign-in was refused, taken over, or took too long.
    pub async fn finish(self) -> Result<AccountView, Complaint> {
        Ok(self.0.finish().await?.into())
    }
}

impl Device {
    /// The page on which to enter the code.
    pub fn url(&self) -> &str {
        self.0.url.as_str()
    }

    /// The code.
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// Waits for the code to be entered.
    ///
    /// # Errors
    /// The code was refused or has expired.
    pub async fn finish(self) -> Result<AccountView, Complaint> {
        Ok(self.0.finish().await?.into())
    }
}

impl Pasted {
    /// The address to open.
    pub fn url(&self) -> &str {
        self.0.url.as_str()
    }

    /// Finishes with what the person pasted: the whole address their browser ended on.
    ///
    /// # Errors
    /// The address is of another sign-in, or was refused.
    pub async fn finish(self, pasted: &str) -> Result<AccountView, Complaint> {
        Ok(self.0.finish(pasted).await?.into())
    }
}
