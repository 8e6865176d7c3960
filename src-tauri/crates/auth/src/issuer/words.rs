//! What the issuer says when it refuses, in the several shapes it says it in.

use http::StatusCode;
use serde_json::Value;

use crate::fault::Class;

/// The detail of a refused exchange: `error_description`, else `error.message`, else `error` or
/// `error.code`, else the raw text, else "unknown error" (contract auth 1.6).
pub(super) fn detail(body: &[u8]) -> String {
    let parsed = serde_json::from_slice::<Value>(body).ok();
    let said = parsed.as_ref().and_then(|body| {
        let error = body.get("error");
        let nested = |name: &str| error.and_then(|error| error.get(name));
        [
            body.get("error_description"),
            nested("message"),
            error,
            nested("code"),
        ]
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::trim)
        .find(|text| !text.is_empty())
        .map(str::to_owned)
    });
    said.unwrap_or_else(|| match String::from_utf8_lossy(body).trim() {
        "" => "unknown error".into(),
        raw => raw.to_owned(),
    })
}

/// What a refused renewal means (contract auth 3.4); `None` where a later try may work.
pub(super) fn class(status: StatusCode, body: &[u8]) -> Option<Class> {
    match (code(body).as_deref(), status) {
        (Some("refresh_token_expired"), _) => Some(Class::Expired),
        (Some("refresh_token_reused"), _) => Some(Class::Exhausted),
        (Some("refresh_token_invalidated"), _) => Some(Class::Revoked),
        (_, StatusCode::UNAUTHORIZED) => Some(Class::Other),
        (Some("invalid_grant"), StatusCode::BAD_REQUEST) => Some(Class::Other),
        (_, _) => None,
    }
}

/// `error.code`, or `error` if it is a text, or a top-level `code`; in lower case.
fn code(body: &[u8]) -> Option<String> {
    let body = serde_json::from_slice::<Value>(body).ok()?;
    let error = body.get("error");
    [
        error.and_then(|error| error.get("code")),
        error,
        body.get("code"),
    ]
    .into_iter()
    .flatten()
    .find_map(Value::as_str)
    .map(str::to_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detail_is_description_then_message_then_code_then_raw_text() {
        for (body, expected) in [
            (
                r#"{"error":"invalid_grant","error_description":"the words"}"#,
                "the words",
            ),
            (
                r#"{"error":{"message":"nested words","code":"c"}}"#,
                "nested words",
            ),
            (r#"{"error":{"code":"only_code"}}"#, "only_code"),
            (r#"{"error":"plain_code"}"#, "plain_code"),
            (
                r#"{"error":"plain_code","error_description":"  "}"#,
                "plain_code",
            ),
            (r#"{"unrelated":true}"#, r#"{"unrelated":true}"#),
            ("  upstream is on fire  ", "upstream is on fire"),
            ("", "unknown error"),
            (" \n ", "unknown error"),
        ] {
            assert_eq!(detail(body.as_bytes()), expected, "{body}");
        }
    }

    /// The literal body of a reuse, as the first party's tests have it (contract auth 3.4).
    const REUSED: &str = r#"{"error":{"message":"Your refresh token has already been used to generate a new access token. Please try signing in again.","type":"invalid_request_error","param":null,"code":"refresh_token_reused"}}"#;

    #[test]
    fn classes_follow_code_and_status() {
        let rows: &[(u16, &str, Option<Class>)] = &[
            (
                401,
                r#"{"error":{"code":"refresh_token_expired"}}"#,
                Some(Class::Expired),
            ),
            (
                400,
                r#"{"error":{"code":"REFRESH_TOKEN_EXPIRED"}}"#,
                Some(Class::Expired),
            ),
            (401, REUSED, Some(Class::Exhausted)),
            (400, REUSED, Some(Class::Exhausted)),
            (500, REUSED, Some(Class::Exhausted)),
            (
                401,
                r#"{"error":"refresh_token_invalidated"}"#,
                Some(Class::Revoked),
            ),
            (
                403,
                r#"{"code":"refresh_token_invalidated"}"#,
                Some(Class::Revoked),
            ),
            (
                401,
                r#"{"error":{"code":"something_else"}}"#,
                Some(Class::Other),
            ),
            (401, "", Some(Class::Other)),
            (400, r#"{"error":"invalid_grant"}"#, Some(Class::Other)),
            (
                400,
                r#"{"error":{"code":"invalid_grant"}}"#,
                Some(Class::Other),
            ),
            (403, r#"{"error":"invalid_grant"}"#, None),
            (400, r#"{"error":"invalid_request"}"#, None),
            (429, r#"{"error":"slow_down"}"#, None),
            (500, "<html>", None),
            (503, "", None),
        ];
        for (status, body, expected) in rows {
            let status = StatusCode::from_u16(*status).unwrap();
            assert_eq!(class(status, body.as_bytes()), *expected, "{status} {body}");
        }
    }
}
