//! Conversations made smaller, and inputs counted.

use http::Method;
use serde_json::{Value, json};
use translate::Tokens;

use super::{after, refused, request};
use crate::stage::Stage;

#[tokio::test]
async fn a_conversation_is_compacted_by_a_trigger_and_can_go_on() {
    let stage = Stage::open().await;
    let id = stage.ask_id("The word is bailey.", &json!({})).await;
    let mut body = request("Mind it.", &after(&id));
    body["include"] = json!(["reasoning.encrypted_content"]);
    let reply = stage.post("/v1/responses/compact", &body).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(reply.header("x-postern-ignored"), Some("include"));
    let compacted = reply.json();
    assert_eq!(compacted["object"], "response.compaction");
    assert!(compacted["usage"]["total_tokens"].is_u64());
    assert!(compacted["created_at"].is_i64());
    let output = compacted["output"].as_array().unwrap();
    let types: Vec<_> = output.iter().map(|item| &item["type"]).collect();
    assert_eq!(types, ["message", "message", "compaction"]);
    assert_eq!(output[0]["content"][0]["text"], "The word is bailey.");
    let asked = stage.asked().pop().unwrap().json();
    let last = asked["input"].as_array().unwrap().last().unwrap();
    assert_eq!(*last, json!({ "type": "compaction_trigger" }));
    let kept = format!("/v1/responses/{}", compacted["id"].as_str().unwrap());
    refused(&stage.get(&kept).await, 404, "not_found", None);

    let mut input = output.clone();
    input.push(json!({ "role": "user", "content": "[[recall]]" }));
    let answer = stage.ask("", &json!({ "input": input })).await;
    assert_eq!(super::text(&answer), "The word is bailey.");
}

#[tokio::test]
async fn nothing_cannot_be_compacted() {
    let stage = Stage::open().await;
    let body = json!({ "model": "gpt-5.6-terra" });
    let reply = stage.post("/v1/responses/compact", &body).await;
    refused(&reply, 400, "missing_required_parameter", Some("input"));
    let body = request("x", &after("resp_never"));
    let reply = stage.post("/v1/responses/compact", &body).await;
    let param = Some("previous_response_id");
    refused(&reply, 400, "previous_response_not_found", param);
    assert!(stage.asked().is_empty());
}

#[tokio::test]
async fn input_tokens_count_what_came_before_too() {
    let stage = Stage::open().await;
    let count = async |body: Value| {
        let reply = stage.post("/v1/responses/input_tokens", &body).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        assert_eq!(reply.json()["object"], "response.input_tokens");
        reply.json()["input_tokens"].as_u64().unwrap()
    };
    let alone = count(request("hello", &json!({}))).await;
    assert_eq!(alone, 3 + 4 + 1);
    assert!(count(json!({ "input": "hello" })).await == alone);
    assert!(count(json!({})).await < alone);
    let id = stage.ask_id(&"many words ".repeat(100), &json!({})).await;
    let continued = count(request("hello", &after(&id))).await;
    let before = Tokens::load().unwrap().count(&"many words ".repeat(100));
    assert!(
        (before..before + 300).contains(&(continued - alone)),
        "{continued}: {before}"
    );
    assert_eq!(stage.asked().len(), 1);
    let body = request("x", &after(&id));
    let path = "/v1/responses/input_tokens";
    let reply = stage.as_another(Method::POST, path, &body).await;
    let param = Some("previous_response_id");
    refused(&reply, 400, "previous_response_not_found", param);
}
