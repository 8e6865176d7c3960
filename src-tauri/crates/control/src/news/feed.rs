//! News for one listener, merged so that a busy server does not keep a page busy.

use std::sync::Arc;
use std::time::Duration;

use base::Clock;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};

use super::{News, What};
use crate::engine::Call;
use crate::state::AppState;
use crate::view::RequestRow;

/// News for one listener. The first is the state as it is; dropping it ends listening.
#[derive(Debug)]
pub struct Newsfeed {
    states: watch::Receiver<Arc<AppState>>,
    calls: broadcast::Receiver<Call>,
    clock: Clock,
    number: u64,
    state: Due,
    rows: Due,
    waiting: Vec<RequestRow>,
}

/// Something that is told at most once in [`PACE`].
#[derive(Debug, Default)]
struct Due {
    pending: bool,
    /// Not before this much has passed.
    at: Duration,
}

impl Due {
    fn is_now(&self, passed: Duration) -> bool {
        self.pending && self.at <= passed
    }

    fn told(&mut self, passed: Duration) {
        self.pending = false;
        self.at = passed + PACE;
    }
}

impl Newsfeed {
    pub(crate) fn new(
        states: watch::Receiver<Arc<AppState>>,
        calls: broadcast::Receiver<Call>,
        clock: Clock,
    ) -> Self {
        Self {
            states,
            calls,
            number: 0,
            state: Due {
                pending: true,
                at: Duration::ZERO,
            },
            rows: Due::default(),
            waiting: Vec::new(),
            clock,
        }
    }

    /// Waits for the next piece of news; `None` when there will be no more. May be dropped and
    /// called again.
    pub async fn next(&mut self) -> Option<News> {
        loop {
            if let Some(what) = self.due() {
                return Some(self.numbered(what));
            }
            let wait = self.wait();
            let clock = self.clock.clone();
            tokio::select! {
                biased;
                called = self.calls.recv() => match called {
                    Ok(Call::TryIt(piece)) => return Some(self.numbered(What::TryIt(piece))),
                    Ok(Call::Note(note)) => return Some(self.numbered(What::Note(note))),
                    Ok(Call::Row(row)) => self.keep(*row),
                    Err(RecvError::Lagged(_)) => self.missed(),
                    Err(RecvError::Closed) => return None,
                },
                changed = self.states.changed() => {
                    changed.ok()?;
                    self.state.pending = true;
                }
                () = rest(&clock, wait) => {}
            }
        }
    }

    /// What may be told now.
    fn due(&mut self) -> Option<What> {
        let passed = self.clock.passed();
        if self.rows.is_now(passed) {
            self.rows.told(passed);
            return Some(What::Requests(std::mem::take(&mut self.waiting)));
        }
        if self.state.is_now(passed) {
            self.state.told(passed);
            let state = AppState::clone(&self.states.borrow_and_update());
            return Some(What::State(Box::new(state)));
        }
        None
    }

    /// How long until something may be told; `None` where nothing waits.
    fn wait(&self) -> Option<Duration> {
        let passed = self.clock.passed();
        let waiting = [&self.state, &self.rows];
        let pending = waiting.iter().filter(|due| due.pending);
        pending.map(|due| due.at.saturating_sub(passed)).min()
    }

    fn keep(&mut self, row: RequestRow) {
        self.waiting.push(row);
        self.rows.pending = true;
        if self.waiting.len() > MOST_ROWS {
            self.missed();
        }
    }

    /// Leaves a gap in the numbers, so that the listener knows to ask for everything.
    fn missed(&mut self) {
        self.number += 1;
        self.waiting.clear();
        self.rows.pending = false;
        self.state.pending = true;
    }

    fn numbered(&mut self, what: What) -> News {
        self.number += 1;
        News {
            number: self.number,
            what,
        }
    }
}

async fn rest(clock: &Clock, wait: Option<Duration>) {
    match wait {
        Some(wait) => clock.sleep(wait).await,
        None => std::future::pending().await,
    }
}

/// How often one kind of news is told.
const PACE: Duration = Duration::from_secs(1);
/// More rows in a second than this are read again rather than sent.
const MOST_ROWS: usize = 500;

#[cfg(test)]
mod tests;
