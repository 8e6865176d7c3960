//! Sockets: accepts, reads one whole request, records it, lets a script misbehave or the right
//! part answer.
//!
//! Loopback only, HTTP/1.1, keep-alive. The stop is graceful: no new connections, a moment for
//! answers under way, then the rest breaks off.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use base::Clock;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::body::Body;
use crate::world::{Act, ReceivedId, World};
use crate::{admin, answer, backend, issuer};

/// Binds `port` on 127.0.0.1; 0 picks a free one.
pub(crate) async fn bind(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await
}

/// Begins to accept on `listener` until the world winds down.
pub(crate) fn serve(listener: TcpListener, world: &World) -> io::Result<()> {
    let address = listener.local_addr()?;
    let accepting = world.clone();
    world.tasks().spawn("accept", move |stop| async move {
        let machine = Clock::system();
        loop {
            let accepted = tokio::select! {
                () = stop.cancelled() => return,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, _)) => connect(&accepting, stream, address),
                // Out of descriptors, most likely: the next one would fail at once too.
                Err(_) => machine.sleep(ACCEPT_PAUSE).await,
            }
        }
    });
    Ok(())
}

/// Stops everything that [`serve`] began.
pub(crate) async fn wind_down(world: &World) {
    let _ = world.tasks().wind_down(GRACE * 2).await;
}

fn connect(world: &World, stream: TcpStream, to: SocketAddr) {
    let _ = stream.set_nodelay(true);
    let served = world.clone();
    world.tasks().spawn("connection", move |stop| async move {
        let halting = stop.clone();
        let service =
            service_fn(move |request| receive(served.clone(), to, halting.clone(), request));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        tokio::pin!(connection);
        tokio::select! {
            _ = connection.as_mut() => return,
            () = stop.cancelled() => connection.as_mut().graceful_shutdown(),
        }
        // The machine's clock: a world whose clock stands still must be able to stop too.
        let _ = Clock::system().timeout(GRACE, connection).await;
    });
}

/// Reads, records, and answers one request. An error closes the connection without an answer.
async fn receive(
    world: World,
    to: SocketAddr,
    stop: CancellationToken,
    request: Request<Incoming>,
) -> io::Result<Response<Body>> {
    let (parts, body) = request.into_parts();
    let body = match Limited::new(body, MAX_BODY).collect().await {
        Ok(whole) => whole.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            return Ok(answer::empty(StatusCode::PAYLOAD_TOO_LARGE));
        }
        Err(error) => return Err(io::Error::other(error)),
    };
    let mut request = Request::from_parts(parts, body);
    if request.uri().path().starts_with("/admin/") {
        return Ok(admin::answer(&world, &request));
    }
    let id = world.record(&request, to);
    request.extensions_mut().insert(ReceivedId(id));
    let reply = misbehave_or_answer(&world, &stop, request).await?;
    match reply.extensions().get::<answer::DropConnection>() {
        Some(_) => Err(dropped()),
        None => Ok(reply),
    }
}

async fn misbehave_or_answer(
    world: &World,
    stop: &CancellationToken,
    request: Request<Bytes>,
) -> io::Result<Response<Body>> {
    let Some(scripted) = world.next_script(request.uri().path()) else {
        return Ok(dispatch(world, request).await);
    };
    tokio::select! {
        () = world.clock().sleep(scripted.delay) => {}
        () = stop.cancelled() => return Err(dropped()),
    }
    match scripted.act {
        Act::Pass => Ok(dispatch(world, request).await),
        Act::Answer(reply) => Ok(reply.whole()),
        Act::Drop => Err(dropped()),
        Act::Hang => {
            stop.cancelled().await;
            Err(dropped())
        }
        Act::Cut(reply) => Ok(reply.broken_off()),
        Act::LoseReply => {
            drop(dispatch(world, request).await);
            Err(dropped())
        }
        Act::CutReply { after } => {
            let mut reply = dispatch(world, request).await;
            reply.headers_mut().remove(http::header::CONTENT_LENGTH);
            Ok(reply.map(|body| body.cut_after(after)))
        }
    }
}

async fn dispatch(world: &World, request: Request<Bytes>) -> Response<Body> {
    let path = request.uri().path();
    if path == issuer::ACCOUNTS_CHECK {
        issuer::accounts_check(world, &request)
    } else if path.starts_with("/backend-api/") || path.starts_with("/v1/") {
        // Boxed: the backend's answer is by far the largest future here.
        Box::pin(backend::answer(world, request)).await
    } else {
        issuer::answer(world, &request)
    }
}

fn dropped() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionAborted, "dropped on purpose")
}

/// More than any client may send; the gateway's own limit is below it.
const MAX_BODY: usize = 80 * 1024 * 1024;
/// How long answers under way may take to end once the stop began.
const GRACE: Duration = Duration::from_secs(1);
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
