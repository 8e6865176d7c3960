//! The platform API for `sk-` keys: `POST /v1/responses` and `GET /v1/models`, kept simple.
//!
//! It accepts what the public API accepts (`store`, `max_output_tokens`, sampling, a text as `input`), answers
//! streamed or whole, and fills `output` in the terminal event.

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use serde_json::{Map, Value, json};

use super::compose::Asked;
use super::conversation::Conversation;
use super::ending::{self, Envelope, Finished};
use super::marks::Marks;
use super::models::Model;
use super::refusal::{Refusal, missing};
use super::sessions::{Counted, tokens};
use super::usage::Usage;
use super::{auth, events, responses, stream};
use crate::answer;
use crate::body::Body;
use crate::world::{ReceivedId, Seat, SeatKind, World};

/// `POST /v1/responses`.
pub(crate) fn answer(world: &World, request: &Request<Bytes>) -> Result<Response<Body>, Refusal> {
    let seat = admit(world, request)?;
    let body = responses::parsed(request)?;
    let model = model_of(&body)?;
    if !body
        .get("input")
        .is_some_and(|input| input.is_array() || input.is_string())
    {
        return Err(missing("input"));
    }
    let conversation = Conversation::read(&body);
    let marks = Marks::read(conversation.prompt());
    responses::scripted(world, &seat, &marks, model.slug)?;
    let asked = Asked {
        conversation: &conversation,
        marks: &marks,
        headers: request.headers(),
        model,
        account: &seat.account_id,
        plan: &seat.plan,
        chance: world.chance(),
    };
    let (items, ids) = responses::items_of(&asked);
    let incomplete = marks.words("incomplete");
    let (spread, finished) = events::spread(&items, &ids, &marks, incomplete.is_some());
    let counted = Counted {
        input: tokens(&Value::from(body.clone()).to_string()),
        cached: 0,
    };
    let usage = Usage::count(counted, &items).told(&marks);
    let id = format!("resp_{}", world.chance().alphanumeric(40));
    let envelope = Envelope {
        id: &id,
        created_at: world.clock().now().seconds(),
        body: &body,
    };
    if body.get("stream") != Some(&Value::Bool(true)) {
        let mut whole = envelope.response("completed", &finished, &usage);
        echo(&body, &mut whole);
        return Ok(answer::json(StatusCode::OK, &whole));
    }
    let mut records = ending::opening(&envelope);
    records.extend(spread);
    let done = Finished {
        usage: &usage,
        tool_usage: None,
        items: &finished,
        incomplete,
        full_output: true,
    };
    records.push(ending::terminal(&envelope, &done));
    let request_id = request.extensions().get::<ReceivedId>().map(|id| id.0);
    let body = stream::body(world, request_id, stream::steps(&records, &marks));
    let mut response = Response::new(body);
    let kind = http::HeaderValue::from_static("text/event-stream; charset=utf-8");
    response
        .headers_mut()
        .insert(http::header::CONTENT_TYPE, kind);
    Ok(response)
}

/// `GET /v1/models`.
pub(crate) fn models(world: &World, request: &Request<Bytes>) -> Result<Response<Body>, Refusal> {
    admit(world, request)?;
    let model = |slug: &str| json!({"id": slug, "object": "model", "created": 1_777_000_000, "owned_by": "openai"});
    let listed: Vec<Value> = Model::slugs().map(model).collect();
    Ok(answer::json(
        StatusCode::OK,
        &json!({"object": "list", "data": listed}),
    ))
}

/// A ChatGPT token has no business here (contract backend 1.1).
fn admit(world: &World, request: &Request<Bytes>) -> Result<Seat, Refusal> {
    let unauthorized = |message: &str, code: Option<&str>| {
        let error = json!({"message": message, "type": "invalid_request_error", "param": null, "code": code});
        Refusal::error(StatusCode::UNAUTHORIZED, &error)
    };
    match auth::bearer(world, request.headers()) {
        Ok(seat) if seat.kind == SeatKind::Platform => Ok(seat),
        Ok(_) => Err(unauthorized(
            "You have insufficient permissions for this operation. Missing scopes: api.responses.write. Check that you have the correct role in your organization.",
            Some("missing_scope"),
        )),
        Err(_) => Err(unauthorized(
            "Incorrect API key provided.",
            Some("invalid_api_key"),
        )),
    }
}

fn model_of(body: &Map<String, Value>) -> Result<&'static Model, Refusal> {
    let Some(slug) = body.get("model").and_then(Value::as_str) else {
        return Err(missing("model"));
    };
    Model::find(slug).ok_or_else(|| {
        Refusal::error(
            StatusCode::NOT_FOUND,
            &json!({
                "message": format!("The model `{slug}` does not exist or you do not have access to it."),
                "type": "invalid_request_error",
                "param": null,
                "code": "model_not_found",
            }),
        )
    })
}

/// Says back what only this API knows.
fn echo(body: &Map<String, Value>, response: &mut Value) {
    for field in [
        "store",
        "max_output_tokens",
        "temperature",
        "top_p",
        "metadata",
        "user",
    ] {
        if let Some(given) = body.get(field) {
            response[field] = given.clone();
        }
    }
}
