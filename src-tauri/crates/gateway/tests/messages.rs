//! The Anthropic Messages dialect, from the first byte of a request to the last of its answer.

mod around;
mod thinking;

use std::time::Duration;

use http::{HeaderValue, Method};
use serde_json::{Value, json};
use store::{Ended, Written};

use crate::caller::Reply;
use crate::stage::{Plan, Stage, messages};

const MESSAGES: &str = "/v1/messages";

/// The text of a whole message.
#[track_caller]
fn text(reply: &Reply) -> String {
    assert_eq!(reply.status, 200, "{}", reply.text());
    let message = reply.json();
    let blocks = message["content"].as_array().unwrap().iter();
    blocks.filter_map(|block| block["text"].as_str()).collect()
}

/// A request of one person's message with these blocks.
fn said(content: &Value) -> Value {
    let mut body = messages("", false);
    body["messages"] = json!([{ "role": "user", "content": content }]);
    body
}

#[tokio::test]
async fn a_stream_is_complete_and_ends_once() {
    let stage = Stage::open().await;
    let body = messages(
        "[[usage input=120 cached=64 output=7 reasoning=3]] hello",
        true,
    );
    let reply = stage.post(MESSAGES, &body).await;
    assert_eq!(reply.status, 200);
    let media = reply.header("content-type").unwrap();
    assert!(media.starts_with("text/event-stream"), "{media}");
    let types = reply.types();
    assert_eq!(types.first().map(String::as_str), Some("message_start"));
    let end: Vec<_> = types.iter().rev().take(3).rev().collect();
    assert_eq!(end, ["content_block_stop", "message_delta", "message_stop"]);
    assert!(!reply.text().contains("[DONE]"), "{}", reply.text());
    let events = reply.events();
    let told: String = events
        .iter()
        .filter_map(|event| event["delta"]["text"].as_str())
        .collect();
    assert_eq!(told, "You said: hello");
    let last = &events[events.len() - 2];
    assert_eq!(last["delta"]["stop_reason"], "end_turn");
    assert_eq!(last["usage"]["input_tokens"], 56);
    assert_eq!(last["usage"]["cache_read_input_tokens"], 64);
    let line = stage.line().await;
    assert_eq!((line.dialect.as_str(), line.stream), ("messages", true));
    assert_eq!((line.status, line.ended), (200, Ended::Whole));
    let tokens = [line.input_tokens, line.cached_tokens, line.output_tokens];
    assert_eq!(tokens, [Some(120), Some(64), Some(7)]);
}

#[tokio::test]
async fn a_whole_message_has_its_content_and_its_usage() {
    let stage = Stage::open().await;
    let mut body = messages("[[usage input=10 output=7]] hello", false);
    body["model"] = "gpt-5.6-terra[1m]".into();
    let reply = stage.post(MESSAGES, &body).await;
    assert_eq!(text(&reply), "You said: hello");
    let message = reply.json();
    assert_eq!(message["type"], "message");
    assert_eq!(message["role"], "assistant");
    assert_eq!(message["model"], "gpt-5.6-terra[1m]");
    assert_eq!(message["stop_reason"], "end_turn");
    assert_eq!(message["usage"]["output_tokens"], 7);
    assert!(message["id"].as_str().unwrap().starts_with("msg_"));
    assert_eq!(stage.asked()[0].json()["model"], "gpt-5.6-terra");
}

#[tokio::test]
async fn a_truncated_answer_says_why() {
    let stage = Stage::open().await;
    for (word, reason) in [
        ("max_output_tokens", "max_tokens"),
        ("content_filter", "refusal"),
    ] {
        let body = messages(&format!("[[incomplete {word}]] hello"), false);
        let reply = stage.post(MESSAGES, &body).await;
        assert_eq!(reply.json()["stop_reason"], reason, "{}", reply.text());
    }
    for line in stage.lines(2).await {
        assert_eq!((line.status, line.ended), (200, Ended::Incomplete));
    }
}

