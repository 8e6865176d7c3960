//! Answers that were kept: fetched, listed, forgotten.

use http::Method;
use serde_json::{Value, json};

use super::{after, refused, text};
use crate::stage::{Stage, responses};

#[tokio::test]
async fn a_kept_answer_is_what_the_client_got() {
    let stage = Stage::open().await;
    let whole = stage.ask("hello", &json!({})).await;
    let path = format!("/v1/responses/{}", whole["id"].as_str().unwrap());
    assert_eq!(stage.get(&path).await.json(), whole);
    let reply = stage.post("/v1/responses", &responses("hello", true)).await;
    let last = reply.events().pop().unwrap()["response"].clone();
    let path = format!("/v1/responses/{}", last["id"].as_str().unwrap());
    assert_eq!(stage.get(&path).await.json(), last);
    let reply = stage.as_another(Method::GET, &path, &Value::Null).await;
    refused(&reply, 404, "not_found", None);
}

#[tokio::test]
async fn a_forgotten_answer_is_gone_and_so_is_what_continued_it() {
    let stage = Stage::open().await;
    let first = stage.ask_id("one", &json!({})).await;
    let second = stage.ask_id("two", &after(&first)).await;
    let path = format!("/v1/responses/{first}");
    let reply = stage.as_another(Method::DELETE, &path, &Value::Null).await;
    refused(&reply, 404, "not_found", None);
    let told = json!({ "id": first, "object": "response", "deleted": true });
    assert_eq!(stage.delete(&path).await.json(), told);
    refused(&stage.delete(&path).await, 404, "not_found", None);
    refused(&stage.get(&path).await, 404, "not_found", None);
    let body = super::request("three", &after(&second));
    let reply = stage.post("/v1/responses", &body).await;
    let param = Some("previous_response_id");
    refused(&reply, 400, "previous_response_not_found", param);
}

#[tokio::test]
async fn input_items_are_all_that_the_answer_was_made_from() {
    let stage = Stage::open().await;
    let first = stage.ask("one", &json!({})).await;
    let input = json!([
        { "role": "developer", "content": "Be brief." },
        { "role": "assistant", "content": "I am." },
        { "type": "message", "role": "user", "content": [{ "type": "input_text", "text": "two" }] },
    ]);
    let mut more = after(first["id"].as_str().unwrap());
    more["input"] = input;
    let second = stage.ask_id("", &more).await;
    let path = format!("/v1/responses/{second}/input_items");
    let list = stage.get(&format!("{path}?order=asc")).await.json();
    assert_eq!(
        (&list["object"], &list["has_more"]),
        (&json!("list"), &json!(false))
    );
    let data = list["data"].as_array().unwrap();
    let said: Vec<_> = data
        .iter()
        .map(|item| {
            let part = &item["content"][0];
            assert!(item["id"].as_str().unwrap().starts_with("msg_"), "{item}");
            assert_eq!(
                (&item["type"], &item["status"]),
                (&json!("message"), &json!("completed"))
            );
            let kind = match item["role"].as_str().unwrap() {
                "assistant" => "output_text",
                _ => "input_text",
            };
            assert_eq!(part["type"], kind);
            part["text"].as_str().unwrap()
        })
        .collect();
    assert_eq!(said, ["one", text(&first), "Be brief.", "I am.", "two"]);
    let newest = stage.get(&format!("{path}?limit=2")).await.json();
    assert_eq!(newest["data"][0], data[4]);
    assert_eq!(newest["has_more"], true);
    let after = newest["last_id"].as_str().unwrap();
    let next = stage
        .get(&format!("{path}?limit=2&after={after}"))
        .await
        .json();
    assert_eq!(next["data"], json!([data[2], data[1]]));
    refused(
        &stage.get(&format!("{path}?limit=0")).await,
        400,
        "invalid_value",
        Some("limit"),
    );
    let reply = stage.get("/v1/responses/resp_never/input_items").await;
    refused(&reply, 404, "not_found", None);
}

#[tokio::test]
async fn what_was_kept_outlives_a_restart_of_the_server_but_not_its_key() {
    let mut stage = Stage::open().await;
    let id = stage.ask_id("hello", &json!({})).await;
    stage.stop().await;
    let key = stage.keys.list()[0].id.clone();
    assert!(stage.archive.find(&key, &id).await.unwrap().is_some());
    stage.keys.revoke("test").await.unwrap();
    stage.archive.forget("another", "resp").await.unwrap();
    assert!(stage.archive.find(&key, &id).await.unwrap().is_none());
}
