//! What is told of the models and of the server.

use std::collections::HashSet;

use http::Method;
use serde_json::{Value, json};
use store::Written;

use super::{MODEL, get, keyless, open, plan, post, sentence};
use crate::stage::{Account, Plan, Stage, responses};

#[tokio::test]
async fn the_models_are_listed_in_ollamas_words() {
    let stage = Stage::with(Plan {
        written: Written {
            extra_models: Some(vec!["gpt-5.3-codex-spark".into()]),
            ..plan(true).written
        },
        ..Plan::default()
    })
    .await;
    let reply = get(&stage, "/api/tags").await;
    let list = reply.json();
    let models = list["models"].as_array().unwrap();
    let names: Vec<_> = models
        .iter()
        .map(|model| model["name"].as_str().unwrap())
        .collect();
    assert!(
        names.contains(&MODEL) && names.contains(&"gpt-5.3-codex-spark"),
        "{names:?}"
    );
    assert!(!names.contains(&"codex-auto-review"), "{names:?}");
    let digests: HashSet<_> = models
        .iter()
        .map(|model| model["digest"].as_str().unwrap())
        .collect();
    assert_eq!(digests.len(), models.len());
    for model in models {
        assert_eq!(model["name"], model["model"]);
        assert_eq!(model["digest"].as_str().unwrap().len(), 64);
        assert_eq!(model["modified_at"], "2025-01-01T00:00:00Z");
        assert!(model["size"].is_u64() && model["details"]["families"].is_array());
    }
    let none = get(&stage, "/api/ps").await;
    assert_eq!(none.json(), json!({ "models": [] }));
    assert_eq!(stage.lines(2).await[0].dialect, "models");
}

#[tokio::test]
async fn one_model_is_shown_by_either_name() {
    let stage = open().await;
    for asked in [
        json!({ "model": MODEL }),
        json!({ "name": format!("{MODEL}:latest") }),
    ] {
        let shown = post(&stage, "/api/show", &asked).await.json();
        assert_eq!(
            shown["capabilities"],
            json!(["completion", "tools", "vision", "thinking"])
        );
        assert_eq!(shown["model_info"]["general.architecture"], "openai");
        assert_eq!(shown["model_info"]["openai.context_length"], 272_000);
    }
    let none = post(&stage, "/api/show", &json!({ "model": "llama3" })).await;
    assert_eq!(none.status, 404);
    assert!(sentence(&none).contains("llama3"));
    let bad = post(&stage, "/api/show", &json!({})).await;
    assert_eq!(bad.status, 400);
    assert!(sentence(&bad).contains("'model'"));
}

#[tokio::test]
async fn anyone_may_ask_whether_it_runs() {
    let stage = open().await;
    let greeting = keyless(&stage, &[], Method::GET, "/", &Value::Null).await;
    assert_eq!(
        (greeting.status, greeting.text().as_str()),
        (200, "Ollama is running")
    );
    let head = keyless(&stage, &[], Method::HEAD, "/", &Value::Null).await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    let version = keyless(&stage, &[], Method::GET, "/api/version", &Value::Null).await;
    assert_eq!(version.json(), json!({ "version": "0.13.4" }));
    stage.lines(0).await;
}

#[tokio::test]
async fn the_ordinary_endpoints_are_behind_this_door_too() {
    let stage = open().await;
    let reply = post(&stage, "/v1/responses", &responses("hello", true)).await;
    assert_eq!(
        reply.types().last().map(String::as_str),
        Some("response.completed")
    );
    assert_eq!(get(&stage, "/v1/models").await.json()["object"], "list");
    let elsewhere = stage.get("/api/tags").await;
    assert_eq!(elsewhere.status, 404);
    let message = elsewhere.json()["error"]["message"].to_string();
    assert!(message.contains("ollama = true"), "{message}");
}

#[tokio::test]
async fn without_an_account_the_sentence_says_what_to_do() {
    let stage = Stage::with(Plan {
        account: Account::Nobody,
        ..plan(true)
    })
    .await;
    let reply = get(&stage, "/api/tags").await;
    assert_eq!(reply.status, 401);
    assert!(
        sentence(&reply).ends_with("; run `postern login`"),
        "{}",
        reply.text()
    );
}
