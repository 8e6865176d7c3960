//! WebSocket mode of the Responses dialect (contract backend 4): many requests on one connection, one
//! after the other, each by the way that `POST /v1/responses` goes.
//!
//! - [`accept`] looks at the key and lets hyper upgrade the connection.
//! - `talk` hears frames and has them answered; it ends the socket.
//! - `ask` is one `response.create`, guarded, logged and answered like any request.
//! - `tell` sends the answer, one frame for each event.
//! - [`Memory`] has the last answers, also those that nobody stores; it dies with the socket.
//!
//! Guarantees:
//! - what one socket remembers, no other sees (traps 17 and 30);
//! - a client that leaves takes its request to the backend with it;
//! - a frame that cannot be served is answered with an error frame, and the socket goes on; one that
//!   is no text, or too large, ends it with a close code that says so;
//! - nobody keeps a socket for longer than [`talk::LIFE`].
//!
//! The backend is asked over HTTP as ever. `permessage-deflate` is not accepted.

mod ask;
mod memory;
mod talk;
mod tell;

use std::net::IpAddr;
use std::sync::Arc;

use base::Spot;
use http::Request;
use http::request::Parts;
use hyper::upgrade::OnUpgrade;
use tokio::sync::OwnedSemaphorePermit;
use tokio_tungstenite::tungstenite::handshake::server::create_response;
use wire::Fault;

pub(crate) use self::memory::{Memory, Remembered};
use self::talk::Talk;
use crate::codex;
use crate::exchange::Exchange;
use crate::flights::Permit;
use crate::house::House;
use crate::respond::{Answer, Content, Refusal};
use crate::route::Door;
use crate::server::Stop;

/// A connection's place on the floor. A socket keeps it after hyper has let the connection go.
#[derive(Clone)]
pub(crate) struct Seat {
    pub(crate) stop: Stop,
    pub(crate) door: Door,
    /// The address that the connection came in on.
    pub(crate) here: IpAddr,
    /// Counts the connection, and takes one of those that may be, here and on its thread.
    pub(crate) _place: Arc<(Permit, OwnedSemaphorePermit, Spot)>,
}

/// What all requests of one socket share.
struct Room {
    house: Arc<House>,
    seat: Seat,
    /// The upgrade's head: what it says holds for every request.
    head: Parts,
    memory: Arc<Memory>,
}

/// Turns the connection of `exchange` into a socket. That leaves no line in the log; each of its
/// requests does. What is no proper upgrade is a 426, because a Codex CLI takes anything else for a
/// reason to try again.
pub(crate) fn accept(exchange: &mut Exchange, head: &Parts) -> Result<Answer, Refusal> {
    if let Err(fault) = exchange.let_in(&head.headers) {
        // It would try seven times before it asks over HTTP, where it hears the reason.
        let is_codex = codex::is_codex(&head.headers);
        let told = if is_codex {
            Fault::UpgradeRefused
        } else {
            fault
        };
        return Err(told.into());
    }
    let seat = head.extensions.get::<Seat>().cloned();
    let upgrade = head.extensions.get::<OnUpgrade>().cloned();
    let request = Request::from_parts(head.clone(), ());
    let (Some(seat), Some(upgrade), Ok(accepted)) = (seat, upgrade, create_response(&request))
    else {
        return Err(Fault::UpgradeRefused.into());
    };
    exchange.held.withdraw();
    let (mut head, ()) = request.into_parts();
    head.extensions.clear();
    let house = Arc::clone(&exchange.house);
    let tasks = house.parts.tasks.clone();
    let room = Room {
        memory: Arc::new(Memory::new(exchange.settings.max_body_bytes)),
        house,
        seat,
        head,
    };
    tasks.spawn("gateway.socket", |stop| Talk::hold(room, upgrade, stop));
    Ok(Answer {
        headers: accepted.headers().clone(),
        content: Content::Switch,
    })
}
