//! The running server: started, followed when its settings change, and stopped.

use std::net::SocketAddr;
use std::sync::Arc;

use gateway::{Gateway, Running, StartFault};
use store::Settings;
use tokio_util::sync::CancellationToken;

use crate::compose::upstream_config;
use crate::running::Claim;
use crate::{Code, Complaint, Core, Instance};

/// A server that listens.
#[derive(Debug)]
pub struct Serving {
    core: Core,
    running: Running,
    claim: Claim,
}

impl Core {
    /// Begins to listen, as the one server of its folder.
    ///
    /// # Errors
    /// Another server runs for the folder, or the port cannot be had.
    pub async fn serve(&self) -> Result<Serving, Complaint> {
        let claim = self.claim()?;
        let running = Gateway::start(self.parts())
            .await
            .map_err(|fault| refused(&fault))?;
        let now = self.clock.now();
        claim
            .announce(running.addr, now)
            .map_err(|fault| unwritable(&fault))?;
        self.keep_going();
        tracing::info!(name = "serve.started", address = %running.addr);
        Ok(Serving {
            core: self.clone(),
            running,
            claim,
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

    fn claim(&self) -> Result<Claim, Complaint> {
        if let Some(claim) = Claim::take(&self.paths).map_err(|fault| unwritable(&fault))? {
            return Ok(claim);
        }
        let at = Instance::find(&self.paths)
            .map(|instance| format!(" at http://{}", instance.address))
            .unwrap_or_default();
        Err(Complaint::new(
            Code::AlreadyRunning,
            format!("Postern is already running{at}"),
        ))
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
        }
    }

    /// Starts what runs beside the server: settings followed, tokens kept fresh, limits noted.
    fn keep_going(&self) {
        let (settings, clock) = (self.settings.clone(), self.clock.clone());
        self.tasks
            .spawn("settings", |stop| settings.follow(clock, stop));
        self.accounts.keep_fresh(&self.tasks);
        let core = self.clone();
        self.tasks
            .spawn("limits", |stop| async move { core.note_limits(stop).await });
        self.bound_log(&self.settings.current());
    }

    /// Keeps the last reading of the limits where other processes can see it.
    async fn note_limits(&self, stop: CancellationToken) {
        let mut readings = self.upstream.limits();
        while stop
            .run_until_cancelled(readings.changed())
            .await
            .is_some_and(|changed| changed.is_ok())
        {
            let reading = readings.borrow_and_update().clone();
            let json = reading.map(|reading| serde_json::to_string(&reading.limits));
            if let Some(Ok(json)) = json {
                self.snapshots.put(crate::view::LIMITS, &json);
            }
        }
    }

    /// Takes over what can change while requests run.
    fn adopt(&self, settings: &Settings) {
        self.bound_log(settings);
        if let Err(fault) = self.upstream.reconfigure(upstream_config(settings)) {
            tracing::warn!(name = "settings.not_adopted", %fault);
        }
    }

    fn bound_log(&self, settings: &Settings) {
        self.log.bound(store::usage::Bounds {
            max_bytes: settings.log_max_bytes,
            keep: settings.log_keep,
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

    /// Serves until `stop` is cancelled, then drains and closes. A changed address in the
    /// settings moves the listener; one that cannot be had leaves it where it is.
    ///
    /// # Errors
    /// The last rows of the log could not be written.
    pub async fn until(mut self, stop: CancellationToken) -> Result<(), Complaint> {
        let mut settings = self.core.settings.watch();
        let mut before = settings.borrow_and_update().clone();
        while let Some(Ok(())) = stop.run_until_cancelled(settings.changed()).await {
            let now = settings.borrow_and_update().clone();
            self.core.adopt(&now);
            if listens_on(&before) != listens_on(&now) {
                self.relocate().await;
            }
            before = now;
        }
        let drained = self.running.stop().await;
        tracing::info!(name = "serve.stopped", drained = ?drained);
        let closed = self.core.close().await;
        drop(self.claim);
        closed
    }

    async fn relocate(&mut self) {
        match Gateway::start(self.core.parts()).await {
            Ok(running) => {
                let old = std::mem::replace(&mut self.running, running);
                let now = self.core.clock.now();
                if let Err(fault) = self.claim.announce(self.running.addr, now) {
                    tracing::warn!(name = "serve.unannounced", %fault);
                }
                tracing::info!(name = "serve.moved", address = %self.running.addr);
                self.core.tasks.spawn("drain", |_| async move {
                    old.stop().await;
                });
            }
            Err(fault) => tracing::warn!(name = "serve.not_moved", %fault),
        }
    }
}

fn listens_on(settings: &Arc<Settings>) -> (std::net::IpAddr, u16) {
    (settings.listen, settings.port)
}

fn refused(fault: &StartFault) -> Complaint {
    let hint = fault.hint();
    let code = match fault {
        StartFault::PortTaken { .. } | StartFault::PortReserved { .. } => Code::PortTaken,
        StartFault::UpstreamIsSelf { .. } => Code::BadSettings,
        _ => Code::Other,
    };
    let complaint = Complaint::new(code, fault.to_string());
    match hint {
        Some(hint) => complaint.hint(hint),
        None => complaint,
    }
}

fn unwritable(fault: &std::io::Error) -> Complaint {
    Complaint::new(
        Code::Other,
        format!("the data folder cannot be written: {fault}"),
    )
}
