//! The two registered ports, and how to come by one of them (contract auth 1.5).

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use base::Clock;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::fault::Fault;

/// The ports of the callback. The default is the registered pair; 0 takes any free port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ports {
    /// Wanted first; whoever holds it is asked to let go.
    pub preferred: u16,
    /// Taken where the first stays busy.
    pub fallback: u16,
}

impl Default for Ports {
    fn default() -> Self {
        Self {
            preferred: 1455,
            fallback: 1457,
        }
    }
}

/// A port that is ours, on every loopback address this computer has.
#[derive(Debug)]
pub(crate) struct Bound {
    pub(crate) port: u16,
    pub(crate) listeners: Vec<TcpListener>,
}

impl Ports {
    /// Binds one of the two.
    pub(crate) async fn bind(self, clock: &Clock) -> Result<Bound, Fault> {
        if let Some(bound) = self.try_preferred(clock).await? {
            return Ok(bound);
        }
        for attempt in 0..TRIES {
            if attempt > 0 {
                clock.sleep(BETWEEN_TRIES).await;
            }
            if let Some(bound) = bind(self.fallback).await? {
                return Ok(bound);
            }
        }
        Err(Fault::PortsTaken {
            preferred: self.preferred,
            fallback: self.fallback,
        })
    }

    async fn try_preferred(self, clock: &Clock) -> Result<Option<Bound>, Fault> {
        for attempt in 0..TRIES {
            match attempt {
                0 => {}
                1 => {
                    cancel_holder(self.preferred, clock).await;
                    clock.sleep(BETWEEN_TRIES).await;
                }
                _ => clock.sleep(BETWEEN_TRIES).await,
            }
            if let Some(bound) = bind(self.preferred).await? {
                return Ok(Some(bound));
            }
        }
        Ok(None)
    }
}

/// `None` while someone else has the port. The redirect goes to the IPv4 address, so only that one
/// has to be free; the IPv6 one is for a browser that resolves `localhost` to it.
async fn bind(port: u16) -> Result<Option<Bound>, Fault> {
    let first = match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
        Ok(listener) => listener,
        Err(error) if is_taken(&error) => return Ok(None),
        Err(error) => return Err(Fault::Listen(error.to_string())),
    };
    let port = first
        .local_addr()
        .map_err(|error| Fault::Listen(error.to_string()))?
        .port();
    let second = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await;
    let listeners = [Some(first), second.ok()].into_iter().flatten().collect();
    Ok(Some(Bound { port, listeners }))
}

/// Windows answers "permission denied" for a port that a system component has reserved.
fn is_taken(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::AddrInUse | io::ErrorKind::PermissionDenied
    )
}

/// Asks whoever holds the port to let go, as the Codex CLI asks us. Whatever comes back is ignored.
async fn cancel_holder(port: u16, clock: &Clock) {
    let asking = async {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut stream = TcpStream::connect(address).await?;
        let request =
            format!("GET /cancel HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = [0; 256];
        stream.read(&mut answer).await
    };
    if clock.timeout(HOLDER_PATIENCE, asking).await.is_none() {
        tracing::debug!(name: "callback.holder", port, "the holder of the port does not answer");
    }
}

const TRIES: u32 = 10;
const BETWEEN_TRIES: Duration = Duration::from_millis(200);
const HOLDER_PATIENCE: Duration = Duration::from_secs(2);
