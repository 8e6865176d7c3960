//! The issuer's endpoints, one method each: exchange, refresh, revoke, device code, whoami.
//!
//! A text of the issuer reaches a fault only without the secrets of its request.

mod device;
mod exchange;
mod refresh;
mod revoke;
mod whoami;
mod words;

use std::fmt;
use std::time::Duration;

use base::Clock;
use http::header::USER_AGENT;
use reqwest::RequestBuilder;
use url::Url;

use crate::pass::Identity;
use crate::tokens::Tokens;
use crate::transport::{self, Answer, Lost};

pub(crate) use device::{DeviceCode, Poll, UserCodeFailure};
pub(crate) use exchange::Grant;
pub(crate) use refresh::{RefreshFailure, Renewed};
pub(crate) use whoami::{Person, WhoamiFailure};

/// One issuer and the client to reach it with.
#[derive(Clone)]
pub(crate) struct Issuer {
    root: Url,
    http: reqwest::Client,
    identity: Identity,
    clock: Clock,
}

impl Issuer {
    pub(crate) fn new(root: Url, http: reqwest::Client, identity: Identity, clock: Clock) -> Self {
        Self {
            root,
            http,
            identity,
            clock,
        }
    }

    /// The root as text, which names the issuer.
    pub(crate) fn name(&self) -> &str {
        self.root.as_str().trim_end_matches('/')
    }

    /// Whether `tokens` are from here. No other issuer's token is ever sent here: the settings may
    /// have been changed since (contract auth 3.1).
    pub(crate) fn gave(&self, tokens: &Tokens) -> bool {
        tokens
            .issuer
            .as_deref()
            .is_none_or(|issuer| issuer == self.name())
    }

    /// The address of `path`, which begins with a slash, below the root.
    pub(crate) fn at(&self, path: &str) -> Url {
        transport::below(&self.root, path)
    }

    /// The headers that refresh and revoke carry and the other requests do not (contract auth 1.6, 3.1).
    fn introduce(&self, request: RequestBuilder) -> RequestBuilder {
        request
            .header("originator", &self.identity.originator)
            .header(USER_AGENT, &self.identity.user_agent)
    }

    async fn send(&self, request: RequestBuilder, limit: Duration) -> Result<Answer, Lost> {
        transport::send(&self.clock, request, limit).await
    }
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Issuer({})", crate::redact::url(&self.root))
    }
}

/// The public client id of Codex, which every known client of this backend uses (contract auth 1.1).
pub(crate) const CLIENT_ID: &str = "app_EMoamEEZ73f0CkXaXp7hrann";
/// How long an exchange, a renewal, or a question may take.
const PATIENCE: Duration = Duration::from_secs(60);
