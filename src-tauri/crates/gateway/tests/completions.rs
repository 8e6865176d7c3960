//! The old endpoint: a prompt and its continuation.

use serde_json::{Value, json};
use store::Ended;

use crate::stage::Stage;

const PATH: &str = "/v1/completions";

fn prompt(prompt: &str, stream: bool) -> Value {
    json!({ "model": "gpt-5.6-terra", "prompt": prompt, "stream": stream })
}

#[tokio::test]
async fn a_whole_completion_has_its_text_and_its_usage() {
    let stage = Stage::open().await;
    let asked = prompt(
        "[[usage input=120 cached=64 output=7 reasoning=3]] hello",
        false,
    );
    let reply = stage.post(PATH, &asked).await;
    assert_eq!(
        (reply.status, reply.header("content-type")),
        (200, Some("application/json"))
    );
    let answer = reply.json();
    assert_eq!(answer["object"], "text_completion");
    assert!(
        answer["id"].as_str().unwrap().starts_with("cmpl-"),
        "{answer}"
    );
    let choice =
        json!({ "text": "You said: hello", "index": 0, "logprobs": null, "finish_reason": "stop" });
    assert_eq!(answer["choices"], json!([choice]));
    assert_eq!(answer["usage"]["total_tokens"], 127);
    let line = stage.line().await;
    assert_eq!(
        (line.dialect.as_str(), line.ended, line.output_tokens),
        ("completions", Ended::Whole, Some(7))
    );
}

#[tokio::test]
async fn a_stream_is_complete_and_ends_once() {
    let stage = Stage::open().await;
    let reply = stage.post(PATH, &prompt("hello", true)).await;
    assert!(
        reply
            .header("content-type")
            .unwrap()
            .starts_with("text/event-stream")
    );
    let events = reply.events();
    assert_eq!(events.last(), Some(&Value::from("[DONE]")));
    let choices = || events.iter().map(|event| &event["choices"][0]);
    let text: String = choices()
        .filter_map(|choice| choice["text"].as_str())
        .collect();
    assert_eq!(text, "You said: hello");
    let reasons: Vec<_> = choices()
        .filter_map(|choice| choice["finish_reason"].as_str())
        .collect();
    assert_eq!(reasons, ["stop"]);
    assert_eq!(stage.line().await.ended, Ended::Whole);
}

#[tokio::test]
async fn what_cannot_be_served_is_refused_or_named() {
    let stage = Stage::open().await;
    let mut several = prompt("", false);
    several["prompt"] = json!(["a", "b"]);
    let reply = stage.post(PATH, &several).await;
    assert_eq!(
        (reply.status, &reply.json()["error"]["param"]),
        (400, &json!("prompt"))
    );
    let mut named = prompt("hello", false);
    named["logprobs"] = json!(2);
    let reply = stage.post(PATH, &named).await;
    assert_eq!(
        (reply.status, reply.header("x-postern-ignored")),
        (200, Some("logprobs"))
    );
}
