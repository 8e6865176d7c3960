//! The client: one request to the provider, from the ask to its first good event.

mod exchange;
mod observer;
mod pages;
mod tries;
mod unary;
mod wires;

use std::fmt;
use std::sync::Arc;

use base::{Chance, Clock};
use http::header::CONTENT_TYPE;
use parking_lot::{Mutex, RwLock};
use tokio::sync::watch;
use wire::Fault;
use wire::limits::Limits;

use crate::head::{Head, text};
use crate::http::Jar;
use crate::models::Models;
use crate::retry::Deed;
use crate::{Ask, BuildFault, Config, Credential, Events, Reading, http_client, request};

pub(crate) use observer::Observer;
pub use unary::{Speech, Step, Told, Upload, only_plan};
pub(crate) use wires::Place;
use wires::Wires;

/// The one client to the provider. Clones share connections, limits and catalogues.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    config: RwLock<Arc<Config>>,
    wires: Mutex<Wires>,
    jar: Jar,
    clock: Clock,
    chance: Chance,
    limits: watch::Sender<Option<Reading>>,
    models: Models,
}

/// An answer whose first event is good.
#[derive(Debug)]
pub struct Opened {
    /// What came before the events.
    pub head: Head,
    /// The events, the first one included.
    pub events: Events,
}

impl Client {
    /// A client that sends through `http`, made by [`crate::http_client`].
    pub fn new(config: Config, http: reqwest::Client, clock: Clock, chance: Chance) -> Self {
        Self(Arc::new(Inner {
            wires: Mutex::new(Wires::new(http)),
            jar: Jar::new(clock.clone()),
            models: Models::new(clock.clone()),
            limits: watch::Sender::new(None),
            config: RwLock::new(Arc::new(config)),
            clock,
            chance,
        }))
    }

    /// Sends `ask` and waits until its first event is known to be good. Transient faults are
    /// tried again before that, never after.
    ///
    /// # Errors
    /// Whatever the last attempt failed with; a 401 is [`Fault::Unauthorized`] at once.
    pub async fn open(&self, ask: &Ask, credential: &Credential) -> Result<Opened, Fault> {
        self.open_counting(ask, credential, &mut 0).await
    }

    /// The same as [`Client::open`]; `attempts` counts the requests that were sent, also when
    /// the last one fails or this future is dropped.
    ///
    /// # Errors
    /// As of [`Client::open`].
    pub async fn open_counting(
        &self,
        ask: &Ask,
        credential: &Credential,
        attempts: &mut u32,
    ) -> Result<Opened, Fault> {
        let mut tries = self.tries(Deed::Asking, attempts);
        loop {
            let count = tries.begin();
            match self.attempt(ask, credential, count).await {
                Ok(opened) => return Ok(opened),
                Err(fault) => tries.again(fault).await?,
            }
        }
    }

    /// The newest reading of the limits, from whichever answer told last.
    pub fn limits(&self) -> watch::Receiver<Option<Reading>> {
        self.0.limits.subscribe()
    }

    /// Takes changed settings: requests that begin from now on follow them.
    ///
    /// # Errors
    /// No HTTP client can be made from the new settings; then everything stays as it was.
    pub fn reconfigure(&self, config: Config) -> Result<(), BuildFault> {
        let before = self.config();
        let http = config.http.as_ref();
        let changed = http.filter(|http| before.http.as_ref() != Some(*http));
        let anew = changed.map(http_client).transpose()?;
        if before.client_version != config.client_version {
            self.0.models.distrust_all();
        }
        *self.0.config.write() = Arc::new(config);
        // Afterwards, so that nobody makes another client for these wires by the old settings.
        if let Some(anew) = anew {
            *self.0.wires.lock() = Wires::new(anew);
        }
        Ok(())
    }

    /// Forgets pooled connections and cookies, as after a wake or a change of network. Streams
    /// under way go on.
    pub fn drop_idle(&self) {
        self.0.jar.clear();
        let config = self.config();
        let Some(http) = &config.http else {
            return;
        };
        match http_client(http) {
            Ok(anew) => {
                let mut wires = self.0.wires.lock();
                // Else the settings changed meanwhile, and the connections with them.
                if Arc::ptr_eq(&config, &self.config()) {
                    *wires = Wires::new(anew);
                }
            }
            Err(fault) => {
                tracing::warn!(name: "upstream.rebuild", %fault, "connections are kept");
            }
        }
    }

    fn config(&self) -> Arc<Config> {
        Arc::clone(&self.0.config.read())
    }

    /// One request, until its first event is good or its time is over.
    async fn attempt(
        &self,
        ask: &Ask,
        credential: &Credential,
        count: u32,
    ) -> Result<Opened, Fault> {
        let config = self.config();
        let request = request::responses(ask, credential, &config)?;
        let limit = config.first_event_timeout;
        let work = Box::pin(self.exchange(request, credential, count));
        let opened = self.0.clock.timeout(limit, work).await;
        opened.unwrap_or(Err(Fault::Silent {
            seconds: limit.as_secs(),
        }))
    }

    async fn exchange(
        &self,
        request: reqwest::Request,
        credential: &Credential,
        count: u32,
    ) -> Result<Opened, Fault> {
        let answer = self.send(request).await?;
        let observer = Observer::new(self.clone(), credential, answer.headers());
        if !answer.status().is_success() {
            let fault = self.refusal(answer, credential).await;
            observer.refused(&fault);
            return Err(fault);
        }
        let kind = text(answer.headers(), CONTENT_TYPE.as_str());
        if let Some(kind) = kind.filter(|kind| !is_event_stream(kind)) {
            return Err(match self.refused_with_success(&answer) {
                Some(challenge) => challenge,
                None => Fault::Garbled {
                    why: format!("its content type is `{kind}`"),
                },
            });
        }
        let (mut told, body) = http::Response::<reqwest::Body>::from(answer).into_parts();
        let place = told.extensions.remove::<Place>();
        let head = Head::read(told.headers, count);
        let observer = observer.remembering(&head.passed);
        let mut events = Events::new(body, place, observer, self.config().idle_timeout);
        events.gate().await?;
        Ok(Opened { head, events })
    }

    fn publish(&self, limits: Limits, account_id: Option<String>) {
        let reading = Reading {
            limits,
            at: self.0.clock.now(),
            account_id,
        };
        self.0
            .limits
            .send_modify(|held| *held = Some(reading.joined(held.as_ref())));
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("config", &self.config())
            .finish_non_exhaustive()
    }
}

fn is_event_stream(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("text/event-stream")
}
