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

/// True where the bytes of a file may go to `storage`, as a backend at `base` tells. A backend
/// elsewhere does not name addresses on this machine or in its network.
pub(crate) fn may_store(storage: &Url, base: &Url) -> bool {
    match is_loopback(base) && is_loopback(storage) {
        true => true,
        false => {
            storage.scheme() == "https"
                && !is_loopback(storage)
                && !address(storage).is_some_and(is_private)
        }
    }
}

fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            // Carrier-grade NAT (RFC 6598).
            let shared = matches!(ip.octets(), [100, 64..=127, ..]);
            ip.is_private() || ip.is_link_local() || ip.is_broadcast() || shared
        }
        IpAddr::V6(ip) => ip.is_unique_local() || ip.is_unicast_link_local(),
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
    fn a_storage_is_inside_only_where_the_backend_is() {
        let (far, near) = ("https://chatgpt.com/backend-api", "http://127.0.0.1:1/b");
        let rows = [
            ("https://storage.example.test/x", far, true),
            ("https://93.184.216.34/x", far, true),
            ("http://storage.example.test/x", far, false),
            ("http://127.0.0.1:7678/x", far, false),
            ("https://localhost/x", far, false),
            ("https://[::1]/x", far, false),
            ("https://10.0.0.1/x", far, false),
            ("https://[::ffff:192.168.1.5]/x", far, false),
            ("https://169.254.169.254/x", far, false),
            ("https://100.64.0.1/x", far, false),
            ("https://[fd00::1]/x", far, false),
            ("https://[fe80::1]/x", far, false),
            ("http://127.0.0.1:2/x", near, true),
            ("http://storage.example.test/x", near, false),
            ("https://10.0.0.1/x", near, false),
        ];
        for (storage, base, may) in rows {
            let (storage, base) = (Url::parse(storage).unwrap(), Url::parse(base).unwrap());
            assert_eq!(may_store(&storage, &base), may, "{storage} of {base}");
        }
    }

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
