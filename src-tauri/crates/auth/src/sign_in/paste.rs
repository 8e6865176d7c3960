//! Sign-in with a browser on another computer: the person copies the address it ended on.

use std::fmt;
use std::sync::Arc;

use url::Url;

use super::attempt::Attempt;
use crate::account::{Account, Kind};
use crate::callback::ports::Ports;
use crate::fault::Fault;
use crate::means::Means;

/// A sign-in that waits for a pasted address. It needs no port.
pub struct PastedSignIn {
    /// The page to open. Its last step ends on an address that no browser can open; that one is wanted.
    pub url: Url,
    attempt: Arc<Attempt>,
    means: Arc<Means>,
}

impl PastedSignIn {
    pub(crate) fn begin(means: &Arc<Means>) -> Result<Self, Fault> {
        means.policy.permits(Kind::ChatGpt)?;
        let (attempt, url) = Attempt::new(means, Ports::default().preferred)?;
        Ok(Self {
            url,
            attempt: Arc::new(attempt),
            means: Arc::clone(means),
        })
    }

    /// Finishes with the pasted address: whole, without its scheme, or only `code=…&state=…`.
    ///
    /// # Errors
    /// [`Fault::Pasted`] or [`Fault::MissingCode`] where it is not the address of this sign-in;
    /// another may be pasted then. Any other fault ends the sign-in.
    pub async fn finish(&self, pasted: &str) -> Result<Account, Fault> {
        self.attempt.paste(pasted, &self.means)?;
        self.attempt.ended().await
    }
}

impl fmt::Debug for PastedSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PastedSignIn(..)")
    }
}
