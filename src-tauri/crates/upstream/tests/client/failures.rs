//! Failures inside the stream (contract backend 3.2): as the first event they keep a status and
//! may be tried again; later they are passed on.

use wire::Fault;
use wire::responses::Kind;

use crate::stage::{Stage, ask, class};
use crate::wires::server;

#[tokio::test]
async fn a_failure_that_comes_first_is_a_fault() {
    let rows = [
        ("context_length_exceeded", "Refused", 1),
        ("insufficient_quota", "Refused", 1),
        ("usage_not_included", "Refused", 1),
        ("cyber_policy", "Refused", 1),
        ("misalignment_policy_violation", "Refused", 1),
        ("invalid_prompt", "Refused", 1),
        ("bio_policy", "Refused", 1),
        ("server_is_overloaded", "Overloaded", 2),
        ("slow_down", "Overloaded", 2),
        ("overloaded_error", "Overloaded", 2),
        ("rate_limit_exceeded", "Throttled", 3),
        ("usage_limit_reached", "Quota", 1),
        ("server_error", "Failed", 3),
        ("something_new", "Failed", 3),
    ];
    let stage = Stage::patient().await;
    for (code, expected, requests) in rows {
        stage.world().forget_received();
        let (_, fault) = stage.hear(&format!("[[failed {code} first]]")).await;
        let fault = fault.unwrap_or_else(|| panic!("{code} is no answer"));
        assert_eq!(class(&fault), expected, "{code}: {fault:?}");
        assert_eq!(fault.code(), code);
        let id = fault.words().and_then(|words| words.request_id.as_deref());
        assert!(id.is_some_and(|id| !id.is_empty()), "{code}: {fault:?}");
        assert_eq!(stage.asked().len(), requests, "requests of {code}");
    }
}

#[tokio::test]
async fn a_failure_after_the_first_event_is_passed_on_and_never_tried_again() {
    let stage = Stage::patient().await;
    for prompt in [
        "[[failed slow_down]]",
        "[[failed server_error after=2]] one two three",
        "[[error-event after=1]] one two three",
        "[[error-event nested after=1]] one two three",
    ] {
        stage.world().forget_received();
        let (events, fault) = stage.hear(prompt).await;
        assert_eq!(fault, None, "{prompt}");
        assert_eq!(events[0].kind(), Kind::Created, "{prompt}");
        let last = events.last().map(|event| event.kind());
        assert!(matches!(last, Some(Kind::Failed | Kind::Error)), "{prompt}");
        assert_eq!(stage.asked().len(), 1, "{prompt}");
    }
}

#[tokio::test]
async fn a_stream_without_end_is_cut_short() {
    let stage = Stage::patient().await;
    for (prompt, heard, requests) in [
        ("[[eof 0]] x", 0, 3),
        ("[[cut 0]] x", 0, 3),
        ("[[eof 1]] x", 1, 1),
        ("[[cut 1]] x", 1, 1),
        ("[[eof 4]] x", 4, 1),
        ("[[cut 4]] x", 4, 1),
    ] {
        stage.world().forget_received();
        let (events, fault) = stage.hear(prompt).await;
        let fault = fault.map(|fault| class(&fault));
        assert_eq!(fault.as_deref(), Some("CutShort"), "{prompt}");
        assert!(events.len() <= heard, "{prompt}: {}", events.len());
        if prompt.contains("eof") {
            assert_eq!(events.len(), heard, "{prompt}");
        }
        assert_eq!(stage.asked().len(), requests, "requests of {prompt}");
    }
}

#[tokio::test]
async fn a_quota_that_comes_in_the_stream_knows_its_reset_from_the_headers() {
    let (url, _) = server(LIMITED).await;
    let stage = Stage::open().await;
    let mut credential = stage.plus();
    credential.base = url;
    let resets_at = stage.clock.now().seconds() + 7200;
    let opened = stage.client.open(&ask("x"), &credential).await;
    let Err(Fault::Quota(quota)) = opened else {
        panic!("a quota");
    };
    assert_eq!(quota.resets_at, Some(resets_at));
    let used = ("x-codex-primary-used-percent".to_owned(), "100".to_owned());
    assert!(quota.headers.contains(&used));
}

/// The limit is told in the stream, its reset only in the headers.
const LIMITED: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\
    x-codex-primary-used-percent: 100\r\nx-codex-primary-window-minutes: 300\r\n\
    x-codex-primary-reset-after-seconds: 7200\r\n\r\n\
    data: {\"type\":\"response.failed\",\"response\":{\"error\":{\"code\":\"usage_limit_reached\"}}}\n\n";
