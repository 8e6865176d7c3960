//! An upstream that is our own address would ask itself for ever.

use std::net::{IpAddr, SocketAddr};

use url::{Host, Url};

/// True where a request to `upstream` would arrive at a server that listens on `listening`.
///
/// All loopback addresses and names count as one machine; other names are not looked up.
pub fn is_ourselves(upstream: &Url, listening: SocketAddr) -> bool {
    upstream.port_or_known_default() == Some(listening.port())
        && (is_loopback(upstream) && reaches_loopback(listening.ip())
            || address(upstream) == Some(listening.ip().to_canonical()))
}

/// True where `url` names this machine: a loopback or unspecified address, or `localhost`.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => address(url).is_some_and(reaches_loopback),
        None => false,
    }
}

fn address(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Domain(_) => None,
        Host::Ipv4(ip) => Some(IpAddr::V4(ip)),
        Host::Ipv6(ip) => Some(IpAddr::V6(ip).to_canonical()),
    }
}

fn reaches_loopback(ip: IpAddr) -> bool {
    let ip = ip.to_canonical();
    ip.is_loopback() || ip.is_unspecified()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_address_is_known_in_every_spelling() {
        let rows = [
            ("http://127.0.0.1:7678/backend-api", "127.0.0.1:7678", true),
            ("http://localhost:7678", "127.0.0.1:7678", true),
            ("http://LOCALHOST.:7678", "127.0.0.1:7678", true),
            ("http://a.localhost:7678", "127.0.0.1:7678", true),
            ("http://[::1]:7678", "127.0.0.1:7678", true),
            ("http://[::ffff:127.0.0.1]:7678", "127.0.0.1:7678", true),
            ("http://127.9.9.9:7678", "0.0.0.0:7678", true),
            ("http://0.0.0.0:7678", "127.0.0.1:7678", true),
            ("http://192.168.1.5:7678", "192.168.1.5:7678", true),
            ("https://127.0.0.1", "127.0.0.1:443", true),
            ("http://127.0.0.1:7679", "127.0.0.1:7678", false),
            ("http://192.168.1.5:7678", "127.0.0.1:7678", false),
            ("http://127.0.0.1:7678", "192.168.1.5:7678", false),
            ("https://chatgpt.com/backend-api", "127.0.0.1:443", false),
        ];
        for (upstream, listening, ours) in rows {
            let url = Url::parse(upstream).unwrap();
            let address = listening.parse().unwrap();
            assert_eq!(
                is_ourselves(&url, address),
                ours,
                "{upstream} at {listening}"
            );
        }
    }
}
