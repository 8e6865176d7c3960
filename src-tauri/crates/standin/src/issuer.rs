//! The issuer, as `https://auth.openai.com` is known to be (contract auth), and the one backend
//! route that belongs to signing in: `accounts/check`.
//!
//! Guarantee: what is missing, doubled, unknown or malformed is refused by name. Nothing is ever
//! redirected to an address that is not registered.

mod accounts;
mod authorize;
mod device;
mod fields;
mod page;
mod refusal;
mod revoke;
mod seats;
mod token;
mod whoami;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderMap, Method, Request, Response};

use crate::answer;
use crate::body::Body;
use crate::world::{BearerFault, Knobs, Seat, World};

pub(crate) use accounts::answer as accounts_check;

/// Answers everything that is neither the backend's nor the administrator's.
pub(crate) fn answer(world: &World, request: &Request<Bytes>) -> Response<Body> {
    let (get, post) = (Method::GET, Method::POST);
    type Answer = fn(&World, &Request<Bytes>) -> Response<Body>;
    let (methods, answer): (&[Method], Answer) = match request.uri().path() {
        "/oauth/authorize" => (&[get, post], authorize::answer),
        "/oauth/token" => (&[post], token::answer),
        "/oauth/revoke" => (&[post], revoke::answer),
        "/codex/device" => (&[get, post], device::page),
        "/api/accounts/deviceauth/usercode" => (&[post], device::usercode),
        "/api/accounts/deviceauth/token" => (&[post], device::token),
        "/api/accounts/v1/user-auth-credential/whoami" => (&[get], whoami::answer),
        _ => return answer::not_found(),
    };
    match methods.contains(request.method()) {
        true => answer(world, request),
        false => answer::wrong_method(),
    }
}

/// The path of `accounts/check` (contract auth 9.2).
pub(crate) const ACCOUNTS_CHECK: &str = "/backend-api/wham/accounts/check";

/// Whose bearer the request carries.
fn seat_of(world: &World, headers: &HeaderMap) -> Result<Seat, BearerFault> {
    world.seat_of(bearer(headers).ok_or(BearerFault::Unknown)?)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

/// The media type without its parameters, in lower case.
fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let essence = value.and_then(|it| it.split(';').next()).unwrap_or("");
    essence.trim().to_ascii_lowercase()
}

/// The host under which the client reached us.
fn host(headers: &HeaderMap) -> &str {
    let host = headers.get(HOST).and_then(|it| it.to_str().ok());
    host.unwrap_or("")
}

fn is_known_client(knobs: &Knobs, client_id: &str) -> bool {
    client_id == crate::world::CLIENT_ID || knobs.extra_client_ids.iter().any(|it| it == client_id)
}
