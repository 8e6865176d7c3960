//! One sign-in under way: its state and verifier, and how it ends. It ends once.

use std::sync::Arc;

use base::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oauth2::RedirectUrl;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::account::Account;
use crate::callback::{self, Callback};
use crate::fault::{By, Fault};
use crate::means::Means;
use crate::sign_in;

/// One sign-in under way.
pub(crate) struct Attempt {
    state: Secret,
    verifier: Secret,
    redirect: RedirectUrl,
    phase: watch::Sender<Phase>,
    evicted: CancellationToken,
}

#[derive(Clone)]
enum Phase {
    Waiting,
    Exchanging,
    Ended(Result<Account, Fault>),
}

impl Attempt {
    /// A new attempt that comes back to `port`, and the page a person signs in on.
    pub(crate) fn new(means: &Means, port: u16) -> Result<(Self, Url), Fault> {
        // The registered host of current releases (contract auth 0.1).
        let redirect = RedirectUrl::new(format!("http://127.0.0.1:{port}/auth/callback"))
            .map_err(|error| Fault::Listen(error.to_string()))?;
        let secret = |bytes: &[u8]| Secret::new(URL_SAFE_NO_PAD.encode(bytes));
        let attempt = Self {
            state: secret(&means.chance.bytes::<32>()),
            verifier: secret(&means.chance.bytes::<64>()),
            redirect,
            phase: watch::Sender::new(Phase::Waiting),
            evicted: CancellationToken::new(),
        };
        let url = means.issuer.authorize_url(
            &attempt.redirect,
            &attempt.state,
            &attempt.verifier,
            means.policy.workspace_parameter(),
        );
        Ok((attempt, url))
    }

    pub(crate) fn state(&self) -> &Secret {
        &self.state
    }

    /// Exchanges `code` in a task of its own, unless that has begun or the sign-in is over.
    pub(crate) fn begin_exchange(self: &Arc<Self>, code: Secret, means: &Arc<Means>) {
        let begins = self.phase.send_if_modified(|phase| match phase {
            Phase::Waiting => {
                *phase = Phase::Exchanging;
                true
            }
            Phase::Exchanging | Phase::Ended(_) => false,
        });
        if !begins {
            return;
        }
        let (me, parts) = (Arc::clone(self), Arc::clone(means));
        means.tasks.spawn("exchange code", move |_| async move {
            let outcome = me.exchange(&code, &parts).await;
            me.end(outcome);
        });
    }

    /// Takes what a person pasted; the sign-in then goes on as if the browser had come back.
    pub(crate) fn paste(self: &Arc<Self>, pasted: &str, means: &Arc<Means>) -> Result<(), Fault> {
        let query = callback::pasted_query(pasted)?;
        match Callback::read(query, &self.state) {
            Callback::StateMismatch => return Err(Fault::Pasted(callback::OTHER_SIGN_IN)),
            Callback::Refused(refusal) => self.end(Err(refusal.fault())),
            Callback::MissingCode => return Err(Fault::MissingCode),
            Callback::Code(code) => self.begin_exchange(code, means),
        }
        Ok(())
    }

    /// Ends the attempt, unless it has ended before.
    pub(crate) fn end(&self, outcome: Result<Account, Fault>) {
        self.phase.send_if_modified(|phase| match phase {
            Phase::Waiting | Phase::Exchanging => {
                *phase = Phase::Ended(outcome);
                true
            }
            Phase::Ended(_) => false,
        });
    }

    /// Ends the attempt because another program wants its port.
    pub(crate) fn evict(&self) {
        self.end(Err(Fault::Cancelled(By::AnotherProgram)));
        self.evicted.cancel();
    }

    /// Waits until another program wants the port.
    pub(crate) async fn evicted(&self) {
        self.evicted.cancelled().await;
    }

    /// Waits for the end.
    pub(crate) async fn ended(&self) -> Result<Account, Fault> {
        let mut phase = self.phase.subscribe();
        let ended = phase
            .wait_for(|phase| matches!(phase, Phase::Ended(_)))
            .await;
        match ended.as_deref() {
            Ok(Phase::Ended(outcome)) => outcome.clone(),
            // The sender lives in `self`, so the wait cannot fail.
            Ok(Phase::Waiting | Phase::Exchanging) | Err(_) => Err(Fault::Stopping),
        }
    }

    /// How it ended, if it has.
    pub(crate) fn outcome(&self) -> Option<Result<Account, Fault>> {
        match &*self.phase.borrow() {
            Phase::Ended(outcome) => Some(outcome.clone()),
            Phase::Waiting | Phase::Exchanging => None,
        }
    }

    async fn exchange(&self, code: &Secret, means: &Arc<Means>) -> Result<Account, Fault> {
        let granted = means
            .issuer
            .exchange(code, &self.redirect, &self.verifier)
            .await;
        let grant =
            granted.map_err(|why| Fault::Exchange(format!("Token exchange failed: {why}")))?;
        if let Some(Err(given_up)) = self.outcome() {
            sign_in::revoke_later(means, grant.refresh_token);
            return Err(given_up);
        }
        sign_in::settle(means, grant).await
    }
}

impl std::fmt::Debug for Attempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Attempt(..)")
    }
}
