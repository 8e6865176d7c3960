//! What a session holds, and what follows from it. Nothing here waits or does I/O.

use std::sync::Arc;
use std::time::Duration;

use base::{Secret, Timestamp};

use super::{Current, Why};
use crate::account::State;
use crate::fault::{Class, Fault};
use crate::tokens::Tokens;

/// What a session holds.
#[derive(Debug)]
pub(super) struct Held {
    tokens: Arc<Tokens>,
    generation: u64,
    trouble: Trouble,
    /// The refresh token the vault still holds, where saving its successor failed.
    unsaved: Option<Secret>,
    /// When a renewal was last forced by a refusal, on [`base::Clock::passed`].
    forced: Option<Duration>,
    /// How long a token that is due again right after its renewal is left alone.
    rest: Rest,
    presence: Presence,
    /// Books read before this moment are older than what is held.
    since: u64,
}

/// What stands in the way of the next renewal. It belongs to the tokens: new ones have none.
#[derive(Debug)]
enum Trouble {
    None,
    /// There is no further renewal.
    Ended(Class),
    /// Not before `until`, after so many failures in a row.
    Pausing {
        until: Duration,
        failures: u32,
        message: String,
    },
    /// The backend refuses even a token that was renewed just now.
    Refused,
}

/// How long a token that is due is used as it is, on [`base::Clock::passed`].
#[derive(Debug, Clone, Copy)]
enum Rest {
    None,
    /// Its life is short: until then, or until it ends.
    WhileAlive(Duration),
    /// By our clock it had ended when it came, so our clock is wrong: until then, or until the
    /// backend refuses it.
    Regardless(Duration),
}

/// Whether the account still exists here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Presence {
    Here,
    SignedOut,
}

impl Held {
    pub(super) fn new(tokens: Arc<Tokens>, moment: u64) -> Self {
        Self {
            trouble: Trouble::None,
            tokens,
            generation: 0,
            unsaved: None,
            forced: None,
            rest: Rest::None,
            presence: Presence::Here,
            since: moment,
        }
    }

    pub(super) fn current(&self) -> Current {
        Current {
            tokens: Arc::clone(&self.tokens),
            generation: self.generation,
        }
    }

    /// Takes over `stored`, which was read at `moment`, unless what is held is newer.
    pub(super) fn sync(&mut self, stored: &Arc<Tokens>, moment: u64) -> Result<(), Fault> {
        if moment < self.since {
            return Ok(());
        }
        if stored.account_id != self.tokens.account_id {
            return Err(Class::Replaced.fault());
        }
        let is_older = self.unsaved.as_ref() == Some(&stored.refresh);
        if !is_older && *stored != self.tokens {
            self.install(Arc::clone(stored), moment);
        } else if !is_older {
            self.tokens = Arc::clone(stored);
        }
        Ok(())
    }

    /// Puts tokens in place; whatever stood in the way of the old ones is gone.
    pub(super) fn install(&mut self, tokens: Arc<Tokens>, moment: u64) {
        if tokens != self.tokens {
            self.generation += 1;
            self.trouble = Trouble::None;
            self.rest = Rest::None;
        }
        self.tokens = tokens;
        self.saved(moment);
    }

    /// Notes that the vault holds the tokens in use.
    pub(super) fn saved(&mut self, moment: u64) {
        self.unsaved = None;
        self.since = moment;
    }

    /// As [`Self::install`], for tokens that could not be saved over those with `replaced`.
    /// Says whether nobody is busy saving yet.
    pub(super) fn install_unsaved(
        &mut self,
        tokens: Arc<Tokens>,
        replaced: Secret,
        moment: u64,
    ) -> bool {
        let before = self.unsaved.take();
        self.install(tokens, moment);
        let is_first = before.is_none();
        self.unsaved = Some(before.unwrap_or(replaced));
        is_first
    }

