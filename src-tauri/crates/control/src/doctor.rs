//! Six checks, each with one line of advice.

use std::time::Duration;

use serde::Serialize;
use store::VaultState;
use ts_rs::TS;

use crate::{Core, Instance};

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Check {
    /// What was looked at.
    #[ts(
        type = "'keyring' | 'sign-in' | 'listener' | 'call with a key' | 'backend' | 'tray host'"
    )]
    pub name: &'static str,
    /// How it went.
    pub outcome: Outcome,
    /// What was found, as a sentence.
    pub found: String,
    /// What to do about it; empty where nothing needs doing.
    pub advice: String,
}

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// As it should be.
    Pass,
    /// Not as it should be.
    Fail,
    /// Nothing to look at.
    Skipped,
}

impl Check {
    fn new(name: &'static str, outcome: Outcome, found: impl Into<String>, advice: &str) -> Self {
        Self {
            name,
            outcome,
            found: found.into(),
            advice: advice.to_owned(),
        }
    }
}

impl Core {
    /// Runs every check, each on its own, so that one failure hides no other.
    pub async fn examine(&self) -> Vec<Check> {
        let server = Instance::find(&self.paths);
        vec![
            self.check_keyring(),
            self.check_sign_in().await,
            self.check_listener(server.as_ref()).await,
            self.check_call(server.as_ref()).await,
            self.check_backend().await,
            Check::new(
                "tray host",
                Outcome::Skipped,
                "this is the headless command, which has no tray",
                "",
            ),
        ]
    }

    fn check_keyring(&self) -> Check {
        let name = "keyring";
        let (found, advice) = match self.vault.state() {
            VaultState::Ok(kind) => {
                let found = format!("secrets are kept with `{kind}` and can be read");
                return Check::new(name, Outcome::Pass, found, "");
            }
            VaultState::SessionOnly => {
                let found = "secrets are kept in memory until this process ends";
                return Check::new(name, Outcome::Pass, found, "");
            }
            VaultState::Locked => (
                "the saved secrets are locked",
                "unlock the keyring and try again",
            ),
            VaultState::Missing => (
                "this system has no keyring",
                "choose `--vault passphrase`, `--vault plain` or `--vault session`",
            ),
            VaultState::Denied => (
                "the keyring refused access",
                "allow Postern in the keyring's own settings",
            ),
            VaultState::KeyGone => (
                "the key of the saved secrets is gone from the keyring",
                "sign in again with `postern login`",
            ),
            VaultState::Damaged => (
                "the file of saved secrets cannot be used",
                "restore it from a backup, or sign in again with `postern login`",
            ),
        };
        Check::new(name, Outcome::Fail, found, advice)
    }

    async fn check_sign_in(&self) -> Check {
        let name = "sign-in";
        match self.accounts.pass().await {
            Ok(_) => {
                let who = self.status().await.account;
                let who = who.and_then(|account| account.email);
                let who = who.unwrap_or_else(|| "the active account".to_owned());
                Check::new(name, Outcome::Pass, format!("{who} can be used"), "")
            }
            Err(fault) => {
                let advice = fault.hint().unwrap_or("run `postern login`");
                Check::new(name, Outcome::Fail, fault.to_string(), advice)
            }
        }
    }

    async fn check_listener(&self, server: Option<&Instance>) -> Check {
        let name = "listener";
        let Some(server) = server else {
            let found = "no server runs for this folder";
            return Check::new(
                name,
                Outcome::Skipped,
                found,
                "start it with `postern serve`",
            );
        };
        match self
            .call(&format!("http://{}/healthz", server.address), None)
            .await
        {
            Some(200) => {
                let found = format!("http://{} answers", server.address);
                Check::new(name, Outcome::Pass, found, "")
            }
            answer => Check::new(
                name,
                Outcome::Fail,
                format!("http://{} {}", server.address, told(answer)),
                "stop the process and start `postern serve` again",
            ),
        }
    }

    async fn check_call(&self, server: Option<&Instance>) -> Check {
        let name = "call with a key";
        let Some(server) = server else {
            let found = "no server runs for this folder";
            return Check::new(
                name,
                Outcome::Skipped,
                found,
                "start it with `postern serve`",
            );
        };
        let Some(key) = self.list_keys().into_iter().next() else {
            let found = "there is no local key yet";
            return Check::new(
                name,
                Outcome::Skipped,
                found,
                "make one with `postern keys add NAME`",
            );
        };
        let secret = match self.show_key(&key.name).await {
            Ok(secret) => secret,
            Err(complaint) => {
                let advice = complaint.hint.as_deref().unwrap_or_default();
                return Check::new(name, Outcome::Fail, complaint.message.as_str(), advice);
            }
        };
        let url = format!("{}/models", server.base_url());
        match self.call(&url, Some(&secret)).await {
            Some(200) => {
                let found = format!("the key `{}` is accepted and models are listed", key.name);
                Check::new(name, Outcome::Pass, found, "")
            }
            answer => Check::new(
                name,
                Outcome::Fail,
                format!("`GET {url}` {}", told(answer)),
                "run `postern logs` to see the refused request",
            ),
        }
    }

    async fn check_backend(&self) -> Check {
        let name = "backend";
        let url = self.settings.current().upstream.clone();
        let host = url.host_str().unwrap_or_default().to_owned();
        match self.call(url.as_str(), None).await {
            Some(_) => Check::new(name, Outcome::Pass, format!("`{host}` can be reached"), ""),
            None => Check::new(
                name,
                Outcome::Fail,
                format!("`{host}` cannot be reached"),
                "check the network and the `http_proxy` setting",
            ),
        }
    }

    /// The status of a `GET`; `None` where no answer came in time.
    async fn call(&self, url: &str, key: Option<&base::Secret>) -> Option<u16> {
        let call = self.upstream.probe(url, key);
        self.clock.timeout(PATIENCE, call).await?
    }
}

fn told(answer: Option<u16>) -> String {
    answer.map_or_else(
        || "does not answer".to_owned(),
        |status| format!("answers with status {status}"),
    )
}

/// How long one call may take.
const PATIENCE: Duration = Duration::from_secs(10);
