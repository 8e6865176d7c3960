//! An engine at work for one test: a home, a stand-in, and a page that asks.

use std::sync::Arc;
use std::time::Duration;

use base::Chance;
use control::news::{Newsfeed, Note, What};
use control::state::AppState;
use control::{
    Autostart, Complaint, Core, Engine, Environment, Host, Means, Options, RequestRow, Shell,
    VaultKind,
};
use parking_lot::Mutex;
use serde_json::{Value, json};
use standin::Standin;
use store::MemoryKeyring;
use tempfile::TempDir;

pub(crate) const EMAIL: &str = "plus@example.test";
/// The one path of the stand-in that most tests look at.
pub(crate) const RESPONSES: &str = "/backend-api/codex/responses";

pub(crate) struct Desk {
    pub(crate) engine: Engine,
    pub(crate) host: Arc<FakeHost>,
    pub(crate) standin: Standin,
    pub(crate) keyring: MemoryKeyring,
    pub(crate) home: TempDir,
}

/// What can be had before the engine starts.
pub(crate) struct Plan {
    pub(crate) settings: String,
    pub(crate) vault: Option<VaultKind>,
    pub(crate) ports: auth::Ports,
    pub(crate) keyring: MemoryKeyring,
}

/// A program around the engine that notes what it is told to do.
#[derive(Default)]
pub(crate) struct FakeHost {
    pub(crate) opened: Mutex<Vec<String>>,
    pub(crate) autostart: Mutex<bool>,
    pub(crate) quits: Mutex<usize>,
    /// True where nothing on this machine opens an address.
    pub(crate) opens_nothing: Mutex<bool>,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            settings: "port = 0\n".to_owned(),
            vault: Some(VaultKind::Plain),
            ports: auth::Ports {
                preferred: 0,
                fallback: 0,
            },
            keyring: MemoryKeyring::new(),
        }
    }
}

impl Host for FakeHost {
    fn open(&self, address: &str) -> bool {
        self.opened.lock().push(address.to_owned());
        !*self.opens_nothing.lock()
    }

    fn autostart(&self) -> Autostart {
        match *self.autostart.lock() {
            true => Autostart::On,
            false => Autostart::Off,
        }
    }

    fn set_autostart(&self, on: bool) -> Result<Autostart, Complaint> {
        *self.autostart.lock() = on;
        Ok(self.autostart())
    }

    fn quit(&self) {
        *self.quits.lock() += 1;
    }
}

impl Desk {
    pub(crate) async fn new() -> Self {
        Self::with(Plan::default()).await
    }

