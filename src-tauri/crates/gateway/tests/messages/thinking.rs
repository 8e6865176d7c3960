//! The model's thinking: what a client gets of it, and what becomes of what it sends back.

use serde_json::{Value, json};

use super::{MESSAGES, text};
use crate::stage::{Account, Plan, Stage, messages};

/// A request for thinking.
fn thoughtful(model: &str, prompt: &str) -> Value {
    let mut body = messages(prompt, false);
    body["model"] = model.into();
    body["thinking"] = json!({ "type": "adaptive" });
    body["output_config"] = json!({ "effort": "high" });
    body
}

/// The next turn of the conversation.
fn next(body: &Value, content: &Value) -> Value {
    let mut body = body.clone();
    let conversation = body["messages"].as_array_mut().unwrap();
    conversation.push(json!({ "role": "assistant", "content": content }));
    conversation.push(json!({ "role": "user", "content": "go on" }));
    body
}

/// How many reasoning items the last request had.
fn replayed(stage: &Stage) -> usize {
    let asked = stage.asked().pop().unwrap().json();
    let items = asked["input"].as_array().unwrap().iter();
    items.filter(|item| item["type"] == "reasoning").count()
}

#[tokio::test]
async fn thinking_is_shown_and_replayed_where_it_was_made() {
    let stage = Stage::open().await;
    let body = thoughtful("gpt-5.6-terra", "hello");
    let first = stage.post(MESSAGES, &body).await;
    assert_eq!(text(&first), "You said: hello");
    let content = first.json()["content"].clone();
    assert_eq!(content[0]["type"], "thinking");
    assert_eq!(content[0]["thinking"], "Thinking about: hello");
    let signature = content[0]["signature"].as_str().unwrap();
    assert!(
        signature.len() > 40 && !signature.contains("acct_plus"),
        "{signature}"
    );

    let reply = stage.post(MESSAGES, &next(&body, &content)).await;
    assert_eq!(
        (reply.status, replayed(&stage)),
        (200, 1),
        "{}",
        reply.text()
    );
    assert_eq!(reply.header("x-postern-ignored"), None);

    // The same family may replay it, another one may not.
    let mut sibling = next(&body, &content);
    sibling["model"] = "gpt-5.6-luna".into();
    assert_eq!(stage.post(MESSAGES, &sibling).await.status, 200);
    assert_eq!(replayed(&stage), 1);
    let mut stranger = next(&body, &content);
    stranger["model"] = "gpt-5.5".into();
    let reply = stage.post(MESSAGES, &stranger).await;
    assert_eq!(
        (reply.status, replayed(&stage)),
        (200, 0),
        "{}",
        reply.text()
    );
    let ignored = reply.header("x-postern-ignored");
    assert_eq!(ignored, Some("messages[1].content[0]"));

    let other = Stage::with(Plan {
        account: Account::AccessToken("at-standin-acct_pro"),
        ..Plan::default()
    })
    .await;
    let reply = other.post(MESSAGES, &next(&body, &content)).await;
    assert_eq!(
        (reply.status, replayed(&other)),
        (200, 0),
        "{}",
        reply.text()
    );
}

#[tokio::test]
async fn a_real_claudes_thinking_is_left_out_and_named() {
    let stage = Stage::open().await;
    let content = json!([
        { "type": "thinking", "thinking": "Hm.", "signature": "EqQBCgIYAhIM" },
        { "type": "text", "text": "Well." },
    ]);
    let body = next(&thoughtful("gpt-5.6-terra", "hello"), &content);
    let reply = stage.post(MESSAGES, &body).await;
    assert_eq!(
        (reply.status, replayed(&stage)),
        (200, 0),
        "{}",
        reply.text()
    );
    let ignored = reply.header("x-postern-ignored");
    assert_eq!(ignored, Some("messages[1].content[0]"));
}

#[tokio::test]
async fn a_signature_alone_is_closed_before_the_call_behind_it() {
    let stage = Stage::open().await;
    let mut body = thoughtful("gpt-5.6-terra", "[[call now]]");
    body["thinking"]["display"] = "omitted".into();
    body["tools"] = json!([{ "name": "now", "input_schema": { "type": "object" } }]);
    body["stream"] = true.into();
    let reply = stage.post(MESSAGES, &body).await;
    let told: Vec<(String, String)> = reply
        .events()
        .iter()
        .map(|event| {
            let kind = event["content_block"]["type"].as_str();
            let kind = kind
                .or_else(|| event["delta"]["type"].as_str())
                .unwrap_or_default();
            (event["type"].as_str().unwrap().to_owned(), kind.to_owned())
        })
        .filter(|(name, _)| name.starts_with("content_block"))
        .collect();
    let told: Vec<(&str, &str)> = told.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(
        told[..5],
        [
            ("content_block_start", "thinking"),
            ("content_block_delta", "signature_delta"),
            ("content_block_stop", ""),
            ("content_block_start", "tool_use"),
            ("content_block_delta", "input_json_delta"),
        ]
    );
}

#[tokio::test]
async fn who_does_not_ask_for_thinking_gets_none() {
    let stage = Stage::open().await;
    let mut body = thoughtful("gpt-5.6-terra", "hello");
    body["thinking"] = Value::Null;
    let reply = stage.post(MESSAGES, &body).await;
    let content = reply.json()["content"].clone();
    assert_eq!(
        content,
        json!([{ "type": "text", "text": "You said: hello" }])
    );
    let sent = stage.asked()[0].json();
    assert_eq!(sent["reasoning"], json!({ "effort": "high" }));
}
