//! Streamed answers: whole events, one end, signs of life, and no faster than the client reads.

use std::time::Duration;

use base::Clock;
use http::{HeaderValue, Method};
use serde_json::{Value, json};
use store::Ended;

use crate::caller;
use crate::stage::{Plan, Stage, chat, responses};

const RESPONSES: &str = "/v1/responses";
const CHAT: &str = "/v1/chat/completions";

#[tokio::test]
async fn a_stream_of_responses_is_complete_and_ends_once() {
    let stage = Stage::open().await;
    let reply = stage.post(RESPONSES, &responses("hello", true)).await;
    assert_eq!(reply.status, 200);
    let media = reply.header("content-type").unwrap();
    assert!(media.starts_with("text/event-stream"), "{media}");
    let types = reply.types();
    assert_eq!(types.first().map(String::as_str), Some("response.created"));
    assert_eq!(types.last().map(String::as_str), Some("response.completed"));
    let ends = types.iter().filter(|name| *name == "response.completed");
    assert_eq!(ends.count(), 1);
    let last = reply.events().pop().unwrap();
    assert_eq!(
        last["response"]["output"][0]["content"][0]["text"],
        "You said: hello"
    );
    let line = stage.line().await;
    assert_eq!(
        (line.status, line.ended, line.attempts),
        (200, Ended::Whole, 1)
    );
    assert_eq!((line.dialect.as_str(), line.stream), ("responses", true));
    assert_eq!(line.model.as_deref(), Some("gpt-5.6-terra"));
    assert_eq!(
        reply.header("x-postern-request-id"),
        Some(line.request_id.as_str())
    );
    assert!(line.input_tokens.is_some() && line.output_tokens.is_some());
    assert!(line.first_byte_ms.is_some() && line.account.is_some());
}

#[tokio::test]
async fn a_stream_of_chat_is_complete_and_ends_once() {
    let stage = Stage::open().await;
    let reply = stage.post(CHAT, &chat("hello", true)).await;
    assert_eq!(reply.status, 200);
    let events = reply.events();
    assert_eq!(events.last(), Some(&Value::from("[DONE]")));
    let text: String = events
        .iter()
        .filter_map(|event| event["choices"][0]["delta"]["content"].as_str())
        .collect();
    assert_eq!(text, "You said: hello");
    let reasons: Vec<_> = events
        .iter()
        .filter_map(|event| event["choices"][0]["finish_reason"].as_str())
        .collect();
    assert_eq!(reasons, ["stop"]);
    let line = stage.line().await;
    assert_eq!((line.dialect.as_str(), line.ended), ("chat", Ended::Whole));
}

#[tokio::test]
async fn nothing_follows_the_end_and_nobody_waits_for_more() {
    let stage = Stage::open().await;
    for prompt in ["[[linger]] bye", "[[after-end]] bye"] {
        for (path, body) in [
            (RESPONSES, responses(prompt, true)),
            (CHAT, chat(prompt, true)),
        ] {
            let reply = stage.post(path, &body).await;
            let last = reply.events().pop().unwrap();
            let ended = last == "[DONE]" || last["type"] == "response.completed";
            assert!(ended, "{prompt} at {path}: {last}");
        }
    }
    for line in stage.lines(4).await {
        assert_eq!(line.ended, Ended::Whole);
    }
}

#[tokio::test]
async fn every_piece_is_whole_events_however_the_backend_cuts() {
    let stage = Stage::open().await;
    for (path, body) in [
        (RESPONSES, responses("[[bytewise]] [[words 40]] é", true)),
        (CHAT, chat("[[bytewise]] [[words 40]] é", true)),
    ] {
        let mut live = stage
            .open_stream(stage.request(Method::POST, path, &body))
            .await;
        let mut pieces = 0;
        while let Some(piece) = live.piece().await {
            assert!(piece.ends_with(b"\n\n"), "{path}: {piece:?}");
            caller::events(&piece);
            pieces += 1;
        }
        assert!(pieces > 1, "{path}");
    }
}

#[tokio::test]
async fn silence_is_filled_with_what_each_client_counts_as_a_sign_of_life() {
    let (event, comment) = ("data: {\"type\":\"keepalive\"}", ": keep-alive");
    for (path, body, originator, sign) in [
        (
            RESPONSES,
            responses("[[stall 3]]", true),
            "codex_cli_rs",
            event,
        ),
        (RESPONSES, responses("[[stall 3]]", true), "app", comment),
        (CHAT, chat("[[stall 3]]", true), "app", comment),
    ] {
        let (stage, hand) = Stage::by_hand(Plan::default()).await;
        let mut request = stage.request(Method::POST, path, &body);
        let originator = HeaderValue::from_static(originator);
        request.headers_mut().insert("originator", originator);
        let mut live = stage.open_stream(request).await;
        assert_eq!(live.status, 200, "{path}");
        // The wait for the next event, and the wait for the next sign of life.
        for _ in 0..3 {
            hand.until_sleeping(2).await;
            hand.advance(Duration::from_secs(12));
            live.until(sign).await;
        }
        stage.world().resume();
        let rest = live.whole().await;
        let last = rest.events().pop().unwrap();
        assert!(
            last == "[DONE]" || last["type"] == "response.completed",
            "{last}"
        );
        assert_eq!(stage.line().await.ended, Ended::Whole);
    }
}

