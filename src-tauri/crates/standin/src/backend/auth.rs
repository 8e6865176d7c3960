//! Who asks: the bearer, the workspace, and the headers a request must and must not have
//! (contract backend 1.2, 3.1; contract auth 9).

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE, USER_AGENT};
use http::{HeaderMap, StatusCode};

use super::faults;
use super::refusal::Refusal;
use crate::world::{BearerFault, Seat, SeatKind, World};

/// The seat behind a request to `/backend-api`.
pub(crate) fn admit(world: &World, headers: &HeaderMap) -> Result<Seat, Refusal> {
    let seat = bearer(world, headers)?;
    if seat.kind == SeatKind::Platform {
        return Err(faults::bearer(BearerFault::Unknown));
    }
    strangers(headers)?;
    if text(headers, "chatgpt-account-id") != Some(&seat.account_id) {
        return Err(faults::wrong_workspace());
    }
    let forbidden = |code| Err(Refusal::detail_code(StatusCode::FORBIDDEN, code));
    let fedramp = seat.fedramp.then_some("true");
    if text(headers, "x-openai-fedramp") != fedramp {
        return forbidden("invalid_fedramp_header");
    }
    Ok(seat)
}

/// What only `/codex/responses` demands besides [`admit`].
pub(crate) fn routed(seat: &Seat, headers: &HeaderMap) -> Result<(), Refusal> {
    if text(headers, "x-openai-account-routing-override") != seat.routing_override() {
        return Err(Refusal::detail_code(
            StatusCode::FORBIDDEN,
            "invalid_account_routing_override",
        ));
    }
    let has = |name: &str| text(headers, name).is_some_and(|value| !value.is_empty());
    let says = |name: &str, wanted: &str| text(headers, name).is_some_and(|it| it.contains(wanted));
    let wanting = [
        ("originator", has("originator")),
        ("User-Agent", has(USER_AGENT.as_str())),
        (
            "Accept: text/event-stream",
            says(ACCEPT.as_str(), "text/event-stream"),
        ),
        (
            "Content-Type: application/json",
            says(CONTENT_TYPE.as_str(), "application/json"),
        ),
    ];
    match wanting.iter().find(|(_, there)| !there) {
        Some((name, _)) => Err(Refusal::detail(
            StatusCode::BAD_REQUEST,
            format!("Missing header: {name}"),
        )),
        None => Ok(()),
    }
}

/// The seat behind a bearer, whatever it is good for.
pub(crate) fn bearer(world: &World, headers: &HeaderMap) -> Result<Seat, Refusal> {
    let bearer = text(headers, AUTHORIZATION.as_str());
    let bearer = bearer.and_then(|value| value.strip_prefix("Bearer "));
    let seat = world.seat_of(bearer.unwrap_or_default());
    seat.map_err(faults::bearer)
}

/// The first value of a header as text.
pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// The official client by its `originator` (contract auth 9.1).
pub(crate) fn is_first_party(headers: &HeaderMap) -> bool {
    text(headers, "originator").is_some_and(|originator| {
        originator.starts_with("codex_")
            || originator == "codex-tui"
            || originator.starts_with("Codex ")
    })
}

/// Headers of a local client that a proxy must never pass on. A strictness of our own.
fn strangers(headers: &HeaderMap) -> Result<(), Refusal> {
    let is_stranger = |name: &&str| {
        *name == "x-api-key" || name.starts_with("x-stainless-") || name.starts_with("anthropic-")
    };
    let named = headers
        .keys()
        .map(http::HeaderName::as_str)
        .find(is_stranger);
    let cookies = headers
        .get_all(COOKIE)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b';'));
    let foreign = cookies.map(<[u8]>::trim_ascii).any(|cookie| {
        !CLOUDFLARE
            .iter()
            .any(|known| cookie.starts_with(known.as_bytes()))
    });
    match named.or_else(|| foreign.then_some("cookie")) {
        Some(name) => Err(Refusal::detail(
            StatusCode::BAD_REQUEST,
            format!("Forbidden header: {name}"),
        )),
        None => Ok(()),
    }
}

/// Cookies of Cloudflare's own infrastructure (contract backend 1.1).
const CLOUDFLARE: &[&str] = &["__cf", "_cfuvid", "cf_", "__cflb"];
