//! Chat completions that are stored: fetched, listed, changed, forgotten.

use http::Method;
use serde_json::{Value, json};
use store::Written;

use super::{refused, stage_of};
use crate::caller::Reply;
use crate::stage::{Stage, chat};

const PATH: &str = "/v1/chat/completions";

fn request(prompt: &str, stream: bool, more: &Value) -> Value {
    let mut body = chat(prompt, stream);
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

impl Stage {
    /// A completion that is stored with `metadata`.
    async fn complete(&self, prompt: &str, metadata: &Value) -> Value {
        let more = json!({ "store": true, "metadata": metadata });
        let reply = self.post(PATH, &request(prompt, false, &more)).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        assert_eq!(reply.header("x-postern-ignored"), None);
        reply.json()
    }

    /// The ids of a list, and whether there are more.
    async fn listed(&self, path: &str) -> (Vec<String>, bool) {
        let reply = self.get(path).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let list = reply.json();
        assert_eq!(list["object"], "list");
        let data = list["data"].as_array().unwrap();
        let ids: Vec<_> = data.iter().map(|one| id(one).to_owned()).collect();
        let edges = [ids.first(), ids.last()].map(|id| id.cloned().unwrap_or_default());
        assert_eq!(
            [&list["first_id"], &list["last_id"]],
            [&edges[0], &edges[1]]
        );
        (ids, list["has_more"].as_bool().unwrap())
    }
}

fn id(one: &Value) -> &str {
    one["id"].as_str().unwrap()
}

fn with(mut completion: Value, metadata: &Value) -> Value {
    completion["metadata"] = metadata.clone();
    completion
}

#[tokio::test]
async fn a_stored_completion_is_what_the_client_got() {
    let stage = Stage::open().await;
    let metadata = json!({ "run": "7" });
    let whole = stage.complete("hello", &metadata).await;
    let path = format!("{PATH}/{}", id(&whole));
    assert_eq!(
        stage.get(&path).await.json(),
        with(whole.clone(), &metadata)
    );
    let reply = stage.as_another(Method::GET, &path, &Value::Null).await;
    refused(&reply, 404, "not_found", None);
    let responses = stage.get(&format!("/v1/responses/{}", id(&whole))).await;
    refused(&responses, 404, "not_found", None);
    let line = stage.lines(4).await.remove(1);
    assert_eq!(line.dialect, "chat");
}

#[tokio::test]
async fn a_stream_is_stored_as_the_whole_that_it_was() {
    let stage = Stage::open().await;
    let more = json!({ "store": true, "n": 2 });
    for prompt in ["hello", "[[say one two three]]"] {
        let whole = stage
            .post(PATH, &request(prompt, false, &more))
            .await
            .json();
        let reply = stage.post(PATH, &request(prompt, true, &more)).await;
        let chunks = reply.events();
        let streamed = stage
            .get(&format!("{PATH}/{}", id(&chunks[0])))
            .await
            .json();
        assert_eq!(streamed["choices"], whole["choices"]);
        assert_eq!(streamed["choices"].as_array().unwrap().len(), 2);
        assert_eq!(streamed["usage"], whole["usage"]);
        assert_eq!(
            [
                &streamed["object"],
                &streamed["created"],
                &streamed["model"]
            ],
            [
                "chat.completion".into(),
                chunks[0]["created"].clone(),
                whole["model"].clone()
            ]
            .each_ref()
        );
    }
}

#[tokio::test]
async fn nothing_is_stored_unless_it_is_asked_for_and_whole() {
    let stage = Stage::open().await;
    for more in [
        json!({}),
        json!({ "store": null }),
        json!({ "store": false }),
    ] {
        stage.post(PATH, &request("hello", false, &more)).await;
        stage.post(PATH, &request("hello", true, &more)).await;
    }
    let more = json!({ "metadata": { "a": "b" } });
    let reply = stage.post(PATH, &request("hello", false, &more)).await;
    assert_eq!(reply.header("x-postern-ignored"), Some("metadata"));
    let stored = json!({ "store": true });
    let broken = "[[failed server_error after=2]]";
    stage.post(PATH, &request(broken, false, &stored)).await;
    stage.post(PATH, &request(broken, true, &stored)).await;
    assert_eq!(stage.listed(PATH).await, (Vec::new(), false));
    for (more, param) in [
        (json!({ "store": "yes" }), "store"),
        (
            json!({ "store": true, "metadata": { "a": 1 } }),
            "metadata.a",
        ),
    ] {
        let reply = stage.post(PATH, &request("hello", false, &more)).await;
        refused(&reply, 400, "invalid_type", Some(param));
    }
}

#[tokio::test]
async fn completions_are_listed_by_model_metadata_and_page() {
    let stage = Stage::open().await;
    let mut ids = Vec::new();
    for at in 0..3 {
        let metadata = json!({ "run": (at % 2).to_string(), "who": "me" });
        let completion = stage.complete("hello", &metadata).await;
        ids.push(id(&completion).to_owned());
    }
    let model = &chat("", false)["model"];
    let model = model.as_str().unwrap();
    for (query, expected, has_more) in [
        ("", &[0, 1, 2][..], false),
        ("?limit=2", &[0, 1], true),
        (&format!("?limit=2&after={}", ids[1]), &[2], false),
        ("?order=desc&limit=2", &[2, 1], true),
        (&format!("?order=desc&after={}", ids[1]), &[0], false),
        (&format!("?model={model}"), &[0, 1, 2], false),
        ("?model=none", &[], false),
        ("?metadata[run]=0", &[0, 2], false),
        ("?metadata%5Brun%5D=0&limit=1", &[0], true),
        ("?metadata[run]=1&metadata[who]=me", &[1], false),
        ("?metadata[run]=1&metadata[who]=you", &[], false),
    ] {
        let expected: Vec<_> = expected.iter().map(|at| ids[*at].clone()).collect();
        let listed = stage.listed(&format!("{PATH}{query}")).await;
        assert_eq!(listed, (expected, has_more), "{query}");
    }
    let reply = stage.as_another(Method::GET, PATH, &Value::Null).await;
    assert_eq!(reply.json()["data"], json!([]));
    for (query, param) in [
        ("after=nobody", "after"),
        ("order=up", "order"),
        ("limit=0", "limit"),
    ] {
        let reply = stage.get(&format!("{PATH}?{query}")).await;
        refused(&reply, 400, "invalid_value", Some(param));
    }
}

#[tokio::test]
async fn messages_are_those_of_the_request() {
    let stage = Stage::open().await;
    let parts = json!([{ "type": "text", "text": "hello" }]);
    let messages = json!([
        { "role": "system", "content": "Be brief." },
        { "role": "user", "content": parts },
    ]);
    let more = json!({ "store": true, "messages": messages });
    let completion = stage.post(PATH, &request("", false, &more)).await.json();
    let path = format!("{PATH}/{}/messages", id(&completion));
    let list = stage.get(&path).await.json();
    let data = list["data"].as_array().unwrap();
    let contents: Vec<_> = data
        .iter()
        .map(|one| (&one["role"], &one["content"], &one["content_parts"]))
        .collect();
    let (system, user) = (json!("system"), json!("user"));
    let (brief, none) = (json!("Be brief."), Value::Null);
    assert_eq!(contents, [(&system, &brief, &none), (&user, &none, &parts)]);
    let ids: Vec<_> = data.iter().map(id).collect();
    let (after, has_more) = stage
        .listed(&format!("{path}?limit=1&after={}", ids[0]))
        .await;
    assert_eq!((after, has_more), (vec![ids[1].to_owned()], false));
    let (last, has_more) = stage.listed(&format!("{path}?limit=1&order=desc")).await;
    assert_eq!((last, has_more), (vec![ids[1].to_owned()], true));
    let reply = stage.as_another(Method::GET, &path, &Value::Null).await;
    refused(&reply, 404, "not_found", None);
}

#[tokio::test]
async fn metadata_can_be_changed_and_a_completion_forgotten() {
    let stage = Stage::open().await;
    let whole = stage.complete("hello", &json!({ "a": "b" })).await;
    let path = format!("{PATH}/{}", id(&whole));
    let metadata = json!({ "c": "d" });
    let change = json!({ "metadata": metadata });
    let another =
        async |method, body: &Value| -> Reply { stage.as_another(method, &path, body).await };
    refused(
        &another(Method::POST, &change).await,
        404,
        "not_found",
        None,
    );
    let changed = stage.post(&path, &change).await.json();
    assert_eq!(changed, with(whole.clone(), &metadata));
    assert_eq!(stage.get(&path).await.json(), changed);
    let wrong = stage.post(&path, &json!({})).await;
    refused(&wrong, 400, "missing_required_parameter", Some("metadata"));
    refused(
        &another(Method::DELETE, &Value::Null).await,
        404,
        "not_found",
        None,
    );
    let told = json!({ "id": id(&whole), "object": "chat.completion.deleted", "deleted": true });
    assert_eq!(stage.delete(&path).await.json(), told);
    for gone in [stage.delete(&path).await, stage.get(&path).await] {
        refused(&gone, 404, "not_found", None);
    }
    refused(&stage.post(&path, &change).await, 404, "not_found", None);
    refused(
        &stage.get(&format!("{path}/messages")).await,
        404,
        "not_found",
        None,
    );
}

#[tokio::test]
async fn without_a_store_the_wish_is_named() {
    let stage = stage_of(Written {
        store_max_mib: Some(0),
        ..Written::default()
    })
    .await;
    let more = json!({ "store": true, "metadata": { "a": "b" } });
    let reply = stage.post(PATH, &request("hello", false, &more)).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let mut ignored: Vec<_> = reply
        .header("x-postern-ignored")
        .unwrap()
        .split(", ")
        .collect();
    ignored.sort_unstable();
    assert_eq!(ignored, ["metadata", "store"]);
    let path = format!("{PATH}/{}", id(&reply.json()));
    refused(&stage.get(&path).await, 404, "not_found", None);
}
