//! The one-shot listener of a browser sign-in (contract auth 1.3).
//!
//! Guarantees: loopback addresses and loopback `Host`s only; every connection is closed after its
//! answer; a stray request ends nothing; the ports are free again once the sign-in is over and the
//! browser had a moment to ask twice.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use super::ports::Bound;
use super::{Callback, page};
use crate::fault::{By, Fault};
use crate::means::Means;
use crate::sign_in::attempt::Attempt;

/// Serves `attempt` on `bound` until it is over. `freed` is cancelled when the ports are free again.
pub(crate) fn serve(
    bound: Bound,
    attempt: &Arc<Attempt>,
    means: &Arc<Means>,
    freed: CancellationToken,
) {
    let (attempt, parts) = (Arc::clone(attempt), Arc::clone(means));
    means
        .tasks
        .spawn("sign-in callback", move |stop| async move {
            tokio::select! {
                () = stop.cancelled() => attempt.end(Err(Fault::Stopping)),
                () = accept_all(&bound, &attempt, &parts) => {}
                () = over(&attempt, &parts) => {}
            }
            drop(bound);
            freed.cancel();
        });
}

/// Waits for the end of the sign-in, and a moment longer where a browser may ask again.
async fn over(attempt: &Attempt, means: &Means) {
    let ended = attempt.ended();
    let Some(outcome) = means.clock.timeout(LONGEST_SIGN_IN, ended).await else {
        attempt.end(Err(Fault::TimedOut("Login timed out")));
        return;
    };
    match outcome {
        // Someone waits for the port, or nobody will come back.
        Err(Fault::Cancelled(By::AnotherProgram | By::Person) | Fault::Stopping) => {}
        Ok(_) | Err(_) => {
            tokio::select! {
                () = means.clock.sleep(LINGER) => {}
                () = attempt.evicted() => {}
            }
        }
    }
}

async fn accept_all(bound: &Bound, attempt: &Arc<Attempt>, means: &Arc<Means>) {
    let accepting = bound
        .listeners
        .iter()
        .map(|listener| accept(listener, bound.port, attempt, means));
    futures_util::future::join_all(accepting).await;
}

async fn accept(listener: &TcpListener, port: u16, attempt: &Arc<Attempt>, means: &Arc<Means>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => connect(stream, port, attempt, means),
            // Out of descriptors, most likely: the next one would fail at once too.
            Err(_) => means.clock.sleep(ACCEPT_PAUSE).await,
        }
    }
}

fn connect(stream: TcpStream, port: u16, attempt: &Arc<Attempt>, means: &Arc<Means>) {
    let (attempt, parts) = (Arc::clone(attempt), Arc::clone(means));
    means
        .tasks
        .spawn("sign-in connection", move |_| async move {
            let service = service_fn(|request: Request<hyper::body::Incoming>| {
                let (attempt, parts) = (Arc::clone(&attempt), Arc::clone(&parts));
                async move {
                    Ok::<_, Infallible>(closing(answer(&request, port, &attempt, &parts).await))
                }
            });
            let connection = http1::Builder::new()
                .keep_alive(false)
                .serve_connection(TokioIo::new(stream), service);
            let _ = parts.clock.timeout(LONGEST_CONNECTION, connection).await;
        });
}

async fn answer<B>(
    request: &Request<B>,
    port: u16,
    attempt: &Arc<Attempt>,
    means: &Arc<Means>,
) -> Response<Full<Bytes>> {
    if !is_at_home(request.headers(), port) {
        return plain(StatusCode::FORBIDDEN, "Forbidden host");
    }
    if request.method() != Method::GET {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed");
    }
    match request.uri().path() {
        "/auth/callback" => {
            let query = request.uri().query().unwrap_or_default();
            called_back(query, attempt, means).await
        }
        "/success" => match attempt.outcome() {
            Some(outcome) => page::ended(outcome.as_ref().map(|_| ())),
            None => plain(StatusCode::NOT_FOUND, "Not Found"),
        },
        // Any page could embed this address; only programs may end the sign-in.
        "/cancel" if comes_from_a_page(request.headers()) => {
            plain(StatusCode::FORBIDDEN, "Forbidden")
        }
        "/cancel" => {
            attempt.evict();
            plain(StatusCode::OK, "Login cancelled")
        }
        _ => plain(StatusCode::NOT_FOUND, "Not Found"),
    }
}

async fn called_back(
    query: &str,
    attempt: &Arc<Attempt>,
    means: &Arc<Means>,
) -> Response<Full<Bytes>> {
    match Callback::read(query, attempt.state()) {
        Callback::StateMismatch => return plain(StatusCode::BAD_REQUEST, "State mismatch"),
        Callback::Refused(refusal) => attempt.end(Err(refusal.fault())),
        Callback::MissingCode => attempt.end(Err(Fault::MissingCode)),
        Callback::Code(code) => attempt.begin_exchange(code, means),
    }
    // The exchange runs in a task of its own: a tab that is closed now changes nothing.
    let outcome = attempt.ended().await;
    page::ended(outcome.as_ref().map(|_| ()))
}

/// The name a browser on this computer uses for it, with our port or none.
fn is_at_home(headers: &HeaderMap, port: u16) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return false;
    };
    let Ok(host) = host.to_str() else {
        return false;
    };
    let name = match host.rsplit_once(':') {
        Some((name, digits)) if digits.parse() == Ok(port) => name,
        Some(_) | None => host,
    };
    name.eq_ignore_ascii_case("localhost") || matches!(name, "127.0.0.1" | "[::1]")
}

fn comes_from_a_page(headers: &HeaderMap) -> bool {
    ["origin", "referer", "sec-fetch-site", "sec-fetch-mode"]
        .into_iter()
        .any(|name| headers.contains_key(name))
}

fn plain(status: StatusCode, text: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(text.as_bytes())));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    for (name, value) in page::SAFETY {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// A connection kept alive would hold the next sign-in up (contract auth 1.3).
fn closing(mut response: Response<Full<Bytes>>) -> Response<Full<Bytes>> {
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(CONNECTION, close);
    response
}

/// The limit of contract auth 1.8.
const LONGEST_SIGN_IN: Duration = Duration::from_secs(10 * 60);
/// Longer than the exchange a callback waits for.
const LONGEST_CONNECTION: Duration = Duration::from_secs(90);
/// Browsers ask again: a reload, a prefetch, a restored tab.
const LINGER: Duration = Duration::from_secs(5);
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
