//! One ChatGPT sign-in while the process runs: its tokens, their renewal, and what stands in its way.
//!
//! Guarantees:
//! - at most one renewal at a time, in a task no caller can take down, and across processes;
//! - new tokens are saved before they are used, or kept in memory and saved later;
//! - a refresh token whose answer was lost is never sent again;
//! - a token that is still good goes on being used while its renewal fails.

mod held;
mod renewal;
mod save;

use std::sync::Arc;
use std::time::Duration;

use base::Secret;
use parking_lot::Mutex;

use crate::account::{AccountId, State};
use crate::fault::{Class, Fault};
use crate::flight::Flight;
use crate::ledger::Book;
use crate::means::Means;
use crate::record::Record;
use crate::routing::Routes;
use crate::tokens::Tokens;
use held::Held;

/// One ChatGPT sign-in.
#[derive(Debug)]
pub(crate) struct Session {
    id: AccountId,
    held: Mutex<Held>,
    renewing: Flight<Result<Current, Fault>>,
    pub(crate) routes: Routes,
}

/// The tokens in use, and how often they have changed.
#[derive(Debug, Clone)]
pub(crate) struct Current {
    pub(crate) tokens: Arc<Tokens>,
    pub(crate) generation: u64,
}

/// Why a renewal is wanted.
#[derive(Debug, Clone)]
pub(crate) enum Why {
    /// The access token ends soon.
    Due,
    /// The backend refused this access token.
    Refused(Secret),
}

impl Session {
    /// The session of a sign-in that was read at `moment`.
    pub(crate) fn new(id: AccountId, tokens: Arc<Tokens>, moment: u64) -> Self {
        Self {
            id,
            held: Mutex::new(Held::new(tokens, moment)),
            renewing: Flight::default(),
            routes: Routes::default(),
        }
    }

    /// Takes over what the vault holds, unless what is held here is newer.
    ///
    /// # Errors
    /// The vault holds no such sign-in any more, or one of another workspace.
    pub(crate) fn sync(&self, book: &Book) -> Result<(), Fault> {
        match book.record(&self.id) {
            Some(Record::ChatGpt(tokens)) => self.held.lock().sync(tokens, book.moment),
            Some(Record::AccessToken(_) | Record::ApiKey(_) | Record::CodexCli) | None => {
                Err(Class::Replaced.fault())
            }
        }
    }

    /// Tokens that are good for now, renewed first where they are due.
    pub(crate) async fn fresh(self: &Arc<Self>, means: &Arc<Means>) -> Result<Current, Fault> {
        self.is_from_here(means)?;
        if let Some(settled) = self.settled(&Why::Due, means) {
            return self.or_still_alive(settled, means);
        }
        let renewal = self.renew(means, Why::Due);
        let outcome = match self.current().tokens.is_alive(means.clock.now()) {
            // Nobody waits long for a renewal that is not needed yet.
            true => match means.clock.timeout(COURTESY, renewal).await {
                Some(outcome) => outcome,
                None => Ok(self.current()),
            },
            false => renewal.await,
        };
        self.or_still_alive(outcome, means)
    }

    /// Tokens other than `refused`: those someone else has renewed, else those of one forced renewal.
    pub(crate) async fn recover(
        self: &Arc<Self>,
        means: &Arc<Means>,
        refused: &Secret,
    ) -> Result<Current, Fault> {
        self.is_from_here(means)?;
        let why = Why::Refused(refused.clone());
        // The first flight may have been someone else's, with no reason to replace this token.
        for _ in 0..2 {
            if let Some(settled) = self.settled(&why, means) {
                return settled;
            }
            let renewed = self.renew(means, why.clone()).await?;
            if renewed.tokens.access != *refused {
                return Ok(renewed);
            }
        }
        Err(self.held.lock().refuse())
    }

    /// The tokens in use.
    pub(crate) fn current(&self) -> Current {
        self.held.lock().current()
    }

    /// How the sign-in is doing.
    pub(crate) fn state(&self, means: &Means) -> State {
        if let Err(fault) = self.is_from_here(means) {
            return State::NeedsSignIn(fault.to_string());
        }
        self.held
            .lock()
            .state(means.clock.now(), means.clock.passed())
    }

    /// Ends the session: nothing is renewed or saved any more. Waits for a renewal under way, but
    /// not longer than `limit`, and yields the tokens to revoke.
    pub(crate) async fn leave(&self, means: &Means, limit: Duration) -> Arc<Tokens> {
        self.held.lock().leave();
        let _ = means.clock.timeout(limit, self.renewing.settled()).await;
        self.current().tokens
    }

    /// Neither the backend nor the issuer sees tokens of an issuer that the settings do not name.
    fn is_from_here(&self, means: &Means) -> Result<(), Fault> {
        match means.issuer.gave(&self.current().tokens) {
            true => Ok(()),
            false => Err(Fault::NeedsSignIn(OTHER_ISSUER)),
        }
    }

    async fn renew(self: &Arc<Self>, means: &Arc<Means>, why: Why) -> Result<Current, Fault> {
        let (session, parts) = (Arc::clone(self), Arc::clone(means));
        let landed = self
            .renewing
            .join(&means.tasks, "renew", || {
                renewal::renew(session, parts, why)
            })
            .await;
        landed.unwrap_or(Err(Fault::Stopping))
    }

    /// The outcome where nothing must be sent to know it.
    fn settled(&self, why: &Why, means: &Means) -> Option<Result<Current, Fault>> {
        self.held
            .lock()
            .settled(why, means.clock.now(), means.clock.passed())
    }

    /// A failed renewal is no failure for as long as the old token is good (contract auth 3.2).
    fn or_still_alive(
        &self,
        outcome: Result<Current, Fault>,
        means: &Means,
    ) -> Result<Current, Fault> {
        match outcome {
            Err(
                Fault::Permanent {
                    class: Class::Replaced,
                    ..
                }
                | Fault::SignedOut,
            ) => outcome,
            Err(fault) => {
                let current = self.current();
                match current.tokens.is_alive(means.clock.now()) {
                    true => Ok(current),
                    false => Err(fault),
                }
            }
            Ok(current) => Ok(current),
        }
    }
}

pub(crate) const OTHER_ISSUER: &str =
    "this sign-in is from another issuer than the settings name, so it is not used";
/// How long a request waits for the renewal of a token that is still good.
const COURTESY: Duration = Duration::from_secs(10);
