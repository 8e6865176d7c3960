//! Rule 1: the name the client used for us.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use http::header::HOST;
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderMap, Version};
use wire::Fault;

/// Both the `Host` header and, where the request line has one, its authority must be ours.
pub(super) fn check(head: &Parts, here: IpAddr, allowed: &[String]) -> Result<(), Fault> {
    if let Some(authority) = head.uri.authority() {
        check_name(authority.as_str(), here, allowed)?;
    }
    match host(&head.headers)? {
        Some(name) => check_name(name, here, allowed),
        None if head.version < Version::HTTP_11 => Ok(()),
        None => Err(bad("the request has no `Host` header")),
    }
}

fn host(headers: &HeaderMap) -> Result<Option<&str>, Fault> {
    let mut hosts = headers.get_all(HOST).iter();
    let first = hosts.next();
    if hosts.next().is_some() {
        return Err(bad("the request has more than one `Host` header"));
    }
    first
        .map(|value| value.to_str().map_err(|_| foreign("?")))
        .transpose()
}

fn check_name(told: &str, here: IpAddr, allowed: &[String]) -> Result<(), Fault> {
    let authority: Authority = told.parse().map_err(|_| foreign(told))?;
    // A user name before the host is never sent by an honest client.
    if authority.as_str().contains('@') {
        return Err(foreign(told));
    }
    let name = authority.host();
    let is_ours = match address(name) {
        Some(ip) => ip.is_loopback() || ip == here,
        None => name.eq_ignore_ascii_case("localhost"),
    };
    let is_listed = || allowed.iter().any(|one| one.eq_ignore_ascii_case(name));
    match is_ours || is_listed() {
        true => Ok(()),
        false => Err(foreign(told)),
    }
}

/// The address that `name` spells, in the plain notations only: `127.1` or `0x7f000001` are names.
fn address(name: &str) -> Option<IpAddr> {
    let bare = name.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    match bare {
        Some(bare) => bare.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => name.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
    }
    .map(|ip| ip.to_canonical())
}

fn foreign(told: &str) -> Fault {
    Fault::ForeignHost(told.chars().take(100).collect())
}

fn bad(message: &str) -> Fault {
    Fault::Invalid {
        message: message.to_owned(),
        param: None,
        code: Some("bad_request"),
    }
}
