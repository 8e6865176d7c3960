//! A listening socket, or the one reason why there is none.
//!
//! Loopback is bound twice where it can be, 127.0.0.1 and ::1 on the same port, because `localhost`
//! means either. The second is a courtesy: without it the door still opens.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::TcpListener;
use url::Url;

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartFault {
    /// Another program listens there.
    #[error("port {port} is used by another program")]
    PortTaken {
        /// The port that was wanted.
        port: u16,
    },
    /// The system keeps the port to itself: an excluded range on Windows, a low port on Unix.
    #[error("the system does not let Postern listen on port {port}")]
    PortReserved {
        /// The port that was wanted.
        port: u16,
    },
    /// The address means every interface at once; a wider bind names one (design, guard 1).
    #[error("Postern does not listen on every interface at once, as `{listen}` asks")]
    NotAllowed {
        /// The address in the settings.
        listen: IpAddr,
    },
    /// Requests would go round in circles (design, guard 6).
    #[error("the upstream `{upstream}` is this server's own address")]
    UpstreamIsSelf {
        /// The upstream in the settings.
        upstream: Url,
    },
    /// Anything else the system said.
    #[error("could not listen on {at}")]
    Other {
        /// Where.
        at: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
}

impl StartFault {
    /// One thing the reader can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::PortTaken { .. } => {
                Some("choose another `port` in the settings, or end the program that uses it")
            }
            Self::PortReserved { .. } => {
                Some("choose another `port` in the settings, such as 17678")
            }
            Self::NotAllowed { .. } => {
                Some("write the address of one interface as `listen` in the settings")
            }
            Self::UpstreamIsSelf { .. } => Some("correct `upstream` in the settings"),
            Self::Other { .. } => Some("check `listen` and `port` in the settings"),
        }
    }
}

/// The sockets of one door: the one that was asked for, and perhaps its IPv6 twin.
#[derive(Debug)]
pub(crate) struct Bound {
    pub(crate) first: TcpListener,
    pub(crate) twin: Option<TcpListener>,
    pub(crate) addr: SocketAddr,
}

/// Binds `listen`:`port`; port 0 lets the system pick.
pub(crate) async fn bind(listen: IpAddr, port: u16) -> Result<Bound, StartFault> {
    if listen.is_unspecified() {
        return Err(StartFault::NotAllowed { listen });
    }
    let at = SocketAddr::new(listen, port);
    let first = TcpListener::bind(at).await.map_err(|why| told(at, why))?;
    let addr = first.local_addr().map_err(|why| told(at, why))?;
    if !listen.is_loopback() {
        tracing::warn!(name: "listener.wide", %addr, "listening beyond this machine");
    }
    let twin = match listen {
        IpAddr::V4(Ipv4Addr::LOCALHOST) => twin(addr.port()).await,
        IpAddr::V4(_) | IpAddr::V6(_) => None,
    };
    Ok(Bound { first, twin, addr })
}

/// Refuses an upstream that is the door itself.
pub(crate) fn check_upstream(upstream: &Url, addr: SocketAddr) -> Result<(), StartFault> {
    match upstream::is_ourselves(upstream, addr) {
        false => Ok(()),
        true => Err(StartFault::UpstreamIsSelf {
            upstream: upstream.clone(),
        }),
    }
}

async fn twin(port: u16) -> Option<TcpListener> {
    let at = SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), port);
    match TcpListener::bind(at).await {
        Ok(listener) => Some(listener),
        Err(why) => {
            tracing::info!(name: "listener.no_twin", %at, %why, "IPv4 only");
            None
        }
    }
}

fn told(at: SocketAddr, why: io::Error) -> StartFault {
    let port = at.port();
    match (why.kind(), why.raw_os_error()) {
        (io::ErrorKind::AddrInUse, _) => StartFault::PortTaken { port },
        (io::ErrorKind::PermissionDenied, _) | (_, Some(WSAEACCES)) => {
            StartFault::PortReserved { port }
        }
        _ => StartFault::Other { at, source: why },
    }
}

/// What Windows says for a port in an excluded range; on Unix no such number exists.
const WSAEACCES: i32 = 10013;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_taken_port_is_told_apart() {
        let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let held = TcpListener::bind((loopback, 0)).await.unwrap();
        let port = held.local_addr().unwrap().port();
        let fault = bind(loopback, port).await.unwrap_err();
        assert!(matches!(fault, StartFault::PortTaken { port: p } if p == port));
        assert!(fault.hint().is_some());
    }

    #[test]
    fn every_word_of_the_system_has_its_fault() {
        let at = SocketAddr::from(([127, 0, 0, 1], 80));
        let rows = [
            (io::Error::from(io::ErrorKind::AddrInUse), "taken"),
            (io::Error::from(io::ErrorKind::PermissionDenied), "reserved"),
            (io::Error::from_raw_os_error(10013), "reserved"),
            (io::Error::from(io::ErrorKind::AddrNotAvailable), "other"),
        ];
        for (why, expected) in rows {
            let said = format!("{why:?}");
            let told = match told(at, why) {
                StartFault::PortTaken { .. } => "taken",
                StartFault::PortReserved { .. } => "reserved",
                StartFault::Other { .. } => "other",
                StartFault::NotAllowed { .. } | StartFault::UpstreamIsSelf { .. } => "wrong",
            };
            assert_eq!(told, expected, "{said}");
        }
    }

    #[tokio::test]
    async fn every_interface_at_once_is_refused() {
        for listen in ["0.0.0.0", "::"] {
            let fault = bind(listen.parse().unwrap(), 0).await.unwrap_err();
            assert!(matches!(fault, StartFault::NotAllowed { .. }), "{listen}");
        }
    }

    #[tokio::test]
    async fn both_loopbacks_are_one_door_where_they_can_be() {
        let bound = bind(IpAddr::V4(Ipv4Addr::LOCALHOST), 0).await.unwrap();
        assert!(bound.addr.ip().is_loopback() && bound.addr.port() != 0);
        let again = TcpListener::bind((Ipv6Addr::LOCALHOST, bound.addr.port())).await;
        assert!(again.is_err(), "the twin's place was free");
        if let Some(twin) = bound.twin {
            assert_eq!(twin.local_addr().unwrap().port(), bound.addr.port());
        }
    }

    #[test]
    fn our_own_address_is_no_upstream() {
        let addr = SocketAddr::from(([127, 0, 0, 1], 7678));
        let own = Url::parse("http://localhost:7678/backend-api").unwrap();
        let fault = check_upstream(&own, addr).unwrap_err();
        assert!(
            fault
                .to_string()
                .contains("http://localhost:7678/backend-api")
        );
        let other = Url::parse("https://chatgpt.com/backend-api").unwrap();
        assert!(check_upstream(&other, addr).is_ok());
    }
}
