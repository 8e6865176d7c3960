//! Sign-in with a code typed in on any device (contract auth 2).

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base::{Secret, Timestamp};
use oauth2::RedirectUrl;
use tokio::sync::watch;
use url::Url;

use crate::account::{Account, Kind};
use crate::fault::Fault;
use crate::issuer::{DeviceCode, Poll, UserCodeFailure};
use crate::means::Means;
use crate::sign_in;

/// What must stand beside the code, wherever it is shown (contract auth 2).
pub const PHISHING_WARNING: &str = "Continue only if you started this login in Postern. If a website or another person gave you this code, cancel.";

/// A device sign-in that waits for someone to type the code in. Dropping it gives the sign-in up.
pub struct DeviceSignIn {
    /// The page to open, on any device.
    pub url: Url,
    /// The code to type in there. Show [`PHISHING_WARNING`] beside it.
    pub code: String,
    /// When the code stops working.
    pub expires_at: Timestamp,
    asked: DeviceCode,
    means: Arc<Means>,
}

impl DeviceSignIn {
    pub(crate) async fn begin(means: &Arc<Means>) -> Result<Self, Fault> {
        means.policy.permits(Kind::ChatGpt)?;
        let asked = means.issuer.user_code().await;
        let asked = asked.map_err(|failure| match failure {
            UserCodeFailure::NotEnabled => Fault::CodesOff,
            UserCodeFailure::Other(sentence) => Fault::Device(sentence),
        })?;
        Ok(Self {
            url: means.issuer.at("/codex/device"),
            code: asked.user_code.clone(),
            expires_at: means.clock.now().plus(LONGEST),
            asked,
            means: Arc::clone(means),
        })
    }

    /// Waits until the person has approved, or it went wrong; fifteen minutes at most.
    ///
    /// # Errors
    /// Everything a sign-in can fail with; nothing is kept then, and the old accounts stand.
    pub async fn finish(self) -> Result<Account, Fault> {
        let polling = self.approved();
        let (code, verifier) = match self.means.clock.timeout(LONGEST, polling).await {
            Some(approved) => approved?,
            None => return Err(Fault::TimedOut("device auth timed out after 15 minutes")),
        };
        self.exchange(code, verifier).await
    }

    async fn approved(&self) -> Result<(Secret, Secret), Fault> {
        let mut failures = 0;
        loop {
            let wait = match self.means.issuer.poll(&self.asked).await {
                Poll::Approved { code, verifier } => return Ok((code, verifier)),
                Poll::Ended(sentence) => return Err(Fault::Device(sentence)),
                Poll::Pending => {
                    failures = 0;
                    self.asked.interval
                }
                Poll::Later(why) => {
                    failures += 1;
                    let wait = self.back_off(failures);
                    tracing::debug!(name: "device.later", why, "the issuer wants to be asked later");
                    wait
                }
            };
            self.means.clock.sleep(wait).await;
        }
    }

    fn back_off(&self, failures: u32) -> Duration {
        let doubled = self.asked.interval.saturating_mul(1 << failures.min(8));
        doubled.min(LONGEST_BACK_OFF)
    }

    /// In a task of its own: an approved code is good once, so a caller that leaves must not waste it.
    async fn exchange(&self, code: Secret, verifier: Secret) -> Result<Account, Fault> {
        let redirect = RedirectUrl::from_url(self.means.issuer.at("/deviceauth/callback"));
        let means = Arc::clone(&self.means);
        let (tell, mut outcome) = watch::channel(None);
        self.means
            .tasks
            .spawn("exchange device code", move |_| async move {
                let settled = match means.issuer.exchange(&code, &redirect, &verifier).await {
                    Ok(grant) => sign_in::settle(&means, grant).await,
                    Err(why) => Err(Fault::Device(format!("device code exchange failed: {why}"))),
                };
                tell.send_replace(Some(settled));
            });
        let ended = outcome.wait_for(Option::is_some).await;
        ended
            .ok()
            .and_then(|outcome| outcome.clone())
            .unwrap_or(Err(Fault::Stopping))
    }
}

impl fmt::Debug for DeviceSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceSignIn(until {})", self.expires_at)
    }
}

const LONGEST: Duration = Duration::from_secs(15 * 60);
const LONGEST_BACK_OFF: Duration = Duration::from_secs(60);
