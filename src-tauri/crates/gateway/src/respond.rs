//! Answers and their heads. The only file that chooses statuses.
//!
//! A Codex CLI repeats 401, 403, 404 and 413 five times and 5xx more often (contract backend 3.4), so
//! what will not get better by asking again is a 400, except where clients know the status itself:
//!
//! | fault | status | |
//! |---|---|---|
//! | the request: JSON, a field, size, encoding, media type | 400 | |
//! | refused by the backend as it is, whatever its status | 400 | its own words |
//! | forbidden by policy or workspace | 400 | asking again changes nothing |
//! | a Cloudflare check on the way | 400 | asking again makes it worse |
//! | no local key, a wrong one | 401 | |
//! | signed out, secrets locked, credential refused | 401 | with the sentence that repairs it |
//! | a foreign host or origin | 403 | |
//! | no such endpoint, model, or thing that was kept | 404 | |
//! | the wrong method | 405 | with `Allow` |
//! | a body that stopped arriving | 408 | |
//! | a WebSocket asked for as none can be | 426 | a Codex CLI turns to HTTP at once |
//! | the plan's limit | 429 | with the reset, and `x-should-retry: false` |
//! | too many at once | 429 | with `Retry-After` |
//! | one wrong key after the other | 429 | the same, and `x-should-retry: false` |
//! | our own failure | 500 | |
//! | the backend failed, was out of reach, or made no sense | 502 | |
//! | no capacity, credential not ready, shutting down | 503 | |
//! | the backend was silent | 504 | |

mod heads;

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use store::Ended;
use translate::{Writer, error_body};
use wire::{Blame, Fault};

pub(crate) use self::heads::passed;
use crate::body::{Body, Following, Streaming};
use crate::choices::Choices;
use crate::cooldown::Brake;
use crate::exchange::Exchange;
use crate::state::{Keep, Run};

/// What a request gets when all went well.
pub(crate) struct Answer {
    /// Headers beside the ones that every answer has.
    pub(crate) headers: HeaderMap,
    pub(crate) content: Content,
}

pub(crate) enum Content {
    /// The answer to a preflight.
    Nothing,
    /// One word for a probe; not ready is a 503.
    Word { ready: bool, word: &'static str },
    /// A JSON document, and how the request ends with it.
    Json(Bytes, Ended),
    /// Events as they come.
    Stream(Box<Opening>),
    /// Something that is known as a whole.
    Whole(Whole, Bytes),
    /// The client has it already.
    Unchanged,
    /// Events of an answer that is made in the background, those behind the first `seen`.
    Follow { run: Arc<Run>, seen: usize },
    /// The connection becomes a socket.
    Switch,
}

/// What something whole is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whole {
    Json,
    Text,
    Events,
}

/// What a stream is made of, before it belongs to a body.
pub(crate) struct Opening {
    pub(crate) choices: Choices,
    pub(crate) writer: Writer,
    pub(crate) brake: Brake,
    pub(crate) keeper: Option<Keep>,
}

/// Why a request gets no answer.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// It gets a reason instead.
    Fault(Fault),
    /// A model that the account does not have was asked for by name.
    NoSuchModel(Fault),
    /// Nobody is there any more.
    Left,
    /// A thing that is not there was asked for by its id.
    NotFound(Fault),
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl Answer {
    pub(crate) fn json(json: impl Into<Bytes>) -> Self {
        Self {
            headers: HeaderMap::new(),
            content: Content::Json(json.into(), Ended::Whole),
        }
    }

    /// For a `HEAD`: the same head, and no events, which nobody would follow to their end.
    pub(crate) fn without_events(mut self) -> Self {
        if let Content::Follow { .. } = self.content {
            self.content = Content::Whole(Whole::Events, Bytes::new());
        }
        self
    }
}

/// The response to `exchange`.
pub(crate) fn send(exchange: Exchange, outcome: Result<Answer, Refusal>) -> Response<Body> {
    match outcome {
        Ok(answer) => answered(exchange, answer),
        Err(Refusal::Fault(fault)) => refused(exchange, status(&fault), &fault, ended(&fault)),
        Err(Refusal::NoSuchModel(fault) | Refusal::NotFound(fault)) => {
            refused(exchange, StatusCode::NOT_FOUND, &fault, Ended::Refused)
        }
        Err(Refusal::Left) => {
            // Nobody reads it, unless the client only stopped talking.
            let fault = Fault::BadJson {
                why: "it broke off".to_owned(),
            };
            refused(exchange, status(&fault), &fault, Ended::ClientLeft)
        }
    }
}

