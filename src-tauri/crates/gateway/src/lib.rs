//! The local server: one request, top to bottom.
//!
//! ```text
//! server     accept, one task per connection, drain
//! guard      who may come in
//! route      what is asked
//! service    one request on one screen
//! speak      credential → translate → backend → answer
//! pictures   the same, for pictures
//! speech     the same, for speech
//! files      files that requests refer to
//! socket     the same, many times on one WebSocket
//! state      what is kept, put before what continues it, and served
//! body       what goes out, and what is released when it has
//! respond    the only file with statuses
//! ```
//!
//! Guarantees:
//! - only programs with a local key reach the account, and no web page unless the person said so;
//! - every request that is not a probe or an allowed preflight writes exactly one line in the log,
//!   however it ends, and the line holds metadata only; of a WebSocket, each of its requests does;
//! - a client that leaves takes its request to the backend with it, at once;
//! - after the first byte of an answer nothing is tried again, and the answer ends exactly once.

mod bind;
mod body;
mod catalogue;
mod choices;
mod codex;
mod cooldown;
mod count;
mod credential;
mod exchange;
mod files;
mod flights;
mod form;
mod guard;
mod house;
mod images;
mod lane;
mod lease;
mod long;
mod models;
mod ollama;
mod pictures;
mod ready;
mod respond;
mod route;
mod server;
mod service;
mod socket;
mod speak;
mod speech;
mod unnamed;

/// Bodies as they are sent: how they are encoded, and what they say.
pub mod decode {
    pub use crate::body::{Coding, plain};
}
mod state;

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use auth::Accounts;
use base::{Chance, Clock, Drained, Tasks};
use store::{Archive, Cooldowns, Keys, Log, Settings};
use tokio::sync::watch;
use upstream::Client;

pub use self::bind::StartFault;
pub use self::credential::credential;
use self::house::House;
use self::route::Door;
pub use self::server::ClockTimer;
use self::server::{Floor, Latch};
pub use self::state::Runs;

/// What a gateway is made of.
#[derive(Debug, Clone)]
pub struct Parts {
    /// The settings, as they change. Where to listen is read once.
    pub settings: watch::Receiver<Arc<Settings>>,
    /// Who may come in.
    pub keys: Keys,
    /// In whose name requests go out.
    pub accounts: Accounts,
    /// The one client to the backend.
    pub upstream: Client,
    /// Where each request leaves its line.
    pub log: Log,
    /// Which accounts have reached their limit.
    pub cooldowns: Cooldowns,
    /// The time.
    pub clock: Clock,
    /// What ids are made from.
    pub chance: Chance,
    /// Who runs what outlives its caller.
    pub tasks: Tasks,
    /// What clients may come back to.
    pub archive: Archive,
    /// Answers that are made in the background, also those of the gateway before this one.
    pub runs: Runs,
}

/// The local server.
#[derive(Debug)]
pub struct Gateway;

impl Gateway {
    /// Binds what the settings say and begins to answer.
    ///
    /// # Errors
    /// The address cannot be bound, may not be, or is the upstream's own.
    pub async fn start(parts: Parts) -> Result<Running, StartFault> {
        let settings = Arc::clone(&parts.settings.borrow());
        let bound = bind::bind(settings.listen, settings.port).await?;
        for upstream in [&settings.upstream, &settings.platform_base] {
            bind::check_upstream(upstream, bound.addr)?;
        }
        let floor = Floor::new();
        let house = Arc::new(House::new(parts, floor.stop.cut.clone()));
        for listener in [Some(bound.first), bound.twin].into_iter().flatten() {
            floor.open(listener, Door::Main, Arc::clone(&house));
        }
        tracing::info!(name: "listener.open", addr = %bound.addr);
        Ok(Running {
            addr: bound.addr,
            floor,
            house,
            ollama: None,
        })
    }
}

/// A server that answers. Dropping it does not stop it; [`Running::stop`] does.
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    floor: Floor,
    house: Arc<House>,
    ollama: Option<Opened>,
}

/// The Ollama door while it is open.
struct Opened {
    /// What the settings said when it was opened.
    wanted: (IpAddr, u16),
    addr: SocketAddr,
    latches: Vec<Latch>,
}

impl Running {
    /// Opens, moves or closes the door for apps that speak Ollama's API, as the settings say now.
    ///
    /// # Errors
    /// Its address cannot be bound, or is the upstream's own; then there is no such door.
    pub async fn follow_ollama(&mut self) -> Result<(), StartFault> {
        let settings = self.house.settings();
        let wanted = settings.ollama.map(|ollama| (settings.listen, ollama.port));
        if self.ollama.as_ref().map(|opened| opened.wanted) == wanted {
            return Ok(());
        }
        self.close_ollama().await;
        let Some((listen, port)) = wanted else {
            return Ok(());
        };
        let bound = bind::bind(listen, port).await?;
        for upstream in [&settings.upstream, &settings.platform_base] {
            bind::check_upstream(upstream, bound.addr)?;
        }
        let open = |listener| {
            let house = Arc::clone(&self.house);
            self.floor.open(listener, Door::Ollama, house)
        };
        let listeners = [Some(bound.first), bound.twin].into_iter().flatten();
        let latches = listeners.map(open).collect();
        tracing::info!(name: "listener.ollama_open", addr = %bound.addr);
        self.ollama = Some(Opened {
            wanted: (listen, port),
            addr: bound.addr,
            latches,
        });
        Ok(())
    }

    /// Closes that door; its address is free when this returns.
    pub async fn close_ollama(&mut self) {
        let Some(opened) = self.ollama.take() else {
            return;
        };
        for latch in opened.latches {
            latch.close().await;
        }
        tracing::info!(name: "listener.ollama_closed", addr = %opened.addr);
    }

    /// Where apps that speak Ollama's API find it, if they do.
    pub fn ollama_addr(&self) -> Option<SocketAddr> {
        self.ollama.as_ref().map(|opened| opened.addr)
    }

    /// Lets nobody new in, gives what is under way the settings' `drain` to end, then ends it.
    /// [`Drained::Abandoned`] counts the requests that had to be ended.
    pub async fn stop(self) -> Drained {
        let grace = self.house.settings().drain;
        let drained = self
            .floor
            .drain(&self.house.parts.clock, grace, &self.house.flights);
        let drained = drained.await;
        tracing::info!(name: "listener.closed", addr = %self.addr, ?drained);
        drained
    }

    /// How many requests are under way.
    pub fn in_flight(&self) -> usize {
        self.house.flights.count()
    }

    /// How many requests are under way, as it changes.
    pub fn watch_in_flight(&self) -> watch::Receiver<usize> {
        self.house.flights.watch()
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Running({}, {} under way)", self.addr, self.in_flight())
    }
}
