//! One renewal, from the turn to the saved tokens (contract auth 3.3, 3.6).
//!
//! The order is what makes it safe: take the turn, look again, note that the token is under way,
//! send it, save what came back, use it.

use std::sync::Arc;
use std::time::Duration;

use super::{Current, Session, Why, save};
use crate::fault::{Class, Fault};
use crate::issuer::{RefreshFailure, Renewed};
use crate::means::Means;
use crate::record::Record;
use crate::tokens::Tokens;

/// Renews the tokens of `session`, unless someone else has by the time it is our turn.
pub(super) async fn renew(
    session: Arc<Session>,
    means: Arc<Means>,
    why: Why,
) -> Result<Current, Fault> {
    if let Some(settled) = session.settled(&why, &means) {
        return settled;
    }
    let _turn = means.turn(TURN_PATIENCE).await?;
    // Without the vault nothing is sent: what came back could not be saved.
    let book = means.ledger.reread().await?;
    session.sync(&book)?;
    if let Some(settled) = session.settled(&why, &means) {
        return settled;
    }
    let sent = session.current().tokens;
    if sent.unconfirmed {
        // Whoever had this turn before got no answer, or died before noting it.
        return Err(session.held.lock().end(Class::Unconfirmed));
    }
    session.note(&means, &sent, UNDER_WAY).await?;
    match means.issuer.refresh(&sent.refresh).await {
        Ok(renewed) => session.take(&means, &why, &sent, renewed).await,
        Err(RefreshFailure::Refused(class)) => {
            tracing::warn!(name: "token.ended", account = %session.id, ?class, "a sign-in cannot be renewed any more");
            session.note_answer(&means, &sent).await;
            Err(session.held.lock().end(class))
        }
        Err(RefreshFailure::Failing(message)) => {
            session.note_answer(&means, &sent).await;
            Err(session.pause(&means, message))
        }
        Err(RefreshFailure::Unconfirmed(message)) => {
            tracing::warn!(name: "token.unconfirmed", account = %session.id, message, "the answer to a renewal was lost");
            Err(session.held.lock().end(Class::Unconfirmed))
        }
    }
}

impl Session {
    /// Saves what a renewal brought, then puts it in place.
    async fn take(
        self: &Arc<Self>,
        means: &Arc<Means>,
        why: &Why,
        sent: &Tokens,
        renewed: Renewed,
    ) -> Result<Current, Fault> {
        let is_whole = renewed.access_token.is_some();
        let tokens = Arc::new(sent.renewed(renewed, means.clock.now()));
        if let Err(fault) = self.still_ours(means, sent).await {
            // Signed out or replaced while the answer was on its way: this grant is nobody's.
            let _ = means.issuer.revoke(&tokens.refresh).await;
            return Err(fault);
        }
        let saved = means
            .ledger
            .write(&self.id, &Record::ChatGpt(Arc::clone(&tokens)))
            .await;
        let moment = means.ledger.moment();
        match saved {
            Ok(()) => {
                self.held.lock().install(tokens, moment);
                tracing::info!(name: "token.renewed", account = %self.id, "a sign-in was renewed");
            }
            Err(fault) => {
                tracing::error!(name: "token.unsaved", account = %self.id, %fault, "renewed tokens could not be saved; trying again");
                let replaced = sent.refresh.clone();
                let is_first = self.held.lock().install_unsaved(tokens, replaced, moment);
                if is_first {
                    save::keep_trying(self, means);
                }
            }
        }
        let (now, passed) = (means.clock.now(), means.clock.passed());
        self.held.lock().renewed(why, now, passed);
        match is_whole {
            true => Ok(self.current()),
            false => Err(self.pause(means, NO_ACCESS_TOKEN.into())),
        }
    }

    /// Whether the vault still holds the sign-in that was renewed.
    async fn still_ours(&self, means: &Means, sent: &Tokens) -> Result<(), Fault> {
        if self.held.lock().is_gone() {
            return Err(Fault::SignedOut);
        }
        let Ok(book) = means.ledger.reread().await else {
            // It cannot be read now; the tokens are kept in memory and saved later.
            return Ok(());
        };
        let unsaved = self.held.lock().unsaved();
        match book.record(&self.id) {
            Some(Record::ChatGpt(stored))
                if stored.refresh == sent.refresh || Some(&stored.refresh) == unsaved.as_ref() =>
            {
                Ok(())
            }
            Some(_) | None => Err(Class::Replaced.fault()),
        }
    }

    /// Writes down whether the refresh token is under way. Written before it is sent, so that
    /// neither another process nor the next start sends it again, however this one ends.
    async fn note(&self, means: &Means, sent: &Tokens, under_way: bool) -> Result<(), Fault> {
        let record = Record::ChatGpt(Arc::new(sent.noted(under_way)));
        means.ledger.write(&self.id, &record).await?;
        let moment = means.ledger.moment();
        self.held.lock().saved(moment);
        Ok(())
    }

    /// Writes down that the token was not used up.
    async fn note_answer(&self, means: &Means, sent: &Tokens) {
        if self.still_ours(means, sent).await.is_err() {
            return;
        }
        if let Err(fault) = self.note(means, sent, ANSWERED).await {
            tracing::error!(name: "token.unnoted", account = %self.id, %fault, "the answer to a renewal could not be noted");
        }
    }

    fn pause(&self, means: &Means, message: String) -> Fault {
        tracing::warn!(name: "token.unrenewed", account = %self.id, message, "a renewal failed and will be tried again");
        let passed = means.clock.passed();
        self.held.lock().pause(message, passed, |failures| {
            let doubled = FIRST_PAUSE.saturating_mul(1 << failures.saturating_sub(1).min(16));
            means.jitter(doubled.min(LONGEST_PAUSE))
        })
    }
}

const UNDER_WAY: bool = true;
const ANSWERED: bool = false;
/// Longer than another process's renewal may take.
const TURN_PATIENCE: Duration = Duration::from_secs(75);
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);
const NO_ACCESS_TOKEN: &str = "Failed to refresh token: the answer holds no access token";
