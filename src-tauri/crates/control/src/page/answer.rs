//! One request to the page's door: who asks, what for, and the answer.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, Limited, StreamBody};
use hyper::body::{Frame, Incoming};
use serde::Serialize;

use super::heads;
use super::listener::{Listening, Room};
use crate::host::Shell;
use crate::news::Newsfeed;

type Body = UnsyncBoxBody<Bytes, Infallible>;

pub(super) async fn answer(room: Arc<Room>, request: Request<Incoming>) -> Response<Body> {
    if !is_for_us(&room, request.headers()) {
        return refused(
            StatusCode::FORBIDDEN,
            "This is not the address of this door.",
        );
    }
    let admitted = room.pass.admits(request.headers());
    let code = code_in(request.uri().query());
    if let (&Method::GET, "/", Some(code)) = (request.method(), request.uri().path(), code) {
        return enter(&room, admitted, &code);
    }
    if !admitted {
        return refused(StatusCode::UNAUTHORIZED, USED);
    }
    room.touch();
    match (request.method(), request.uri().path()) {
        (&Method::POST, "/ask") => ask(&room, request).await,
        (&Method::GET, "/news") => news(&room),
        (_, "/ask") => not_so("POST"),
        (&Method::GET | &Method::HEAD, path) => file(&room, path),
        _ => not_so("GET, HEAD"),
    }
}

/// A page elsewhere can make a browser come here, but not under this name.
fn is_for_us(room: &Room, headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).into_iter();
    let ours = room.at.to_string();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.as_bytes() == ours.as_bytes(),
        _ => false,
    }
}

fn code_in(query: Option<&str>) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(query?.as_bytes());
    let (_, code) = pairs.find(|(name, _)| name == "code")?;
    Some(code.into_owned())
}

/// Exchanges the code for the cookie and takes it out of the address.
fn enter(room: &Room, admitted: bool, code: &str) -> Response<Body> {
    let redeemed = room.pass.redeem(code);
    if !redeemed && !admitted {
        return refused(StatusCode::UNAUTHORIZED, USED);
    }
    room.touch();
    let mut response = whole(StatusCode::SEE_OTHER, Bytes::new());
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, HeaderValue::from_static("/"));
    if let Some(cookie) = room.pass.set_cookie().filter(|_| redeemed) {
        headers.insert(header::SET_COOKIE, cookie);
    }
    response
}

async fn ask(room: &Room, request: Request<Incoming>) -> Response<Body> {
    if !is_from_the_page(room, request.headers()) {
        return words(StatusCode::FORBIDDEN, "Only the page itself may ask.");
    }
    let body = Limited::new(request.into_body(), LARGEST_ASK);
    let Ok(body) = body.collect().await else {
        return words(StatusCode::PAYLOAD_TOO_LARGE, "This ask is too large.");
    };
    match room.engine.ask(Shell::Browser, &body.to_bytes()).await {
        Ok(told) => json(StatusCode::OK, &told),
        Err(complaint) => json(StatusCode::BAD_REQUEST, &complaint),
    }
}

/// True for what the page's own script sends; a browser lets no other page say the same.
fn is_from_the_page(room: &Room, headers: &HeaderMap) -> bool {
    let says = |name: header::HeaderName, wanted: &str| {
        headers
            .get(name)
            .map(|value| value.as_bytes() == wanted.as_bytes())
    };
    let origin = format!("http://{}", room.at);
    let site = header::HeaderName::from_static("sec-fetch-site");
    says(header::ORIGIN, &origin) == Some(true)
        && says(site, "same-origin") != Some(false)
        && says(header::CONTENT_TYPE, "application/json") == Some(true)
}

/// The news as server-sent events, one each, until either side leaves.
fn news(room: &Arc<Room>) -> Response<Body> {
    let listener = (room.engine.news(), room.listen());
    let events = stream::unfold(listener, |(mut feed, here)| async move {
        let event = event(&mut feed, &here).await?;
        Some((Ok::<_, Infallible>(Frame::data(event)), (feed, here)))
    });
    let mut response = Response::new(StreamBody::new(events).boxed_unsync());
    *response.headers_mut() = heads::common();
    set_media(&mut response, "text/event-stream");
    response
}

async fn event(feed: &mut Newsfeed, _: &Listening) -> Option<Bytes> {
    let news = feed.next().await?;
    let json = serde_json::to_string(&news).ok()?;
    Some(format!("id: {}\ndata: {json}\n\n", news.number).into())
}

fn file(room: &Room, path: &str) -> Response<Body> {
    let path = match path {
        "/" => "index.html",
        path => path.trim_start_matches('/'),
    };
    match room.assets.file(path) {
        Some(asset) => {
            let bytes = match asset.bytes {
                std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                std::borrow::Cow::Owned(bytes) => bytes.into(),
            };
            let mut response = whole(StatusCode::OK, bytes);
            set_media(&mut response, asset.media);
            response
        }
        None => words(StatusCode::NOT_FOUND, "There is nothing here."),
    }
}

fn not_so(allowed: &'static str) -> Response<Body> {
    let mut response = words(StatusCode::METHOD_NOT_ALLOWED, "Not in this way.");
    response
        .headers_mut()
        .insert(header::ALLOW, HeaderValue::from_static(allowed));
    response
}

/// For whoever has no business here, and is to leave the place to others.
fn refused(status: StatusCode, why: &'static str) -> Response<Body> {
    let mut response = words(status, why);
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    response
}

fn words(status: StatusCode, words: &'static str) -> Response<Body> {
    let mut response = whole(status, Bytes::from_static(words.as_bytes()));
    set_media(&mut response, "text/plain; charset=utf-8");
    response
}

fn json(status: StatusCode, told: &impl Serialize) -> Response<Body> {
    let json = serde_json::to_vec(told).unwrap_or_default();
    let mut response = whole(status, json.into());
    set_media(&mut response, "application/json");
    response
}

fn whole(status: StatusCode, bytes: Bytes) -> Response<Body> {
    let mut response = Response::new(Full::new(bytes).boxed_unsync());
    *response.status_mut() = status;
    *response.headers_mut() = heads::common();
    response
}

fn set_media(response: &mut Response<Body>, media: &'static str) {
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
}

/// What a browser shows that comes without a good code and without the cookie.
const USED: &str = "This address was used already or is too old. Open the page from Postern again.";
/// The largest ask is a prompt.
const LARGEST_ASK: usize = 1024 * 1024;
