//! One `response.create`: what a frame asks, by the way of every request.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response};
use tracing::Instrument as _;
use translate::Dialect;
use translate::responses::Create;
use wire::Fault;

use super::Room;
use crate::body::Body;
use crate::exchange::Exchange;
use crate::guard::{self, Entry};
use crate::respond::{self, Answer, Refusal};
use crate::route::Asked;
use crate::{long, speak};

/// The answer to `frame`, as it would be over HTTP. The key and the page are looked at anew: either
/// may have lost its permission since the upgrade.
pub(super) async fn answer(room: Arc<Room>, frame: Bytes) -> Response<Body> {
    let mut exchange = begin(&room);
    exchange.keyless = guard::asks_no_key(room.seat.door, room.seat.here, &exchange.settings);
    let outcome = match guard::enter(&room.head, room.seat.here, &exchange.settings) {
        Entry::Welcome(_) | Entry::Preflight(_) => {
            let span = tracing::info_span!("request", id = exchange.id.as_str());
            let speaking = speak(&mut exchange, &room, &frame);
            let speaking = long::beside_others(frame.len(), speaking);
            speaking.instrument(span).await
        }
        Entry::Refused { fault, origin, .. } => {
            exchange.held.note(|line| line.origin = origin);
            Err(fault.into())
        }
    };
    respond::send(exchange, outcome)
}

/// The answer to a frame that was not even read.
pub(super) fn refusal(room: &Room, fault: Fault) -> Response<Body> {
    respond::send(begin(room), Err(fault.into()))
}

fn begin(room: &Room) -> Exchange {
    Exchange::begin(Arc::clone(&room.house), &room.head, &Asked::Upgrade, true)
}

async fn speak(exchange: &mut Exchange, room: &Room, frame: &[u8]) -> Result<Answer, Refusal> {
    let key = exchange.let_in(&room.head.headers)?;
    let create = Create::read(frame)?;
    exchange.ignored.extend(create.ignored);
    let mut headers = room.head.headers.clone();
    let turn_state = create.turn_state.as_deref().map(HeaderValue::from_str);
    if let Some(Ok(state)) = turn_state {
        headers.insert(TURN_STATE, state);
    }
    let asked = speak::Request {
        dialect: Dialect::Responses,
        key: &key.id,
        headers: &headers,
        body: create.body.into(),
        socket: Some(speak::Socket {
            memory: &room.memory,
            generate: create.generate,
        }),
    };
    speak::answer(exchange, asked).await
}

const TURN_STATE: HeaderName = HeaderName::from_static("x-codex-turn-state");
