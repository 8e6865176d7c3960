//! Where the state hangs, for everyone to see, and where news is called out.

use std::sync::Arc;

use base::Clock;
use tokio::sync::{broadcast, watch};

use crate::headline::{Sentence, headline};
use crate::news::{Newsfeed, Note, TryIt};
use crate::state::{Account, AppState, Proxy};
use crate::view::RequestRow;

/// What is called out beside the state.
#[derive(Debug, Clone)]
pub(crate) enum Call {
    Row(Box<RequestRow>),
    TryIt(TryIt),
    Note(Note),
}

/// The state and the calls.
#[derive(Debug)]
pub(crate) struct Board {
    state: watch::Sender<Arc<AppState>>,
    calls: broadcast::Sender<Call>,
    clock: Clock,
}

impl Board {
    pub(crate) fn new(mut state: AppState, clock: Clock) -> Self {
        state.headline = headline(&state, clock.now());
        Self {
            state: watch::Sender::new(Arc::new(state)),
            calls: broadcast::Sender::new(CALLS),
            clock,
        }
    }

    /// The state now.
    pub(crate) fn state(&self) -> Arc<AppState> {
        Arc::clone(&self.state.borrow())
    }

    pub(crate) fn states(&self) -> watch::Receiver<Arc<AppState>> {
        self.state.subscribe()
    }

    pub(crate) fn listen(&self) -> Newsfeed {
        Newsfeed::new(
            self.state.subscribe(),
            self.calls.subscribe(),
            self.clock.clone(),
        )
    }

    /// Changes the state. Where nothing is different afterwards, nobody hears of it; the headline
    /// follows by itself, and so do the notes that a change deserves.
    pub(crate) fn change(&self, change: impl FnOnce(&mut AppState)) {
        let mut notes = Vec::new();
        self.state.send_if_modified(|held| {
            let mut next = AppState::clone(held);
            change(&mut next);
            next.headline = headline(&next, self.clock.now());
            if next == **held {
                return false;
            }
            next.revision = held.revision + 1;
            notes = noteworthy(held, &next);
            *held = Arc::new(next);
            true
        });
        for note in notes {
            self.call(Call::Note(note));
        }
    }

    /// Calls something out; fine where nobody listens.
    pub(crate) fn call(&self, call: Call) {
        let _ = self.calls.send(call);
    }
}

/// What a person should be told once when `before` becomes `after`.
fn noteworthy(before: &AppState, after: &AppState) -> Vec<Note> {
    let mut notes = Vec::new();
    if let (Account::Ok { .. } | Account::Offline { .. }, Account::NeedsSignIn { why, .. }) =
        (&before.account, &after.account)
    {
        notes.push(Note::SignInEnded { why: why.clone() });
    }
    if let (Proxy::On { .. }, Proxy::Blocked { .. }) = (&before.proxy, &after.proxy) {
        notes.push(Note::PortLost);
    }
    if let Sentence::LimitReached { span, back_at_ms } = after.headline.says
        && !matches!(before.headline.says, Sentence::LimitReached { .. })
    {
        notes.push(Note::LimitReached { span, back_at_ms });
    }
    notes
}

/// A listener that is this much behind asks for the whole state.
const CALLS: usize = 1024;

#[cfg(test)]
mod tests;
