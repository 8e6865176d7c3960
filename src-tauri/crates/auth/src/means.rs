//! What every part of the crate works with.

use std::fmt;
use std::time::Duration;

use base::{Chance, Clock, Tasks};
use store::Turn;
use url::Url;

use crate::fault::Fault;
use crate::issuer::Issuer;
use crate::ledger::Ledger;
use crate::pass::Identity;
use crate::policy::Policy;

/// Made once from the parts, shared by everything.
pub(crate) struct Means {
    pub(crate) ledger: Ledger,
    pub(crate) issuer: Issuer,
    pub(crate) http: reqwest::Client,
    pub(crate) backend: Url,
    pub(crate) platform: Url,
    pub(crate) policy: Policy,
    pub(crate) identity: Identity,
    pub(crate) clock: Clock,
    pub(crate) chance: Chance,
    pub(crate) tasks: Tasks,
}

impl Means {
    /// Waits for this process's turn at changing sign-ins, but not longer than `limit`.
    pub(crate) async fn turn(&self, limit: Duration) -> Result<Turn, Fault> {
        match self.clock.timeout(limit, self.ledger.turn()).await {
            Some(turn) => Ok(turn?),
            None => Err(Fault::Transient {
                message: "Failed to refresh token: another Postern is renewing a sign-in".into(),
                retry_in: None,
            }),
        }
    }

    /// A length between half of `longest` and all of it.
    pub(crate) fn jitter(&self, longest: Duration) -> Duration {
        let millis = u64::try_from(longest.as_millis()).unwrap_or(u64::MAX);
        Duration::from_millis(millis - self.chance.below(millis / 2 + 1))
    }
}

impl fmt::Debug for Means {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Means(..)")
    }
}