    pub(crate) async fn with(plan: Plan) -> Self {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("config.toml"), &plan.settings).unwrap();
        let standin = Standin::start(standin::Options::default()).await.unwrap();
        standin.world().turn(|knobs| {
            knobs.any_loopback_port = true;
            knobs.device_interval_secs = 1;
        });
        let keyring = plan.keyring.clone();
        let core = core(&home, &standin, &plan).await.unwrap();
        let host = Arc::new(FakeHost::default());
        let shared: Arc<dyn Host> = Arc::<FakeHost>::clone(&host);
        let engine = Engine::start(core, shared).await;
        Self {
            engine,
            host,
            standin,
            keyring,
            home,
        }
    }

    /// A desk at which somebody is signed in, with the proxy on.
    pub(crate) async fn signed_in() -> Self {
        let desk = Self::new().await;
        desk.sign_in().await;
        desk
    }

    pub(crate) async fn sign_in(&self) {
        let token = json!({"kind": "accessToken", "text": "at-standin-acct_plus"});
        self.ask("signInWithToken", token).await;
    }

    /// Asks, and is answered.
    #[track_caller]
    pub(crate) fn ask(&self, ask: &str, with: Value) -> impl Future<Output = Value> {
        let asked = self.try_ask(ask, with);
        let ask = ask.to_owned();
        async move {
            match asked.await {
                Ok(told) => told,
                Err(complaint) => panic!("{ask}: {complaint:?}"),
            }
        }
    }

    /// Asks, and is complained to.
    pub(crate) async fn refused(&self, ask: &str, with: Value) -> Complaint {
        match self.try_ask(ask, with).await {
            Ok(told) => panic!("{ask} was answered: {told}"),
            Err(complaint) => complaint,
        }
    }

    #[expect(clippy::needless_pass_by_value, reason = "asks read better so")]
    fn try_ask(
        &self,
        ask: &str,
        with: Value,
    ) -> impl Future<Output = Result<Value, Complaint>> + use<> {
        let text = json!({"ask": ask, "with": with}).to_string();
        let engine = self.engine.clone();
        async move { engine.ask(Shell::Window, text.as_bytes()).await }
    }

    pub(crate) async fn state(&self) -> Value {
        self.ask("state", Value::Null).await
    }

    /// Waits until the state is as wanted.
    pub(crate) async fn until(&self, wanted: impl Fn(&AppState) -> bool) {
        let mut states = self.engine.states();
        let patience = Duration::from_secs(20);
        let found = base::Clock::system()
            .timeout(patience, states.wait_for(|state| wanted(state)))
            .await
            .map(|found| found.is_ok());
        assert_eq!(found, Some(true), "{:?}", self.engine.state());
    }

    /// The base URL that apps are given.
    pub(crate) async fn base_url(&self) -> String {
        let state = self.state().await;
        state["proxy"]["baseUrl"].as_str().unwrap().to_owned()
    }

    /// The key of an app, made for it.
    pub(crate) async fn key(&self, app: &str) -> String {
        let key = self.ask("addKey", json!(app)).await;
        key["secret"].as_str().unwrap().to_owned()
    }

    /// What the local server answers an app: the status and the body.
    pub(crate) async fn call(&self, key: &str, path: &str, body: Value) -> (u16, String) {
        self.call_from(key, path, body, None).await
    }

    pub(crate) async fn call_from(
        &self,
        key: &str,
        path: &str,
        body: Value,
        origin: Option<&str>,
    ) -> (u16, String) {
        let url = format!("{}{path}", self.base_url().await);
        let mut request = http().post(url).bearer_auth(key).json(&body);
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// One good request of the app with this key.
    pub(crate) async fn chat(&self, key: &str) {
        let body = json!({"model": "gpt-5.5", "messages": [{"role": "user", "content": "hi"}]});
        let (status, body) = self.call(key, "/chat/completions", body).await;
        assert_eq!(status, 200, "{body}");
    }
}

/// Opens the parts of a home, as this machine's `postern` would.
pub(crate) async fn core(
    home: &TempDir,
    standin: &Standin,
    plan: &Plan,
) -> Result<Core, Complaint> {
    let options = Options {
        home: Some(home.path().to_owned()),
        issuer: Some(standin.issuer().to_string()),
        upstream: Some(standin.upstream().to_string()),
        vault: plan.vault,
        ..Options::default()
    };
    let environment = Environment {
        home: Some(home.path().to_owned()),
        variables: Vec::new(),
    };
    let means = Means {
        chance: Chance::system(),
        keyring: Some(Arc::new(plan.keyring.clone())),
        sign_in_ports: plan.ports,
        bear_wrong_settings: true,
        ..Means::default()
    };
    Core::open_by(&options, &environment, means).await
}

/// The product's own HTTP client; there is no other builder.
pub(crate) fn http() -> reqwest::Client {
    upstream::http_client(&upstream::HttpConfig::default()).unwrap()
}

/// The next note.
pub(crate) async fn note(feed: &mut Newsfeed) -> Note {
    loop {
        match feed.next().await.unwrap().what {
            What::Note(note) => return note,
            What::State(_) | What::Requests(_) | What::TryIt(_) => {}
        }
    }
}

/// The next rows of the log, at least `count` of them.
pub(crate) async fn rows(feed: &mut Newsfeed, count: usize) -> Vec<RequestRow> {
    let mut rows = Vec::new();
    while rows.len() < count {
        if let What::Requests(more) = feed.next().await.unwrap().what {
            rows.extend(more);
        }
    }
    rows
}
