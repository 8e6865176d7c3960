//! One request on a socket: the events of the stream, by the same way.

use base::Secret;
use http::HeaderValue;
use serde_json::{Value, json};
use store::Ended;

use super::{create, text, types};
use crate::stage::{Stage, responses};

#[tokio::test]
async fn a_turn_is_the_events_of_the_stream() {
    let stage = Stage::open().await;
    let post = stage.post("/v1/responses", &responses("hello", true)).await;
    let mut socket = stage.socket().await;
    socket.say(&create("hello", &json!({}))).await;
    let events = socket.answer().await;
    assert_eq!(types(&events), post.types());
    assert_eq!(text(&events.last().unwrap()["response"]), "You said: hello");
    let numbers: Vec<_> = events
        .iter()
        .map(|event| event["sequence_number"].as_u64())
        .collect();
    assert!(numbers.is_sorted() && numbers[0].is_some());
    // The backend sees the same request, without an envelope (trap 4).
    let asked: Vec<_> = stage.asked().iter().map(|one| one.json()).collect();
    assert_eq!(asked[0]["input"], asked[1]["input"]);
    let names =
        |body: &Value| -> Vec<String> { body.as_object().unwrap().keys().cloned().collect() };
    assert_eq!(names(&asked[0]), names(&asked[1]));
}

#[tokio::test]
async fn each_request_writes_one_line_and_the_upgrade_none() {
    let stage = Stage::open().await;
    let mut socket = stage.socket().await;
    for (prompt, status, ended) in [
        ("[[usage input=9 output=4]] hello", 200, Ended::Whole),
        ("[[incomplete max_output_tokens]]", 200, Ended::Incomplete),
        ("[[http context-length]]", 400, Ended::Refused),
        ("[[eof 3]]", 200, Ended::UpstreamFailed),
    ] {
        socket.say(&create(prompt, &json!({}))).await;
        socket.answer().await;
        let count = stage.asked().len();
        let line = stage.lines(count).await.pop().unwrap();
        assert_eq!((line.status, line.ended), (status, ended), "{prompt}");
        assert_eq!(
            (line.dialect.as_str(), line.path.as_str()),
            ("responses", "/v1/responses")
        );
        assert_eq!(line.key_name.as_deref(), Some("test"));
        assert!(line.stream);
    }
    assert_eq!(stage.gateway().in_flight(), 0);
}

#[tokio::test]
async fn requests_on_one_socket_are_answered_one_after_the_other() {
    let stage = Stage::open().await;
    let mut socket = stage.socket().await;
    socket.say(&create("[[stall 4]] one", &json!({}))).await;
    socket.say(&create("two", &json!({}))).await;
    stage.world().until_stalled(1).await;
    assert_eq!(stage.asked().len(), 1);
    stage.world().resume();
    for prompt in ["one", "two"] {
        let last = socket.answer().await.pop().unwrap();
        assert_eq!(text(&last["response"]), format!("You said: {prompt}"));
    }
}

#[tokio::test]
async fn what_could_not_be_honoured_is_told_behind_the_beginning() {
    let stage = Stage::open().await;
    let mut socket = stage.socket().await;
    let odd = json!({ "temperature": 0.5, "stream": false });
    socket.say(&create("hello", &odd)).await;
    let events = socket.answer().await;
    assert_eq!(
        types(&events)[..2],
        ["response.created", "response.metadata"]
    );
    let told = &events[1]["headers"];
    assert_eq!(told["x-postern-ignored"], "stream, temperature");
    let line = stage.line().await;
    assert_eq!(told["x-postern-request-id"], line.request_id);
    assert_eq!(line.ignored, ["stream", "temperature"]);
}

#[tokio::test]
async fn a_codex_client_hears_the_head_and_its_turn_state_goes_on() {
    let stage = Stage::open().await;
    let mut upgrade = stage.upgrade();
    let codex = HeaderValue::from_static("codex_exec");
    upgrade.headers_mut().insert("originator", codex);
    let session = HeaderValue::from_static("thread-1");
    upgrade.headers_mut().insert("session-id", session);
    let mut socket = stage.socket_as(upgrade).await;
    let state = json!({ "client_metadata": { "x-codex-turn-state": "sticky" } });
    socket
        .say(&create("[[header x-codex-turn-state]]", &state))
        .await;
    let events = socket.answer().await;
    assert_eq!(
        types(&events)[..2],
        ["codex.response.metadata", "response.created"]
    );
    let headers = events[0]["headers"].as_object().unwrap();
    assert!(
        headers.contains_key("x-codex-primary-used-percent"),
        "{headers:?}"
    );
    assert_eq!(text(&events.last().unwrap()["response"]), "sticky");
}

#[tokio::test]
async fn a_failure_before_the_first_event_is_an_error_with_its_status() {
    let stage = Stage::open().await;
    let mut socket = stage.socket().await;
    let error = socket
        .refused(&create("[[http usage-limit resets=60]]", &json!({})))
        .await;
    assert_eq!(
        (error["status"].as_u64(), &error["error"]["code"]),
        (Some(429), &json!("usage_limit_reached"))
    );
    assert_eq!(error["error"]["resets_in_seconds"], 60);
    assert_eq!(error["headers"]["retry-after"], "60");
    assert_eq!(error["headers"]["x-codex-primary-used-percent"], "100");
    // The account's limit holds for what comes on the same socket next.
    let again = socket.refused(&create("hello", &json!({}))).await;
    assert_eq!(again["status"], 429);
    assert_eq!(stage.asked().len(), 1);
}

#[tokio::test]
async fn a_key_that_was_revoked_opens_nothing_more() {
    let stage = Stage::open().await;
    let mut socket = stage.socket().await;
    socket.ask(&create("hello", &json!({}))).await;
    assert!(stage.keys.revoke("test").await.unwrap());
    let error = socket.refused(&create("hello", &json!({}))).await;
    assert_eq!(
        (&error["status"], &error["error"]["code"]),
        (&json!(401), &json!("invalid_api_key"))
    );
    let secret = Secret::new(stage.key.as_str());
    assert!(!error.to_string().contains(secret.reveal()));
}
