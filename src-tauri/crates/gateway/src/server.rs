//! Connections in, answers out: accept, serve, drain.
//!
//! - One task per connection, each with a name and a way to stop.
//! - A connection that says nothing, or never ends its headers, is closed after [`SILENCE`], or as
//!   soon as its place is wanted ([`crowd`]).
//! - A drain has three steps: nobody new comes in and idle connections close; what is under way
//!   gets its time; what is left is told to end ([`Stop::cut`]) and then closed.

mod crowd;
mod timer;

use std::io;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use base::{Clock, Drained, Tasks};
use http::header::UPGRADE;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

pub(crate) use self::crowd::Call;
use self::crowd::Crowd;
pub use self::timer::ClockTimer;
use crate::flights::Flights;
use crate::house::House;
use crate::route::Door;
use crate::service;
use crate::socket::Seat;

/// The three steps of a drain, each a signal.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop {
    /// Nobody new; connections close when their request is answered.
    pub(crate) closing: CancellationToken,
    /// Whatever still runs ends now, with its last word.
    pub(crate) cut: CancellationToken,
    /// Connections are dropped as they are.
    pub(crate) drop: CancellationToken,
}

/// Closes one listener; the others go on.
#[derive(Debug, Clone)]
pub(crate) struct Latch {
    closing: CancellationToken,
    closed: CancellationToken,
}

impl Latch {
    /// Lets nobody new in by this listener, whose address is free when this returns. What came in by
    /// it goes on to its end.
    pub(crate) async fn close(self) {
        self.closing.cancel();
        self.closed.cancelled().await;
    }
}

/// What all listeners of a gateway share.
#[derive(Debug, Clone)]
pub(crate) struct Floor {
    pub(crate) stop: Stop,
    connections: Flights,
    room: Arc<Semaphore>,
    crowd: Crowd,
}

impl Floor {
    pub(crate) fn new() -> Self {
        Self {
            stop: Stop::default(),
            connections: Flights::new(),
            room: Arc::new(Semaphore::new(crowd::room())),
            crowd: Crowd::default(),
        }
    }

    /// Serves `listener` as `door` until the drain begins, or the latch is closed.
    pub(crate) fn open(&self, listener: TcpListener, door: Door, house: Arc<House>) -> Latch {
        let latch = Latch {
            closing: self.stop.closing.child_token(),
            closed: CancellationToken::new(),
        };
        let mut floor = self.clone();
        let (tasks, told) = (house.parts.tasks.clone(), latch.clone());
        tasks.spawn("gateway.accept", |stop| async move {
            let all = std::mem::replace(&mut floor.stop.closing, told.closing);
            tokio::select! {
                () = stop.cancelled() => all.cancel(),
                () = floor.stop.closing.cancelled() => (),
                () = floor.accept(&listener, door, &house) => (),
            }
            drop(listener);
            told.closed.cancel();
        });
        latch
    }

