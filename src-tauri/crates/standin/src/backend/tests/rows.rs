//! The rows of contract backend 3.1, by marker: status, body, headers.

use serde_json::{Value, json};

use super::{Door, ask};

const JSON: &str = "application/json";
const HTML: &str = "text/html; charset=UTF-8";

/// Name, status, where to look in the body, what stands there.
const ROWS: &[(&str, u16, &str, &str)] = &[
    (
        "model-not-supported",
        400,
        "/detail",
        "The 'gpt-5.5' model is not supported when using Codex with a ChatGPT account.",
    ),
    (
        "model-not-supported-error",
        400,
        "/error/message",
        "The 'gpt-5.5' model is not supported when using Codex with a ChatGPT account.",
    ),
    (
        "context-length",
        400,
        "/error/code",
        "context_length_exceeded",
    ),
    (
        "context-window",
        400,
        "/error/message",
        "Your input exceeds the context window of this model. Please adjust your input and try again.",
    ),
    ("cyber-policy", 400, "/error/code", "cyber_policy"),
    (
        "misalignment",
        400,
        "/error/code",
        "misalignment_policy_violation",
    ),
    (
        "misalignment-403",
        403,
        "/error/code",
        "misalignment_policy_violation",
    ),
    (
        "at-capacity",
        400,
        "/error/message",
        "Selected model is at capacity. Please try a different model.",
    ),
    ("invalid-image", 400, "/error/code", "invalid_value"),
    ("token-invalidated", 401, "/error/code", "token_invalidated"),
    ("token-expired", 401, "/error/code", "token_expired"),
    ("token-revoked", 401, "/error/code", "token_revoked"),
    ("unauthorized", 401, "/detail", "Unauthorized"),
    (
        "deactivated-workspace",
        402,
        "/detail/code",
        "deactivated_workspace",
    ),
    (
        "wrong-workspace",
        403,
        "/detail/code",
        "invalid_workspace_selected",
    ),
    ("model-not-found", 404, "/detail", "Model not found gpt-5.5"),
    (
        "model-does-not-exist",
        404,
        "/error/code",
        "model_not_found",
    ),
    ("not-found", 404, "/detail", "Not Found"),
    ("usage-limit", 429, "/error/type", "usage_limit_reached"),
    (
        "usage-limit-promo",
        429,
        "/error/eligible_promo",
        "plus_trial",
    ),
    (
        "usage-limit-seconds",
        429,
        "/error/message",
        "The usage limit has been reached",
    ),
    ("usage-limit-headers", 429, "/error/plan_type", "plus"),
    ("image-limit", 429, "/error/type", "usage_limit_reached"),
    (
        "usage-not-included",
        429,
        "/error/type",
        "usage_not_included",
    ),
    ("rate-limit", 429, "/error/code", "rate_limit_exceeded"),
    (
        "rate-limit-retry-after",
        429,
        "/error/code",
        "rate_limit_exceeded",
    ),
    ("rate-limit-detail", 429, "/detail", "Too Many Requests"),
    ("500", 500, "/error/code", "server_error"),
    ("overloaded", 503, "/error/code", "server_is_overloaded"),
    ("slow-down", 503, "/error/code", "slow_down"),
    ("nonsense", 400, "/detail", "Unknown fault: nonsense"),
];

#[tokio::test]
async fn every_row_has_its_status_and_its_code() {
    let door = Door::open().await;
    for (name, status, pointer, value) in ROWS {
        let got = door.post(&ask(&format!("[[http {name}]]"))).await;
        assert_eq!(
            (got.status, got.header("content-type")),
            (*status, Some(JSON)),
            "{name}"
        );
        assert_eq!(got.json().pointer(pointer), Some(&json!(value)), "{name}");
    }
}

