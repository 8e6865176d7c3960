//! Whole answers in the few forms both halves need.

use http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use http::{HeaderValue, Response, StatusCode};
use serde_json::Value;

use crate::body::Body;

/// `value` as compact JSON.
pub(crate) fn json(status: StatusCode, value: &Value) -> Response<Body> {
    of(status, "application/json", value.to_string())
}

/// A page; `html` is already escaped where it must be.
pub(crate) fn html(status: StatusCode, html: String) -> Response<Body> {
    of(status, "text/html; charset=utf-8", html)
}

/// A status and nothing else.
pub(crate) fn empty(status: StatusCode) -> Response<Body> {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = status;
    answer
}

/// 302 to `location`, which must be made of header-safe text; anything else is a 500.
pub(crate) fn redirect(location: &str) -> Response<Body> {
    let Ok(location) = HeaderValue::try_from(location) else {
        return empty(StatusCode::INTERNAL_SERVER_ERROR);
    };
    let mut answer = empty(StatusCode::FOUND);
    answer.headers_mut().insert(LOCATION, location);
    answer
}

/// What FastAPI says where no route matches (contract backend 3.1).
pub(crate) fn not_found() -> Response<Body> {
    json(
        StatusCode::NOT_FOUND,
        &serde_json::json!({"detail": "Not Found"}),
    )
}

/// What FastAPI says where the path has a route and the method has none.
pub(crate) fn wrong_method() -> Response<Body> {
    let detail = serde_json::json!({"detail": "Method Not Allowed"});
    json(StatusCode::METHOD_NOT_ALLOWED, &detail)
}

/// An answer that is never sent: the connection closes instead.
pub(crate) fn dropped() -> Response<Body> {
    let mut answer = Response::new(Body::empty());
    answer.extensions_mut().insert(DropConnection);
    answer
}

/// Rides on an answer that must not be sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DropConnection;

fn of(status: StatusCode, content_type: &'static str, text: String) -> Response<Body> {
    let mut answer = Response::new(Body::full(text));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
