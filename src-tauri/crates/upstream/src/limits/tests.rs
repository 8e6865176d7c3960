use http::{HeaderMap, HeaderName, HeaderValue};
use wire::limits::Span;

use super::*;

const NOW: Timestamp = Timestamp::from_seconds(1000);

fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    headers
}

/// Windows in a few words.
fn told(windows: &[Window]) -> Vec<String> {
    let one = |window: &Window| {
        let feature = window.feature.as_deref().unwrap_or("plan");
        let (used, span, reset) = (window.used_percent, window.span(), window.resets_at);
        format!("{feature} {used} {span:?} {reset:?}")
    };
    windows.iter().map(one).collect()
}

#[test]
fn every_family_of_headers_is_read_and_windows_go_by_length() {
    let limits = from_headers(
        &headers(&[
            ("x-codex-primary-used-percent", "42.5"),
            ("x-codex-primary-window-minutes", "10080"),
            ("x-codex-primary-reset-at", "1775317531"),
            ("x-codex-secondary-used-percent", "7"),
            ("x-codex-secondary-window-minutes", "300.0"),
            ("x-codex-secondary-reset-at", ""),
            ("x-codex-secondary-reset-after-seconds", "60"),
            ("x-codex-bengalfox-primary-used-percent", "3"),
            ("x-codex-bengalfox-limit-name", "GPT-5.3-Codex-Spark"),
            ("x-image-gen-primary-used-percent", "90"),
            ("x-image-gen-primary-window-minutes", "1440"),
            ("x-codex-plan-type", "plus"),
            ("x-codex-credits-has-credits", "True"),
            ("x-codex-credits-unlimited", "0"),
            ("x-codex-credits-balance", "12.50"),
        ]),
        NOW,
    )
    .unwrap();
    assert_eq!(
        told(&limits.windows),
        [
            "plan 7 Session Some(1060)",
            "plan 42.5 Week Some(1775317531)"
        ]
    );
    assert_eq!(
        told(&limits.metered),
        [
            "image_gen 90 Minutes(1440) None",
            "GPT-5.3-Codex-Spark 3 Unknown None"
        ]
    );
    assert_eq!(limits.plan_type.as_deref(), Some("plus"));
    let credits = limits.credits.unwrap();
    assert!(credits.has_credits && !credits.unlimited);
    assert_eq!(credits.balance.as_deref(), Some("12.50"));
    assert!(!limits.limit_reached);
}

#[test]
fn odd_headers_hide_nothing_and_nothing_is_made_up() {
    let reached = headers(&[
        ("x-codex-primary-used-percent", "NaN"),
        ("x-codex-secondary-used-percent", "100"),
        ("x-codex-secondary-window-minutes", "a week"),
        ("x-codex-rate-limit-reached-type", "rate_limit_reached"),
    ]);
    let limits = from_headers(&reached, NOW).unwrap();
    assert_eq!(told(&limits.windows), ["plan 100 Unknown None"]);
    assert!(limits.limit_reached);

    let absent = headers(&[
        ("x-codex-primary-used-percent", "0"),
        ("x-codex-primary-window-minutes", "0"),
        ("x-codex-primary-reset-at", ""),
        ("x-codex-primary-reset-after-seconds", "0"),
        ("x-codex-plan-type", ""),
        ("content-type", "text/event-stream"),
    ]);
    assert_eq!(from_headers(&absent, NOW), None);
}

#[test]
fn the_event_is_read_like_the_headers() {
    let plan = br#"{"type":"codex.rate_limits","plan_type":"pro","rate_limits":{"allowed":true,"limit_reached":true,
        "primary":{"used_percent":"55","window_minutes":300,"reset_at":2000},"secondary":null},
        "credits":{"has_credits":true,"unlimited":false,"balance":3}}"#;
    let limits = from_event(plan, NOW).unwrap();
    assert_eq!(told(&limits.windows), ["plan 55 Session Some(2000)"]);
    assert_eq!(limits.credits.unwrap().balance.as_deref(), Some("3"));
    assert!(limits.limit_reached);

    let metered = br#"{"metered_limit_name":"codex_bengalfox","rate_limits":{"limit_reached":true,
        "primary":{"used_percent":100.0,"window_minutes":10080,"reset_at":2000.9}}}"#;
    let limits = from_event(metered, NOW).unwrap();
    assert_eq!(
        told(&limits.metered),
        ["codex_bengalfox 100 Week Some(2000)"]
    );
    assert!(!limits.limit_reached && limits.windows.is_empty());

    for nothing in ["{}", "[]", "{\"rate_limits\":7}", "{\"rate_limits\":"] {
        assert_eq!(from_event(nothing.as_bytes(), NOW), None, "{nothing}");
    }
}