#[tokio::test]
async fn tools_are_called_side_by_side_and_their_results_come_back() {
    let stage = Stage::open().await;
    let schema = json!({ "type": "object", "properties": { "path": { "type": "string" } } });
    let tools = json!([
        { "name": "read_file", "input_schema": schema },
        { "name": "now", "input_schema": { "type": "object" } },
    ]);
    let prompt = r#"[[interleave]] [[call read_file {"path":"a"}]] [[call now]]"#;
    for stream in [false, true] {
        let mut body = messages(prompt, stream);
        body["tools"] = tools.clone();
        let reply = stage.post(MESSAGES, &body).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let reason = match stream {
            true => reply.events().iter().rev().nth(1).unwrap()["delta"]["stop_reason"].clone(),
            false => reply.json()["stop_reason"].clone(),
        };
        assert_eq!(reason, "tool_use");
    }
    let mut body = messages(prompt, false);
    body["tools"] = tools;
    let called = stage.post(MESSAGES, &body).await.json()["content"].clone();
    assert_eq!(called[0]["name"], "read_file");
    assert_eq!(called[0]["input"], json!({ "path": "a" }));
    assert_eq!(called[1]["name"], "now");
    let results: Vec<Value> = called
        .as_array()
        .unwrap()
        .iter()
        .map(|call| {
            let content = format!("result of {}", call["name"]);
            json!({ "type": "tool_result", "tool_use_id": call["id"], "content": content })
        })
        .collect();
    let conversation = body["messages"].as_array_mut().unwrap();
    conversation.push(json!({ "role": "assistant", "content": called }));
    conversation.push(json!({ "role": "user", "content": results }));
    let told = text(&stage.post(MESSAGES, &body).await);
    assert!(
        told.contains(r#"The tool read_file returned: result of "read_file""#),
        "{told}"
    );
    assert!(told.contains("The tool now returned"), "{told}");
}

#[tokio::test]
async fn pictures_and_documents_are_seen() {
    let stage = Stage::open().await;
    let content = json!([
        { "type": "text", "text": "look" },
        { "type": "image", "source": { "type": "base64", "media_type": "image/png", "data": PNG } },
        { "type": "document", "title": "a.pdf", "source": { "type": "base64", "media_type": "application/pdf", "data": "JVBERi0xLjQ=" } },
    ]);
    let told = text(&stage.post(MESSAGES, &said(&content)).await);
    assert!(told.contains("I see a PNG image, 1 by 1 pixels."), "{told}");
    assert!(told.contains("I read the file a.pdf, 8 bytes."), "{told}");
}

#[tokio::test]
async fn a_document_of_a_tool_reaches_the_model_and_so_does_its_picture() {
    let stage = Stage::open().await;
    let pdf = json!({ "type": "document", "title": "b.pdf", "source": { "type": "base64", "media_type": "application/pdf", "data": "JVBERi0xLjQ=" } });
    let png = json!({ "type": "image", "source": { "type": "base64", "media_type": "image/png", "data": PNG } });
    let mut body = messages("", false);
    body["tools"] = json!([{ "name": "read", "input_schema": { "type": "object" } }]);
    body["messages"] = json!([
        { "role": "user", "content": "read" },
        { "role": "assistant", "content": [
            { "type": "tool_use", "id": "toolu_1", "name": "read", "input": {} },
            { "type": "tool_use", "id": "toolu_2", "name": "read", "input": {} },
        ] },
        { "role": "user", "content": [
            { "type": "tool_result", "tool_use_id": "toolu_1", "content": [pdf] },
            { "type": "tool_result", "tool_use_id": "toolu_2", "content": [png], "is_error": true },
        ] },
    ]);
    let reply = stage.post(MESSAGES, &body).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let sent = stage.asked()[0].json().to_string();
    assert!(sent.contains("b.pdf") && sent.contains(PNG), "{sent}");
}

#[tokio::test]
async fn a_web_search_shows_what_was_searched_and_cited() {
    let stage = Stage::open().await;
    let mut body = messages("[[search green tea]]", false);
    body["tools"] = json!([{ "type": "web_search_20250305", "name": "web_search" }]);
    body["tool_choice"] = json!({ "type": "tool", "name": "web_search" });
    let reply = stage.post(MESSAGES, &body).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let message = reply.json();
    let content = &message["content"];
    assert_eq!(content[0]["type"], "server_tool_use");
    assert_eq!(content[0]["input"]["query"], "green tea");
    assert_eq!(content[1]["tool_use_id"], content[0]["id"]);
    let cited = &content[2]["citations"][0];
    assert_eq!(cited["type"], "web_search_result_location");
    assert!(cited["url"].as_str().unwrap().contains("green+tea"));
    assert_eq!(
        message["usage"]["server_tool_use"]["web_search_requests"],
        1
    );
    let conversation = body["messages"].as_array_mut().unwrap();
    conversation.push(json!({ "role": "assistant", "content": content }));
    conversation.push(json!({ "role": "user", "content": "and black?" }));
    body["tool_choice"] = json!({ "type": "auto" });
    assert_eq!(
        text(&stage.post(MESSAGES, &body).await),
        "You said: and black?"
    );
}

#[tokio::test]
async fn silence_is_filled_with_pings() {
    let (stage, hand) = Stage::by_hand(Plan::default()).await;
    let request = stage.request(Method::POST, MESSAGES, &messages("[[stall 3]]", true));
    let mut live = stage.open_stream(request).await;
    for _ in 0..3 {
        hand.until_sleeping(2).await;
        hand.advance(Duration::from_secs(12));
        live.until("event: ping\ndata: {\"type\":\"ping\"}\n\n")
            .await;
    }
    stage.world().resume();
    let rest = live.whole().await;
    assert_eq!(rest.events().pop().unwrap()["type"], "message_stop");
    assert_eq!(stage.line().await.ended, Ended::Whole);
}

#[tokio::test]
async fn a_claude_is_served_by_a_model_of_the_plan() {
    let stage = Stage::open().await;
    let serve = async |stage: &Stage, asked: &str| {
        let mut body = messages("hello", false);
        body["model"] = asked.into();
        let reply = stage.post(MESSAGES, &body).await;
        assert_eq!(reply.json()["model"], asked, "{}", reply.text());
        let sent = stage.asked().pop().unwrap();
        sent.json()["model"].as_str().unwrap().to_owned()
    };
    assert_eq!(serve(&stage, "claude-opus-5-5").await, "gpt-6-astra");
    assert_eq!(serve(&stage, "claude-haiku-4-5").await, "gpt-5.6-luna");
    assert_eq!(serve(&stage, "gpt-5.5").await, "gpt-5.5");
    let written = Written {
        model_map: Some(vec!["claude-*opus* -> gpt-5.6-sol".into()]),
        ..Written::default()
    };
    let stage = Stage::with(Plan {
        written,
        ..Plan::default()
    })
    .await;
    assert_eq!(serve(&stage, "claude-opus-5-5").await, "gpt-5.6-sol");
    assert_eq!(stage.line().await.model.as_deref(), Some("gpt-5.6-sol"));
}

#[tokio::test]
async fn what_could_not_be_honoured_is_named() {
    let stage = Stage::open().await;
    let mut body = messages("hello", true);
    body["stop_sequences"] = json!(["x"]);
    body["top_k"] = json!(3);
    let reply = stage.post(MESSAGES, &body).await;
    let ignored = reply.header("x-postern-ignored").unwrap();
    assert_eq!(ignored, "top_k");
    assert_eq!(stage.line().await.ignored, ["top_k"]);
}

#[tokio::test]
async fn a_session_that_the_client_names_keeps_its_lane() {
    let stage = Stage::open().await;
    for (user, prompt) in [("s1", "one"), ("s1", "two"), ("s2", "one")] {
        let mut body = messages(prompt, false);
        body["metadata"] = json!({ "user_id": user });
        assert_eq!(stage.post(MESSAGES, &body).await.status, 200);
    }
    let lanes: Vec<_> = stage
        .asked()
        .iter()
        .map(|one| one.header("session-id").unwrap().to_owned())
        .collect();
    assert_eq!(lanes[0], lanes[1]);
    assert_ne!(lanes[0], lanes[2]);
}

#[tokio::test]
async fn a_key_comes_as_anthropics_clients_send_it() {
    let stage = Stage::open().await;
    let mut request = stage.request(Method::POST, MESSAGES, &messages("hello", false));
    let headers = request.headers_mut();
    headers.remove("authorization");
    let key = HeaderValue::try_from(&stage.key).unwrap();
    headers.insert("x-api-key", key);
    headers.insert("anthropic-version", HeaderValue::from_static("2023-06-01"));
    let reply = stage.send(request).await;
    assert_eq!(text(&reply), "You said: hello");
    assert_eq!(
        reply.header("request-id"),
        reply.header("x-postern-request-id")
    );
}

const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
