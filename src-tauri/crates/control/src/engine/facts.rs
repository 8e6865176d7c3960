//! How things are, gathered from the parts.

use auth::State;
use store::Line;
use wire::limits::Limits;

use super::Engine;
use crate::limits::Kept;
use crate::state::{Account, AppState, Client, ClientResult, Limit, Proxy, Tray, VaultView};
use crate::view::{KeyRow, is_odd};
use crate::{AccountView, Complaint, Core};

/// An app's last request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    at_ms: i64,
    model: Option<String>,
    result: ClientResult,
}

impl Seen {
    pub(crate) fn of(line: &Line) -> Self {
        Self {
            at_ms: line.at.millis() + i64::from(line.total_ms),
            model: line.model.clone(),
            result: ClientResult {
                status: line.status,
                fault: line.fault.clone(),
                odd_path: is_odd(&line.path).then(|| line.path.clone()),
            },
        }
    }
}

/// What can be said before anything was asked.
pub(super) fn at_first(core: &Core) -> AppState {
    use crate::headline::{Headline, Level, Sentence};
    AppState {
        revision: 1,
        // The board finds the true one at once.
        headline: Headline {
            level: Level::Starting,
            says: Sentence::Starting,
            action: None,
        },
        proxy: Proxy::Off,
        account: Account::None,
        signing_in: None,
        limits: Vec::new(),
        stopped_until_ms: None,
        vault: VaultView::of(&core.vault),
        clients: Vec::new(),
        tray: Tray::Unknown,
        problems: core.settings_problems(),
        in_flight: 0,
        first_run: core.snapshots.get(FIRST_RUN).is_none(),
        damaged_database: core.damaged_database(),
    }
}

impl Engine {
    /// Looks at everything anew.
    pub(crate) async fn refresh(&self) {
        self.refresh_vault();
        self.refresh_problems();
        self.refresh_account().await;
        self.refresh_clients();
    }

    pub(crate) fn refresh_vault(&self) {
        let vault = VaultView::of(&self.0.core.vault);
        self.0.board.change(|state| state.vault = vault);
    }

    /// Looks at what is wrong with the settings, and with following them.
    pub(crate) fn refresh_problems(&self) {
        let mut problems = self.0.core.settings_problems();
        problems.extend(self.0.not_moved.lock().clone());
        problems.extend(self.0.no_ollama.lock().clone());
        self.0.board.change(|state| state.problems = problems);
    }

    /// Looks at the accounts, and at what hangs on the active one.
    pub(crate) async fn refresh_account(&self) {
        self.refresh_account_and(|_| {}).await;
    }

    /// The same, and changes `more` at that moment.
    pub(super) async fn refresh_account_and(&self, more: impl FnOnce(&mut AppState)) {
        // While the vault is closed nobody knows, and what was known stays on show.
        let Ok(accounts) = self.0.core.accounts.list().await else {
            return self.0.board.change(more);
        };
        let active = accounts.into_iter().find(|account| account.active);
        let limits = self.limits_of(active.as_ref());
        let stop = active.as_ref().and_then(|account| {
            let stop = self.0.core.cooldowns.of(account.id.as_str())?;
            stop.holds_at(self.0.core.clock.now())
                .then(|| stop.until.millis())
        });
        let account = self.shown_account(active);
        self.0.board.change(|state| {
            state.account = account;
            state.limits = limits;
            state.stopped_until_ms = stop;
            more(state);
        });
    }

    /// Looks at the keys and at who used them.
    pub(crate) fn refresh_clients(&self) {
        let keys = self.app_keys();
        let seen = self.0.seen.lock();
        let mut clients: Vec<Client> = keys
            .into_iter()
            .map(|key| {
                let last = seen.get(&key.name);
                Client {
                    last_seen_ms: last.map(|seen| seen.at_ms),
                    last_model: last.and_then(|seen| seen.model.clone()),
                    last_result: last.map(|seen| seen.result.clone()),
                    name: key.name,
                }
            })
            .collect();
        drop(seen);
        clients.sort_by_key(|client| std::cmp::Reverse(client.last_seen_ms));
        self.0.board.change(|state| state.clients = clients);
    }