#[tokio::test]
async fn before_the_first_event_no_sign_of_life_can_hide_a_status() {
    let (stage, hand) = Stage::by_hand(Plan::default()).await;
    let request = stage.request(Method::POST, RESPONSES, &responses("[[stall 0]]", true));
    let asking = stage.send(request);
    let moving = async {
        stage
            .world()
            .until_received(crate::stage::RESPONSES, 1)
            .await;
        hand.until_sleeping(1).await;
        hand.advance(Duration::from_secs(300));
    };
    let (reply, ()) = tokio::join!(asking, moving);
    assert_eq!(reply.status, 504);
    assert_eq!(reply.json()["error"]["code"], "upstream_timeout");
    assert_eq!(stage.line().await.ended, Ended::UpstreamFailed);
}

#[tokio::test]
async fn a_backend_that_falls_silent_ends_the_stream_with_a_reason() {
    let (stage, hand) = Stage::by_hand(Plan::default()).await;
    let request = stage.request(Method::POST, RESPONSES, &responses("[[stall 3]]", true));
    let mut live = stage.open_stream(request).await;
    hand.until_sleeping(2).await;
    hand.advance(Duration::from_secs(300));
    let told = live.until("response.failed").await;
    assert!(told.contains("silent for 300 seconds"), "{told}");
    assert_eq!(live.piece().await, None);
    let line = stage.line().await;
    assert_eq!((line.status, line.ended), (200, Ended::UpstreamFailed));
    assert_eq!(line.fault.as_deref(), Some("upstream_timeout"));
}

#[tokio::test]
async fn a_slow_reader_slows_the_backend_down() {
    let stage = Stage::open().await;
    // Some 20 MB and more: no sockets and buffers on the way hold that much.
    let body = responses("[[events 200000]]", true);
    let mut live = stage
        .open_stream(stage.request(Method::POST, RESPONSES, &body))
        .await;
    live.until("response.created").await;
    Clock::system().sleep(Duration::from_millis(300)).await;
    assert_eq!(stage.gateway().in_flight(), 1);
    assert!(
        stage.log.recent(10).is_empty(),
        "the whole answer was read ahead"
    );
    let mut bytes = 0;
    while let Some(piece) = live.piece().await {
        bytes += piece.len();
    }
    assert!(bytes > 20_000_000, "{bytes}");
    assert_eq!(stage.line().await.ended, Ended::Whole);
}

#[tokio::test]
async fn what_the_backend_says_in_its_head_reaches_the_client() {
    let stage = Stage::open().await;
    let body = responses("[[reroute gpt-5.6-luna]] hello", true);
    let reply = stage.post(RESPONSES, &body).await;
    assert_eq!(reply.header("openai-model"), Some("gpt-5.6-luna"));
    for name in [
        "x-codex-primary-used-percent",
        "x-models-etag",
        "x-request-id",
    ] {
        assert!(
            reply.header(name).is_some(),
            "{name} in {:?}",
            reply.headers
        );
    }
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let line = stage.line().await;
    assert_eq!(
        line.upstream_request_id.as_deref(),
        reply.header("x-request-id")
    );
}

#[tokio::test]
async fn what_the_backend_does_not_say_is_not_said() {
    let stage = Stage::open().await;
    for (path, body) in [
        (RESPONSES, responses("hello", true)),
        (CHAT, chat("hello", false)),
    ] {
        let reply = stage.post(path, &body).await;
        assert_eq!(reply.status, 200);
        for name in ["openai-model", "openai-organization", "openai-version"] {
            assert_eq!(reply.header(name), None, "{path}");
        }
    }
}

#[tokio::test]
async fn what_could_not_be_honoured_is_named() {
    let stage = Stage::open().await;
    let mut body = chat("hello", true);
    body["temperature"] = json!(0.2);
    body["logit_bias"] = json!({ "50256": -100 });
    let reply = stage.post(CHAT, &body).await;
    assert_eq!(reply.status, 200);
    let ignored = reply.header("x-postern-ignored").unwrap();
    assert!(
        ignored.contains("temperature") && ignored.contains("logit_bias"),
        "{ignored}"
    );
    let line = stage.line().await;
    assert!(
        line.ignored.iter().any(|name| name == "temperature"),
        "{:?}",
        line.ignored
    );
}

#[tokio::test]
async fn only_a_codex_client_gets_the_backends_own_events() {
    let stage = Stage::open().await;
    let body = responses("[[metadata]] hello", true);
    let plain = stage.post(RESPONSES, &body).await;
    let mut request = stage.request(Method::POST, RESPONSES, &body);
    let codex = HeaderValue::from_static("codex_cli_rs");
    request.headers_mut().insert("originator", codex);
    let codex = stage.send(request).await;
    let own = |types: Vec<String>| types.iter().any(|name| name.starts_with("codex."));
    assert!(!own(plain.types()));
    assert!(own(codex.types()), "{:?}", codex.types());
}