#[tokio::test]
async fn pages_and_empty_bodies() {
    let door = Door::open().await;
    for (name, status, says) in [
        ("cloudflare-403", 403, "Just a moment..."),
        ("cloudflare-blocked", 403, "you have been blocked"),
        ("cloudflare-413", 413, "413 Request Entity Too Large"),
        ("502", 502, "Bad gateway"),
        ("504", 504, "Gateway time-out"),
        ("html-200", 200, "Something went wrong"),
    ] {
        let got = door.post(&ask(&format!("[[http {name}]]"))).await;
        assert_eq!(
            (got.status, got.header("content-type")),
            (status, Some(HTML)),
            "{name}"
        );
        assert!(
            got.text().contains(says) && got.text().to_lowercase().contains("<html"),
            "{name}"
        );
        assert!(got.header("cf-ray").is_some(), "{name}");
    }
    let challenge = door.post(&ask("[[http cloudflare-403]]")).await;
    assert_eq!(challenge.header("cf-mitigated"), Some("challenge"));
    for (name, status) in [
        ("empty-403", 403),
        ("empty-404", 404),
        ("rate-limit-empty", 429),
        ("empty-503", 503),
        ("auth-headers", 401),
    ] {
        let got = door.post(&ask(&format!("[[http {name}]]"))).await;
        assert_eq!(
            (got.status, got.body.len(), got.header("content-type")),
            (status, 0, None),
            "{name}"
        );
    }
}

#[tokio::test]
async fn resets_and_other_headers() {
    let door = Door::open().await;
    let post = async |name: &str| door.post(&ask(&format!("[[http {name}]]"))).await;
    let now = door.world().clock().now().seconds();
    let got = post("usage-limit resets=90").await;
    let resets_at = got.json()["error"]["resets_at"].as_i64().unwrap();
    assert!((now + 90..now + 95).contains(&resets_at));
    assert_eq!(got.header("x-codex-primary-used-percent"), Some("100"));
    assert_eq!(
        got.header("x-codex-rate-limit-reached-type"),
        Some("rate_limit_reached")
    );
    let only = post("usage-limit-seconds").await.json()["error"].clone();
    assert_eq!(
        (&only["resets_at"], &only["resets_in_seconds"]),
        (&Value::Null, &json!(3600))
    );
    let headers = post("usage-limit-headers").await;
    assert_eq!(headers.json()["error"]["resets_in_seconds"], Value::Null);
    assert_ne!(headers.header("x-codex-primary-reset-at"), Some(""));
    assert_eq!(
        post("rate-limit-retry-after").await.header("retry-after"),
        Some("1")
    );
    assert_eq!(
        post("image-limit").await.header("x-codex-active-limit"),
        Some("image_gen")
    );
    assert!(post("auth-headers").await.header("x-error-json").is_some());
}

#[tokio::test]
async fn a_counted_fault_strikes_so_often_and_no_more() {
    let door = Door::open().await;
    let body = ask("[[http overloaded times=2]] count me");
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(door.post(&body).await.status);
    }
    assert_eq!(statuses, [503, 503, 200, 200]);
}

#[tokio::test]
async fn a_dropped_connection_has_no_answer() {
    let door = Door::open().await;
    let body = ask("[[http drop]]").to_string();
    let path = "/backend-api/codex/responses";
    assert!(
        door.send(http::Method::POST, path, &[], body)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn directed_answers_and_exhausted_accounts() {
    let door = Door::open().await;
    door.world().direct("[[http slow-down]]", 1);
    assert_eq!(door.post(&ask("hi")).await.status, 503);
    assert_eq!(door.post(&ask("hi")).await.status, 200);
    door.world().exhaust(&door.account(), 60);
    let got = door.post(&ask("hi")).await;
    assert_eq!(
        (got.status, &got.json()["error"]["type"]),
        (429, &json!("usage_limit_reached"))
    );
    door.world().exhaust(&door.account(), 0);
    assert_eq!(door.post(&ask("hi")).await.status, 200);
}
