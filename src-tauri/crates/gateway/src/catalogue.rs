//! What is known of each account's models, without making a request wait for it.
//!
//! A list that is known is used at once, and renewed behind the request when it is old. Only the
//! very first request of an account waits, and not longer than [`PATIENCE`]; without a list
//! nothing is clamped and the backend decides.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use auth::{Pass, PassKind};
use base::{Clock, Tasks};
use parking_lot::Mutex;
use tokio::sync::watch;
use upstream::Client;
use wire::catalogue::Catalogue;

use crate::credential::credential;

/// The lists, one per account.
pub(crate) struct Shelf {
    client: Client,
    tasks: Tasks,
    slots: Arc<Mutex<HashMap<String, Slot>>>,
}

#[derive(Default)]
struct Slot {
    known: Option<Arc<Catalogue>>,
    /// When the backend was last asked, by the clock's `passed`.
    asked: Option<Duration>,
    /// Someone asks now; tells when that has ended.
    asking: Option<watch::Receiver<()>>,
}

impl Shelf {
    pub(crate) fn new(client: Client, tasks: Tasks) -> Self {
        Self {
            client,
            tasks,
            slots: Arc::default(),
        }
    }

    /// The list of the pass's account, where one is known or can be had soon. The platform's API
    /// has no such list.
    pub(crate) async fn known(&self, pass: &Pass, clock: &Clock) -> Option<Arc<Catalogue>> {
        match pass.kind {
            PassKind::Plan => {}
            PassKind::Platform => return None,
        }
        let mut asking = {
            let mut slots = self.slots.lock();
            let slot = slots.entry(pass.account.as_str().to_owned()).or_default();
            if slot.is_due(clock.passed()) {
                slot.asked = Some(clock.passed());
                slot.asking = Some(self.ask(pass));
            }
            match (&slot.known, &slot.asking) {
                (None, Some(asking)) => asking.clone(),
                (known, _) => return known.clone(),
            }
        };
        // An error means that the one who asked has ended, which is what is waited for.
        let _ = clock.timeout(PATIENCE, asking.changed()).await;
        self.last(pass.account.as_str())
    }

    /// Keeps a list that was read elsewhere.
    pub(crate) fn keep(&self, account: &str, catalogue: Arc<Catalogue>, clock: &Clock) {
        let mut slots = self.slots.lock();
        let slot = slots.entry(account.to_owned()).or_default();
        slot.known = Some(catalogue);
        slot.asked = Some(clock.passed());
    }

    /// The list as it was last seen.
    pub(crate) fn last(&self, account: &str) -> Option<Arc<Catalogue>> {
        self.slots.lock().get(account)?.known.clone()
    }

    /// Asks in a task of its own, so that a client who leaves does not end it.
    fn ask(&self, pass: &Pass) -> watch::Receiver<()> {
        let (ended, asking) = watch::channel(());
        let (client, slots) = (self.client.clone(), Arc::clone(&self.slots));
        let (credential, account) = (credential(pass), pass.account.as_str().to_owned());
        self.tasks.spawn("gateway.catalogue", |stop| async move {
            let asked = tokio::select! {
                asked = client.catalogue(&credential) => asked,
                () = stop.cancelled() => return,
            };
            let mut slots = slots.lock();
            let slot = slots.entry(account).or_default();
            slot.asking = None;
            match asked {
                Ok(catalogue) => slot.known = Some(catalogue),
                Err(why) => tracing::debug!(name: "catalogue.unknown", code = why.code()),
            }
            drop(ended);
        });
        asking
    }
}

impl Slot {
    fn is_due(&self, now: Duration) -> bool {
        let wait = match (&self.asking, &self.known) {
            (Some(asking), _) if asking.has_changed().is_ok() => return false,
            (_, Some(_)) => FRESH,
            (_, None) => RETRY,
        };
        self.asked
            .is_none_or(|asked| now.saturating_sub(asked) >= wait)
    }
}

impl fmt::Debug for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shelf({} accounts)", self.slots.lock().len())
    }
}

/// How long the first request of an account waits for the list.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a list is used before the client is asked for it again, which mostly has it at hand.
const FRESH: Duration = Duration::from_secs(30);
/// How long nobody asks again after a failure.
const RETRY: Duration = Duration::from_secs(30);
