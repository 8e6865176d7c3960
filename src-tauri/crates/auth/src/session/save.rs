//! Tokens that could not be saved are saved later: the old refresh token is spent, so losing the
//! new one would lose the sign-in.

use std::sync::Arc;
use std::time::Duration;

use super::Session;
use crate::means::Means;
use crate::record::Record;

/// Starts trying to save what is held until it is saved, replaced, or signed out.
pub(super) fn keep_trying(session: &Arc<Session>, means: &Arc<Means>) {
    let (session, parts) = (Arc::clone(session), Arc::clone(means));
    means.tasks.spawn("save tokens", move |stop| async move {
        let mut pause = FIRST_PAUSE;
        loop {
            let is_last = tokio::select! {
                () = stop.cancelled() => true,
                () = parts.clock.sleep(pause) => false,
            };
            if session.save(&parts).await || is_last {
                return;
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    });
}

impl Session {
    /// Saves what is held; true where nothing is left to do.
    async fn save(&self, means: &Means) -> bool {
        let Ok(_turn) = means.turn(TURN_PATIENCE).await else {
            return false;
        };
        let Ok(book) = means.ledger.reread().await else {
            return false;
        };
        // A new sign-in, or another process, came first: then that is what counts.
        if self.sync(&book).is_err() {
            return true;
        }
        let (tokens, unsaved) = {
            let held = self.held.lock();
            (held.current().tokens, held.unsaved())
        };
        if unsaved.is_none() || self.held.lock().is_gone() {
            return true;
        }
        let record = Record::ChatGpt(Arc::clone(&tokens));
        let saved = means.ledger.write(&self.id, &record).await;
        if saved.is_ok() {
            let moment = means.ledger.moment();
            self.held.lock().install(tokens, moment);
            tracing::info!(name: "token.saved", account = %self.id, "renewed tokens were saved after all");
        }
        saved.is_ok()
    }
}

const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
const TURN_PATIENCE: Duration = Duration::from_secs(75);
