//! One request, top to bottom: guard, route, read, credential, translate, backend, answer.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::header::EXPECT;
use http::request::Parts;
use http::{HeaderMap, Method, Request, Response};
use http_body::Body as _;
use hyper::body::Incoming;
use tracing::Instrument as _;
use translate::messages;
use translate::pictures::Route;
use wire::Fault;

use crate::body::{self, Body, Unread};
use crate::exchange::Exchange;
use crate::guard::{self, Cors, Entry};
use crate::house::House;
use crate::respond::{self, Answer, Content, Refusal};
use crate::route::{self, Asked, Door, Media};
use crate::{
    count, files, form, long, models, ollama, pictures, ready, socket, speak, speech, state,
};

/// Answers one request that came in by `door`, at the address `here`. Whatever goes wrong is an answer too.
pub(crate) async fn answer(
    house: Arc<House>,
    door: Door,
    here: IpAddr,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
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
    let is_head = head.method == Method::HEAD;
    let outcome = match is_head {
        true => outcome.map(Answer::without_events),
        false => outcome,
    };
    let mut response = respond::send(exchange, outcome);
    if is_head {
        response.body_mut().end_unsent();
    }
    Ok(response)
}

/// What is asked for less often than a model's answer is boxed, or else every request would take the room
/// that the largest of them needs.
async fn serve(
    exchange: &mut Exchange,
    head: &Parts,
    asked: Asked,
    incoming: &mut Incoming,
) -> Result<Answer, Refusal> {
    match asked {
        Asked::Health => Ok(ready::health()),
        Asked::Ready => Ok(ready::ready(&exchange.house).await),
        Asked::Upgrade => socket::accept(exchange, head),
        Asked::Speak(dialect) => {
            let key = exchange.let_in(&head.headers)?;
            let body = read(exchange, head, incoming).await?;
            let asked = speak::Request {
                dialect,
                key: &key.id,
                headers: &head.headers,
                body,
                socket: None,
            };
            speak::answer(exchange, asked).await
        }
        Asked::Models(list) => {
            exchange.let_in(&head.headers)?;
            Box::pin(models::list(exchange, list, head)).await
        }
        Asked::Model(id) => {
            exchange.let_in(&head.headers)?;
            Box::pin(models::one(exchange, &id)).await
        }
        Asked::Unserved(fault) | Asked::Misused(_, fault) => {
            exchange.let_in(&head.headers)?;
            Err(fault.into())
        }
        Asked::Media(asked) => Box::pin(media(exchange, head, asked, incoming)).await,
        Asked::State(asked) => Box::pin(state::answer(exchange, head, asked, incoming)).await,
        Asked::Ollama(ask) => Box::pin(ollama::answer(exchange, head, ask, incoming)).await,
        Asked::CountTokens => {
            exchange.let_in(&head.headers)?;
            let body = read(exchange, head, incoming).await?;
            let count = count::aside(move |measure| messages::count(&body, measure));
            let tokens = count.await??;
            Ok(Answer::json(messages::counted(tokens)))
        }
        Asked::AnthropicModel(id) => {
            exchange.let_in(&head.headers)?;
            Box::pin(models::anthropic_one(exchange, &id)).await
        }
    }
}

/// Pictures, speech, files.
async fn media(
    exchange: &mut Exchange,
    head: &Parts,
    asked: Media,
    incoming: &mut Incoming,
) -> Result<Answer, Refusal> {
    let headers = &head.headers;
    if form::is_form(headers) {
        // Any page can send a form, so here only the key says that none did.
        exchange.keyless = false;
    }
    let key = exchange.let_in(headers)?;
    exchange.makes = match asked {
        Media::Pictures(_) | Media::Transcribe | Media::NewFile => true,
        Media::Files | Media::File(_) => false,
    };
    match asked {
        Media::Pictures(route) => {
            match route {
                Route::Edits if form::is_form(headers) => {}
                Route::Edits | Route::Generations => guard::json_body(headers)?,
            }
            let body = receive(exchange, head, incoming).await?;
            let asked = pictures::Request {
                route,
                key: &key.id,
                headers,
                body,
            };
            pictures::answer(exchange, asked).await
        }
        Media::Transcribe => {
            let body = receive(exchange, head, incoming).await?;
            let length = body.len();
            long::beside_others(length, speech::answer(exchange, headers, body)).await
        }
        Media::NewFile => {
            let body = receive(exchange, head, incoming).await?;
            let length = body.len();
            long::beside_others(length, files::create(exchange, &key.id, headers, body)).await
        }
        Media::Files => files::list(exchange, &key.id, head.uri.query()).await,
        Media::File(id) => files::one(exchange, &key.id, &id).await,
    }
}

/// The whole body, if it is JSON.
pub(crate) async fn read(
    exchange: &Exchange,
    head: &Parts,
    incoming: &mut Incoming,
) -> Result<Bytes, Refusal> {
    guard::json_body(&head.headers)?;
    receive(exchange, head, incoming).await
}

/// A body of any kind.
async fn receive(
    exchange: &Exchange,
    head: &Parts,
    incoming: &mut Incoming,
) -> Result<Bytes, Refusal> {
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
