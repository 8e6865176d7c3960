//! Effort and tier by a model's name, where the settings want it.

use serde_json::{Value, json};
use store::Written;

use crate::stage::{Plan, Stage, chat, messages, responses};

async fn stage(suffixes: &[&str]) -> Stage {
    let suffixes = suffixes.iter().map(ToString::to_string).collect();
    Stage::with(Plan {
        written: Written {
            model_suffixes: Some(suffixes),
            ..Written::default()
        },
        ..Plan::default()
    })
    .await
}

fn of(mut body: Value, model: &str) -> Value {
    body["model"] = model.into();
    body
}

#[tokio::test]
async fn a_variant_is_served_in_every_dialect() {
    let stage = stage(&["low", "fast"]).await;
    let name = "gpt-5.5-low-fast";
    let prompt = json!({ "model": name, "prompt": "hello" });
    let rows = [
        ("/v1/responses", of(responses("hello", false), name)),
        ("/v1/chat/completions", of(chat("hello", false), name)),
        ("/v1/messages", of(messages("hello", false), name)),
        ("/v1/completions", prompt),
    ];
    for (count, (path, body)) in rows.into_iter().enumerate() {
        let reply = stage.post(path, &body).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        assert_eq!(reply.header("x-postern-ignored"), None, "{path}");
        let asked = stage.asked()[count].json();
        assert_eq!(
            [
                &asked["model"],
                &asked["reasoning"]["effort"],
                &asked["service_tier"]
            ],
            ["gpt-5.5", "low", "priority"],
            "{path}"
        );
        let line = stage.lines(count + 1).await.pop().unwrap();
        assert_eq!(line.model.as_deref(), Some("gpt-5.5"));
    }
}

#[tokio::test]
async fn variants_are_listed_where_they_are_wanted_and_real() {
    let ids = async |stage: &Stage| -> Vec<String> {
        let list = stage.get("/v1/models").await.json();
        let entries = list["data"].as_array().unwrap().iter();
        let ids = entries.map(|entry| entry["id"].as_str().unwrap().to_owned());
        ids.collect()
    };
    let plain = stage(&[]).await;
    let own = ids(&plain).await;
    assert_eq!(plain.get("/v1/models/gpt-5.5-low").await.status, 404);
    let stage = stage(&["low", "minimal", "fast"]).await;
    let all = ids(&stage).await;
    assert_eq!(all[..own.len()], own);
    for listed in ["gpt-5.5-low", "gpt-5.5-fast", "gpt-5.5-low-fast"] {
        assert!(all.iter().any(|id| id == listed), "{listed} in {all:?}");
        let one = stage.get(&format!("/v1/models/{listed}")).await;
        assert_eq!((one.status, &one.json()["id"]), (200, &json!(listed)));
    }
    // No model takes so little.
    assert!(!all.iter().any(|id| id.contains("minimal")), "{all:?}");
    let codex = stage.get("/v1/models?client_version=1.0.0").await.text();
    assert!(!codex.contains("gpt-5.5-low"));
}