    async fn accept(&self, listener: &TcpListener, door: Door, house: &Arc<House>) {
        let clock = &house.parts.clock;
        loop {
            match listener.accept().await {
                Ok((stream, _)) => match self.room(clock).await {
                    Some(room) => self.welcome(stream, room, door, house),
                    None => return,
                },
                Err(why) => {
                    // Out of file descriptors, or a client that left at once: both pass.
                    tracing::warn!(name: "listener.accept", %why, "could not accept");
                    self.crowd.thin();
                    clock.sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    /// A place for one more. `None` never comes: nobody closes the room.
    async fn room(&self, clock: &Clock) -> Option<OwnedSemaphorePermit> {
        loop {
            if let Ok(room) = Arc::clone(&self.room).try_acquire_owned() {
                return Some(room);
            }
            self.crowd.thin();
            let wait = Arc::clone(&self.room).acquire_owned();
            if let Some(room) = clock.timeout(TURN, wait).await {
                return room.ok();
            }
        }
    }

    fn welcome(
        &self,
        stream: TcpStream,
        room: OwnedSemaphorePermit,
        door: Door,
        house: &Arc<House>,
    ) {
        let (floor, house) = (self.clone(), Arc::clone(house));
        let counted = self.connections.begin();
        let tasks: Tasks = house.parts.tasks.clone();
        // Whoever serves it tells its own runtime when there is something to read.
        let stream = stream.into_std();
        tasks.spawn_spread("gateway.connection", |stop, spot| async move {
            let place = Arc::new((counted, room, spot));
            match stream.and_then(ready) {
                Ok((stream, here)) => {
                    let seat = Seat {
                        stop: floor.stop,
                        door,
                        here,
                        _place: place,
                    };
                    serve(stream, seat, floor.crowd, house, stop).await;
                }
                Err(why) => tracing::debug!(name: "connection.gone", %why),
            }
        });
    }

    /// Ends everything, giving what is under way `grace` to end by itself. `under_way` counts
    /// requests, which is what a person waits for; those in the background have no connection.
    pub(crate) async fn drain(
        &self,
        clock: &Clock,
        grace: Duration,
        under_way: &Flights,
    ) -> Drained {
        self.stop.closing.cancel();
        let ended = async {
            self.connections.until_none().await;
            under_way.until_none().await;
        };
        if clock.timeout(grace, ended).await.is_some() {
            return Drained::Fully;
        }
        let late = under_way.count();
        self.stop.cut.cancel();
        let ended = async {
            self.connections.until_none().await;
            under_way.until_none().await;
        };
        let _ = clock.timeout(LAST_WORDS, ended).await;
        self.stop.drop.cancel();
        match late {
            0 => Drained::Fully,
            late => Drained::Abandoned(late),
        }
    }
}

/// The connection as this thread serves it, and the address it came in at.
fn ready(stream: std::net::TcpStream) -> io::Result<(TcpStream, IpAddr)> {
    let stream = TcpStream::from_std(stream)?;
    if let Err(why) = stream.set_nodelay(true) {
        tracing::debug!(name: "connection.nodelay", %why);
    }
    let here = stream.local_addr()?.ip().to_canonical();
    Ok((stream, here))
}

async fn serve(
    stream: TcpStream,
    seat: Seat,
    crowd: Crowd,
    house: Arc<House>,
    stop: CancellationToken,
) {
    let clock = house.parts.clock.clone();
    let (door, here) = (seat.door, seat.here);
    let (told, calls) = (seat.clone(), Flights::new());
    let calling = calls.clone();
    let service = service_fn(move |mut request| {
        request.extensions_mut().insert(Call::on(&calling));
        if request.headers().contains_key(UPGRADE) {
            request.extensions_mut().insert(told.clone());
        }
        // Boxed, because the connection keeps as much room as this takes while the answer streams.
        Box::pin(service::answer(Arc::clone(&house), door, here, request))
    });
    let connection = rules(&clock).serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection.with_upgrades());
    let patience = tokio::select! {
        ended = connection.as_mut() => return note(ended),
        () = seat.stop.closing.cancelled() => None,
        () = stop.cancelled() => None,
        asked = crowd.chosen(&calls) => match asked {
            true => Some(LAST_WORDS),
            false => return,
        },
    };
    connection.as_mut().graceful_shutdown();
    tokio::select! {
        ended = connection.as_mut() => note(ended),
        () = seat.stop.drop.cancelled() => {}
        // Most of an answer may still be on its way.
        () = within(&clock, patience) => {}
    }
}

/// Until `patience` is over, which none never is.
async fn within(clock: &Clock, patience: Option<Duration>) {
    match patience {
        Some(patience) => clock.sleep(patience).await,
        None => std::future::pending().await,
    }
}

fn note(ended: hyper::Result<()>) {
    if let Err(why) = ended {
        tracing::debug!(name: "connection.ended", %why);
    }
}

fn rules(clock: &Clock) -> http1::Builder {
    let mut rules = http1::Builder::new();
    rules
        .timer(ClockTimer::new(clock.clone()))
        .header_read_timeout(SILENCE)
        .max_headers(HEADERS)
        .max_header_size(HEADER_BYTES);
    rules
}

/// One measure for both: headers that never end, and a kept connection on which nothing is asked.
/// Longer than the pools of the usual clients keep theirs, so that they close first.
pub(crate) const SILENCE: Duration = Duration::from_secs(95);
/// How long a newcomer waits for one to leave before another is asked.
const TURN: Duration = Duration::from_millis(20);
/// Header lines of one request.
const HEADERS: usize = 128;
/// Bytes of request line and headers. A Codex client sends its turn metadata as one header.
const HEADER_BYTES: usize = 64 * 1024;
/// How long to wait when accepting failed.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// How long a request that was told to end may take to say so.
const LAST_WORDS: Duration = Duration::from_secs(1);
