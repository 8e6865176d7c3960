//! The stand-in, a gateway before it, and everything between them, all on port 0.

use std::sync::Arc;
use std::time::Duration;

use auth::{Accounts, Identity, Policy};
use base::{Chance, Clock, Drained, Hand, Secret, Tasks, Timestamp};
use bytes::Bytes;
use gateway::{Gateway, Parts, Running};
use http::{HeaderValue, Method, Request};
use http_body_util::Full;
use serde_json::{Value, json};
use standin::{Received, Standin, World};
use store::{
    Archive, Cooldowns, Database, Keys, Line, Log, MemoryKeyring, Paths, Settings, Vault,
    VaultChoice, VaultParts, Written,
};
use tokio::sync::{oneshot, watch};

use crate::caller::{self, Live, Reply};

/// What can be had before the curtain rises.
pub(crate) struct Plan {
    pub(crate) clock: Clock,
    pub(crate) written: Written,
    pub(crate) account: Account,
}

/// Who is signed in.
pub(crate) enum Account {
    Nobody,
    /// With an access token that nothing can renew.
    AccessToken(&'static str),
    /// With an API key of the platform.
    ApiKey(&'static str),
    /// In the browser, with tokens that can be renewed.
    Browser(&'static str),
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            clock: Clock::system(),
            written: Written::default(),
            account: Account::AccessToken("at-standin-acct_plus"),
        }
    }
}

/// Everything at work.
pub(crate) struct Stage {
    pub(crate) standin: Standin,
    gateway: Option<Running>,
    pub(crate) key: String,
    pub(crate) keys: Keys,
    pub(crate) log: Log,
    pub(crate) cooldowns: Cooldowns,
    pub(crate) settings: watch::Sender<Arc<Settings>>,
    pub(crate) tasks: Tasks,
    pub(crate) archive: Archive,
    pub(crate) accounts: Accounts,
    database: Database,
    parts: Parts,
    _home: tempfile::TempDir,
}

/// The one path of the stand-in that most tests look at.
pub(crate) const RESPONSES: &str = "/backend-api/codex/responses";

impl Stage {
    pub(crate) async fn open() -> Self {
        Self::with(Plan::default()).await
    }

    /// A stage whose time moves by hand; the stand-in's own does not.
    pub(crate) async fn by_hand(plan: Plan) -> (Self, Hand) {
        let (clock, hand) = Clock::manual(Timestamp::from_seconds(1_800_000_000));
        let plan = Plan { clock, ..plan };
        (Self::with(plan).await, hand)
    }

    pub(crate) async fn with(plan: Plan) -> Self {
        let home = tempfile::tempdir().unwrap();
        let paths = Paths::under(home.path());
        let (clock, tasks) = (plan.clock, Tasks::new());
        let standin = Standin::start(standin::Options {
            clock: clock.clone(),
            ..standin::Options::default()
        });
        let standin = standin.await.unwrap();
        let settings = settings(&standin, plan.written);
        let vault = vault(&paths, &clock).await;
        let database = Database::open(&paths, clock.clone()).unwrap();
        let keys = Keys::open(
            database.clone(),
            vault.clone(),
            clock.clone(),
            Chance::system(),
        );
        let (_, key) = keys.add("test").await.unwrap();
        let archive = archive(&database, &vault, &clock, &settings);
        let accounts = accounts(vault, &settings, &clock, &tasks).await;
        sign_in(&accounts, plan.account, &tasks).await;
        let log = Log::open(database.clone(), clock.clone());
        let cooldowns = Cooldowns::open(database.clone());
        let settings = watch::Sender::new(settings);
        let parts = Parts {
            settings: settings.subscribe(),
            keys: keys.clone(),
            accounts: accounts.clone(),
            upstream: client(&settings.borrow(), &clock),
            log: log.clone(),
            cooldowns: cooldowns.clone(),
            clock,
            chance: Chance::system(),
            tasks: tasks.clone(),
            archive: archive.clone(),
            runs: gateway::Runs::default(),
        };
        let mut gateway = Gateway::start(parts.clone()).await.unwrap();
        gateway.follow_ollama().await.unwrap();
        Self {
            gateway: Some(gateway),
            parts,
            key: key.reveal().to_owned(),
            standin,
            keys,
            log,
            cooldowns,
            settings,
            tasks,
            archive,
            accounts,
            database,
            _home: home,
        }
    }

