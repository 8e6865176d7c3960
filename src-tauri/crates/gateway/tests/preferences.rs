//! What was chosen for one key: how it sees reasoning, and the model of a request that names none.

use serde_json::{Value, json};
use store::settings::ChatReasoning;
use store::{Preferences, Written};

use crate::stage::{Account, Plan, RESPONSES, Stage, chat, messages, responses};

/// Chooses for the key that the stage asks with.
async fn prefer(stage: &Stage, preferences: Preferences) {
    let name = stage.keys.list().remove(0).name;
    assert!(stage.keys.prefer(&name, preferences).await.unwrap());
}

fn model(name: &str) -> Preferences {
    Preferences {
        model: Some(name.to_owned()),
        ..Preferences::default()
    }
}

/// Each way to name no model.
fn unnamed(body: &Value) -> [Value; 4] {
    let with = |model: Value| {
        let mut body = body.clone();
        body["model"] = model;
        body
    };
    let mut without = body.clone();
    without.as_object_mut().unwrap().remove("model");
    [
        without,
        with(Value::Null),
        with("".into()),
        with("default".into()),
    ]
}

#[tokio::test]
async fn a_request_that_names_no_model_gets_the_one_of_its_key() {
    let stage = Stage::open().await;
    prefer(&stage, model("gpt-5.6-terra")).await;
    let prompt = json!({ "prompt": "hello" });
    for (path, body) in [
        ("/v1/responses", responses("hello", false)),
        ("/v1/chat/completions", chat("hello", false)),
        ("/v1/messages", messages("hello", false)),
        ("/v1/completions", prompt),
    ] {
        for body in unnamed(&body) {
            let reply = stage.post(path, &body).await;
            assert_eq!(reply.status, 200, "{path}: {}", reply.text());
            let asked = stage.asked().pop().unwrap().json();
            assert_eq!(asked["model"], "gpt-5.6-terra", "{path}: {body}");
        }
    }
    let lines = stage.lines(16).await;
    assert!(
        lines
            .iter()
            .all(|line| line.model.as_deref() == Some("gpt-5.6-terra"))
    );
    stage
        .post("/v1/responses", &responses("hello", false))
        .await;
    let asked = stage.asked().pop().unwrap().json();
    assert_eq!(
        asked["model"],
        responses("", false)["model"],
        "what is named"
    );
}

#[tokio::test]
async fn without_one_it_gets_the_first_of_the_account() {
    let stage = Stage::open().await;
    let listed = stage.get("/v1/models").await.json();
    for body in unnamed(&responses("hello", false)) {
        let reply = stage.post("/v1/responses", &body).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let asked = stage.asked().pop().unwrap().json();
        let is_it = |one: &&Value| one["id"] == asked["model"];
        assert!(
            listed["data"]
                .as_array()
                .unwrap()
                .iter()
                .any(|one| is_it(&one))
        );
        assert_eq!(reply.json()["model"], asked["model"]);
    }
}

#[tokio::test]
async fn where_no_model_is_known_its_absence_is_told() {
    let stage = Stage::with(Plan {
        account: Account::ApiKey("sk-standin"),
        ..Plan::default()
    })
    .await;
    let [without, ..] = unnamed(&chat("hello", false));
    let reply = stage.post("/v1/chat/completions", &without).await;
    assert_eq!(reply.status, 400, "{}", reply.text());
    assert_eq!(reply.json()["error"]["param"], "model");
    assert!(stage.world().received_at(RESPONSES).is_empty());
}

#[tokio::test]
async fn a_key_sees_reasoning_as_was_chosen_for_it() {
    let written = Written {
        chat_reasoning: Some("hidden".to_owned()),
        ..Written::default()
    };
    let stage = Stage::with(Plan {
        written,
        ..Plan::default()
    })
    .await;
    let body = chat("hello", false);
    let choices = [
        (None, false, false),
        (Some(ChatReasoning::ReasoningContent), true, false),
        (Some(ChatReasoning::Hidden), false, false),
        (Some(ChatReasoning::ThinkTags), false, true),
    ];
    for (reasoning, beside, within) in choices {
        let chosen = Preferences {
            reasoning,
            ..Preferences::default()
        };
        prefer(&stage, chosen).await;
        let reply = stage.post("/v1/chat/completions", &body).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let message = &reply.json()["choices"][0]["message"];
        let content = message["content"].as_str().unwrap();
        assert_eq!(
            (
                message["reasoning_content"].is_string(),
                content.starts_with("<think>")
            ),
            (beside, within),
            "{reasoning:?}: {message}"
        );
    }
}
