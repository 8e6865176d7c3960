//! A stand-in, a clock that is moved by hand, and accounts in a folder of their own.

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use auth::{Account, Accounts, Identity, Parts, Policy};
use base::{Chance, Clock, Hand, Secret, Tasks, Timestamp};
use http::header::LOCATION;
use serde_json::Value;
use standin::{Options, Received, Standin, World};
use store::{MemoryKeyring, Paths, Vault, VaultChoice, VaultParts};
use tempfile::TempDir;
use url::Url;

pub(crate) const PLUS: &str = "plus@example.test";
pub(crate) const TEAM: &str = "team@example.test";
pub(crate) const GOV: &str = "gov@example.test";

/// Everything one test needs.
pub(crate) struct House {
    pub(crate) standin: Standin,
    pub(crate) clock: Clock,
    pub(crate) hand: Hand,
    pub(crate) http: reqwest::Client,
    folder: TempDir,
    pub(crate) here: Process,
}

/// Accounts as one process has them. Two of them share a folder as two processes do.
pub(crate) struct Process {
    pub(crate) accounts: Accounts,
    pub(crate) vault: Vault,
    pub(crate) tasks: Tasks,
}

/// What differs from the usual.
#[derive(Default)]
pub(crate) struct Unusual {
    pub(crate) policy: Policy,
    pub(crate) codex_home: Option<PathBuf>,
    pub(crate) issuer: Option<Url>,
    pub(crate) backend: Option<Url>,
    pub(crate) proxy: Option<Url>,
    /// A clock that goes wrong: the other side has the right one.
    pub(crate) clock: Option<Clock>,
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::open_with(Unusual::default()).await
    }

    pub(crate) async fn open_with(unusual: Unusual) -> Self {
        let (clock, hand) = Clock::manual(Timestamp::from_seconds(1_795_000_000));
        let standin = Standin::start(Options {
            clock: clock.clone(),
            tls_free_second_port: true,
            ..Options::default()
        });
        let standin = standin.await.unwrap();
        standin.world().turn(|knobs| knobs.any_loopback_port = true);
        let (folder, http) = (tempfile::tempdir().unwrap(), client(None));
        let here = process(&standin, &folder, &clock, &http, unusual).await;
        Self {
            standin,
            clock,
            hand,
            http,
            folder,
            here,
        }
    }

    /// A further process on the same folder.
    pub(crate) async fn neighbour(&self, unusual: Unusual) -> Process {
        process(
            &self.standin,
            &self.folder,
            &self.clock,
            &self.http,
            unusual,
        )
        .await
    }

    pub(crate) fn world(&self) -> &World {
        self.standin.world()
    }

    pub(crate) fn accounts(&self) -> &Accounts {
        &self.here.accounts
    }

    pub(crate) fn paths(&self) -> Paths {
        Paths::under(self.folder.path())
    }

    /// Signs the person's default seat in.
    pub(crate) async fn sign_in(&self, email: &str) -> Account {
        self.sign_in_at(&self.here, email).await
    }

    /// The same in another process. `who` may be `EMAIL/ACCOUNT_ID`.
    pub(crate) async fn sign_in_at(&self, process: &Process, who: &str) -> Account {
        let begun = process.accounts.begin_paste().await.unwrap();
        let back = self.approve(&begun.url, who).await;
        begun.finish(back.as_str()).await.unwrap()
    }

    /// What a browser and a person do on the sign-in page: where they end.
    pub(crate) async fn approve(&self, page: &Url, who: &str) -> Url {
        self.answer(page, "standin_person", who).await
    }

    /// The same with another answer of the page.
    pub(crate) async fn answer(&self, page: &Url, name: &str, value: &str) -> Url {
        let mut page = page.clone();
        page.query_pairs_mut().append_pair(name, value);
        let response = self.http.get(page).send().await.unwrap();
        assert_eq!(response.status(), 302, "{}", response.text().await.unwrap());
        let location = response.headers()[LOCATION].to_str().unwrap();
        Url::parse(location).unwrap()
    }

    /// The renewals that were asked for, oldest first.
    pub(crate) fn renewals(&self) -> Vec<Received> {
        let mut asked = self.world().received_at("/oauth/token");
        asked.retain(|request| request.json()["grant_type"] == "refresh_token");
        asked
    }

    /// The refresh tokens that were sent, oldest first.
    pub(crate) fn sent_tokens(&self) -> Vec<String> {
        let token =
            |request: &Received| request.json()["refresh_token"].as_str().unwrap().to_owned();
        self.renewals().iter().map(token).collect()
    }

    /// What is kept about the account.
    pub(crate) async fn kept(&self, account: &Account) -> Option<Value> {
        let text = self
            .here
            .vault
            .read(&format!("account/{}", account.id))
            .await
            .unwrap()?;
        Some(serde_json::from_str(text.reveal()).unwrap())
    }

    /// Keeps something else about the account, as another program might.
    pub(crate) async fn keep(&self, account: &Account, record: &Value) {
        let name = format!("account/{}", account.id);
        let text = Secret::new(record.to_string());
        self.here.vault.write(&name, text).await.unwrap();
    }

    pub(crate) fn minutes_pass(&self, minutes: u64) {
        self.hand.advance(Duration::from_secs(minutes * 60));
    }

    pub(crate) fn seconds_pass(&self, seconds: u64) {
        self.hand.advance(Duration::from_secs(seconds));
    }

    /// Lets time pass in small steps until `work` is done.
    pub(crate) async fn while_time_passes<F: Future>(&self, step: Duration, work: F) -> F::Output {
        let machine = Clock::system();
        tokio::pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                () = machine.sleep(Duration::from_millis(5)) => self.hand.advance(step),
            }
        }
    }

    /// Lets everything that can go on without the clock go on, until `done`.
    pub(crate) async fn until(&self, mut done: impl FnMut() -> bool) {
        let machine = Clock::system();
        while !done() {
            machine.sleep(Duration::from_millis(2)).await;
        }
    }
}