#[test]
fn the_usage_page_is_read_element_by_element() {
    let page = br#"{"plan_type":"team","email":"x@example.test","rate_limit":{"allowed":true,"limit_reached":false,
        "primary_window":{"used_percent":12,"limit_window_seconds":604800,"reset_after_seconds":5,"reset_at":9000},
        "secondary_window":{"used_percent":"1.5","limit_window_seconds":"18000","reset_after_seconds":"30"}},
        "credits":{"has_credits":"false","unlimited":false,"balance":"0"},
        "spend_control":{"reached":true,"individual_limit":{"limit":10,"used_percent":80,"reset_at":7000}},
        "additional_rate_limits":[
            {"limit_name":"Spark","metered_feature":"codex_bengalfox","rate_limit":{"primary_window":{"used_percent":3,"limit_window_seconds":2592000,"reset_at":8000}}},
            "odd", {"rate_limit":[]},
            {"metered_feature":"image_gen","rate_limit":{"primary_window":{"used_percent":4}}}],
        "rate_limit_reached_type":null,"rate_limit_reset_credits":{"available_count":1}}"#;
    let limits = from_usage(page, NOW).unwrap();
    assert_eq!(
        told(&limits.windows),
        ["plan 1.5 Session Some(1030)", "plan 12 Week Some(9000)"]
    );
    assert_eq!(
        told(&limits.metered),
        [
            "Spark 3 Month Some(8000)",
            "image_gen 4 Unknown None",
            "spend_control 80 Unknown Some(7000)"
        ]
    );
    assert!(limits.limit_reached);
    assert_eq!(limits.binding().map(Window::span), Some(Span::Week));

    assert_eq!(from_usage(b"{}", NOW).unwrap(), Limits::default());
    assert!(from_usage(b"[]", NOW).is_err());
    let nulls =
        br#"{"rate_limit":null,"credits":null,"additional_rate_limits":null,"spend_control":null}"#;
    assert_eq!(from_usage(nulls, NOW).unwrap(), Limits::default());
}

fn reading(windows: Vec<Window>, metered: Vec<Window>, at: i64, account: &str) -> Reading {
    Reading {
        limits: Limits {
            windows,
            metered,
            ..Limits::default()
        },
        at: Timestamp::from_seconds(at),
        account_id: Some(account.to_owned()),
    }
}

#[test]
fn a_new_reading_keeps_what_it_is_silent_about() {
    let window = |feature: Option<&str>, used, resets_at| Window {
        feature: feature.map(str::to_owned),
        used_percent: used,
        window_minutes: Some(300),
        resets_at: Some(resets_at),
    };
    let older = reading(
        vec![window(None, 1.0, 900)],
        vec![
            window(Some("image_gen"), 50.0, 900),
            window(Some("spark"), 60.0, 100),
        ],
        0,
        "a",
    );
    let images = |account| {
        let metered = vec![window(Some("files"), 2.0, 900)];
        reading(Vec::new(), metered, 200, account)
    };
    let joined = images("a").joined(Some(&older)).limits;
    assert_eq!(told(&joined.windows), ["plan 1 Session Some(900)"]);
    assert_eq!(
        told(&joined.metered),
        [
            "files 2 Session Some(900)",
            "image_gen 50 Session Some(900)"
        ]
    );
    let other = images("b").joined(Some(&older)).limits;
    assert!(other.windows.is_empty() && other.metered.len() == 1);
}
