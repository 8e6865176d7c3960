//! Sockets: accepts, reads one whole request, records it, lets a script misbehave or the right
//! part answer.
//!
//! Loopback only, keep-alive; HTTP/1.1, and HTTP/2 over TLS. The stop is graceful: no new connections, a moment for
//! answers under way, then the rest breaks off.

mod secure;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use base::{Clock, Tasks};
use bytes::Bytes;
use http::{Request, Response, StatusCode, Version};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::rt::{Executor, Read, Write};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto::Builder;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
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
    accept(listener, world, None)
}

/// The same with TLS.
pub(crate) fn serve_secure(listener: TcpListener, world: &World) -> io::Result<()> {
    accept(listener, world, Some(secure::acceptor()?))
}

fn accept(listener: TcpListener, world: &World, tls: Option<TlsAcceptor>) -> io::Result<()> {
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
                Ok((stream, _)) => connect(&accepting, stream, address, tls.clone()),
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

fn connect(world: &World, stream: TcpStream, to: SocketAddr, tls: Option<TlsAcceptor>) {
    let _ = stream.set_nodelay(true);
    let served = world.clone();
    world.tasks().spawn("connection", move |stop| async move {
        let mut builder = Builder::new(Streams(served.tasks().clone()));
        builder.http2().max_concurrent_streams(MOST_STREAMS);
        let Some(tls) = tls else {
            return converse(builder.http1_only(), TokioIo::new(stream), served, to, stop).await;
        };
        let shaken = tokio::select! {
            shaken = tls.accept(stream) => shaken,
            () = stop.cancelled() => return,
        };
        let Ok(stream) = shaken else { return };
        let builder = match secure::speaks_http2(&stream) {
            true => builder.http2_only(),
            false => builder.http1_only(),
        };
        converse(builder, TokioIo::new(stream), served, to, stop).await;
    });
}

/// Serves one connection to its end.
async fn converse(
    builder: Builder<Streams>,
    stream: impl Read + Write + Unpin + Send + 'static,
    world: World,
    to: SocketAddr,
    stop: CancellationToken,
) {
    let halting = stop.clone();
    let service = service_fn(move |request| receive(world.clone(), to, halting.clone(), request));
    let connection = builder.serve_connection(stream, service);
    tokio::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        () = stop.cancelled() => connection.as_mut().graceful_shutdown(),
    }
    // The machine's clock: a world whose clock stands still must be able to stop too.
    let _ = Clock::system().timeout(GRACE, connection).await;
}

/// Where the streams of an HTTP/2 connection run.
#[derive(Clone)]
struct Streams(Tasks);

impl<F: Future<Output = ()> + Send + 'static> Executor<F> for Streams {
    fn execute(&self, stream: F) {
        self.0.spawn("stream", |_| stream);
    }
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
    let is_stream = request.version() == Version::HTTP_2;
    let id = world.record(&request, to);
    request.extensions_mut().insert(ReceivedId(id));
    let reply = misbehave_or_answer(&world, &stop, request).await?;
    match reply.extensions().get::<answer::DropConnection>() {
        Some(_) => Err(dropped()),
        None if is_stream => Ok(reply.map(Body::on_stream)),
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
/// The least that RFC 9113 section 6.5.2 recommends, and what most servers allow.
const MOST_STREAMS: u32 = 100;
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