/// A policy out of the requirements of a managed machine.
pub(crate) fn requirements(text: &str) -> Policy {
    Policy::read(&auth::policy::PolicyTexts {
        requirements: vec![auth::policy::PolicyText {
            from: "/etc/codex/requirements.toml".into(),
            text: Ok(text.into()),
            by: auth::policy::Author::Machine,
        }],
        config: Vec::new(),
    })
}

pub(crate) fn identity() -> Identity {
    Identity {
        originator: "postern".into(),
        user_agent: "postern/0.1.0 (test)".into(),
    }
}

async fn process(
    standin: &Standin,
    folder: &TempDir,
    clock: &Clock,
    http: &reqwest::Client,
    unusual: Unusual,
) -> Process {
    let vault = Vault::open(VaultParts {
        paths: Paths::under(folder.path()),
        choice: Some(VaultChoice::Plain),
        keyring: Arc::new(MemoryKeyring::new()),
        clock: Clock::system(),
        chance: Chance::system(),
    });
    let (vault, tasks) = (vault.await, Tasks::new());
    let accounts = Accounts::open(Parts {
        vault: vault.clone(),
        http: match unusual.proxy {
            Some(proxy) => client(Some(proxy)),
            None => http.clone(),
        },
        issuer: unusual.issuer.unwrap_or_else(|| standin.issuer()),
        backend: unusual.backend.unwrap_or_else(|| standin.upstream()),
        platform: standin.platform(),
        policy: unusual.policy,
        codex_home: unusual.codex_home,
        identity: identity(),
        clock: unusual.clock.unwrap_or_else(|| clock.clone()),
        chance: Chance::system(),
        tasks: tasks.clone(),
    });
    Process {
        accounts: accounts.await,
        vault,
        tasks,
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the product's client is built on another floor"
)]
fn client(proxy: Option<Url>) -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy();
    if let Some(proxy) = proxy {
        builder = builder.proxy(reqwest::Proxy::all(proxy).unwrap());
    }
    builder.build().unwrap()
}