    pub(crate) fn gateway(&self) -> &Running {
        self.gateway.as_ref().unwrap()
    }

    pub(crate) fn gateway_mut(&mut self) -> &mut Running {
        self.gateway.as_mut().unwrap()
    }

    /// Stops the gateway; what else there is stays.
    pub(crate) async fn stop(&mut self) -> Drained {
        self.gateway.take().unwrap().stop().await
    }

    /// Listens at another address; what the old one does is done to its end.
    pub(crate) async fn relocate(&mut self) {
        let old = self.gateway.take().unwrap();
        self.gateway = Some(Gateway::start(self.parts.clone()).await.unwrap());
        self.tasks.spawn("drain", |_| async move {
            old.stop().await;
        });
    }

    pub(crate) fn world(&self) -> &World {
        self.standin.world()
    }

    /// What arrived at `/codex/responses`.
    pub(crate) fn asked(&self) -> Vec<Received> {
        self.world().received_at(RESPONSES)
    }

    /// From here on nothing can be written, as on a full disk; what is there can be read.
    pub(crate) async fn write_no_more(&self) {
        self.database.close().await.unwrap();
    }

    /// A request with the key, to be changed and sent.
    pub(crate) fn request(&self, method: Method, path: &str, body: &Value) -> Request<Full<Bytes>> {
        let json = match body {
            Value::Null => Bytes::new(),
            body => body.to_string().into(),
        };
        let mut request = Request::new(Full::new(json));
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().unwrap();
        let headers = request.headers_mut();
        let host = self.gateway().addr.to_string();
        headers.insert("host", HeaderValue::try_from(host).unwrap());
        let bearer = Secret::new(self.key.as_str()).bearer().unwrap();
        headers.insert("authorization", bearer);
        if !body.is_null() {
            headers.insert("content-type", HeaderValue::from_static("application/json"));
        }
        request
    }

    pub(crate) async fn open_stream(&self, request: Request<Full<Bytes>>) -> Live {
        caller::open(self.gateway().addr, request, &self.tasks).await
    }

    pub(crate) async fn send(&self, request: Request<Full<Bytes>>) -> Reply {
        self.open_stream(request).await.whole().await
    }

    /// Sends at once; the answer can be waited for later, also when the stage is busy.
    pub(crate) fn send_later(&self, request: Request<Full<Bytes>>) -> oneshot::Receiver<Reply> {
        let (told, later) = oneshot::channel();
        let (at, tasks) = (self.gateway().addr, self.tasks.clone());
        self.tasks.spawn("client", |_| async move {
            let live = caller::open(at, request, &tasks).await;
            let _ = told.send(live.whole().await);
        });
        later
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(self.request(Method::POST, path, body)).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(self.request(Method::GET, path, &Value::Null))
            .await
    }

    /// The lines of the log once there are `count` of them, oldest first. A line is written a
    /// moment after the last byte went out.
    pub(crate) async fn lines(&self, count: usize) -> Vec<Line> {
        let clock = Clock::system();
        let written = async {
            loop {
                self.database.flush().await.unwrap();
                let lines = self.log.after(0, 1000);
                if lines.len() >= count {
                    return lines.into_iter().map(|(_, line)| line).collect();
                }
                clock.sleep(Duration::from_millis(5)).await;
            }
        };
        let lines: Option<Vec<Line>> = clock.timeout(PATIENCE, written).await;
        let lines = lines.unwrap_or_else(|| panic!("{} lines", self.log.after(0, 1000).len()));
        assert_eq!(lines.len(), count, "{lines:#?}");
        lines
    }

