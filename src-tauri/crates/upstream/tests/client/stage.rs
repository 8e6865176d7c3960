//! A stand-in, a client in front of it, and one clock for both.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::time::Duration;

use base::{Chance, Clock, Hand, Secret, Timestamp};
use http::HeaderMap;
use standin::{Options, Received, Standin, World};
use upstream::{Ask, Client, Config, Credential, Events, HttpConfig, Lane, Opened, http_client};
use wire::Fault;
use wire::responses::{Event, Item, Kind, Part, Request, Role, Said};

/// Everything a test needs.
pub(crate) struct Stage {
    standin: Standin,
    pub(crate) client: Client,
    pub(crate) clock: Clock,
    pub(crate) hand: Hand,
    is_secure: bool,
}

/// Where answers are asked for.
pub(crate) const RESPONSES: &str = "/backend-api/codex/responses";

impl Stage {
    /// Deadlines are as in the product.
    pub(crate) async fn open() -> Self {
        Self::with(Config::default()).await
    }

    /// No deadline ever passes: for tests that let much time pass.
    pub(crate) async fn patient() -> Self {
        Self::with(Config {
            first_event_timeout: Duration::from_secs(1 << 40),
            idle_timeout: Duration::from_secs(1 << 40),
            ..Config::default()
        })
        .await
    }

    /// The same, but the backend is reached by HTTP/2 over TLS.
    pub(crate) fn securely(self) -> Self {
        Self {
            is_secure: true,
            ..self
        }
    }

    async fn with(config: Config) -> Self {
        let (clock, hand) = Clock::manual(Timestamp::from_seconds(1_775_000_000));
        let options = Options {
            clock: clock.clone(),
            secure_port: Some(0),
            ..Options::default()
        };
        Self {
            standin: Standin::start(options).await.unwrap(),
            client: client(config, &clock),
            clock,
            hand,
            is_secure: false,
        }
    }

    pub(crate) fn world(&self) -> &World {
        self.standin.world()
    }

    /// The plan of plus@example.test, by a token that never expires.
    pub(crate) fn plus(&self) -> Credential {
        self.seat("acct_plus")
    }

    pub(crate) fn seat(&self, account: &str) -> Credential {
        Credential {
            bearer: Secret::new(format!("at-standin-{account}")),
            account_id: Some(account.to_owned()),
            fedramp: false,
            base: match self.is_secure {
                true => self.standin.secure_upstream().unwrap(),
                false => self.standin.upstream(),
            },
            routing_override: None,
            residency: None,
            platform: false,
        }
    }

    /// An API key of the platform.
    pub(crate) fn platform(&self) -> Credential {
        Credential {
            bearer: Secret::new("sk-standin-platform"),
            account_id: None,
            base: self.standin.issuer().join("v1").unwrap(),
            platform: true,
            ..self.plus()
        }
    }

    /// Asks with `prompt`, and lets time pass until the first event or the fault is there.
    pub(crate) async fn say(&self, prompt: &str) -> Result<Opened, Fault> {
        let (ask, credential) = (ask(prompt), self.plus());
        self.passing(self.client.open(&ask, &credential)).await
    }

    /// Everything that comes for `prompt`: events, and the fault at the end if there is one.
    pub(crate) async fn hear(&self, prompt: &str) -> (Vec<Event>, Option<Fault>) {
        match self.say(prompt).await {
            Ok(opened) => self.passing(rest(opened.events)).await,
            Err(fault) => (Vec::new(), Some(fault)),
        }
    }

    /// Lets time pass while `work` goes on.
    pub(crate) async fn passing<F: Future>(&self, work: F) -> F::Output {
        let passing = async {
            loop {
                self.hand.advance(Duration::from_millis(50));
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            out = work => out,
            () = passing => unreachable!("time never ends"),
        }
    }

    /// Requests for answers so far.
    pub(crate) fn asked(&self) -> Vec<Received> {
        self.world().received_at(RESPONSES)
    }

    /// Waits until the stand-in has seen that the client left.
    pub(crate) async fn until_hung_up(&self) {
        for _ in 0..MANY_TURNS {
            if self.asked().last().is_some_and(|asked| asked.hung_up) {
                return;
            }
            tokio::task::yield_now().await;
        }
        unreachable!("the client is still there");
    }
}

/// More turns of the runtime than any socket on this machine takes to tell of its end.
const MANY_TURNS: usize = 5_000_000;

/// A client of its own.
pub(crate) fn client(config: Config, clock: &Clock) -> Client {
    let trusting = HttpConfig {
        root_ca: Some(Standin::certificate().to_owned()),
        ..HttpConfig::default()
    };
    let http = http_client(&trusting).unwrap();
    let config = Config {
        http: Some(trusting),
        ..config
    };
    Client::new(config, http, clock.clone(), Chance::seeded(7))
}

/// One user message.
pub(crate) fn ask(prompt: &str) -> Ask {
    Ask {
        request: Request {
            model: "gpt-5.6-terra".into(),
            instructions: Some(String::new()),
            input: vec![Item::Message {
                role: Role::User,
                content: vec![Part::InputText {
                    text: prompt.to_owned(),
                }],
            }],
            ..Request::default()
        },
        lane: Lane {
            session_id: "0199c0de-0000-7000-8000-000000000001".into(),
            thread_id: "0199c0de-0000-7000-8000-000000000002".into(),
        },
        lite: false,
        passed_headers: HeaderMap::new(),
    }
}

/// Reads to the end; checks that nothing follows it.
pub(crate) async fn rest(mut events: Events) -> (Vec<Event>, Option<Fault>) {
    let mut heard = Vec::new();
    let mut fault = None;
    while let Some(next) = events.next().await {
        assert!(fault.is_none(), "nothing follows a fault");
        match next {
            Ok(event) => heard.push(event),
            Err(told) => fault = Some(told),
        }
    }
    assert!(events.next().await.is_none(), "the end stays the end");
    (heard, fault)
}

/// The text of all deltas.
pub(crate) fn text(events: &[Event]) -> String {
    let deltas = events
        .iter()
        .filter(|event| event.kind() == Kind::TextDelta);
    let text = deltas.filter_map(|event| match event.said() {
        Ok(Said::Delta(_, delta)) => Some(delta.into_owned()),
        _ => None,
    });
    text.collect()
}

/// The variant's name.
pub(crate) fn class(fault: &Fault) -> String {
    let debug = format!("{fault:?}");
    debug
        .split([' ', '(', '{'])
        .next()
        .unwrap_or_default()
        .to_owned()
}