    /// What is known without asking anyone.
    pub(super) fn settled(
        &mut self,
        why: &Why,
        now: Timestamp,
        passed: Duration,
    ) -> Option<Result<Current, Fault>> {
        if self.presence == Presence::SignedOut {
            return Some(Err(Fault::SignedOut));
        }
        let is_good = match why {
            Why::Due => !self.tokens.is_due(now) || self.rests(now, passed),
            Why::Refused(token) => self.tokens.access != *token,
        };
        if is_good {
            return Some(Ok(self.current()));
        }
        match &self.trouble {
            Trouble::Ended(class) => return Some(Err(class.fault())),
            Trouble::Pausing { until, message, .. } if passed < *until => {
                return Some(Err(Fault::Transient {
                    message: message.clone(),
                    retry_in: Some(*until - passed),
                }));
            }
            Trouble::None | Trouble::Pausing { .. } | Trouble::Refused => {}
        }
        match why {
            Why::Refused(_) if self.cools_down(passed) => Some(Err(self.refuse())),
            Why::Refused(_) | Why::Due => None,
        }
    }

    /// Notes that even a token renewed just now is refused.
    pub(super) fn refuse(&mut self) -> Fault {
        if let Trouble::None = self.trouble {
            self.trouble = Trouble::Refused;
        }
        Fault::NeedsSignIn(REFUSED)
    }

    /// Notes a renewal that `why` asked for and that worked.
    pub(super) fn renewed(&mut self, why: &Why, now: Timestamp, passed: Duration) {
        match why {
            Why::Refused(_) => self.forced = Some(passed),
            Why::Due => {}
        }
        // Tokens shorter than the headroom would otherwise be renewed with every request.
        self.rest = match (self.tokens.is_due(now), self.tokens.is_alive(now)) {
            (false, _) => Rest::None,
            (true, true) => Rest::WhileAlive(passed + REST),
            (true, false) => Rest::Regardless(passed + WRONG_CLOCK_REST),
        };
    }

    pub(super) fn end(&mut self, class: Class) -> Fault {
        self.trouble = Trouble::Ended(class);
        class.fault()
    }

    /// Notes a failure. `pause` gives the wait after so many failures in a row.
    pub(super) fn pause(
        &mut self,
        message: String,
        passed: Duration,
        pause: impl FnOnce(u32) -> Duration,
    ) -> Fault {
        let failures = match &self.trouble {
            Trouble::Pausing { failures, .. } => failures.saturating_add(1),
            Trouble::None | Trouble::Ended(_) | Trouble::Refused => 1,
        };
        let wait = pause(failures);
        self.trouble = Trouble::Pausing {
            until: passed + wait,
            failures,
            message: message.clone(),
        };
        Fault::Transient {
            message,
            retry_in: Some(wait),
        }
    }

    pub(super) fn state(&self, now: Timestamp, passed: Duration) -> State {
        match &self.trouble {
            Trouble::None => State::SignedIn,
            Trouble::Ended(class) => State::NeedsSignIn(class.sentence().into()),
            // Later it may be accepted again, and nobody would tell us.
            Trouble::Refused if !self.cools_down(passed) => State::SignedIn,
            Trouble::Refused => State::NeedsSignIn(REFUSED.into()),
            Trouble::Pausing { .. } if !self.tokens.is_due(now) => State::SignedIn,
            Trouble::Pausing { message, .. } => State::Struggling(message.clone()),
        }
    }

    pub(super) fn leave(&mut self) {
        self.presence = Presence::SignedOut;
    }

    pub(super) fn is_gone(&self) -> bool {
        self.presence == Presence::SignedOut
    }

    /// The refresh token the vault holds, where it is not the one in use.
    pub(super) fn unsaved(&self) -> Option<Secret> {
        self.unsaved.clone()
    }

    fn cools_down(&self, passed: Duration) -> bool {
        self.forced.is_some_and(|at| passed < at + COOL_DOWN)
    }

    fn rests(&self, now: Timestamp, passed: Duration) -> bool {
        match self.rest {
            Rest::None => false,
            Rest::WhileAlive(until) => self.tokens.is_alive(now) && passed < until,
            Rest::Regardless(until) => passed < until,
        }
    }
}

/// A token renewed because of a refusal gets this long before another refusal may renew again.
/// Where refusals go on, a renewal does not help, and a person has to.
const COOL_DOWN: Duration = Duration::from_secs(5 * 60);
const REST: Duration = Duration::from_secs(30);
/// A clock that is hours ahead must not renew with every request; the backend knows the time.
const WRONG_CLOCK_REST: Duration = Duration::from_secs(5 * 60);
const REFUSED: &str =
    "ChatGPT refuses this sign-in although it was renewed just now. Sign in again.";
