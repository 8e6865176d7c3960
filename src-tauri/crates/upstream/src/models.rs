//! The catalogue of models, one per account: fresh for five minutes, renewed by its tag, asked
//! for once however many want it, and kept when the backend does not answer (contract backend 5).

use std::sync::Arc;
use std::time::Duration;

use base::{Clock, Secret};
use parking_lot::Mutex;
use serde_json::{Value, json};
use url::Url;
use wire::Fault;
use wire::catalogue::Catalogue;
use wire::responses::Target;

use crate::Credential;

/// Whose catalogue it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seat {
    base: Url,
    account_id: Option<String>,
    /// Of an API key only: it has no other name.
    key: Option<Secret>,
}

impl Seat {
    pub(crate) fn of(credential: &Credential) -> Self {
        Self {
            base: credential.base.clone(),
            account_id: credential.account_id.clone(),
            key: match credential.target() {
                Target::Plan => None,
                Target::Platform => Some(credential.bearer.clone()),
            },
        }
    }
}

/// What a request for the catalogue brought.
#[derive(Debug)]
pub(crate) enum Fetched {
    /// The one with the tag that was sent.
    Same,
    /// Another one.
    New(Catalogue),
}

/// All catalogues.
#[derive(Debug)]
pub(crate) struct Models {
    clock: Clock,
    shelves: Mutex<Vec<(Seat, Arc<Shelf>)>>,
}

#[derive(Debug, Default)]
struct Shelf {
    /// Held by the one caller who asks the backend.
    turn: tokio::sync::Mutex<()>,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    catalogue: Option<Arc<Catalogue>>,
    /// On the clock's count of time passed.
    fresh_until: Duration,
    /// Counts requests that have ended, so that who waited for one shares its outcome.
    flights: u64,
    fault: Option<Fault>,
    /// True where a tag that still matches would prove nothing.
    unmatched: bool,
}

impl Models {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            clock,
            shelves: Mutex::default(),
        }
    }

    /// The catalogue of `seat`; `fetch` is given the tag to compare with and may take five
    /// seconds.
    pub(crate) async fn catalogue(
        &self,
        seat: &Seat,
        fetch: impl AsyncFnOnce(Option<String>) -> Result<Fetched, Fault>,
    ) -> Result<Arc<Catalogue>, Fault> {
        let shelf = self.shelf(seat);
        if let Some(fresh) = shelf.fresh(self.clock.passed()) {
            return Ok(fresh);
        }
        let seen = shelf.held.lock().flights;
        let _turn = shelf.turn.lock().await;
        if shelf.held.lock().flights != seen {
            return shelf.outcome();
        }
        let tag = shelf.tag();
        let fetched = self.clock.timeout(DEADLINE, fetch(tag)).await;
        let silent = || {
            Err(Fault::Silent {
                seconds: DEADLINE.as_secs(),
            })
        };
        shelf.land(fetched.unwrap_or_else(silent), self.clock.passed());
        shelf.outcome()
    }

    /// Notes the tag that came with an answer; another one than ours ends our catalogue's time.
    pub(crate) fn note_tag(&self, seat: &Seat, tag: &str) {
        let shelf = self.shelf(seat);
        let mut held = shelf.held.lock();
        let known = held.catalogue.as_ref().and_then(|held| held.etag.as_ref());
        if known.is_some_and(|known| known != tag) {
            held.fresh_until = Duration::ZERO;
        }
    }

    /// The backend does not know a model that we may have listed: look again at the next chance.
    pub(crate) fn distrust(&self, seat: &Seat) {
        self.shelf(seat).held.lock().fresh_until = Duration::ZERO;
    }

    /// Look again at every catalogue: another version of us is shown other models.
    pub(crate) fn distrust_all(&self) {
        for (_, shelf) in self.shelves.lock().iter() {
            let mut held = shelf.held.lock();
            held.fresh_until = Duration::ZERO;
            held.unmatched = true;
        }
    }

    fn shelf(&self, seat: &Seat) -> Arc<Shelf> {
        let mut shelves = self.shelves.lock();
        if let Some((_, shelf)) = shelves.iter().find(|(known, _)| known == seat) {
            return Arc::clone(shelf);
        }
        let shelf = Arc::new(Shelf::default());
        shelves.push((seat.clone(), Arc::clone(&shelf)));
        shelf
    }
}

impl Shelf {
    fn fresh(&self, now: Duration) -> Option<Arc<Catalogue>> {
        let held = self.held.lock();
        let fresh = now < held.fresh_until;
        fresh.then(|| held.catalogue.clone()).flatten()
    }

    fn tag(&self) -> Option<String> {
        let held = self.held.lock();
        let catalogue = held.catalogue.as_ref().filter(|_| !held.unmatched);
        catalogue.and_then(|catalogue| catalogue.etag.clone())
    }

    fn land(&self, fetched: Result<Fetched, Fault>, now: Duration) {
        let mut held = self.held.lock();
        held.flights += 1;
        match fetched {
            Ok(fetched) => {
                if let Fetched::New(catalogue) = fetched {
                    held.catalogue = Some(Arc::new(catalogue));
                }
                held.fresh_until = now + FRESH;
                held.fault = None;
                held.unmatched = false;
            }
            Err(fault) => {
                tracing::warn!(name: "upstream.models", code = fault.code(), "no new catalogue");
                held.fresh_until = now + PAUSE;
                held.fault = Some(fault);
            }
        }
    }

    /// What there is now: the catalogue, however old, or else why there is none.
    fn outcome(&self) -> Result<Arc<Catalogue>, Fault> {
        let held = self.held.lock();
        if let Some(catalogue) = &held.catalogue {
            return Ok(Arc::clone(catalogue));
        }
        let unknown = Fault::Internal("a request for the models ended without an outcome");
        Err(held.fault.clone().unwrap_or(unknown))
    }
}

/// Reads the answer to a request for models, in the shape of the backend that was asked.
pub(crate) fn read(target: Target, body: &[u8], tag: Option<String>) -> Result<Catalogue, Fault> {
    let read = match target {
        Target::Plan => Catalogue::read(body, tag),
        Target::Platform => platform(body).and_then(|body| Catalogue::read(&body, tag)),
    };
    read.map_err(|e| Fault::Garbled {
        why: format!("its list of models is unreadable: {e}"),
    })
}

/// `{"data":[{"id":…}]}` in the shape that the plan's backend has.
fn platform(body: &[u8]) -> Result<Vec<u8>, serde_json::Error> {
    #[derive(serde::Deserialize)]
    struct Listed {
        data: Vec<Value>,
    }
    let listed: Listed = serde_json::from_slice(body)?;
    let entry = |model: &Value| {
        let id = model.get("id")?.as_str()?;
        Some(json!({
            "slug": id,
            "display_name": id,
            "visibility": "list",
            "supported_in_api": true,
        }))
    };
    let models: Vec<Value> = listed.data.iter().filter_map(entry).collect();
    serde_json::to_vec(&json!({ "models": models }))
}

/// The first party's time to live (contract backend 5).
const FRESH: Duration = Duration::from_secs(300);

/// How long an old catalogue serves after a failure before the next request.
const PAUSE: Duration = Duration::from_secs(10);

const DEADLINE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests;
