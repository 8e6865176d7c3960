//! The account's models, in both shapes.

use std::time::Duration;

use http::{HeaderValue, Method, StatusCode};
use serde_json::{Value, json};
use standin::Scripted;
use store::{Ended, Written};

use crate::stage::{Account, Plan, Stage, responses};

/// What some Codex client requires of an entry (contract backend 5).
const REQUIRED: [&str; 12] = [
    "slug",
    "display_name",
    "supported_reasoning_levels",
    "shell_type",
    "visibility",
    "supported_in_api",
    "priority",
    "support_verbosity",
    "truncation_policy",
    "experimental_supported_tools",
    "supports_parallel_tool_calls",
    "base_instructions",
];
const MODELS: &str = "/backend-api/codex/models";

#[tokio::test]
async fn the_openai_list_is_what_people_should_see() {
    let written = Written {
        extra_models: Some(vec!["gpt-5.3-codex-spark".into(), "gpt-5.6-terra".into()]),
        ..Written::default()
    };
    let stage = Stage::with(Plan {
        written,
        ..Plan::default()
    })
    .await;
    let reply = stage.get("/v1/models").await;
    assert_eq!(reply.status, 200);
    let list = reply.json();
    assert_eq!(list["object"], "list");
    let entries = list["data"].as_array().unwrap();
    let ids: Vec<_> = entries
        .iter()
        .map(|entry| entry["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids.iter().filter(|id| **id == "gpt-5.6-terra").count(),
        1,
        "{ids:?}"
    );
    assert_eq!(ids.last(), Some(&"gpt-5.3-codex-spark"));
    assert!(!ids.contains(&"codex-auto-review"), "{ids:?}");
    let terra = entries
        .iter()
        .find(|entry| entry["id"] == "gpt-5.6-terra")
        .unwrap();
    assert_eq!(terra["object"], "model");
    assert!(terra["created"].is_i64() && terra["owned_by"].is_string());
    assert_eq!(terra["context_window"], 272_000);
    assert_eq!(terra["efforts"][0], "low");
    assert_eq!(stage.line().await.dialect, "models");
    let head = stage.request(Method::HEAD, "/v1/models", &Value::Null);
    let head = stage.send(head).await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(stage.lines(2).await[1].ended, Ended::Whole);
}

#[tokio::test]
async fn a_codex_client_gets_every_entry_as_the_backend_has_it() {
    let stage = Stage::open().await;
    let reply = stage.get("/v1/models?client_version=0.153.0").await;
    assert_eq!(reply.status, 200);
    let list = reply.json();
    let entries = list["models"].as_array().unwrap();
    assert!(
        entries
            .iter()
            .any(|entry| entry["slug"] == "codex-auto-review")
    );
    for entry in entries {
        for field in REQUIRED {
            assert!(!entry[field].is_null(), "{field} of {}", entry["slug"]);
        }
    }
    let sent = stage.world().received_at(MODELS);
    assert_eq!(sent.len(), 1);
    assert!(reply.header("etag").is_some());
    assert!(list.get("object").is_none());
}

#[tokio::test]
async fn one_model_is_found_by_name_listed_or_not() {
    let stage = Stage::open().await;
    let terra = stage.get("/v1/models/gpt-5.6-terra").await;
    assert_eq!(
        (terra.status, &terra.json()["id"]),
        (200, &Value::from("gpt-5.6-terra"))
    );
    assert_eq!(stage.get("/models/codex-auto-review").await.status, 200);
    let none = stage.get("/v1/models/gpt-2").await;
    assert_eq!(none.status, 404);
    let error = &none.json()["error"];
    assert_eq!(error["code"], "model_not_found");
    let message = error["message"].as_str().unwrap();
    assert!(
        message.contains("gpt-2") && message.contains("gpt-5.6-terra"),
        "{message}"
    );
    assert_eq!(stage.world().received_at(MODELS).len(), 1);
}

#[tokio::test]
async fn an_api_key_has_its_own_list() {
    let stage = Stage::with(Plan {
        account: Account::ApiKey("sk-standin-platform"),
        ..Plan::default()
    })
    .await;
    let listed = json!({ "object": "list", "data": [{ "id": "gpt-4o", "object": "model" }] });
    let script = Scripted::json(StatusCode::OK, &listed);
    stage.world().script("/v1/models", script);
    let reply = stage.get("/v1/models").await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(reply.json()["data"][0]["id"], "gpt-4o");
    assert!(stage.world().received_at(MODELS).is_empty());
}

#[tokio::test]
async fn a_codex_client_can_read_the_list_of_an_api_key_too() {
    let stage = Stage::with(Plan {
        account: Account::ApiKey("sk-standin-platform"),
        ..Plan::default()
    })
    .await;
    let listed = json!({ "object": "list", "data": [{ "id": "gpt-4o", "object": "model" }] });
    let script = Scripted::json(StatusCode::OK, &listed).always();
    stage.world().script("/v1/models", script);
    let reply = stage.get("/v1/models?client_version=0.153.0").await;
    let entry = &reply.json()["models"][0];
    for field in REQUIRED {
        assert!(!entry[field].is_null(), "{field}");
    }
    assert!(reply.header("etag").is_some());
}

#[tokio::test]
async fn a_list_that_the_client_has_is_not_sent_again() {
    let stage = Stage::open().await;
    let answers = stage
        .post("/v1/responses", &responses("hello", false))
        .await;
    for path in ["/v1/models", "/v1/models?client_version=0.153.0"] {
        let first = stage.get(path).await;
        let tag = first.header("etag").unwrap().to_owned();
        assert_eq!(first.header("cache-control"), Some("private, no-cache"));
        let ask = async |told: &str| {
            let mut request = stage.request(Method::GET, path, &Value::Null);
            let told = HeaderValue::try_from(told).unwrap();
            request.headers_mut().insert("if-none-match", told);
            stage.send(request).await
        };
        let same = ask(&tag).await;
        assert_eq!((same.status, same.body.len()), (304, 0), "{path}");
        assert_eq!(same.header("etag"), Some(tag.as_str()));
        let other = ask("\"other\"").await;
        assert_eq!((other.status, other.body), (200, first.body), "{path}");
    }
    let codex = stage.get("/v1/models?client_version=0.153.0").await;
    assert_eq!(codex.header("etag"), answers.header("x-models-etag"));
    let lines = stage.lines(8).await;
    assert!(lines.iter().all(|line| line.ended == Ended::Whole));
    assert_eq!(lines[2].status, 304);
}

#[tokio::test]
async fn without_an_account_the_sentence_says_what_to_do() {
    let stage = Stage::with(Plan {
        account: Account::Nobody,
        ..Plan::default()
    })
    .await;
    let reply = stage.get("/v1/models").await;
    assert_eq!(reply.status, 401);
    let error = &reply.json()["error"];
    assert_eq!(error["code"], "signed_out");
    assert_eq!(error["hint"], "run `postern login`");
    let ready = stage.get("/readyz").await;
    assert_eq!((ready.status, ready.text().as_str()), (503, "signed-out"));
}

#[tokio::test]
async fn a_backend_that_fails_is_told_and_a_request_goes_on_without_the_list() {
    let stage = Stage::open().await;
    let broken = Scripted::status(StatusCode::BAD_GATEWAY).always();
    stage.world().script(MODELS, broken);
    assert_eq!(stage.get("/v1/models").await.status, 502);
    let mut request = stage.request(Method::POST, "/v1/responses", &responses("hello", false));
    let agent = HeaderValue::from_static("test");
    request.headers_mut().insert("user-agent", agent);
    assert_eq!(stage.send(request).await.status, 200);
}

#[tokio::test]
async fn a_list_that_does_not_come_holds_up_only_the_first_request_and_not_for_long() {
    let (stage, hand) = Stage::by_hand(Plan::default()).await;
    stage.world().script(MODELS, Scripted::hung().always());
    let body = responses("hello", false);
    let first = stage.send_later(stage.request(Method::POST, "/v1/responses", &body));
    stage.world().until_received(MODELS, 1).await;
    // The request's patience, and that of the client to the backend.
    hand.until_sleeping(2).await;
    hand.advance(Duration::from_secs(5));
    assert_eq!(first.await.unwrap().status, 200);
    let second = stage.post("/v1/responses", &body).await;
    assert_eq!(second.status, 200);
    assert_eq!(stage.world().received_at(MODELS).len(), 1);
}

#[tokio::test]
async fn an_effort_is_clamped_to_what_the_list_says_of_the_model() {
    let stage = Stage::open().await;
    let mut body = responses("hello", false);
    body["reasoning"] = json!({ "effort": "minimal" });
    assert_eq!(stage.post("/v1/responses", &body).await.status, 200);
    assert_eq!(stage.asked()[0].json()["reasoning"]["effort"], "low");
}
