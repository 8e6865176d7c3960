//! A stand-in for ChatGPT: issuer and backend in one process, for tests, demo and benches.
//!
//! Guarantees:
//! - it is as strict as the real other side is known to be, and says which parameter was wrong;
//! - one [`World`] behind every port: what one origin grants, the other honours;
//! - every request outside `/admin/` is recorded before it is answered;
//! - it opens loopback sockets only and calls nobody.
//!
//! It knows nothing of the product. `README.md` lists routes, people, knobs and scripted faults.

mod admin;
mod answer;
mod backend;
pub mod body;
mod issuer;
mod server;
pub mod world;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use base::{Chance, Clock, Tasks};
use url::Url;

pub use backend::{Credits, Windows};
pub use body::{Body, Feed};
pub use world::{
    Act, BearerFault, Knobs, Received, Routing, Scripted, Seat, SeatKind, Tokens, World,
};

/// A running stand-in. Dropping it does not stop it; [`Standin::stop`] does.
#[derive(Debug)]
pub struct Standin {
    world: World,
    first: SocketAddr,
    second: Option<SocketAddr>,
    secure: Option<SocketAddr>,
}

/// How to start a stand-in. The default takes a free port, the machine's clock and its chance.
#[derive(Debug, Clone)]
pub struct Options {
    /// The port on 127.0.0.1; 0 picks a free one.
    pub port: u16,
    /// Listens on a second port too: the same world under another origin.
    pub tls_free_second_port: bool,
    /// That second port; 0 picks a free one. Means nothing without `tls_free_second_port`.
    pub second_port: u16,
    /// Listens on a port with TLS and HTTP/2 too: the same world. 0 picks a free one.
    pub secure_port: Option<u16>,
    /// The time by which tokens expire and scripted delays pass.
    pub clock: Clock,
    /// What tokens and codes are made from.
    pub chance: Chance,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            tls_free_second_port: false,
            second_port: 0,
            secure_port: None,
            clock: Clock::system(),
            chance: Chance::system(),
        }
    }
}

impl Standin {
    /// Binds the port or ports and begins to answer.
    ///
    /// # Errors
    /// A port cannot be bound.
    pub async fn start(options: Options) -> io::Result<Self> {
        let first = server::bind(options.port).await?;
        let second = match options.tls_free_second_port {
            true => Some(server::bind(options.second_port).await?),
            false => None,
        };
        let secure = match options.secure_port {
            Some(port) => Some(server::bind(port).await?),
            None => None,
        };
        let address = first.local_addr()?;
        let tasks = Tasks::new();
        let world = World::new(options.clock, options.chance, tasks, url_of(address, "/"));
        let second_address = second.as_ref().map(|it| it.local_addr()).transpose()?;
        let secure_address = secure.as_ref().map(|it| it.local_addr()).transpose()?;
        for listener in [Some(first), second].into_iter().flatten() {
            server::serve(listener, &world)?;
        }
        if let Some(listener) = secure {
            server::serve_secure(listener, &world)?;
        }
        Ok(Self {
            world,
            first: address,
            second: second_address,
            secure: secure_address,
        })
    }

    /// Where the first port listens.
    pub fn addr(&self) -> SocketAddr {
        self.first
    }

    /// Where the second port listens, if there is one.
    pub fn second_addr(&self) -> Option<SocketAddr> {
        self.second
    }

    /// Where the port with TLS listens, if there is one.
    pub fn secure_addr(&self) -> Option<SocketAddr> {
        self.secure
    }

    /// The certificate of that port, in PEM: whoever trusts it can talk to it.
    pub fn certificate() -> &'static Path {
        Path::new(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/src/server/certificate.pem"
        ))
    }

    /// The issuer's root, `http://127.0.0.1:P/`.
    pub fn issuer(&self) -> Url {
        url_of(self.first, "/")
    }

    /// The backend's root, `http://127.0.0.1:P/backend-api`, on the first port.
    pub fn upstream(&self) -> Url {
        url_of(self.first, "/backend-api")
    }

    /// The backend's root on the second port, if there is one.
    pub fn second_upstream(&self) -> Option<Url> {
        self.second.map(|it| url_of(it, "/backend-api"))
    }

    /// The backend's root on the port with TLS, `https://127.0.0.1:P/backend-api`, if there is one.
    pub fn secure_upstream(&self) -> Option<Url> {
        let mut url = url_of(self.secure?, "/backend-api");
        url.set_scheme("https").ok()?;
        Some(url)
    }

    /// The platform API's root for `sk-` keys, `http://127.0.0.1:P/v1`.
    pub fn platform(&self) -> Url {
        url_of(self.first, "/v1")
    }

    /// Accounts, tokens, knobs, scripts, and what was received.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Stops listening, lets answers under way end for a moment, and breaks the rest off.
    pub async fn stop(self) {
        server::wind_down(&self.world).await;
    }
}

/// `http://ADDRESS PATH`. The parts are a loopback address and a literal, so this cannot fail.
fn url_of(address: SocketAddr, path: &str) -> Url {
    let (host, port) = (Ipv4Addr::LOCALHOST, address.port());
    #[expect(
        clippy::expect_used,
        reason = "a literal scheme, address, port and path"
    )]
    Url::parse(&format!("http://{host}:{port}{path}")).expect("a loopback URL")
}