    /// The only line.
    pub(crate) async fn line(&self) -> Line {
        self.lines(1).await.remove(0)
    }
}

/// Waits for what will come true by itself.
pub(crate) async fn until(what: impl Fn() -> bool) {
    let clock = Clock::system();
    let waiting = async {
        while !what() {
            clock.sleep(Duration::from_millis(2)).await;
        }
    };
    assert!(
        clock.timeout(PATIENCE, waiting).await.is_some(),
        "it never came true"
    );
}

/// `POST /v1/responses` in its least form.
pub(crate) fn responses(prompt: &str, stream: bool) -> Value {
    json!({ "model": "gpt-5.6-terra", "input": prompt, "stream": stream })
}

/// `POST /v1/chat/completions` in its least form.
pub(crate) fn chat(prompt: &str, stream: bool) -> Value {
    let messages = json!([{ "role": "user", "content": prompt }]);
    json!({ "model": "gpt-5.6-terra", "messages": messages, "stream": stream })
}

/// `POST /v1/messages` in its least form.
pub(crate) fn messages(prompt: &str, stream: bool) -> Value {
    let messages = json!([{ "role": "user", "content": prompt }]);
    json!({ "model": "gpt-5.6-terra", "max_tokens": 1024, "messages": messages, "stream": stream })
}

fn settings(standin: &Standin, written: Written) -> Arc<Settings> {
    let written = Written {
        port: Some(0),
        issuer: Some(standin.issuer().to_string()),
        upstream: Some(standin.upstream().to_string()),
        platform_base: Some(standin.issuer().join("v1").unwrap().to_string()),
        ..written
    };
    Arc::new(Settings::check(&written).unwrap())
}

async fn vault(paths: &Paths, clock: &Clock) -> Vault {
    let parts = VaultParts {
        paths: paths.clone(),
        choice: Some(VaultChoice::Session),
        keyring: Arc::new(MemoryKeyring::new()),
        clock: clock.clone(),
        chance: Chance::system(),
    };
    Vault::open(parts).await
}

fn archive(database: &Database, vault: &Vault, clock: &Clock, settings: &Settings) -> Archive {
    let (database, vault) = (database.clone(), vault.clone());
    let archive = Archive::open(database, vault, clock.clone(), Chance::system());
    archive.bound(store::archive::Bounds {
        max_bytes: settings.store_max_bytes,
        keep: settings.store_keep,
    });
    archive
}

async fn accounts(vault: Vault, settings: &Settings, clock: &Clock, tasks: &Tasks) -> Accounts {
    let parts = auth::Parts {
        vault,
        http: upstream::http_client(&upstream::HttpConfig::default()).unwrap(),
        issuer: settings.issuer.clone(),
        backend: settings.upstream.clone(),
        platform: settings.platform_base.clone(),
        policy: Policy::open(),
        codex_home: None,
        identity: Identity {
            originator: "postern".into(),
            user_agent: "postern/test".into(),
        },
        clock: clock.clone(),
        chance: Chance::system(),
        tasks: tasks.clone(),
    };
    Accounts::open(parts).await
}

fn client(settings: &Settings, clock: &Clock) -> upstream::Client {
    let config = upstream::Config {
        user_agent: "postern/test".into(),
        first_event_timeout: settings.first_event_timeout,
        idle_timeout: settings.idle_timeout,
        ..upstream::Config::default()
    };
    let http = upstream::http_client(&upstream::HttpConfig::default()).unwrap();
    upstream::Client::new(config, http, clock.clone(), Chance::system())
}

async fn sign_in(accounts: &Accounts, account: Account, tasks: &Tasks) {
    match account {
        Account::Nobody => {}
        Account::AccessToken(token) => {
            let token = Secret::new(token);
            accounts.sign_in_with_access_token(token).await.unwrap();
        }
        Account::ApiKey(key) => {
            let key = Secret::new(key);
            accounts.sign_in_with_api_key(key).await.unwrap();
        }
        Account::Browser(email) => {
            let pasted = accounts.begin_paste().await.unwrap();
            let mut url = pasted.url.clone();
            url.query_pairs_mut().append_pair("standin_person", email);
            let at = url.socket_addrs(|| None).unwrap()[0];
            let path = &url[url::Position::BeforePath..];
            let mut request = Request::new(Full::new(Bytes::new()));
            *request.uri_mut() = path.parse().unwrap();
            let host = HeaderValue::try_from(at.to_string()).unwrap();
            request.headers_mut().insert("host", host);
            let reply = caller::open(at, request, tasks).await.whole().await;
            let callback = reply
                .header("location")
                .unwrap_or_else(|| panic!("{reply:?}"));
            pasted.finish(callback).await.unwrap();
        }
    }
}

/// Long enough for a machine that is busy with something else.
const PATIENCE: Duration = Duration::from_secs(30);
