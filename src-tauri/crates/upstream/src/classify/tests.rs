use http::{HeaderMap, HeaderName, HeaderValue};

use super::*;

mod throttles;

const NOW: i64 = 1_775_000_000;

fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
    let pair = |(name, value): &(&'static str, &str)| {
        let value = HeaderValue::from_str(value).unwrap();
        (HeaderName::from_static(name), value)
    };
    lines.iter().map(pair).collect()
}

fn fault(status: u16, lines: &[(&'static str, &str)], body: &str) -> Fault {
    Refusal {
        status,
        headers: &headers(lines),
        body: body.as_bytes(),
        now: Timestamp::from_seconds(NOW),
    }
    .fault()
}

/// Status, headers, body, and the fault in a few words.
type Row = (u16, Lines, &'static str, &'static str);

type Lines = &'static [(&'static str, &'static str)];

/// The fault in a few words: class, status, code, message.
fn class(fault: &Fault) -> String {
    let words = fault.words().map_or_else(String::new, |words| {
        format!(
            " {}: {}",
            words.code.as_deref().unwrap_or("-"),
            words.message
        )
    });
    let class = match fault {
        Fault::Unauthorized(_) => "unauthorized".to_owned(),
        Fault::Quota(quota) => format!("quota until {:?}", quota.resets_at),
        Fault::Throttled { retry_after, .. } => format!("throttled {retry_after:?}"),
        Fault::Overloaded(_) => "overloaded".to_owned(),
        Fault::Refused { status, .. } => format!("refused {status}"),
        Fault::Broken { status, .. } => format!("broken {status}"),
        Fault::Challenged { ray } => format!("challenged {ray:?}"),
        other => other.to_string(),
    };
    class + &words
}

#[track_caller]
fn check(rows: &[Row]) {
    for (status, headers, body, expected) in rows {
        assert_eq!(
            class(&fault(*status, headers, body)),
            *expected,
            "{status} {body}"
        );
    }
}

#[test]
fn requests_that_are_refused_as_they_are() {
    check(&[
        (
            400,
            &[],
            r#"{"detail":"Unsupported parameter: temperature"}"#,
            "refused 400 -: Unsupported parameter: temperature",
        ),
        (
            400,
            &[],
            r#"{"detail":"The 'gpt-4o' model is not supported when using Codex with a ChatGPT account."}"#,
            "refused 400 model_not_found: The 'gpt-4o' model is not supported when using Codex with a ChatGPT account.",
        ),
        (
            400,
            &[],
            r#"{"error":{"message":"The 'x' model is not supported when using Codex with a ChatGPT account.","type":"invalid_request_error"}}"#,
            "refused 400 model_not_found: The 'x' model is not supported when using Codex with a ChatGPT account.",
        ),
        (
            400,
            &[],
            r#"{"error":{"message":"long","code":"context_length_exceeded"}}"#,
            "refused 400 context_length_exceeded: long",
        ),
        (
            400,
            &[],
            r#"{"error":{"message":"Too long for the context window."}}"#,
            "refused 400 context_length_exceeded: Too long for the context window.",
        ),
    ]);
}

#[test]
fn policies_and_workspaces_are_refusals_too() {
    check(&[
        (
            400,
            &[],
            r#"{"error":{"message":"no","code":"cyber_policy"}}"#,
            "refused 400 cyber_policy: no",
        ),
        (
            403,
            &[],
            r#"{"error":{"message":"no","code":"misalignment_policy_violation"}}"#,
            "refused 403 misalignment_policy_violation: no",
        ),
        (
            402,
            &[],
            r#"{"detail":{"code":"deactivated_workspace"}}"#,
            "refused 402 deactivated_workspace: deactivated_workspace",
        ),
        (
            403,
            &[],
            r#"{"detail":{"code":"invalid_workspace_selected"}}"#,
            "refused 403 invalid_workspace_selected: invalid_workspace_selected",
        ),
        (
            403,
            &[],
            "",
            "refused 403 -: the backend answered with status 403",
        ),
    ]);
}

#[test]
fn paths_and_sizes_are_refusals_too() {
    check(&[
        (
            404,
            &[],
            r#"{"detail":"Model not found gpt-5.5"}"#,
            "refused 404 model_not_found: Model not found gpt-5.5",
        ),
        (
            404,
            &[],
            r#"{"error":{"message":"The model `m` does not exist"}}"#,
            "refused 404 model_not_found: The model `m` does not exist",
        ),
        (
            404,
            &[],
            r#"{"detail":"Not Found"}"#,
            "refused 404 -: Not Found",
        ),
        (
            413,
            &[],
            "<html>413 Request Entity Too Large cloudflare</html>",
            "refused 413 request_too_large: the request body is larger than the backend takes",
        ),
        (
            426,
            &[],
            "",
            "refused 426 -: the backend answered with status 426",
        ),
    ]);
}

/// `{"error":{"code":"token_expired","message":"Sign in again."}}`
const HIDDEN: &str =
    "eyJlcnJvciI6eyJjb2RlIjoidG9rZW5fZXhwaXJlZCIsIm1lc3NhZ2UiOiJTaWduIGluIGFnYWluLiJ9fQ==";

#[test]
fn tokens_that_are_not_accepted() {
    check(&[
        (
            401,
            &[],
            r#"{"error":{"message":"Sign in again","code":"token_invalidated"},"status":401}"#,
            "unauthorized token_invalidated: Sign in again",
        ),
        (
            401,
            &[],
            r#"{"detail":"Unauthorized"}"#,
            "unauthorized -: Unauthorized",
        ),
        (
            401,
            &[("x-error-json", HIDDEN)],
            "",
            "unauthorized token_expired: Sign in again.",
        ),
        (
            401,
            &[("x-error-json", HIDDEN)],
            r#"{"detail":"Unauthorized"}"#,
            "unauthorized token_expired: Unauthorized",
        ),
        (
            401,
            &[("x-openai-authorization-error", "token_revoked")],
            "",
            "unauthorized token_revoked: the backend answered with status 401",
        ),
        (
            401,
            &[
                ("x-error-json", "no base64"),
                ("x-openai-authorization-error", "other"),
            ],
            r#"{"error":{"code":"mine","message":"m"}}"#,
            "unauthorized mine: m",
        ),
    ]);
}

#[test]
fn failures_of_the_other_side() {
    check(&[
        (
            400,
            &[],
            r#"{"error":{"message":"Selected model is at capacity.","code":"invalid_request_error"}}"#,
            "overloaded invalid_request_error: Selected model is at capacity.",
        ),
        (
            503,
            &[],
            r#"{"error":{"code":"server_is_overloaded","message":"m"}}"#,
            "overloaded server_is_overloaded: m",
        ),
        (
            503,
            &[],
            r#"{"error":{"code":"slow_down"}}"#,
            "overloaded slow_down: slow_down",
        ),
        (
            503,
            &[],
            "",
            "broken 503 -: the backend answered with status 503",
        ),
        (
            500,
            &[],
            r#"{"error":{"message":"oops","type":"server_error"}}"#,
            "broken 500 -: oops",
        ),
        (
            502,
            &[],
            "<html>cloudflare</html>",
            "broken 502 -: the backend answered with status 502",
        ),
        (
            504,
            &[],
            "",
            "broken 504 -: the backend answered with status 504",
        ),
        (
            520,
            &[("content-type", "text/html")],
            "x",
            "broken 520 -: the backend answered with status 520",
        ),
        (
            307,
            &[("location", "https://elsewhere.test/secret?x=1")],
            "",
            "the backend's answer could not be read: it redirects to `elsewhere.test`",
        ),
    ]);
}

#[test]
fn challenges_of_cloudflare() {
    check(&[
        (
            403,
            &[("cf-mitigated", "challenge"), ("cf-ray", "r-FRA")],
            "<html>",
            "challenged Some(\"r-FRA\")",
        ),
        (
            503,
            &[("cf-mitigated", "challenge")],
            "<title>Just a moment...</title>",
            "challenged None",
        ),
        (
            403,
            &[("content-type", "text/html; charset=UTF-8")],
            "Attention Required! | Cloudflare",
            "challenged None",
        ),
        (
            403,
            &[],
            "  <!DOCTYPE html>Just a moment...",
            "challenged None",
        ),
        (
            403,
            &[],
            "<html>Forbidden</html>",
            "refused 403 -: the backend answered with status 403",
        ),
        (
            403,
            &[],
            r#"{"detail":"Cloudflare"}"#,
            "refused 403 -: Cloudflare",
        ),
        (404, &[("cf-ray", "r")], "", "challenged Some(\"r\")"),
        (404, &[], " \n", "challenged None"),
    ]);
}
