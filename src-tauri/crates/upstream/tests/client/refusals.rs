//! Every row of contract backend 3.1 as the stand-in plays it: what it becomes, and how often it
//! was asked.

use std::time::Duration;

use wire::Fault;

use crate::stage::{Stage, ask, class};

/// What the stand-in plays, the fault, its code unless the words decide, and how often it is asked.
const ROWS: &[(&str, &str, &str, usize)] = &[
    ("model-not-supported", "Refused", "model_not_found", 1),
    ("model-not-supported-error", "Refused", "model_not_found", 1),
    ("context-length", "Refused", "context_length_exceeded", 1),
    ("context-window", "Refused", "context_length_exceeded", 1),
    ("cyber-policy", "Refused", "cyber_policy", 1),
    (
        "misalignment",
        "Refused",
        "misalignment_policy_violation",
        1,
    ),
    (
        "misalignment-403",
        "Refused",
        "misalignment_policy_violation",
        1,
    ),
    ("at-capacity", "Overloaded", "", 2),
    ("invalid-image", "Refused", "", 1),
    ("token-invalidated", "Unauthorized", "token_invalidated", 1),
    ("token-expired", "Unauthorized", "token_expired", 1),
    ("token-revoked", "Unauthorized", "token_revoked", 1),
    ("unauthorized", "Unauthorized", "unauthorized", 1),
    ("auth-headers", "Unauthorized", "", 1),
    (
        "deactivated-workspace",
        "Refused",
        "deactivated_workspace",
        1,
    ),
    ("cloudflare-403", "Challenged", "upstream_challenge", 1),
    ("cloudflare-blocked", "Challenged", "upstream_challenge", 1),
    (
        "wrong-workspace",
        "Refused",
        "invalid_workspace_selected",
        1,
    ),
    ("empty-403", "Refused", "upstream_refused", 1),
    ("model-not-found", "Refused", "model_not_found", 1),
    ("model-does-not-exist", "Refused", "model_not_found", 1),
    ("not-found", "Refused", "upstream_refused", 1),
    ("empty-404", "Challenged", "upstream_challenge", 1),
    ("cloudflare-413", "Refused", "request_too_large", 1),
    ("usage-limit", "Quota", "usage_limit_reached", 1),
    ("usage-limit-promo", "Quota", "usage_limit_reached", 1),
    ("usage-limit-seconds", "Quota", "usage_limit_reached", 1),
    ("usage-limit-headers", "Quota", "usage_limit_reached", 1),
    ("image-limit", "Quota", "usage_limit_reached", 1),
    ("usage-not-included", "Refused", "", 1),
    ("rate-limit", "Throttled", "rate_limit_exceeded", 1),
    ("rate-limit-detail", "Throttled", "rate_limit_exceeded", 1),
    ("rate-limit-empty", "Throttled", "rate_limit_exceeded", 1),
    (
        "rate-limit-retry-after",
        "Throttled",
        "rate_limit_exceeded",
        3,
    ),
    ("500", "Broken", "", 3),
    ("502", "Broken", "upstream_error", 3),
    ("504", "Broken", "upstream_error", 3),
    ("overloaded", "Overloaded", "server_is_overloaded", 2),
    ("slow-down", "Overloaded", "slow_down", 2),
    ("empty-503", "Broken", "upstream_error", 3),
    ("html-200", "Garbled", "upstream_garbled", 1),
    ("drop", "Unreachable", "upstream_unreachable", 3),
];

#[tokio::test]
async fn every_refusal_has_its_fault_and_its_number_of_requests() {
    let stage = Stage::patient().await;
    for &(name, expected, code, requests) in ROWS {
        stage.world().forget_received();
        let (events, fault) = stage.hear(&format!("[[http {name}]]")).await;
        let fault = fault.unwrap_or_else(|| panic!("{name} was answered"));
        assert!(events.is_empty(), "{name}");
        assert_eq!(class(&fault), expected, "{name}: {fault:?}");
        if !code.is_empty() {
            assert_eq!(fault.code(), code, "{name}: {fault:?}");
        }
        assert_eq!(stage.asked().len(), requests, "requests of {name}");
    }
}

#[tokio::test]
async fn a_quota_knows_its_reset_however_it_was_told() {
    let stage = Stage::open().await;
    let now = stage.clock.now().seconds();
    for name in ["usage-limit", "usage-limit-seconds", "usage-limit-headers"] {
        let ask = ask(&format!("[[http {name}]]"));
        let Err(Fault::Quota(quota)) = stage.client.open(&ask, &stage.plus()).await else {
            panic!("{name} is a quota");
        };
        assert_eq!(quota.resets_at, Some(now + 3600), "{name}");
        let used = ("x-codex-primary-used-percent".to_owned(), "100".to_owned());
        let told_by_headers = name != "usage-limit-seconds";
        assert_eq!(quota.headers.contains(&used), told_by_headers, "{name}");
    }
}

#[tokio::test]
async fn what_passes_is_tried_again_and_counted() {
    let stage = Stage::patient().await;
    for (prompt, attempts) in [
        ("hello", 1),
        ("[[http 500 times=1]] a", 2),
        ("[[http 502 times=2]] b", 3),
        ("[[http drop times=1]] c", 2),
        ("[[http overloaded times=1]] d", 2),
        ("[[http at-capacity times=1]] e", 2),
        ("[[http rate-limit-retry-after times=2]] f", 3),
    ] {
        let opened = stage.say(prompt).await;
        let head = opened
            .unwrap_or_else(|fault| panic!("{prompt}: {fault}"))
            .head;
        assert_eq!(head.attempts, attempts, "{prompt}");
    }
}

#[tokio::test]
async fn every_attempt_sends_the_same_bytes_after_its_wait() {
    let stage = Stage::patient().await;
    for (name, least) in [
        ("500", 180),
        ("overloaded", 5000),
        ("rate-limit-retry-after", 1000),
    ] {
        stage.world().forget_received();
        let _ = stage.hear(&format!("[[http {name}]]")).await;
        let asked = stage.asked();
        for pair in asked.windows(2) {
            let waited = pair[1].at.since(pair[0].at);
            assert!(waited >= Duration::from_millis(least), "{name}: {waited:?}");
            assert_eq!(pair[0].body, pair[1].body);
            assert_eq!(pair[0].headers, pair[1].headers);
        }
    }
}

#[tokio::test]
async fn attempts_are_counted_also_when_all_fail() {
    let stage = Stage::patient().await;
    let (ask, credential) = (ask("[[http 500]]"), stage.plus());
    let mut attempts = 0;
    let opening = stage.client.open_counting(&ask, &credential, &mut attempts);
    assert!(stage.passing(opening).await.is_err());
    assert_eq!(attempts, 3);
}
