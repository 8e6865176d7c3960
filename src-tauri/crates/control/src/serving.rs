//! The running server: started, followed when its settings change, and stopped.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use gateway::{Gateway, Running, StartFault};
use store::Settings;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use upstream::Reading;

use crate::compose::upstream_config;
use crate::limits::Kept;
use crate::running::{Claim, OllamaDoor};
use crate::{Code, Complaint, Core, Instance};

/// A server that listens.
#[derive(Debug)]
pub struct Serving {
    core: Core,
    running: Running,
    claim: Claim,
    /// What the settings said when it began to listen.
    wanted: (IpAddr, u16),
    ollama: OllamaDoor,
}

/// Why no server listens.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotServing {
    /// Another process serves the same folder.
    #[error("Postern is already running{}", at.map(|at| format!(" at http://{at}")).unwrap_or_default())]
    AlreadyRunning {
        /// Where, if it said so.
        at: Option<SocketAddr>,
    },
    /// The address cannot be had.
    #[error(transparent)]
    Start(#[from] StartFault),
    /// The data folder cannot be written.
    #[error("the data folder cannot be written: {0}")]
    Unwritable(std::io::Error),
}

impl Core {
    /// Begins to listen, as the one server of its folder.
    ///
    /// # Errors
    /// Another server runs for the folder, or the port cannot be had.
    pub async fn serve(&self) -> Result<Serving, Complaint> {
        let serving = self.listen().await?;
        self.keep_going();
        Ok(serving)
    }

    /// The same without what runs beside the server.
    ///
    /// # Errors
    /// As [`Self::serve`], told apart.
    pub(crate) async fn listen(&self) -> Result<Serving, NotServing> {
        let claim = Claim::take(&self.paths).map_err(NotServing::Unwritable)?;
        let claim = claim.ok_or_else(|| NotServing::AlreadyRunning {
            at: Instance::find(&self.paths).map(|instance| instance.address),
        })?;
        let wanted = listens_on(&self.settings.current());
        let mut running = Gateway::start(self.parts()).await?;
        let ollama = follow_ollama(&mut running).await;
        let now = self.clock.now();
        if let Err(fault) = claim.announce(running.addr, &ollama, now) {
            running.stop().await;
            return Err(NotServing::Unwritable(fault));
        }
        tracing::info!(name = "serve.started", address = %running.addr);
        Ok(Serving {
            core: self.clone(),
            running,
            claim,
            wanted,
            ollama,
        })
    }

    /// Forgets the quota stop of every account, so that the next request asks the backend.
    /// A running server sees it at once.
    ///
    /// # Errors
    /// The accounts cannot be read.
    pub async fn try_now(&self) -> Result<(), Complaint> {
        for account in self.accounts.list().await? {
            self.cooldowns.clear(account.id.as_str());
        }
        Ok(self.database.flush().await?)
    }

    fn parts(&self) -> gateway::Parts {
        gateway::Parts {
            settings: self.settings.watch(),
            keys: self.keys.clone(),
            accounts: self.accounts.clone(),
            upstream: self.upstream.clone(),
            log: self.log.clone(),
            cooldowns: self.cooldowns.clone(),
            clock: self.clock.clone(),
            chance: self.chance.clone(),
            tasks: self.tasks.clone(),
            archive: self.archive.clone(),
            runs: self.runs.clone(),
        }
    }

    /// Starts what runs beside the server: settings followed, tokens kept fresh, limits noted.
    pub(crate) fn keep_going(&self) {
        let (settings, clock) = (self.settings.clone(), self.clock.clone());
        self.tasks
            .spawn("settings", |stop| settings.follow(clock, stop));
        self.accounts.keep_fresh(&self.tasks);
        let core = self.clone();
        self.tasks
            .spawn("limits", |stop| async move { core.note_limits(stop).await });
        self.bound_store(&self.settings.current());
    }

    /// Keeps the last reading of the limits where other processes can see it. Every answer brings one,
    /// so those that follow soon after another wait, and only the last of them is kept. One that comes
    /// right before the end is not: the next server reads them anew.
    async fn note_limits(&self, stop: CancellationToken) {
        let mut readings = self.upstream.limits();
        while stop
            .run_until_cancelled(readings.changed())
            .await
            .is_some_and(|changed| changed.is_ok())
        {
            self.keep(readings.borrow_and_update().clone());
            stop.run_until_cancelled(self.clock.sleep(BETWEEN_READINGS))
                .await;
        }
    }

    fn keep(&self, reading: Option<Reading>) {
        if let Some(reading) = reading {
            let kept = Kept::from(reading);
            self.snapshots.put(crate::limits::KEPT, &kept.json());
        }
    }

    /// Takes over what can change while requests run.
    pub(crate) fn adopt(&self, settings: &Settings) {
        self.bound_store(settings);
        if let Err(fault) = self.upstream.reconfigure(upstream_config(settings)) {
            tracing::warn!(name = "settings.not_adopted", %fault);
        }
    }

