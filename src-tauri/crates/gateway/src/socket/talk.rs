//! One socket from its first frame to its last.

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use base::Clock;
use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use http::Response;
use http_body_util::BodyExt as _;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};
use tokio_util::sync::CancellationToken;
use wire::Fault;

use super::tell::{self, Telling};
use super::{Room, ask};
use crate::body::Body;
use crate::codex;

type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// A socket at work.
pub(super) struct Talk {
    room: Arc<Room>,
    socket: Socket,
    clock: Clock,
    /// Requests that came while another was answered.
    waiting: VecDeque<Utf8Bytes>,
    /// When the client was last heard or asked after, by the clock's `passed`.
    quiet_since: Duration,
    /// How often it was asked after since it was heard.
    pings: u32,
}

/// Why a socket ends.
enum End {
    /// The client has left, or can no longer be heard.
    Gone,
    /// It is told why.
    Close(CloseCode, &'static str),
    /// It sent what cannot be served, and is told in a frame of its own first.
    Refused(CloseCode, Fault),
}

impl Talk {
    /// Waits for the upgrade, and holds the socket to its end.
    pub(super) async fn hold(room: Room, upgrade: OnUpgrade, stop: CancellationToken) {
        let dropped = room.seat.stop.drop.clone();
        let held = async {
            match upgrade.await {
                Ok(upgraded) => Self::begin(room, upgraded).await.run(&stop).await,
                Err(why) => tracing::debug!(name: "socket.gone", %why),
            }
        };
        tokio::select! {
            () = Box::pin(held) => {}
            () = dropped.cancelled() => {}
        }
    }

    async fn begin(room: Room, upgraded: Upgraded) -> Self {
        let limit = room.house.settings().max_body_bytes;
        let config = WebSocketConfig::default()
            .read_buffer_size(BUFFER)
            .write_buffer_size(BUFFER)
            .max_message_size(Some(limit))
            .max_frame_size(Some(limit));
        let io = TokioIo::new(upgraded);
        let clock = room.house.parts.clock.clone();
        Self {
            socket: WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await,
            room: Arc::new(room),
            waiting: VecDeque::new(),
            quiet_since: clock.passed(),
            pings: 0,
            clock,
        }
    }

    async fn run(mut self, stop: &CancellationToken) {
        let Err(end) = self.talk(stop).await;
        let last_words = self.clock.clone();
        let farewell = self.end(end);
        let _ = last_words.timeout(FAREWELL, farewell).await;
    }

    async fn talk(&mut self, stop: &CancellationToken) -> Result<std::convert::Infallible, End> {
        let closing = self.room.seat.stop.closing.clone();
        let clock = self.clock.clone();
        let mut life = pin!(clock.sleep(LIFE));
        let until = clock.passed().saturating_add(LIFE);
        loop {
            if closing.is_cancelled() || stop.is_cancelled() {
                return Err(End::Close(CloseCode::Away, "Postern is shutting down"));
            }
            let is_over = clock.passed() >= until;
            match self.waiting.pop_front() {
                Some(_) if is_over => return Err(End::Refused(CloseCode::Normal, over())),
                Some(frame) => self.turn(frame).await?,
                None if is_over => return Err(End::Close(CloseCode::Normal, OVER)),
                None => tokio::select! {
                    heard = self.listen() => heard?,
                    () = life.as_mut() => {}
                    () = closing.cancelled() => {}
                    () = stop.cancelled() => {}
                },
            }
        }
    }

    /// Has one request answered, and listens meanwhile.
    async fn turn(&mut self, frame: Utf8Bytes) -> Result<(), End> {
        let asking = ask::answer(Arc::clone(&self.room), frame.into());
        let mut asking = Box::pin(asking);
        let response = loop {
            tokio::select! {
                biased;
                response = asking.as_mut() => break response,
                heard = self.listen() => heard?,
            }
        };
        drop(asking);
        self.tell(response).await
    }

    async fn tell(&mut self, response: Response<Body>) -> Result<(), End> {
        let (head, mut body) = response.into_parts();
        if !tell::has_begun(&head) {
            let whole = body.collect().await;
            let whole = whole.map_or_else(|never| match never {}, |whole| whole.to_bytes());
            return self.send([tell::refused(&head, &whole)]).await;
        }
        let codex_client = codex::is_codex(&self.room.head.headers);
        let mut telling = Telling::begin(&head, codex_client);
        loop {
            let piece = tokio::select! {
                biased;
                heard = self.listen() => {
                    heard?;
                    continue;
                }
                piece = body.frame() => piece,
            };
            let Some(Ok(piece)) = piece else {
                return Ok(());
            };
            let piece: Bytes = piece.into_data().unwrap_or_default();
            self.send(telling.frames(piece)).await?;
        }
    }

