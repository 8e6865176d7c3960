//! The two kinds of 429.

use super::*;

#[test]
fn limits_of_the_plan() {
    let quota = r#"{"error":{"type":"usage_limit_reached","message":"The usage limit has been reached","plan_type":"free","resets_at":1775317531,"resets_in_seconds":602705}}"#;
    let timeless = r#"{"error":{"type":"usage_limit_reached","message":"m"}}"#;
    check(&[
        (
            429,
            &[],
            quota,
            "quota until Some(1775317531) -: The usage limit has been reached",
        ),
        (
            429,
            &[],
            r#"{"error":{"type":"usage_limit_reached","message":"m","resets_in_seconds":"60","eligible_promo":null}}"#,
            "quota until Some(1775000060) -: m",
        ),
        (
            429,
            &[
                ("x-codex-primary-used-percent", "100"),
                ("x-codex-primary-reset-at", "1775000900"),
                ("x-codex-secondary-used-percent", "20"),
                ("x-codex-secondary-reset-at", "1775900000"),
            ],
            timeless,
            "quota until Some(1775000900) -: m",
        ),
        (
            429,
            &[
                ("x-codex-active-limit", "image_gen"),
                ("x-codex-primary-used-percent", "3"),
                ("x-codex-primary-reset-at", "1775000900"),
                ("x-image-gen-primary-used-percent", "100.0"),
                ("x-image-gen-primary-reset-after-seconds", "77"),
            ],
            timeless,
            "quota until Some(1775000077) -: m",
        ),
        (429, &[], timeless, "quota until None -: m"),
    ]);
}

#[test]
fn other_429s_pass_soon_or_never() {
    check(&[
        (
            429,
            &[],
            r#"{"error":{"type":"usage_not_included"}}"#,
            "refused 429 -: usage_not_included",
        ),
        (
            429,
            &[("retry-after", "7")],
            r#"{"error":{"code":"rate_limit_exceeded","message":"m"}}"#,
            "throttled Some(7) rate_limit_exceeded: m",
        ),
        (
            429,
            &[],
            r#"{"detail":"Too fast"}"#,
            "throttled None -: Too fast",
        ),
        (
            429,
            &[("retry-after", "soon")],
            "",
            "throttled None -: the backend answered with status 429",
        ),
    ]);
}

#[test]
fn a_quota_carries_what_the_headers_told() {
    let lines = [
        ("x-codex-primary-used-percent", "100"),
        ("x-codex-active-limit", "codex"),
        ("x-codex-promo-message", "p"),
        ("x-request-id", "r-1"),
        ("server", "cloudflare"),
    ];
    let body = r#"{"error":{"type":"usage_limit_reached","plan_type":"plus"}}"#;
    let Fault::Quota(quota) = fault(429, &lines, body) else {
        panic!("no quota");
    };
    let names: Vec<&str> = quota
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "x-codex-primary-used-percent",
            "x-codex-active-limit",
            "x-codex-promo-message"
        ]
    );
    assert_eq!(quota.plan_type.as_deref(), Some("plus"));
    assert_eq!(quota.words.request_id.as_deref(), Some("r-1"));
}
