//! Renewal ahead of time, so that no request has to wait for one.

use std::sync::Arc;
use std::time::Duration;

use base::{Tasks, Timestamp};

use super::Accounts;
use crate::fault::Fault;
use crate::record::Record;
use crate::session::Session;

impl Accounts {
    /// Keeps every sign-in renewed in the background for as long as `tasks` run. A vault that is not
    /// open is left alone: no keyring is asked from here.
    pub fn keep_fresh(&self, tasks: &Tasks) {
        let accounts = self.clone();
        tasks.spawn("keep fresh", move |stop| async move {
            loop {
                // Short steps by the clock on the wall: a laptop that slept notices at once.
                let means = &accounts.0.means;
                let step = means.jitter(STEP);
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = means.clock.sleep(step) => {}
                }
                if means.ledger.is_open()
                    && let Err(fault) = accounts.renew_what_is_due().await
                {
                    tracing::debug!(name: "upkeep.skipped", %fault, "no sign-in was looked at");
                }
            }
        });
    }

    async fn renew_what_is_due(&self) -> Result<(), Fault> {
        let means = &self.0.means;
        let book = means.ledger.book().await?;
        for id in &book.order {
            let Some(Record::ChatGpt(tokens)) = book.record(id) else {
                continue;
            };
            let session = self.session(id, tokens, &book);
            if session.sync(&book).is_ok() && is_due(&session, means.clock.now()) {
                // A failure is noted in the session and tried again after its pause.
                let _ = session.fresh(means).await;
            }
        }
        Ok(())
    }
}

fn is_due(session: &Arc<Session>, now: Timestamp) -> bool {
    session.current().tokens.is_due(now)
}

/// At most this long after a token has become due it is renewed; at least half of it, so that
/// several machines do not ask in step.
const STEP: Duration = Duration::from_secs(60);
