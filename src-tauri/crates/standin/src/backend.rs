//! Everything below `/backend-api` and `/v1`: the stand-in for the Codex backend of ChatGPT.
//!
//! Guarantees:
//! - a request is refused exactly where contract backend 1.2 to 1.10 says so, in its words;
//! - the same request gets the same answer but for its ids;
//! - whatever misbehaves was asked to, by a marker in the prompt or through [`World::direct`].

mod auth;
mod compose;
mod conversation;
mod ending;
mod events;
mod faults;
mod files;
mod images;
mod inner;
mod instance;
mod items;
mod knobs;
mod limits;
mod marks;
mod models;
mod outer;
mod pairing;
mod picture;
mod platform;
mod refusal;
mod responses;
mod schema;
mod sealed;
mod sessions;
mod stream;
mod tools;
mod transcribe;
mod usage;

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH, UPGRADE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use parking_lot::Mutex;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::answer as plain;
use crate::body::Body;
use crate::world::World;

pub(crate) use knobs::admin;
pub use limits::{Credits, Windows};

use marks::Marks;
use models::Version;
use refusal::Refusal;

/// What the backend remembers between requests.
#[derive(Debug, Default)]
pub(crate) struct State {
    limits: Mutex<limits::Limits>,
    sessions: Mutex<sessions::Sessions>,
    files: files::Files,
    directed: Mutex<VecDeque<Marks>>,
    /// How often a counted fault has struck, by its key.
    struck: Mutex<HashMap<String, usize>>,
    hidden: Mutex<Vec<String>>,
    prepared: responses::Prepared,
    gate: stream::Gate,
}

impl State {
    fn next_directed(&self) -> Option<Marks> {
        self.directed.lock().pop_front()
    }

    /// True for the first `times` calls with that key.
    fn is_among_first(&self, key: &str, times: usize) -> bool {
        let mut struck = self.struck.lock();
        let count = struck.entry(key.to_owned()).or_default();
        *count += 1;
        *count <= times
    }

    /// The tag of the catalogue of that plan for the newest client.
    fn models_etag(&self, plan: &str) -> String {
        let newest = Version::read("9999.0.0");
        let catalogue = newest.map(|version| models::catalogue(version, plan, &self.hidden.lock()));
        tag(&catalogue.unwrap_or_default().to_string())
    }
}

/// Answers one request; its body comes as it was sent.
#[expect(clippy::unused_async, reason = "the seam is asynchronous")]
pub(crate) async fn answer(world: &World, request: Request<Bytes>) -> Response<Body> {
    let mut response = route(world, &request).unwrap_or_else(Refusal::respond);
    let id = world.chance().uuid7(world.clock().now());
    if let Ok(id) = HeaderValue::try_from(id.to_string()) {
        response.headers_mut().insert("x-request-id", id.clone());
        response.headers_mut().insert("x-oai-request-id", id);
    }
    response
}

fn route(world: &World, request: &Request<Bytes>) -> Result<Response<Body>, Refusal> {
    let path = request.uri().path();
    let Some(path) = path.strip_prefix("/backend-api/") else {
        return match (request.method(), path) {
            (&Method::POST, "/v1/responses") => platform::answer(world, request),
            (&Method::GET, "/v1/models") => platform::models(world, request),
            _ => Ok(plain::not_found()),
        };
    };
    match (request.method(), path) {
        (&Method::POST, "codex/responses") => responses::answer(world, request),
        (&Method::GET, "codex/responses") if request.headers().contains_key(UPGRADE) => {
            Ok(plain::empty(StatusCode::UPGRADE_REQUIRED))
        }
        (_, "codex/responses") => Ok(plain::wrong_method()),
        (&Method::GET, "codex/models") => catalogue(world, request),
        (&Method::GET, "wham/usage") => usage(world, request),
        (&Method::GET, "wham/config/bundle") => {
            auth::admit(world, request.headers())?;
            Ok(plain::json(StatusCode::OK, &json!({})))
        }
        (&Method::POST, "codex/images/generations") => {
            images::answer(world, request, images::Route::Generations)
        }
        (&Method::POST, "codex/images/edits") => {
            images::answer(world, request, images::Route::Edits)
        }
        (&Method::POST, "transcribe") => transcribe::answer(world, request),
        (&Method::POST, "files") => files::announce(world, request),
        (&Method::PUT, path) if path.starts_with("uploads/") => files::upload(world, request),
        (&Method::POST, path) => match file_to_confirm(path) {
            Some(id) => files::confirm(world, request, id),
            None => Ok(plain::not_found()),
        },
        _ => Ok(plain::not_found()),
    }
}

fn file_to_confirm(path: &str) -> Option<&str> {
    path.strip_prefix("files/")?.strip_suffix("/uploaded")
}

/// `GET /codex/models?client_version=` (contract backend 5).
fn catalogue(world: &World, request: &Request<Bytes>) -> Result<Response<Body>, Refusal> {
    let seat = auth::admit(world, request.headers())?;
    let query = request.uri().query().unwrap_or_default();
    let asked =
        url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "client_version");
    let version = asked.and_then(|(_, version)| Version::read(&version));
    let Some(version) = version else {
        let why = json!({"detail": [{"type": "missing", "loc": ["query", "client_version"], "msg": "Field required", "input": null}]});
        return Err(Refusal::json(StatusCode::UNPROCESSABLE_ENTITY, &why));
    };
    let body = models::catalogue(version, &seat.plan, &world.backend().hidden.lock()).to_string();
    let tag = tag(&body);
    let known = auth::text(request.headers(), IF_NONE_MATCH.as_str()) == Some(&tag);
    let mut response = match known {
        true => plain::empty(StatusCode::NOT_MODIFIED),
        false => Response::new(Body::full(body)),
    };
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    if let Ok(tag) = HeaderValue::try_from(tag) {
        response.headers_mut().insert(ETAG, tag);
    }
    Ok(response)
}

/// `GET /wham/usage` (contract backend 6.1).
fn usage(world: &World, request: &Request<Bytes>) -> Result<Response<Body>, Refusal> {
    let seat = auth::admit(world, request.headers())?;
    let now = world.clock().now();
    let reading = responses::reading(world, &seat);
    let limits = world.backend().limits.lock();
    let until = limits.exhausted_until(&seat.account_id, now);
    let (reading, reached) = match until {
        Some(until) => (reading.used_up(until.seconds()), true),
        None => (reading, false),
    };
    let told = reading.usage(&seat.account_id, &seat.email, reached);
    Ok(plain::json(StatusCode::OK, &told))
}

/// A weak tag of a text.
fn tag(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let short: String = digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("W/\"{short}\"")
}

#[cfg(test)]
mod tests;
