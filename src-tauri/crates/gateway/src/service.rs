//! One request, top to bottom: guard, route, read, credential, translate, backend, answer.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::header::EXPECT;
use http::request::Parts;
use http::{HeaderMap, Method, Request, Response};
use http_body::Body as _;
use hyper::body::Incoming;
use tracing::Instrument as _;
use wire::Fault;

use crate::body::{self, Body, Unread};
use crate::exchange::Exchange;
use crate::guard::{self, Cors, Entry};
use crate::house::House;
use crate::respond::{self, Answer, Content, Refusal};
use crate::route::{self, Asked, Door};
use crate::{models, ollama, ready, speak};

/// Answers one request that came in by `door`, at the address `here`.
pub(crate) async fn answer(
    house: Arc<House>,
    door: Door,
    here: IpAddr,
    request: Request<Incoming>,
) -> Response<Body> {
    let (head, mut incoming) = request.into_parts();
    let asked = route::find(&head, door);
    let entry = guard::enter(&head, here, &house.settings());
    let logged = match &entry {
        Entry::Welcome(_) => !asked.is_probe(),
        Entry::Preflight(_) => false,
        Entry::Refused { .. } => true,
    };
    let mut exchange = Exchange::begin(house, &head, &asked, logged);
    exchange.keyless = guard::asks_no_key(door, here, &exchange.settings);
    let outcome = match entry {
        Entry::Welcome(cors) => {
            exchange.cors = cors;
            let span = tracing::info_span!("request", id = exchange.id.as_str());
            let serving = serve(&mut exchange, &head, asked, &mut incoming);
            serving.instrument(span).await
        }
        Entry::Preflight(cors) => {
            exchange.cors = cors;
            Ok(preflight(&head.headers))
        }
        Entry::Refused {
            fault,
            cors,
            origin,
        } => {
            exchange.cors = cors;
            exchange.held.note(|line| line.origin = origin);
            Err(Refusal::Fault(fault))
        }
    };
    if outcome.is_err() {
        listen_on(&exchange, &head, &mut incoming, &outcome).await;
    }
    let mut response = respond::send(exchange, outcome);
    if head.method == Method::HEAD {
        response.body_mut().end_unsent();
    }
    response
}

async fn serve(
    exchange: &mut Exchange,
    head: &Parts,
    asked: Asked,
    incoming: &mut Incoming,
) -> Result<Answer, Refusal> {
    match asked {
        Asked::Health => Ok(ready::health()),
        Asked::Ready => Ok(ready::ready(&exchange.house).await),
        // No key is asked for: anything but 426 costs a Codex CLI seven tries.
        Asked::Upgrade => Err(Fault::UpgradeRefused.into()),
        Asked::Speak(dialect) => {
            let key = exchange.let_in(&head.headers)?;
            let body = read(exchange, head, incoming).await?;
            let asked = speak::Request {
                dialect,
                key: &key.id,
                headers: &head.headers,
                body,
            };
            Box::pin(speak::answer(exchange, asked)).await
        }
        Asked::Models(list) => {
            exchange.let_in(&head.headers)?;
            models::list(exchange, list).await
        }
        Asked::Model(id) => {
            exchange.let_in(&head.headers)?;
            models::one(exchange, &id).await
        }
        Asked::Unserved(fault) => {
            exchange.let_in(&head.headers)?;
            Err(fault.into())
        }
        Asked::Ollama(ask) => ollama::answer(exchange, head, ask, incoming).await,
    }
}

/// The body, as JSON that nobody has looked into.
pub(crate) async fn read(
    exchange: &Exchange,
    head: &Parts,
    incoming: &mut Incoming,
) -> Result<Bytes, Refusal> {
    guard::json_body(&head.headers)?;
    let limit = exchange.settings.max_body_bytes;
    let clock = &exchange.house.parts.clock;
    let read = body::read(incoming, &head.headers, limit, clock).await;
    read.map_err(|unread| match unread {
        Unread::Fault(fault) => Refusal::Fault(fault),
        Unread::Left => Refusal::Left,
    })
}

fn preflight(asked: &HeaderMap) -> Answer {
    let mut headers = HeaderMap::new();
    Cors::answer_preflight(asked, &mut headers);
    Answer {
        headers,
        content: Content::Nothing,
    }
}

/// Hears out a client that is refused while it still sends; most read no answer before they have
/// sent all. Not where it waits for a go-ahead, and not where it has stopped sending.
async fn listen_on(
    exchange: &Exchange,
    head: &Parts,
    incoming: &mut Incoming,
    outcome: &Result<Answer, Refusal>,
) {
    let stopped = matches!(
        outcome,
        Err(Refusal::Left | Refusal::Fault(Fault::SlowBody))
    );
    if stopped || incoming.is_end_stream() || head.headers.contains_key(EXPECT) {
        return;
    }
    let limit = exchange.settings.max_body_bytes;
    body::discard(incoming, limit, &exchange.house.parts.clock).await;
}
