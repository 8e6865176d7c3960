//! The tries of one request: counted as they begin, and spaced by [`retry`].

use wire::Fault;

use super::Client;
use crate::retry::{self, Deed};

/// Where one request stands.
#[derive(Debug)]
pub(super) struct Tries<'a> {
    client: &'a Client,
    deed: Deed,
    most: u32,
    done: u32,
    attempts: &'a mut u32,
}

impl Client {
    /// No try yet; each that begins is added to `attempts`.
    pub(super) fn tries<'a>(&'a self, deed: Deed, attempts: &'a mut u32) -> Tries<'a> {
        Tries {
            client: self,
            deed,
            most: self.config().retries,
            done: 0,
            attempts,
        }
    }
}

impl Tries<'_> {
    /// The number of the try that begins now, 1 first.
    pub(super) fn begin(&mut self) -> u32 {
        self.done += 1;
        *self.attempts += 1;
        self.done
    }

    /// Waits until the next try.
    ///
    /// # Errors
    /// The fault itself, where there is no other try after it.
    pub(super) async fn again(&self, fault: Fault) -> Result<(), Fault> {
        let inner = &self.client.0;
        let Some(wait) = retry::wait(self.deed, &fault, self.done, self.most, &inner.chance) else {
            return Err(fault);
        };
        tracing::info!(
            name: "upstream.retry",
            code = fault.code(),
            attempt = self.done,
            wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
            "trying again"
        );
        inner.clock.sleep(wait).await;
        Ok(())
    }
}
