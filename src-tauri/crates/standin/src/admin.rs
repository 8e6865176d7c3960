//! `/admin/*`: the world's methods over HTTP, for processes. JSON in, JSON out.
//!
//! Guarantee: a field that is unknown, missing or of the wrong type is a 400 that names it; nothing
//! is changed then. Nothing here is recorded and no script touches it.

mod asks;
mod received;
mod scripts;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::body::Body;
use crate::world::World;
use crate::{answer, backend};

/// Answers one request of the administrator.
pub(crate) fn answer(world: &World, request: &Request<Bytes>) -> Response<Body> {
    let path = request.uri().path();
    if path.starts_with("/admin/backend/") {
        return backend::admin(world, request);
    }
    let told = match (request.method(), path) {
        (&Method::GET, _) => look(world, path, request.uri().query().unwrap_or("")),
        (&Method::POST, "/admin/script") => scripts::add(world, request.body()),
        (&Method::POST, _) => asks::answer(world, path, request.body()),
        (&Method::DELETE, _) => forget(world, path),
        _ => Err(Refused::NoSuchRoute),
    };
    match told {
        Ok(value) => answer::json(StatusCode::OK, &value),
        Err(refused) => refused.answer(),
    }
}

/// Why the administrator gets nothing.
#[derive(Debug)]
enum Refused {
    NoSuchRoute,
    /// The body or the query is wrong.
    Malformed(String),
    /// What it names does not exist, or cannot be changed any more.
    Impossible(&'static str),
}

impl Refused {
    fn answer(self) -> Response<Body> {
        let (status, why) = match self {
            Self::NoSuchRoute => (StatusCode::NOT_FOUND, "no such route".into()),
            Self::Malformed(why) => (StatusCode::BAD_REQUEST, why),
            Self::Impossible(why) => (StatusCode::CONFLICT, why.into()),
        };
        answer::json(status, &json!({"error": why}))
    }
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(|error| Refused::Malformed(error.to_string()))
}

fn look(world: &World, path: &str, query: &str) -> Result<Value, Refused> {
    match path {
        "/admin/knobs" => Ok(json!(world.knobs())),
        "/admin/people" => Ok(world.seats().iter().map(asks::seat).collect()),
        "/admin/device" => {
            let codes = world.device_codes().into_iter();
            let shown = |(code, state): (String, crate::world::DeviceState)| json!({"user_code": code, "state": state.word()});
            Ok(codes.map(shown).collect())
        }
        "/admin/received" => received::list(world, query),
        _ => Err(Refused::NoSuchRoute),
    }
}

fn forget(world: &World, path: &str) -> Result<Value, Refused> {
    match path {
        "/admin/received" => world.forget_received(),
        "/admin/script" => world.forget_scripts(),
        "/admin/knobs" => world.turn(|knobs| *knobs = crate::world::Knobs::default()),
        _ => return Err(Refused::NoSuchRoute),
    }
    Ok(json!({}))
}