    async fn send(&mut self, frames: impl IntoIterator<Item = Utf8Bytes>) -> Result<(), End> {
        for frame in frames {
            let fed = self.socket.feed(Message::Text(frame)).await;
            fed.map_err(|_| End::Gone)?;
        }
        self.socket.flush().await.map_err(|_| End::Gone)
    }

    /// Waits for the client to say something, and asks after it when it is silent for long: half of a
    /// broken connection looks like silence.
    async fn listen(&mut self) -> Result<(), End> {
        let silent = self.clock.passed().saturating_sub(self.quiet_since);
        tokio::select! {
            biased;
            said = self.socket.next() => {
                self.quiet_since = self.clock.passed();
                self.pings = 0;
                self.hear(said).await
            }
            () = self.clock.sleep(PING.saturating_sub(silent)) => {
                if self.pings == PINGS {
                    return Err(End::Gone);
                }
                self.quiet_since = self.clock.passed();
                self.pings = self.pings.saturating_add(1);
                let ping = self.socket.send(Message::Ping(Bytes::new())).await;
                ping.map_err(|_| End::Gone)
            }
        }
    }

    async fn hear(&mut self, said: Option<Result<Message, Error>>) -> Result<(), End> {
        let Some(said) = said else {
            return Err(End::Gone);
        };
        match said {
            Ok(Message::Text(frame)) if self.waiting.len() < WAITING => {
                self.waiting.push_back(frame);
                Ok(())
            }
            Ok(Message::Text(_)) => Err(End::Refused(CloseCode::Policy, too_many())),
            Ok(Message::Binary(_)) => Err(End::Refused(CloseCode::Unsupported, no_text())),
            // Pings are answered on the way.
            Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)) => {
                self.socket.flush().await.map_err(|_| End::Gone)
            }
            Ok(Message::Close(_)) => Err(End::Gone),
            Err(why) => Err(self.broken(&why)),
        }
    }

    fn broken(&self, why: &Error) -> End {
        match why {
            Error::Capacity(_) => {
                let limit = self.socket.get_config().max_message_size;
                let limit = limit.map_or(0, |limit| limit as u64);
                End::Refused(CloseCode::Size, Fault::TooLarge { limit })
            }
            Error::Utf8(_) => End::Close(CloseCode::Invalid, "a text frame is not UTF-8"),
            Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => End::Gone,
            Error::Protocol(_) => End::Close(CloseCode::Protocol, "this is not WebSocket"),
            _ => End::Gone,
        }
    }

    /// The last word. What still arrives is read and forgotten, so that the word is not lost.
    async fn end(mut self, end: End) {
        let (code, reason) = match end {
            End::Gone => {
                let _ = self.socket.flush().await;
                return;
            }
            End::Close(code, reason) => (code, Utf8Bytes::from_static(reason)),
            End::Refused(code, fault) => {
                let reason = Utf8Bytes::from(fault.code());
                let response = ask::refusal(&self.room, fault);
                let (head, body) = response.into_parts();
                let whole = body.collect().await;
                let whole = whole.map_or_else(|never| match never {}, |whole| whole.to_bytes());
                if self.send([tell::refused(&head, &whole)]).await.is_err() {
                    return;
                }
                (code, reason)
            }
        };
        if self
            .socket
            .close(Some(CloseFrame { code, reason }))
            .await
            .is_err()
        {
            return;
        }
        // A client closes when it has heard that nothing more comes.
        let io = self.socket.get_mut();
        let _ = io.shutdown().await;
        let mut rest = vec![0; BUFFER];
        while io.read(&mut rest).await.is_ok_and(|read| read > 0) {}
    }
}

fn over() -> Fault {
    Fault::Invalid {
        message: OVER.to_owned(),
        param: None,
        code: Some("websocket_connection_limit_reached"),
    }
}

fn too_many() -> Fault {
    Fault::Invalid {
        message: format!("more than {WAITING} requests wait on this WebSocket"),
        param: None,
        code: None,
    }
}

fn no_text() -> Fault {
    Fault::Invalid {
        message: "a request is a text frame, and this was a binary one".to_owned(),
        param: None,
        code: None,
    }
}

/// How long a socket may live (trap 17). Clients know the sentence.
pub(super) const LIFE: Duration = Duration::from_secs(60 * 60);
const OVER: &str = "Responses websocket connection limit reached (60 minutes). Create a new websocket connection to continue.";
/// How long a silent client is left alone, and how often it may leave a ping unanswered.
const PING: Duration = Duration::from_secs(30);
const PINGS: u32 = 2;
/// Requests that may wait for the one that is answered.
const WAITING: usize = 16;
/// How long the closing handshake may take.
const FAREWELL: Duration = Duration::from_secs(5);
const BUFFER: usize = 16 * 1024;
