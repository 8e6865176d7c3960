//! The two shapes of a refusal: RFC 6749's, and OpenAI's own (contract auth 1.6, 3.4).

use http::{Response, StatusCode};
use serde_json::json;

use super::fields::Bad;
use crate::answer;
use crate::body::Body;
use crate::world::{BearerFault, CodeFault, RefreshFault};

/// `{"error": CODE, "error_description": …}` (RFC 6749, section 5.2).
pub(super) fn oauth(status: StatusCode, code: &str, description: &str) -> Response<Body> {
    let body = json!({"error": code, "error_description": description});
    answer::json(status, &body)
}

/// A bare `{"error": CODE}`.
pub(super) fn bare(status: StatusCode, code: &str) -> Response<Body> {
    answer::json(status, &json!({"error": code}))
}

pub(super) fn invalid_request(bad: &Bad) -> Response<Body> {
    oauth(StatusCode::BAD_REQUEST, "invalid_request", &bad.to_string())
}

pub(super) fn invalid_client() -> Response<Body> {
    let why = "client_id: is not a registered client";
    oauth(StatusCode::UNAUTHORIZED, "invalid_client", why)
}

pub(super) fn code(fault: CodeFault) -> Response<Body> {
    oauth(StatusCode::BAD_REQUEST, "invalid_grant", fault.message())
}

/// `status` is what the knob says for the three refusals that OpenAI names itself.
pub(super) fn refresh(fault: RefreshFault, status: StatusCode) -> Response<Body> {
    let (code, message) = match fault {
        RefreshFault::Unknown => return unknown_refresh("the refresh token is unknown"),
        RefreshFault::WrongClient => {
            return unknown_refresh("the refresh token was issued to another client_id");
        }
        RefreshFault::Expired => (
            "refresh_token_expired",
            "Your refresh token has expired. Please try signing in again.",
        ),
        RefreshFault::Reused => (
            "refresh_token_reused",
            "Your refresh token has already been used to generate a new access token. Please try signing in again.",
        ),
        RefreshFault::Invalidated => (
            "refresh_token_invalidated",
            "Your refresh token has been revoked. Please try signing in again.",
        ),
    };
    let error = json!({
        "message": message,
        "type": "invalid_request_error",
        "param": null,
        "code": code,
    });
    answer::json(status, &json!({"error": error}))
}

fn unknown_refresh(why: &str) -> Response<Body> {
    oauth(StatusCode::BAD_REQUEST, "invalid_grant", why)
}

/// A 401 in the shapes of contract backend 3.1.
pub(super) fn bearer(fault: BearerFault) -> Response<Body> {
    let body = match fault.code() {
        None => json!({"detail": fault.message()}),
        Some(code) => json!({
            "error": {
                "message": fault.message(),
                "type": "invalid_request_error",
                "param": null,
                "code": code,
            },
            "status": 401,
        }),
    };
    answer::json(StatusCode::UNAUTHORIZED, &body)
}

/// A 403 with a code of the backend.
pub(super) fn forbidden(code: &str) -> Response<Body> {
    let body = json!({"detail": {"code": code}});
    answer::json(StatusCode::FORBIDDEN, &body)
}