fn answered(mut exchange: Exchange, answer: Answer) -> Response<Body> {
    let (status, media) = match &answer.content {
        Content::Nothing => (StatusCode::NO_CONTENT, None),
        Content::Unchanged => (StatusCode::NOT_MODIFIED, None),
        Content::Word { ready: true, .. } => (StatusCode::OK, Some(heads::TEXT)),
        Content::Word { ready: false, .. } => (StatusCode::SERVICE_UNAVAILABLE, Some(heads::TEXT)),
        Content::Json(..) => (StatusCode::OK, Some(heads::JSON)),
        Content::Stream(_) => (StatusCode::OK, Some(heads::stream(exchange.dialect))),
        Content::Follow { .. } | Content::Whole(Whole::Events, _) => {
            (StatusCode::OK, Some(heads::EVENTS))
        }
        Content::Whole(Whole::Json, _) => (StatusCode::OK, Some(heads::JSON)),
        Content::Whole(Whole::Text, _) => (StatusCode::OK, Some(heads::TEXT)),
        Content::Switch => (StatusCode::SWITCHING_PROTOCOLS, None),
    };
    exchange.held.note(|line| line.status = status.as_u16());
    let mut headers = heads::common(&exchange, media);
    headers.extend(answer.headers);
    let body = match answer.content {
        Content::Nothing | Content::Switch => {
            Body::whole(Bytes::new(), exchange.held, Ended::Whole)
        }
        Content::Unchanged => {
            let mut body = Body::whole(Bytes::new(), exchange.held, Ended::Whole);
            body.end_unsent();
            body
        }
        Content::Word { word, .. } => Body::whole(word, exchange.held, Ended::Whole),
        Content::Json(json, ended) => Body::whole(json, exchange.held, ended),
        Content::Stream(opening) => streamed(exchange, *opening),
        Content::Whole(_, bytes) => Body::whole(bytes, exchange.held, Ended::Whole),
        Content::Follow { run, seen } => followed(exchange, run, seen),
    };
    assemble(status, headers, body)
}

fn streamed(exchange: Exchange, opening: Opening) -> Body {
    let streaming = Streaming {
        choices: opening.choices,
        writer: opening.writer,
        brake: opening.brake,
        keeper: opening.keeper,
        held: exchange.held,
        clock: exchange.house.parts.clock.clone(),
        began: exchange.began,
        keep_alive: exchange.settings.keep_alive,
        cut: exchange.house.cut.clone(),
    };
    Body::Stream(Box::pin(streaming.pieces()))
}

fn followed(exchange: Exchange, run: Arc<Run>, seen: usize) -> Body {
    let following = Following {
        run,
        seen,
        held: exchange.held,
        clock: exchange.house.parts.clock.clone(),
        keep_alive: exchange.settings.keep_alive,
    };
    Body::Stream(Box::pin(following.pieces()))
}

fn refused(
    mut exchange: Exchange,
    status: StatusCode,
    fault: &Fault,
    ended: Ended,
) -> Response<Body> {
    exchange.held.note(|line| {
        line.status = status.as_u16();
        line.fault = (ended != Ended::ClientLeft).then(|| fault.code().to_owned());
    });
    let mut headers = heads::common(&exchange, Some(heads::JSON));
    heads::add_for_fault(fault, &mut headers);
    if exchange.makes {
        heads::add_for_made(fault, &mut headers);
    }
    let body = error_body(exchange.dialect, fault, exchange.id.as_str());
    assemble(status, headers, Body::whole(body, exchange.held, ended))
}

fn assemble(status: StatusCode, headers: HeaderMap, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// The table above.
fn status(fault: &Fault) -> StatusCode {
    match fault {
        Fault::BadJson { .. }
        | Fault::Invalid { .. }
        | Fault::TooLarge { .. }
        | Fault::Encoding(_)
        | Fault::Undecodable
        | Fault::MediaType(_)
        | Fault::Refused { .. }
        | Fault::Forbidden { .. }
        | Fault::Challenged { .. } => StatusCode::BAD_REQUEST,
        Fault::NoKey
        | Fault::WrongKey
        | Fault::SignedOut { .. }
        | Fault::VaultClosed { .. }
        | Fault::Unauthorized(_) => StatusCode::UNAUTHORIZED,
        Fault::ForeignHost(_) | Fault::ForeignOrigin(_) => StatusCode::FORBIDDEN,
        Fault::NoRoute { .. } => StatusCode::NOT_FOUND,
        Fault::WrongMethod { .. } => StatusCode::METHOD_NOT_ALLOWED,
        Fault::SlowBody => StatusCode::REQUEST_TIMEOUT,
        Fault::UpgradeRefused => StatusCode::UPGRADE_REQUIRED,
        Fault::Quota(_) | Fault::Throttled { .. } | Fault::WrongKeys { .. } => {
            StatusCode::TOO_MANY_REQUESTS
        }
        Fault::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        Fault::Broken { .. }
        | Fault::Failed(_)
        | Fault::Unreachable { .. }
        | Fault::CutShort
        | Fault::Garbled { .. } => StatusCode::BAD_GATEWAY,
        Fault::Overloaded(_) | Fault::NotReady { .. } | Fault::ShuttingDown => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        Fault::Silent { .. } => StatusCode::GATEWAY_TIMEOUT,
    }
}

/// How a request ended that got this fault and nothing else.
fn ended(fault: &Fault) -> Ended {
    match fault.blame() {
        Blame::Client | Blame::Account => Ended::Refused,
        Blame::Upstream => Ended::UpstreamFailed,
        Blame::Ourselves if *fault == Fault::ShuttingDown => Ended::Shutdown,
        Blame::Ourselves => Ended::Refused,
    }
}