    fn bound_store(&self, settings: &Settings) {
        self.log.bound(store::usage::Bounds {
            max_bytes: settings.log_max_bytes,
            keep: settings.log_keep,
        });
        self.archive.bound(store::archive::Bounds {
            max_bytes: settings.store_max_bytes,
            keep: settings.store_keep,
        });
    }
}

impl Serving {
    /// Where it listens now.
    pub fn address(&self) -> SocketAddr {
        self.running.addr
    }

    /// How many requests are being answered.
    pub fn in_flight(&self) -> usize {
        self.running.in_flight()
    }

    /// How many requests are being answered, as it changes.
    pub(crate) fn watch_in_flight(&self) -> watch::Receiver<usize> {
        self.running.watch_in_flight()
    }

    /// Serves until `stop` is cancelled, then drains and closes. A changed address in the
    /// settings moves the listener; one that cannot be had leaves it where it is.
    ///
    /// # Errors
    /// The last rows of the log could not be written.
    pub async fn until(mut self, stop: CancellationToken) -> Result<(), Complaint> {
        let mut settings = self.core.settings.watch();
        settings.borrow_and_update();
        while let Some(Ok(())) = stop.run_until_cancelled(settings.changed()).await {
            let now = settings.borrow_and_update().clone();
            self.core.adopt(&now);
            if let Err(fault) = self.relocate().await {
                tracing::warn!(name = "serve.not_moved", %fault);
            }
        }
        let core = self.core.clone();
        let drained = self.running.stop().await;
        tracing::info!(name = "serve.stopped", drained = ?drained);
        let closed = core.close().await;
        drop(self.claim);
        closed
    }

    /// Tells nobody any more where it listens, because it is about to stop.
    pub(crate) fn withdraw(&self) {
        self.claim.withdraw();
    }

    /// Drains and listens no more; the folder is free for another server afterwards.
    pub(crate) async fn stop(self) {
        self.withdraw();
        let drained = self.running.stop().await;
        tracing::info!(name = "serve.stopped", drained = ?drained);
        drop(self.claim);
    }

    /// Why apps that speak Ollama's API do not find it, though the settings say they should.
    pub fn ollama_problem(&self) -> Option<&str> {
        self.ollama.problem.as_deref()
    }

    /// Listens where the settings say now; does nothing where it does already.
    ///
    /// # Errors
    /// The address cannot be had; it listens where it did.
    pub(crate) async fn relocate(&mut self) -> Result<(), StartFault> {
        let wanted = listens_on(&self.core.settings.current());
        if wanted == self.wanted {
            self.relocate_ollama().await;
            return Ok(());
        }
        // One failure is told once, and not again with every other change of the settings.
        self.wanted = wanted;
        // Two servers cannot have one Ollama port, which may stay as it is.
        self.running.close_ollama().await;
        let started = Gateway::start(self.core.parts()).await;
        let old = started.map(|running| std::mem::replace(&mut self.running, running));
        self.relocate_ollama().await;
        let old = old?;
        tracing::info!(name = "serve.moved", address = %self.running.addr);
        self.announce();
        self.core.tasks.spawn("drain", |_| async move {
            old.stop().await;
        });
        Ok(())
    }
}

impl Serving {
    /// Opens, moves or closes the Ollama door as the settings say now. One that cannot be opened
    /// leaves the other door as it is.
    async fn relocate_ollama(&mut self) {
        let ollama = follow_ollama(&mut self.running).await;
        if ollama != self.ollama {
            self.ollama = ollama;
            self.announce();
        }
    }

    fn announce(&self) {
        let (address, now) = (self.running.addr, self.core.clock.now());
        if let Err(fault) = self.claim.announce(address, &self.ollama, now) {
            tracing::warn!(name = "serve.unannounced", %fault);
        }
    }
}

async fn follow_ollama(running: &mut Running) -> OllamaDoor {
    let problem = running.follow_ollama().await.err();
    if let Some(fault) = &problem {
        tracing::warn!(name = "serve.no_ollama", %fault);
    }
    OllamaDoor {
        at: running.ollama_addr(),
        problem: problem.map(|fault| fault.to_string()),
    }
}

impl From<NotServing> for Complaint {
    fn from(why: NotServing) -> Self {
        let message = why.to_string();
        let (code, hint) = match why {
            NotServing::AlreadyRunning { .. } => (Code::AlreadyRunning, None),
            NotServing::Unwritable(_) => (Code::Other, None),
            NotServing::Start(fault) => (code(&fault), fault.hint()),
        };
        let complaint = Self::new(code, message);
        match hint {
            Some(hint) => complaint.hint(hint),
            None => complaint,
        }
    }
}

fn code(fault: &StartFault) -> Code {
    match fault {
        StartFault::PortTaken { .. } | StartFault::PortReserved { .. } => Code::PortTaken,
        StartFault::UpstreamIsSelf { .. } => Code::BadSettings,
        StartFault::NotAllowed { .. } | StartFault::Other { .. } => Code::Other,
    }
}

fn listens_on(settings: &Settings) -> (IpAddr, u16) {
    (settings.listen, settings.port)
}

/// What other processes see of the limits lags behind by at most this much, and a busy server does not
/// write them with every answer.
const BETWEEN_READINGS: Duration = Duration::from_secs(1);
