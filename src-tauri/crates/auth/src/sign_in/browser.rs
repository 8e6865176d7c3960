//! Sign-in with the browser on this computer (contract auth 1).

use std::fmt;
use std::sync::Arc;

use tokio_util::sync::{CancellationToken, DropGuard};
use url::Url;

use super::attempt::Attempt;
use crate::account::{Account, Kind};
use crate::callback::ports::Ports;
use crate::callback::server;
use crate::fault::{By, Fault};
use crate::means::Means;

/// A browser sign-in that waits for its callback. Dropping it gives the sign-in up.
pub struct BrowserSignIn {
    /// The page to open. It holds the state, so it is for the browser only.
    pub url: Url,
    /// The port the browser comes back to; it is bound already.
    pub port: u16,
    attempt: Arc<Attempt>,
    means: Arc<Means>,
    _given_up: DropGuard,
}

/// Gives a browser sign-in up from elsewhere. Clones give up the same one.
#[derive(Debug, Clone)]
pub struct Canceller(Arc<Attempt>);

/// The sign-in whose ports are in use, so that the next one can take them over.
#[derive(Debug)]
pub(crate) struct Ongoing {
    attempt: Arc<Attempt>,
    freed: CancellationToken,
}

impl BrowserSignIn {
    pub(crate) async fn begin(means: &Arc<Means>, ports: Ports) -> Result<(Self, Ongoing), Fault> {
        means.policy.permits(Kind::ChatGpt)?;
        let bound = ports.bind(&means.clock).await?;
        let port = bound.port;
        let (attempt, url) = Attempt::new(means, port)?;
        let (attempt, freed) = (Arc::new(attempt), CancellationToken::new());
        server::serve(bound, &attempt, means, freed.clone());
        let given_up = give_up_on_drop(&attempt, means);
        let ongoing = Ongoing {
            attempt: Arc::clone(&attempt),
            freed,
        };
        let begun = Self {
            url,
            port,
            attempt,
            means: Arc::clone(means),
            _given_up: given_up,
        };
        Ok((begun, ongoing))
    }

    /// Waits until the person has signed in, or it went wrong; ten minutes at most.
    ///
    /// # Errors
    /// Everything a sign-in can fail with; nothing is kept then, and the old accounts stand.
    pub async fn finish(self) -> Result<Account, Fault> {
        self.ended().await
    }

    /// As [`Self::finish`], for an owner that has more to do with it meanwhile; may be dropped and
    /// called again.
    ///
    /// # Errors
    /// As [`Self::finish`].
    pub async fn ended(&self) -> Result<Account, Fault> {
        self.attempt.ended().await
    }

    /// Opens the page in the person's browser; false where this computer has none to open.
    pub async fn open_page(&self) -> bool {
        let url = self.url.to_string();
        let opened = tokio::task::spawn_blocking(move || open::that_detached(url).is_ok());
        opened.await.unwrap_or(false)
    }

    /// Takes the address the browser ended on, where it could not reach this computer. The outcome
    /// is that of [`Self::finish`].
    ///
    /// # Errors
    /// [`Fault::Pasted`] or [`Fault::MissingCode`]: it is not the address of this sign-in, which
    /// goes on waiting.
    pub fn paste(&self, pasted: &str) -> Result<(), Fault> {
        self.attempt.paste(pasted, &self.means)
    }

    /// A handle that gives the sign-in up while [`Self::finish`] waits.
    pub fn canceller(&self) -> Canceller {
        Canceller(Arc::clone(&self.attempt))
    }
}

impl Canceller {
    /// Gives the sign-in up; what was granted meanwhile is revoked.
    pub fn cancel(&self) {
        self.0.end(Err(Fault::Cancelled(By::Person)));
    }
}

impl Ongoing {
    /// Ends the sign-in and waits until its ports are free.
    pub(crate) async fn make_way(self) {
        self.attempt.evict();
        self.freed.cancelled().await;
    }
}

/// A guard that ends the attempt when it is dropped; an attempt that has ended does not mind.
fn give_up_on_drop(attempt: &Arc<Attempt>, means: &Means) -> DropGuard {
    let dropped = CancellationToken::new();
    let (attempt, watched) = (Arc::clone(attempt), dropped.clone());
    means.tasks.spawn("sign-in owner", move |_| async move {
        tokio::select! {
            () = watched.cancelled() => attempt.end(Err(Fault::Cancelled(By::Person))),
            _ = attempt.ended() => {}
        }
    });
    dropped.drop_guard()
}

impl fmt::Debug for BrowserSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BrowserSignIn(port {})", self.port)
    }
}