    /// The keys of apps, oldest first; Postern's own is none of them.
    pub(crate) fn app_keys(&self) -> Vec<KeyRow> {
        let mut keys: Vec<KeyRow> = self
            .0
            .core
            .keys
            .list()
            .into_iter()
            .filter(|key| key.revoked_at.is_none() && key.name != OWN_KEY)
            .map(KeyRow::from)
            .collect();
        keys.sort_by_key(|key| key.created_at_ms);
        keys
    }

    /// Remembers who was seen before this process began.
    pub(super) fn recall_clients(&self) {
        let last = self.0.core.log.last_of_each_key();
        let mut seen = self.0.seen.lock();
        for line in last {
            if let Some(name) = &line.key_name {
                seen.insert(name.clone(), Seen::of(&line));
            }
        }
    }

    /// Reads the plan's limits, unless that was done within the last minute.
    ///
    /// # Errors
    /// Nobody is signed in, or the backend cannot be asked.
    pub(crate) async fn read_limits(&self) -> Result<Vec<Limit>, Complaint> {
        let now = self.0.core.clock.now();
        let state = self.state();
        let is_fresh = |limit: &Limit| now.millis() - limit.read_at_ms < FRESH_MS;
        if !state.limits.is_empty() && state.limits.iter().all(is_fresh) {
            return Ok(state.limits.clone());
        }
        let credential = self.0.core.credential().await?;
        if credential.platform {
            return Ok(Vec::new());
        }
        let read = self.0.core.upstream.usage(&credential).await;
        self.note_reach(read.as_ref().err());
        let read: Limits = read?;
        let kept = Kept {
            limits: read,
            workspace: credential.account_id,
            at: now,
        };
        self.refresh_account().await;
        Ok(kept.shown())
    }

    /// The first run was gone through.
    pub(crate) fn finish_first_run(&self) {
        self.0.core.snapshots.put(FIRST_RUN, "true");
        self.0.board.change(|state| state.first_run = false);
    }

    /// The last reading, where it is one of `account`.
    fn limits_of(&self, account: Option<&auth::Account>) -> Vec<Limit> {
        let live = self.0.core.upstream.limits().borrow().clone();
        let kept = live.map_or_else(
            || Kept::read(&self.0.core.snapshots),
            |live| Some(live.into()),
        );
        let Some((account, kept)) = account.zip(kept) else {
            return Vec::new();
        };
        let is_theirs = match (&kept.workspace, &account.workspace_id) {
            (Some(kept), Some(theirs)) => kept == theirs,
            (None, _) | (_, None) => account.kind != auth::Kind::ApiKey,
        };
        match is_theirs {
            true => kept.shown(),
            false => Vec::new(),
        }
    }

    /// True for a token or a key that ChatGPT refused when it was last used. A sign-in with
    /// ChatGPT is renewed, and says by itself when it has ended.
    fn is_refused(&self, account: &AccountView) -> bool {
        account.kind != auth::Kind::ChatGpt.as_str() && self.0.refused.lock().contains(&account.id)
    }

    fn shown_account(&self, active: Option<auth::Account>) -> Account {
        let Some(active) = active else {
            return Account::None;
        };
        let state = active.state.clone();
        let account = AccountView::from(active);
        match state {
            State::NeedsSignIn(why) | State::NotAllowed(why) => {
                Account::NeedsSignIn { account, why }
            }
            State::SignedIn | State::Struggling(_) if self.is_refused(&account) => {
                let why = REFUSED.to_owned();
                Account::NeedsSignIn { account, why }
            }
            State::SignedIn | State::Struggling(_) => match self.unreachable_host() {
                Some(host) => Account::Offline { account, host },
                None => Account::Ok { account },
            },
        }
    }
}

impl Core {
    /// What is wrong with the settings file, a sentence each.
    pub(crate) fn settings_problems(&self) -> Vec<String> {
        let problems = self.settings.problems();
        problems.iter().map(ToString::to_string).collect()
    }
}

/// What ended a token or a key, as far as anybody knows.
const REFUSED: &str = "ChatGPT does not accept this token any more";
/// The key that `tryIt` uses.
pub(crate) const OWN_KEY: &str = "Postern";
/// The snapshot that says that the first run was gone through.
const FIRST_RUN: &str = "first_run";
/// The backend is asked for limits once a minute at most (contract backend 6.1).
const FRESH_MS: i64 = 60_000;
