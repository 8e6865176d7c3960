//! Who may come in (design, guard). The rules, in the order in which they are asked:
//!
//! 1. `Host` is a loopback literal, the address the connection came in on, `localhost`, or a name
//!    from `allowed_hosts`, with any port: a rebound name gets nothing. HTTP/1.1 must send it, once.
//! 2. A page must be on `allowed_origins`: it shows itself by `Origin`, or by a `Sec-Fetch-Site` of
//!    `cross-site` or `same-site`, which only browsers send and no page can forge.
//! 3. A preflight of an allowed page is answered here and needs no key.
//! 4. A local key comes as `Authorization: Bearer`, `x-api-key` or `api-key`. Several must agree. The
//!    Ollama door asks for none where the settings say so, which they can only on loopback, and where
//!    no form comes. Who sends one wrong key after the other is told to stop.
//! 5. A body is JSON and says so; what a form can send is refused, except where the API has files,
//!    and there too rules 1 to 4 hold: no form can send a key.
//!
//! Rules 1 to 3 hold for every request, 4 and 5 for those that can spend the plan. A refusal may be
//! read by the page it refuses: it holds nothing private, and the reason helps.

mod cors;
mod guesses;
mod host;
mod key;
mod origin;

use std::net::IpAddr;

use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderMap, Method};
use store::Settings;
use store::settings::Ollama;
use wire::Fault;

use crate::route::Door;

pub(crate) use self::cors::Cors;
pub(crate) use self::guesses::Guesses;
pub(crate) use self::key::admit;

/// What the first two rules make of a request.
#[derive(Debug)]
pub(crate) enum Entry {
    /// Come in; answers carry these CORS headers.
    Welcome(Cors),
    /// An allowed page asks whether it may ask.
    Preflight(Cors),
    /// No.
    Refused {
        /// Why.
        fault: Fault,
        /// Lets the page read why.
        cors: Cors,
        /// The origin, for the log, where there was one.
        origin: Option<String>,
    },
}

/// Rules 1 to 3. `here` is the address the connection came in on.
pub(crate) fn enter(head: &Parts, here: IpAddr, settings: &Settings) -> Entry {
    if let Err(fault) = host::check(head, here, &settings.allowed_hosts) {
        return Entry::Refused {
            fault,
            cors: Cors::None,
            origin: origin::told(&head.headers),
        };
    }
    match origin::page(&head.headers, &settings.allowed_origins) {
        origin::Page::None => Entry::Welcome(Cors::None),
        origin::Page::Allowed(origin) if is_preflight(head) => {
            Entry::Preflight(Cors::Allowed(origin))
        }
        origin::Page::Allowed(origin) => Entry::Welcome(Cors::Allowed(origin)),
        origin::Page::Foreign(origin) => {
            let told = origin::told(&head.headers);
            Entry::Refused {
                fault: Fault::ForeignOrigin(
                    told.clone().unwrap_or_else(|| "another site".to_owned()),
                ),
                cors: origin.map_or(Cors::None, Cors::Refused),
                origin: told,
            }
        }
    }
}

/// The exception of rule 4. The address is looked at too: a listener may be about to move.
pub(crate) fn asks_no_key(door: Door, here: IpAddr, settings: &Settings) -> bool {
    let asks_no_key = |ollama: Ollama| !ollama.asks_key && here.is_loopback();
    door == Door::Ollama && settings.ollama.is_some_and(asks_no_key)
}

/// Rule 5: the media type of a body that will be read as JSON.
pub(crate) fn json_body(headers: &HeaderMap) -> Result<(), Fault> {
    let told = headers.get(CONTENT_TYPE);
    let told = told.map_or("", |value| value.to_str().unwrap_or("?"));
    let essence = told.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        Ok(())
    } else {
        Err(Fault::MediaType(told.chars().take(100).collect()))
    }
}

fn is_preflight(head: &Parts) -> bool {
    head.method == Method::OPTIONS
        && head
            .headers
            .contains_key(http::header::ACCESS_CONTROL_REQUEST_METHOD)
}

#[cfg(test)]
mod tests;
