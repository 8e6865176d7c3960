//! The listener: accept, serve, close when nobody has been there for a while.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base::Clock;
use gateway::ClockTimer;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::Assets;
use super::answer;
use super::pass::Pass;
use crate::engine::Engine;

/// An open door. Dropping it closes nothing; [`PageDoor::close`] does, and so does time.
pub(crate) struct PageDoor {
    room: Arc<Room>,
}

/// What all connections of a door share.
pub(super) struct Room {
    pub(super) engine: Engine,
    pub(super) assets: Arc<dyn Assets>,
    pub(super) at: SocketAddr,
    pub(super) pass: Pass,
    pub(super) stop: CancellationToken,
    clock: Clock,
    /// When somebody was last here.
    last: Mutex<Duration>,
    /// Pages that listen to the news.
    listening: AtomicUsize,
}

/// A page that listens to the news; while one lives, the door stays open.
pub(super) struct Listening(Arc<Room>);

impl PageDoor {
    pub(super) async fn open(engine: &Engine, assets: Arc<dyn Assets>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let at = listener.local_addr()?;
        let core = engine.core();
        let room = Arc::new(Room {
            pass: Pass::new(at.port(), core.clock.clone(), core.chance.clone()),
            clock: core.clock.clone(),
            last: Mutex::new(core.clock.passed()),
            listening: AtomicUsize::new(0),
            stop: core.tasks.stop_signal(),
            engine: engine.clone(),
            assets,
            at,
        });
        let accepting = Arc::clone(&room);
        engine.spawn("page.accept", async move {
            tokio::select! {
                () = accepting.stop.cancelled() => {}
                () = accepting.left_alone() => accepting.stop.cancel(),
                () = accept(&listener, &accepting) => {}
            }
            tracing::info!(name: "page.closed", at = %accepting.at);
        });
        tracing::info!(name: "page.open", %at);
        Ok(Self { room })
    }

    pub(super) fn is_open(&self) -> bool {
        !self.room.stop.is_cancelled()
    }

    /// A new address for a browser.
    pub(super) fn address(&self) -> Url {
        self.room.touch();
        let mut address = origin(self.room.at);
        address
            .query_pairs_mut()
            .append_pair("code", &self.room.pass.code());
        address
    }

    pub(super) fn closed(&self) -> CancellationToken {
        self.room.stop.clone()
    }

    pub(super) fn close(&self) {
        self.room.stop.cancel();
    }
}

impl Room {
    /// Somebody is here.
    pub(super) fn touch(&self) {
        *self.last.lock() = self.clock.passed();
    }

    pub(super) fn listen(self: &Arc<Self>) -> Listening {
        self.listening.fetch_add(1, Ordering::SeqCst);
        Listening(Arc::clone(self))
    }

    /// Returns when nobody has been here for [`IDLE`].
    async fn left_alone(&self) {
        loop {
            let last = match self.listening.load(Ordering::SeqCst) {
                0 => *self.last.lock(),
                _ => self.clock.passed(),
            };
            let left = (last + IDLE).saturating_sub(self.clock.passed());
            if left.is_zero() {
                return;
            }
            self.clock.sleep(left).await;
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.touch();
        self.0.listening.fetch_sub(1, Ordering::SeqCst);
    }
}

async fn accept(listener: &TcpListener, room: &Arc<Room>) {
    let seats = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(seat) = Arc::clone(&seats).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                let here = Arc::clone(room);
                room.engine.spawn("page.connection", async move {
                    let _seat = seat;
                    tokio::select! {
                        () = here.stop.cancelled() => {}
                        () = serve(stream, &here) => {}
                    }
                });
            }
            Err(why) => {
                tracing::warn!(name: "page.accept", %why, "could not accept");
                room.clock.sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn serve(stream: TcpStream, room: &Arc<Room>) {
    let service = service_fn(|request| async {
        let answer = answer::answer(Arc::clone(room), request).await;
        Ok::<_, Infallible>(answer)
    });
    let connection = http1::Builder::new()
        .timer(ClockTimer::new(room.clock.clone()))
        .header_read_timeout(SILENCE)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(why) = connection.await {
        tracing::debug!(name: "page.connection", %why);
    }
}

/// `http://127.0.0.1:PORT/`.
#[expect(clippy::expect_used, reason = "an address and a port make an URL")]
fn origin(at: SocketAddr) -> Url {
    Url::parse(&format!("http://{at}/")).expect("an address and a port")
}

/// A door that nobody uses is a door too many.
const IDLE: Duration = Duration::from_secs(10 * 60);
/// How long a connection may take to say what it asks for, also the next time.
const SILENCE: Duration = Duration::from_secs(30);
/// A browser opens six at once; a few tabs of it fit.
const CONNECTIONS: usize = 64;
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
