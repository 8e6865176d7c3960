//! `/v1/conversations`, its items, and answers that belong to one.

use http::Method;
use serde_json::{Value, json};
use store::Written;

use super::{refused, request, stage_of, text};
use crate::stage::Stage;

impl Stage {
    async fn conversation(&self, body: &Value) -> Value {
        let reply = self.post("/v1/conversations", body).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()
    }

    async fn texts(&self, path: &str) -> Vec<String> {
        let list = self.get(&format!("{path}/items?order=asc")).await.json();
        let data = list["data"].as_array().unwrap().iter();
        let text = |item: &Value| item["content"][0]["text"].as_str().unwrap().to_owned();
        data.map(text).collect()
    }
}

fn path(conversation: &Value) -> String {
    format!("/v1/conversations/{}", conversation["id"].as_str().unwrap())
}

#[tokio::test]
async fn answers_of_a_conversation_follow_each_other_in_it() {
    let stage = Stage::open().await;
    let item = json!({ "role": "user", "content": "The word is keep." });
    let conversation = stage
        .conversation(&json!({ "items": [item], "metadata": { "topic": "gates" } }))
        .await;
    assert_eq!(conversation["object"], "conversation");
    assert_eq!(conversation["metadata"], json!({ "topic": "gates" }));
    assert!(conversation["created_at"].is_i64());
    for named in [
        conversation["id"].clone(),
        json!({ "id": conversation["id"] }),
    ] {
        let body = request("[[recall]]", &json!({ "conversation": named }));
        let reply = stage.post("/v1/responses", &body).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let answer = reply.json();
        assert_eq!(text(&answer), "The word is keep.");
        assert_eq!(answer["conversation"], json!({ "id": conversation["id"] }));
    }
    let said = stage.texts(&path(&conversation)).await;
    let word = "The word is keep.";
    assert_eq!(said, [word, "[[recall]]", word, "[[recall]]", word]);
    let unstored = json!({ "conversation": conversation["id"], "store": false });
    stage.ask("Unkept.", &unstored).await;
    assert_eq!(stage.texts(&path(&conversation)).await, said);
}

#[tokio::test]
async fn a_conversation_is_made_changed_and_forgotten() {
    let stage = Stage::open().await;
    let bare = stage.request(Method::POST, "/v1/conversations", &Value::Null);
    let made = stage.send(bare).await.json();
    assert_eq!(made["metadata"], json!({}));
    let path = path(&made);
    assert_eq!(stage.get(&path).await.json(), made);
    let body = json!({ "metadata": { "a": "b" } });
    let changed = stage.post(&path, &body).await.json();
    assert_eq!(changed["metadata"], json!({ "a": "b" }));
    assert_eq!(changed["created_at"], made["created_at"]);
    assert_eq!(stage.get(&path).await.json(), changed);
    for (method, body) in [
        (Method::GET, Value::Null),
        (Method::POST, body),
        (Method::DELETE, Value::Null),
    ] {
        let reply = stage.as_another(method, &path, &body).await;
        refused(&reply, 404, "not_found", None);
    }
    let gone = json!({ "id": made["id"], "object": "conversation.deleted", "deleted": true });
    assert_eq!(stage.delete(&path).await.json(), gone);
    refused(&stage.get(&path).await, 404, "not_found", None);
    let body = request("x", &json!({ "conversation": made["id"] }));
    let reply = stage.post("/v1/responses", &body).await;
    refused(&reply, 400, "conversation_not_found", Some("conversation"));
}

#[tokio::test]
async fn items_are_added_listed_and_taken_out() {
    let stage = Stage::open().await;
    let made = stage.conversation(&json!({})).await;
    let items = format!("{}/items", path(&made));
    let body = json!({ "items": [
        { "type": "message", "role": "user", "content": "one" },
        { "type": "message", "role": "user", "content": [{ "type": "input_text", "text": "two" }] },
        { "type": "function_call_output", "call_id": "c", "output": "three" },
    ]});
    let added = stage.post(&items, &body).await.json();
    let data = added["data"].as_array().unwrap();
    assert_eq!((data.len(), &added["object"]), (3, &json!("list")));
    assert_eq!(
        data[0]["content"][0],
        json!({ "type": "input_text", "text": "one" })
    );
    assert!(data.iter().all(|item| item["status"] == "completed"));
    let newest = stage.get(&format!("{items}?limit=1")).await.json();
    assert_eq!(
        (&newest["data"][0], &newest["has_more"]),
        (&data[2], &json!(true))
    );
    let one = format!("{items}/{}", data[1]["id"].as_str().unwrap());
    assert_eq!(stage.get(&one).await.json(), data[1]);
    assert_eq!(stage.delete(&one).await.json(), made);
    refused(&stage.get(&one).await, 404, "not_found", None);
    refused(&stage.delete(&one).await, 404, "not_found", None);
    let rest = stage.get(&format!("{items}?order=asc")).await.json();
    assert_eq!(rest["data"], json!([data[0], data[2]]));
    let reply = stage.post(&items, &json!({})).await;
    refused(&reply, 400, "missing_required_parameter", Some("items"));
    let reply = stage.as_another(Method::POST, &items, &body).await;
    refused(&reply, 404, "not_found", None);
}

#[tokio::test]
async fn nothing_is_promised_where_nothing_is_stored() {
    let stage = stage_of(Written {
        store_max_mib: Some(0),
        ..Written::default()
    })
    .await;
    let reply = stage.post("/v1/conversations", &json!({})).await;
    assert_eq!(reply.status, 400, "{}", reply.text());
    assert!(reply.text().contains("store_max_mib"));
}

#[tokio::test]
async fn items_are_acknowledged_only_once_they_are_written() {
    let stage = Stage::open().await;
    let conversation = stage.conversation(&json!({})).await;
    let items = format!("{}/items", path(&conversation));
    stage.write_no_more().await;
    let item = json!({ "role": "user", "content": "lost" });
    let reply = stage.post(&items, &json!({ "items": [item] })).await;
    assert_eq!(reply.status, 500, "{}", reply.text());
    let list = stage.get(&items).await.json();
    assert_eq!(list["data"], json!([]));
}
