//! `POST /codex/responses`: admit, validate, answer as a stream.

mod prepared;
mod reply;

use bytes::Bytes;
use http::header::CONTENT_ENCODING;
use http::{Request, Response, StatusCode};
use serde_json::{Map, Value, json};

use super::auth;
use super::conversation::Conversation;
use super::faults::{self, Row};
use super::inner::{self, Given};
use super::limits::Reading;
use super::marks::{Marks, option};
use super::models::{Model, Version};
use super::outer;
use super::refusal::Refusal;
use crate::body::Body;
use crate::world::encoding;
use crate::world::{Seat, World};

pub(crate) use prepared::Prepared;
pub(crate) use reply::{Turn, items_of};

/// Answers one request of the official kind.
pub(crate) fn answer(world: &World, request: &Request<Bytes>) -> Result<Response<Body>, Refusal> {
    let headers = request.headers();
    let seat = auth::admit(world, headers)?;
    auth::routed(&seat, headers)?;
    let body = parsed(request)?;
    let first_party = auth::is_first_party(headers);
    let lite = auth::text(headers, LITE) == Some("true");
    outer::check(&body, first_party || lite)?;
    let model = model_of(world, request, &body, &seat)?;
    let given = Given {
        model,
        account: &seat.account_id,
        lite,
        first_party: first_party || body.get("client_metadata").is_some_and(Value::is_object),
        files: &world.backend().files,
    };
    inner::check(&body, &given)?;
    turn_state(headers, &seat)?;
    let conversation = Conversation::read(&body);
    let mut marks = Marks::read(conversation.prompt());
    if let Some(directed) = world.backend().next_directed() {
        marks.add(directed);
    }
    scripted(world, &seat, &marks, model.slug)?;
    let turn = Turn {
        world,
        request,
        seat: &seat,
        model,
        conversation: &conversation,
        marks: &marks,
    };
    Ok(turn.stream())
}

/// The JSON object in a body, decoded where it came compressed.
pub(crate) fn parsed(request: &Request<Bytes>) -> Result<Map<String, Value>, Refusal> {
    let bad = |why: &str| Refusal::detail(StatusCode::BAD_REQUEST, why);
    let bytes = match auth::text(request.headers(), CONTENT_ENCODING.as_str()) {
        None => request.body().clone(),
        Some(how) => {
            let plain = encoding::decode(how, request.body());
            plain.ok_or_else(|| bad("Unsupported content encoding"))?
        }
    };
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(body)) => Ok(body),
        Ok(_) | Err(_) => Err(bad("Invalid JSON body")),
    }
}

/// Refuses where the account used everything up, or where a marker says so.
pub(crate) fn scripted(
    world: &World,
    seat: &Seat,
    marks: &Marks,
    model: &str,
) -> Result<(), Refusal> {
    let (now, state) = (world.clock().now(), world.backend());
    let reading = reading(world, seat);
    let until = state.limits.lock().exhausted_until(&seat.account_id, now);
    if let Some(until) = until {
        return Err(reading.refusal(until.seconds()));
    }
    for words in marks.all("http") {
        let name = words.split_whitespace().next().unwrap_or_default();
        let times = option(words, "times").and_then(|times| times.parse().ok());
        let key = format!("{} {words} {}", seat.account_id, marks.text());
        if times.is_some_and(|times| !state.is_among_first(&key, times)) {
            continue;
        }
        let row = Row {
            name,
            words,
            model,
            reading: &reading,
            now,
        };
        return Err(faults::refusal(&row));
    }
    Ok(())
}

/// The seat's limits now.
pub(crate) fn reading(world: &World, seat: &Seat) -> Reading {
    let limits = world.backend().limits.lock();
    limits.reading(&seat.account_id, &seat.plan, world.clock().now())
}

/// The model asked for, where this client and this plan may have it.
fn model_of(
    world: &World,
    request: &Request<Bytes>,
    body: &Map<String, Value>,
    seat: &Seat,
) -> Result<&'static Model, Refusal> {
    let slug = body
        .get("model")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let hidden = world
        .backend()
        .hidden
        .lock()
        .iter()
        .any(|hidden| hidden == slug);
    let bad = |text: String| Refusal::detail(StatusCode::BAD_REQUEST, text);
    let model = match Model::find(slug) {
        Some(model) if !hidden => model,
        Some(_) | None => return Err(bad(faults::unsupported_model(slug))),
    };
    if !model.is_in(&seat.plan) {
        return Err(faults::model_not_found(slug));
    }
    let version = auth::text(request.headers(), "version").and_then(Version::read);
    if version.is_some_and(|version| version < model.minimum) {
        return Err(bad(format!(
            "The '{slug}' model requires a newer version of Codex. Please upgrade to the latest app or CLI and try again."
        )));
    }
    Ok(model)
}

/// A turn state belongs to one account (contract backend 9.6); another's is refused, a strictness of
/// our own.
fn turn_state(headers: &http::HeaderMap, seat: &Seat) -> Result<(), Refusal> {
    let ours = auth::text(headers, TURN_STATE).and_then(|it| it.strip_prefix(TURN_STATE_START));
    match ours {
        Some(rest) if !rest.starts_with(&format!("{}.", seat.account_id)) => Err(Refusal::json(
            StatusCode::BAD_REQUEST,
            &json!({"detail": "Invalid turn state"}),
        )),
        Some(_) | None => Ok(()),
    }
}

const LITE: &str = "x-openai-internal-codex-responses-lite";
const TURN_STATE: &str = "x-codex-turn-state";
const TURN_STATE_START: &str = "ts_";
