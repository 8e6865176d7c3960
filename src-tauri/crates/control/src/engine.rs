//! The living program: it knows how things are, keeps that current, and answers what is asked.
//!
//! One [`Engine`] serves a window, a tray and a page in a browser at once. The local server is
//! switched on and off while it lives. Everything shown is [`AppState`]; whoever changes something
//! changes the [`Board`], and nobody else is told.

mod board;
mod door;
mod facts;
mod follow;
mod reach;
mod settings;
mod signing_in;
mod try_it;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use base::Secret;
use parking_lot::Mutex;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub(crate) use self::board::{Board, Call};
use self::facts::Seen;
use self::reach::Reach;
use self::signing_in::Ongoing;
use crate::host::{Host, Shell};
use crate::news::Newsfeed;
use crate::page::PageDoor;
use crate::serving::Serving;
use crate::state::{AppState, Tray};
use crate::{Complaint, Core};

/// The living program. Clones are the same one.
#[derive(Clone)]
pub struct Engine(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) core: Core,
    pub(crate) host: Arc<dyn Host>,
    pub(crate) board: Board,
    /// The server while it is on. Held while it starts and while it drains.
    pub(crate) door: Arc<tokio::sync::Mutex<Option<Serving>>>,
    pub(crate) signing: Mutex<Option<Ongoing>>,
    pub(crate) trying: Mutex<Option<CancellationToken>>,
    pub(crate) page: tokio::sync::Mutex<Option<PageDoor>>,
    /// The last request of each key, by the key's name.
    pub(crate) seen: Mutex<HashMap<String, Seen>>,
    pub(crate) reach: Mutex<Reach>,
    /// Accounts whose credential ChatGPT refused last, and that nothing can renew.
    pub(crate) refused: Mutex<HashSet<String>>,
    /// Why the server is not where the settings say, if so.
    pub(crate) not_moved: Mutex<Option<String>>,
    /// Why there is no Ollama door, though the settings want one.
    pub(crate) no_ollama: Mutex<Option<String>>,
}

impl Engine {
    /// Gathers how things are and keeps that current from here on. The local server is off until
    /// [`Self::begin`] or [`Self::set_proxy`].
    pub async fn start(core: Core, host: Arc<dyn Host>) -> Self {
        core.keep_going();
        let engine = Self(Arc::new(Inner {
            board: Board::new(facts::at_first(&core), core.clock.clone()),
            door: Arc::default(),
            signing: Mutex::default(),
            trying: Mutex::default(),
            page: tokio::sync::Mutex::default(),
            seen: Mutex::default(),
            reach: Mutex::default(),
            refused: Mutex::default(),
            not_moved: Mutex::default(),
            no_ollama: Mutex::default(),
            core,
            host,
        }));
        engine.recall_clients();
        engine.refresh().await;
        engine.follow();
        engine
    }

    /// Turns the local server on where the settings say that it starts with the program, and
    /// somebody is signed in.
    pub async fn begin(&self) {
        use crate::state::Account;
        let someone = match self.state().account {
            Account::Ok { .. } | Account::NeedsSignIn { .. } | Account::Offline { .. } => true,
            Account::None => false,
        };
        if someone && self.0.core.settings.current().proxy_on_start {
            self.set_proxy(true).await;
        }
    }

    /// The state now.
    pub fn state(&self) -> Arc<AppState> {
        self.0.board.state()
    }

    /// The state, as it changes.
    pub fn states(&self) -> watch::Receiver<Arc<AppState>> {
        self.0.board.states()
    }

    /// News from here on, for one listener.
    pub fn news(&self) -> Newsfeed {
        self.0.board.listen()
    }

    /// Answers an ask, as JSON, for a page in `shell`.
    ///
    /// # Errors
    /// Whatever the answer complains of, or the text is no ask.
    pub async fn ask(&self, shell: Shell, text: &[u8]) -> Result<serde_json::Value, Complaint> {
        crate::answer::answer(self, shell, text).await
    }

    /// Notes whether this desktop shows a tray icon.
    pub fn set_tray(&self, tray: Tray) {
        self.0.board.change(|state| state.tray = tray);
    }

    /// The machine slept, or its network changed: what was connected is stale.
    pub fn woke(&self) {
        self.0.core.upstream.drop_idle();
        let engine = self.clone();
        self.spawn("woke", async move {
            engine.look_around().await;
        });
    }

    /// A person looks at the limits: reads them unless they are fresh.
    pub fn pointed_at(&self) {
        let engine = self.clone();
        self.spawn("limits read", async move {
            if let Err(complaint) = engine.read_limits().await {
                tracing::debug!(name: "limits.unread", %complaint);
            }
        });
    }

    /// The key that a person copies without naming an app: the oldest, or a new one.
    ///
    /// # Errors
    /// The vault is closed.
    pub async fn any_key(&self) -> Result<Secret, Complaint> {
        let names = self.app_keys().into_iter().map(|key| key.name);
        let key = match names.into_iter().next() {
            Some(name) => self.0.core.show_key(&name).await,
            None => self.0.core.add_key("default").await,
        };
        self.refresh_clients();
        key
    }

    /// What the parts are made of: for settings that a shell follows.
    pub fn core(&self) -> &Core {
        &self.0.core
    }

    /// Ends everything in order: the page, the local server with its requests, the log.
    ///
    /// # Errors
    /// The last rows of the log could not be written.
    pub async fn close(&self) -> Result<(), Complaint> {
        self.close_page().await;
        self.stop_trying();
        self.cancel_sign_in();
        let serving = self.0.door.lock().await.take();
        if let Some(serving) = serving {
            serving.stop().await;
        }
        self.0.core.close().await
    }

    pub(crate) fn spawn(
        &self,
        name: &'static str,
        work: impl Future<Output = ()> + Send + 'static,
    ) {
        self.0.core.tasks.spawn(name, |stop| async move {
            let _ = stop.run_until_cancelled(work).await;
        });
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Engine({:?})", self.state().headline)
    }
}
