//! Whoever changes, is followed: a task each, all ended by the engine's own.

use std::time::Duration;

use store::Line;
use tokio::sync::watch;

use super::{Call, Engine};
use crate::engine::facts::Seen;
use crate::view::RequestRow;

impl Engine {
    /// Starts following everything that changes by itself.
    pub(super) fn follow(&self) {
        let vault = self.0.core.vault.states();
        self.each("facts.vault", vault, |engine| async move {
            engine.refresh_vault();
            engine.refresh_account().await;
        });
        let problems = self.0.core.settings.watch_problems();
        self.each("facts.problems", problems, |engine| async move {
            engine.refresh_problems();
        });
        let settings = self.0.core.settings.watch();
        self.each("facts.settings", settings, |engine| async move {
            let now = engine.0.core.settings.current();
            engine.0.core.adopt(&now);
            engine.follow_address().await;
        });
        let limits = self.0.core.upstream.limits();
        self.each("facts.limits", limits, |engine| async move {
            engine.refresh_account().await;
        });
        let engine = self.clone();
        self.spawn("facts.requests", async move { engine.follow_log().await });
        let engine = self.clone();
        self.spawn("facts.minute", async move {
            loop {
                engine.0.core.clock.sleep(MINUTE).await;
                engine.refresh().await;
                engine.look_for_a_way_back().await;
            }
        });
    }

    /// Copies how many requests are under way, for as long as there is a server.
    pub(super) fn follow_flights(&self, mut flights: watch::Receiver<usize>) {
        let engine = self.clone();
        self.spawn("facts.flights", async move {
            loop {
                let count = *flights.borrow_and_update();
                engine.0.board.change(|state| state.in_flight = count);
                if flights.changed().await.is_err() {
                    break;
                }
            }
            engine.0.board.change(|state| state.in_flight = 0);
        });
    }

    /// Runs `then` after each change.
    fn each<T, F>(
        &self,
        name: &'static str,
        mut changes: watch::Receiver<T>,
        then: impl Fn(Self) -> F + Send + 'static,
    ) where
        T: Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let engine = self.clone();
        changes.mark_unchanged();
        self.spawn(name, async move {
            while changes.changed().await.is_ok() {
                then(engine.clone()).await;
            }
        });
    }

    async fn follow_log(&self) {
        let log = &self.0.core.log;
        let mut written = log.written();
        let mut last = log.last_row();
        while written.changed().await.is_ok() {
            loop {
                let rows = log.after(last, BATCH);
                let Some((newest, _)) = rows.last() else {
                    break;
                };
                last = *newest;
                self.took_in(rows).await;
            }
        }
    }

    /// Learns from requests that ended, and tells of them.
    async fn took_in(&self, rows: Vec<(i64, Line)>) {
        let mut look = false;
        for (row, line) in rows {
            look |= self.learn_reach(&line) | self.learn_refusal(&line) | line.fault.is_some();
            if let Some(name) = &line.key_name {
                self.0.seen.lock().insert(name.clone(), Seen::of(&line));
            }
            let row = RequestRow::new(row, line);
            self.0.board.call(Call::Row(Box::new(row)));
        }
        self.refresh_clients();
        if look {
            self.refresh_account().await;
        }
    }
}

/// Rows to read at once.
const BATCH: usize = 100;
/// What no part tells by itself is looked at this often: keys and accounts that another process
/// changed, and limits whose time has come.
const MINUTE: Duration = Duration::from_secs(60);
