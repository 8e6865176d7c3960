//! The client: one request to the provider, from the ask to its first good event.

mod observer;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base::{Chance, Clock, Secret};
use http::StatusCode;
use http::header::{CONTENT_TYPE, COOKIE, ETAG, IF_NONE_MATCH};
use parking_lot::RwLock;
use tokio::sync::watch;
use wire::Fault;
use wire::catalogue::Catalogue;
use wire::limits::Limits;
use wire::responses::Target;

use crate::classify::Refusal;
use crate::head::{Head, text};
use crate::http::Jar;
use crate::models::{self, Fetched, Models, Seat};
use crate::{Ask, Config, Credential, Events, Reading, http_client, limits, request, retry};

pub(crate) use observer::Observer;

/// The one client to the provider. Clones share connections, limits and catalogues.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    config: Config,
    http: RwLock<reqwest::Client>,
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
            http: RwLock::new(http),
            jar: Jar::new(clock.clone()),
            models: Models::new(clock.clone()),
            limits: watch::Sender::new(None),
            config,
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
        let most = self.0.config.retries;
        let mut done = 0;
        loop {
            done += 1;
            *attempts += 1;
            let fault = match self.attempt(ask, credential, done).await {
                Ok(opened) => return Ok(opened),
                Err(fault) => fault,
            };
            let Some(wait) = retry::wait(&fault, done, most, &self.0.chance) else {
                return Err(fault);
            };
            tracing::info!(
                name: "upstream.retry",
                code = fault.code(),
                attempt = done,
                wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
                "trying again"
            );
            self.0.clock.sleep(wait).await;
        }
    }

    /// The models of the account: at most five minutes old, or as old as the last answer where
    /// the backend does not answer.
    ///
    /// # Errors
    /// There is no catalogue yet, and none could be had within five seconds.
    pub async fn catalogue(&self, credential: &Credential) -> Result<Arc<Catalogue>, Fault> {
        let seat = Seat::of(credential);
        let fetch = async |tag: Option<String>| self.fetch_models(credential, tag).await;
        self.0.models.catalogue(&seat, fetch).await
    }

    /// The plan's limits as the usage page tells them (contract backend 6.1). Ask rarely: once a
    /// minute at most. The reading is published too.
    ///
    /// # Errors
    /// The backend refuses or cannot be reached, or the credential is an API key.
    pub async fn usage(&self, credential: &Credential) -> Result<Limits, Fault> {
        match credential.target() {
            Target::Plan => {}
            Target::Platform => {
                return Err(Fault::NoRoute {
                    why: "an API key has no plan whose limits could be read".to_owned(),
                });
            }
        }
        let request = request::usage(credential, &self.0.config)?;
        let work = async {
            let answer = self.send(request).await?;
            self.whole(answer).await
        };
        let page = self.0.clock.timeout(PAGE_DEADLINE, work).await;
        let page = page.unwrap_or(Err(Fault::Silent {
            seconds: PAGE_DEADLINE.as_secs(),
        }))?;
        let read = limits::from_usage(&page, self.0.clock.now());
        let limits = read.map_err(|e| Fault::Garbled {
            why: format!("its usage page is unreadable: {e}"),
        })?;
        self.publish(limits.clone(), credential.account_id.clone());
        Ok(limits)
    }

    /// The newest reading of the limits, from whichever answer told last.
    pub fn limits(&self) -> watch::Receiver<Option<Reading>> {
        self.0.limits.subscribe()
    }

    /// The status of a plain `GET`, or `None` where nothing answers within five seconds.
    pub async fn probe(&self, url: &str, key: Option<&Secret>) -> Option<u16> {
        let request = request::probe(url, key, &self.0.config)?;
        let answer = self.0.clock.timeout(PROBE_DEADLINE, self.send(request));
        Some(answer.await?.ok()?.status().as_u16())
    }

    /// Forgets pooled connections and cookies, as after a wake or a change of network. Streams
    /// under way go on.
    pub fn drop_idle(&self) {
        self.0.jar.clear();
        let Some(config) = &self.0.config.http else {
            return;
        };
        match http_client(config) {
            Ok(anew) => *self.0.http.write() = anew,
            Err(fault) => {
                tracing::warn!(name: "upstream.rebuild", %fault, "connections are kept");
            }
        }
    }

    /// One request, until its first event is good or its time is over.
    async fn attempt(
        &self,
        ask: &Ask,
        credential: &Credential,
        count: u32,
    ) -> Result<Opened, Fault> {
        let request = request::responses(ask, credential, &self.0.config)?;
        let limit = self.0.config.first_event_timeout;
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
            let fault = self.refusal(answer).await;
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
        let head = Head::read(answer.headers(), count);
        let mut events = Events::new(answer, observer, self.0.config.idle_timeout);
        events.gate().await?;
        Ok(Opened { head, events })
    }

    async fn fetch_models(
        &self,
        credential: &Credential,
        tag: Option<String>,
    ) -> Result<Fetched, Fault> {
        let mut request = request::models(credential, &self.0.config)?;
        if let Some(tag) = tag.and_then(|tag| tag.parse().ok()) {
            request.headers_mut().insert(IF_NONE_MATCH, tag);
        }
        let answer = self.send(request).await?;
        if answer.status() == StatusCode::NOT_MODIFIED {
            return Ok(Fetched::Same);
        }
        let tag = text(answer.headers(), ETAG.as_str()).map(str::to_owned);
        let body = self.whole(answer).await?;
        models::read(credential.target(), &body, tag).map(Fetched::New)
    }

    /// Sends with the cookies that may go along, and keeps those that may be kept.
    async fn send(&self, mut request: reqwest::Request) -> Result<reqwest::Response, Fault> {
        let url = request.url().clone();
        if let Some(cookies) = self.0.jar.cookies(&url) {
            request.headers_mut().insert(COOKIE, cookies);
        }
        let http = self.0.http.read().clone();
        let answer = http
            .execute(request)
            .await
            .map_err(|e| Fault::Unreachable {
                host: url.host_str().unwrap_or_default().to_owned(),
                why: root_cause(&e),
            })?;
        self.0.jar.keep(&url, answer.headers());
        Ok(answer)
    }

    /// The whole body of a success, or what the refusal means.
    async fn whole(&self, answer: reqwest::Response) -> Result<Vec<u8>, Fault> {
        if !answer.status().is_success() {
            return Err(self.refusal(answer).await);
        }
        match body(answer, LONGEST_PAGE).await {
            Body::Whole(body) => Ok(body),
            Body::Part(_) => Err(Fault::CutShort),
        }
    }

    /// Reads a refusal as far as it comes, but does not wait for ever, and says what it means.
    async fn refusal(&self, answer: reqwest::Response) -> Fault {
        let status = answer.status().as_u16();
        let headers = answer.headers().clone();
        let body = self
            .0
            .clock
            .timeout(REFUSAL_DEADLINE, body(answer, LONGEST_REFUSAL));
        let body = match body.await {
            Some(Body::Whole(body) | Body::Part(body)) => body,
            None => Vec::new(),
        };
        let fault = Refusal {
            status,
            headers: &headers,
            body: &body,
            now: self.0.clock.now(),
        }
        .fault();
        if let Fault::Challenged { .. } = fault {
            self.0.jar.clear();
        }
        fault
    }

    /// A challenge that came with a status of success.
    fn refused_with_success(&self, answer: &reqwest::Response) -> Option<Fault> {
        let headers = answer.headers();
        headers.contains_key("cf-mitigated").then(|| {
            self.0.jar.clear();
            Fault::Challenged {
                ray: text(headers, "cf-ray").map(str::to_owned),
            }
        })
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
            .field("config", &self.0.config)
            .finish_non_exhaustive()
    }
}

enum Body {
    Whole(Vec<u8>),
    /// It broke off, or has more than was asked for.
    Part(Vec<u8>),
}

async fn body(mut answer: reqwest::Response, limit: usize) -> Body {
    let mut body = Vec::new();
    loop {
        match answer.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Body::Whole(body),
            Err(_) => return Body::Part(body),
        }
        if body.len() > limit {
            body.truncate(limit);
            return Body::Part(body);
        }
    }
}

fn is_event_stream(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("text/event-stream")
}

/// What the network said, without the address: it may hold more than a host.
fn root_cause(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    let last = causes.last().map(ToString::to_string);
    last.unwrap_or_else(|| "the request could not be sent".to_owned())
}

/// More than any error body; pages of Cloudflare have some 10 KiB.
const LONGEST_REFUSAL: usize = 256 << 10;

/// Catalogues have some 100 KiB.
const LONGEST_PAGE: usize = 16 << 20;

const REFUSAL_DEADLINE: Duration = Duration::from_secs(10);

const PAGE_DEADLINE: Duration = Duration::from_secs(15);

const PROBE_DEADLINE: Duration = Duration::from_secs(5);
