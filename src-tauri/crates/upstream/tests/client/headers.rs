//! What really goes over the wire, and what comes back beside the events.

use http::HeaderValue;

use crate::stage::{Stage, ask};

#[tokio::test]
async fn the_wire_carries_these_headers_and_no_others() {
    let stage = Stage::open().await;
    let mut ask = ask("hello");
    for (name, value) in [
        ("x-codex-turn-state", "turn"),
        ("authorization", "Bearer leak"),
        ("cookie", "leak=1"),
        ("x-stainless-lang", "js"),
        ("anthropic-version", "1"),
        ("user-agent", "leak"),
    ] {
        ask.passed_headers
            .insert(name, HeaderValue::from_static(value));
    }
    stage.client.open(&ask, &stage.plus()).await.unwrap();
    let asked = stage.asked();
    let sent = &asked[0];
    let mut names: Vec<&str> = sent.headers.keys().map(|name| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "accept",
            "authorization",
            "chatgpt-account-id",
            "content-length",
            "content-type",
            "host",
            "originator",
            "session-id",
            "thread-id",
            "user-agent",
            "x-client-request-id",
            "x-codex-turn-state",
        ]
    );
    assert_eq!(sent.headers.len(), names.len(), "each header once");
    assert_eq!(
        sent.header("authorization"),
        Some("Bearer at-standin-acct_plus")
    );
    let agent = sent.header("user-agent").unwrap();
    assert!(
        agent.starts_with("postern/") && agent.ends_with(')'),
        "{agent}"
    );
    assert_eq!(sent.compressed, None);
    let body = sent.json();
    assert_eq!(
        (&body["stream"], &body["store"]),
        (&true.into(), &false.into())
    );
}

#[tokio::test]
async fn a_government_seat_is_routed_and_marked() {
    let stage = Stage::open().await;
    let mut credential = stage.seat("acct_gov");
    let unmarked = stage.client.open(&ask("hello"), &credential).await;
    assert!(unmarked.is_err(), "the stand-in demands both headers");
    credential.fedramp = true;
    credential.routing_override = Some("us_cr".to_owned());
    assert!(stage.client.open(&ask("hello"), &credential).await.is_ok());
    assert!(stage.client.catalogue(&credential).await.is_ok());
    assert!(stage.client.usage(&credential).await.is_ok());
}

#[tokio::test]
async fn the_head_has_what_a_codex_client_reads() {
    let stage = Stage::open().await;
    let prompt = "[[reroute gpt-5.6-luna]] [[safety]] hello";
    let opened = stage
        .client
        .open(&ask(prompt), &stage.plus())
        .await
        .unwrap();
    let head = opened.head;
    assert!(head.request_id.is_some_and(|id| !id.is_empty()));
    assert_eq!(head.attempts, 1);
    for name in [
        "x-codex-turn-state",
        "x-models-etag",
        "openai-model",
        "x-codex-primary-used-percent",
        "x-codex-plan-type",
        "x-codex-safety-buffering-enabled",
    ] {
        assert!(
            head.passed.contains_key(name),
            "{name} of {:?}",
            head.passed
        );
    }
    for name in ["content-type", "date", "transfer-encoding", "set-cookie"] {
        assert!(!head.passed.contains_key(name), "{name}");
    }
}
