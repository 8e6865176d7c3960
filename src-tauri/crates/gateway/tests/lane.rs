//! The conversation as the backend's cache sees it: stable, salted per key.

use http::{HeaderValue, Method};
use serde_json::{Value, json};

use crate::stage::{Stage, responses};

/// `session-id`, `thread-id` and `prompt_cache_key` of each request, as they arrived.
fn lanes(stage: &Stage) -> Vec<(String, String, String)> {
    let text = |one: &standin::Received, name: &str| one.header(name).unwrap().to_owned();
    stage
        .asked()
        .iter()
        .map(|one| {
            let key = one.json()["prompt_cache_key"].as_str().unwrap().to_owned();
            (text(one, "session-id"), text(one, "thread-id"), key)
        })
        .collect()
}

async fn ask(stage: &Stage, key: &str, lines: &[(&'static str, &str)], body: &Value) {
    let mut request = stage.request(Method::POST, "/v1/responses", body);
    let bearer = HeaderValue::try_from(format!("Bearer {key}")).unwrap();
    request.headers_mut().insert("authorization", bearer);
    for (name, value) in lines {
        let value = HeaderValue::try_from(*value).unwrap();
        request.headers_mut().insert(*name, value);
    }
    assert_eq!(stage.send(request).await.status, 200);
}

#[tokio::test]
async fn a_conversation_keeps_its_session_and_another_key_gets_its_own() {
    let stage = Stage::open().await;
    let (_, other) = stage.keys.add("other").await.unwrap();
    let (first, turn) = (responses("hello", false), |texts: &[(&str, &str)]| {
        let items = texts
            .iter()
            .map(|(role, text)| json!({ "role": role, "content": text }));
        json!({ "model": "gpt-5.6-terra", "input": items.collect::<Vec<_>>() })
    });
    let longer = turn(&[
        ("user", "hello"),
        ("assistant", "You said: hello"),
        ("user", "go on"),
    ]);
    ask(&stage, &stage.key, &[], &first).await;
    ask(&stage, &stage.key, &[], &longer).await;
    ask(&stage, other.reveal(), &[], &first).await;
    ask(&stage, &stage.key, &[], &responses("good day", false)).await;
    let lanes = lanes(&stage);
    assert_eq!(lanes[0], lanes[1]);
    assert_eq!(lanes[0].0, lanes[0].1);
    assert_eq!(lanes[0].0, lanes[0].2);
    assert_eq!(
        uuid::Uuid::parse_str(&lanes[0].0)
            .unwrap()
            .get_version_num(),
        7
    );
    assert_ne!(lanes[0].0, lanes[2].0);
    assert_ne!(lanes[0].0, lanes[3].0);
}

#[tokio::test]
async fn a_named_session_is_kept_apart_per_key() {
    let stage = Stage::open().await;
    let (_, other) = stage.keys.add("other").await.unwrap();
    let named = [
        ("session-id", "019a0000-session"),
        ("thread-id", "019a0000-thread"),
    ];
    for key in [stage.key.as_str(), other.reveal()] {
        ask(&stage, key, &named, &responses("hello", false)).await;
        ask(&stage, key, &named, &responses("something else", false)).await;
    }
    let lanes = lanes(&stage);
    assert_eq!(lanes[0], lanes[1]);
    assert_eq!(lanes[2], lanes[3]);
    assert_ne!(lanes[0].0, lanes[2].0);
    assert_ne!(lanes[0].0, lanes[0].1);
    assert!(
        lanes
            .iter()
            .all(|(session, _, _)| session != "019a0000-session")
    );
}

#[tokio::test]
async fn a_cache_key_of_the_clients_goes_out_as_it_came() {
    let stage = Stage::open().await;
    let mut body = responses("hello", false);
    body["prompt_cache_key"] = json!("my-app");
    ask(&stage, &stage.key, &[], &body).await;
    body["input"] = json!("another beginning");
    ask(&stage, &stage.key, &[], &body).await;
    let lanes = lanes(&stage);
    assert_eq!(lanes[0].2, "my-app");
    assert_eq!(lanes[0], lanes[1]);
}

#[tokio::test]
async fn a_codex_clients_turn_stays_one_turn() {
    let stage = Stage::open().await;
    let lines = [
        ("x-codex-turn-state", "state-1"),
        ("originator", "codex_cli_rs"),
    ];
    ask(&stage, &stage.key, &lines, &responses("hello", false)).await;
    let sent = &stage.asked()[0];
    assert_eq!(sent.header("x-codex-turn-state"), Some("state-1"));
    assert_eq!(sent.header("originator"), Some("postern"));
}
