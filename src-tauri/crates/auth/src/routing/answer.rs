//! The answer of `accounts/check`: one entry of it, and what that means for an address.

use std::net::IpAddr;

use serde_json::{Map, Value};
use url::{Host, Url};

/// The entry of one account.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) origin: String,
    pub(super) routing_override: String,
    pub(super) name: Option<String>,
}

/// The one entry with this id. `accounts` is a list of entries, or a map of them by id.
pub(super) fn select(body: &[u8], account_id: &str) -> Result<Entry, &'static str> {
    let body: Value = serde_json::from_slice(body).map_err(|_| "the answer is not JSON")?;
    let mine: Vec<&Map<String, Value>> = match body.get("accounts") {
        Some(Value::Array(entries)) => entries
            .iter()
            .filter_map(Value::as_object)
            .filter(|entry| text(entry, "id") == Some(account_id))
            .collect(),
        Some(Value::Object(entries)) => entries
            .iter()
            .filter_map(|(key, entry)| older(key, entry))
            .filter(|(id, _)| *id == account_id)
            .map(|(_, entry)| entry)
            .collect(),
        Some(_) | None => return Err("the answer lists no accounts"),
    };
    match mine.as_slice() {
        [] => Err("the answer does not name this account"),
        [entry] => read(entry),
        [_, _, ..] => Err("the answer names this account more than once"),
    }
}

/// An entry of the older map: its fields may be one level further down, and its id in the key.
fn older<'a>(key: &'a str, entry: &'a Value) -> Option<(&'a str, &'a Map<String, Value>)> {
    let outer = entry.as_object()?;
    let entry = outer
        .get("account")
        .and_then(Value::as_object)
        .unwrap_or(outer);
    let id = text(entry, "account_id").or_else(|| text(entry, "id"));
    Some((id.unwrap_or(key), entry))
}

fn read(entry: &Map<String, Value>) -> Result<Entry, &'static str> {
    let origin = text(entry, "workspace_backend_origin");
    let routing_override = text(entry, "account_routing_override");
    Ok(Entry {
        origin: origin.ok_or("the answer names no origin")?.to_owned(),
        routing_override: routing_override
            .ok_or("the answer names no routing override")?
            .to_owned(),
        name: text(entry, "name").map(str::to_owned),
    })
}

/// `base` with the scheme, host and port of `origin`; its path stays.
pub(super) fn routed(base: &Url, origin: &str) -> Result<Url, &'static str> {
    if origin == NO_CONSTRAINT {
        return Ok(base.clone());
    }
    let origin = Url::parse(origin).map_err(|_| "the origin is not an address")?;
    let is_bare = matches!(origin.path(), "" | "/")
        && origin.query().is_none()
        && origin.fragment().is_none()
        && origin.username().is_empty()
        && origin.password().is_none();
    // A test's backend on this computer may send us to another port of this computer.
    let is_safe = origin.scheme() == "https"
        || (origin.scheme() == "http" && is_loopback(&origin) && is_loopback(base));
    if !is_bare || !is_safe {
        return Err("the origin is not a bare https origin");
    }
    let mut routed = origin;
    routed.set_path(base.path());
    Ok(routed)
}

/// The header's value, if there is to be one.
pub(super) fn routing_override(value: &str) -> Result<Option<String>, &'static str> {
    match value {
        NO_CONSTRAINT => Ok(None),
        "us" | "us_cr" => Ok(Some(value.to_owned())),
        _ => Err("the routing override is not known"),
    }
}

/// Whether the address is this computer.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

fn text<'a>(entry: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    entry
        .get(name)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
}

const NO_CONSTRAINT: &str = "NO_CONSTRAINT";

#[cfg(test)]
mod tests;
