//! What Anthropic's clients ask besides messages, and how they are refused.

use http::{HeaderValue, Method};
use serde_json::{Value, json};
use store::{Ended, Written};
use translate::Tokens;

use super::{MESSAGES, said};
use crate::caller::Reply;
use crate::stage::{Account, Plan, RESPONSES, Stage, messages};

/// A request as Anthropic's SDKs send it.
async fn ask(stage: &Stage, method: Method, path: &str, body: &Value) -> Reply {
    let mut request = stage.request(method, path, body);
    let version = HeaderValue::from_static("2023-06-01");
    request.headers_mut().insert("anthropic-version", version);
    stage.send(request).await
}

#[tokio::test]
async fn tokens_are_counted_without_asking_anyone() {
    let stage = Stage::with(Plan {
        account: Account::Nobody,
        ..Plan::default()
    })
    .await;
    let count = async |body: &Value| {
        let reply = stage.post("/v1/messages/count_tokens", body).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()["input_tokens"].as_u64().unwrap()
    };
    let short = said(&json!("hello"));
    let long = said(&json!("hello ".repeat(1000)));
    let (few, many) = (count(&short).await, count(&long).await);
    let tokens = Tokens::load().unwrap();
    let more = tokens.count(&"hello ".repeat(1000)) - tokens.count("hello");
    assert_eq!((few, many - few), (3 + 4 + 1, more));
    assert!(stage.world().received_at(RESPONSES).is_empty());
    let line = &stage.lines(2).await[0];
    assert_eq!(
        (line.dialect.as_str(), line.ended),
        ("count_tokens", Ended::Whole)
    );
    let wrong = stage.post("/v1/messages/count_tokens", &json!({})).await;
    assert_eq!(wrong.status, 400);
    assert_eq!(wrong.json()["error"]["type"], "invalid_request_error");
}

#[tokio::test]
async fn models_are_listed_as_anthropic_lists_them() {
    let written = Written {
        extra_models: Some(vec!["gpt-5.3-codex-spark".into()]),
        ..Written::default()
    };
    let stage = Stage::with(Plan {
        written,
        ..Plan::default()
    })
    .await;
    let reply = ask(&stage, Method::GET, "/v1/models?limit=1000", &Value::Null).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(reply.header("x-postern-ignored"), Some("limit"));
    let list = reply.json();
    assert_eq!(list["has_more"], false);
    let models = list["data"].as_array().unwrap();
    assert_eq!(list["first_id"], models[0]["id"]);
    assert_eq!(list["last_id"], "gpt-5.3-codex-spark");
    let terra = models
        .iter()
        .find(|one| one["id"] == "gpt-5.6-terra")
        .unwrap();
    assert_eq!(terra["type"], "model");
    assert_eq!(terra["display_name"], "GPT-5.6 Terra");
    assert_eq!(terra["max_input_tokens"], 272_000);
    assert!(models.iter().all(|one| one["id"] != "codex-auto-review"));
    for (asked, shown) in [
        ("gpt-5.6-terra", "GPT-5.6 Terra"),
        ("claude-haiku-4-5", "GPT-5.6 Luna"),
        ("gpt-5.3-codex-spark", "gpt-5.3-codex-spark"),
    ] {
        let one = ask(
            &stage,
            Method::GET,
            &format!("/v1/models/{asked}"),
            &Value::Null,
        )
        .await;
        assert_eq!(
            (&one.json()["id"], &one.json()["display_name"]),
            (&asked.into(), &shown.into())
        );
    }
    let none = ask(&stage, Method::GET, "/v1/models/gpt-2", &Value::Null).await;
    assert_eq!(none.status, 404);
    assert_eq!(none.json()["error"]["type"], "not_found_error");
}

#[tokio::test]
async fn every_refusal_has_anthropics_shape() {
    let stage = Stage::open().await;
    let rows = [
        ("[[http context-length]]", 400, "invalid_request_error"),
        ("[[http model-not-supported]]", 400, "invalid_request_error"),
        ("[[http overloaded]]", 503, "overloaded_error"),
    ];
    for (prompt, status, kind) in rows {
        let reply = stage.post(MESSAGES, &messages(prompt, true)).await;
        assert_eq!(reply.status, status, "{prompt}: {}", reply.text());
        let body = reply.json();
        assert_eq!(body["type"], "error", "{prompt}");
        assert_eq!(body["error"]["type"], kind, "{prompt}");
        assert_eq!(body["request_id"].as_str(), reply.header("request-id"));
    }
    let missing = ask(&stage, Method::POST, "/v1/messages/batches", &json!({})).await;
    assert_eq!(missing.status, 404);
    assert_eq!(missing.json()["error"]["type"], "not_found_error");
    let mut request = stage.request(Method::POST, MESSAGES, &messages("hello", false));
    request.headers_mut().remove("authorization");
    let keyless = stage.send(request).await;
    assert_eq!(keyless.status, 401);
    assert_eq!(keyless.json()["error"]["type"], "authentication_error");
    let prefilled = json!([
        { "role": "user", "content": "as JSON" },
        { "role": "assistant", "content": "{" },
    ]);
    let mut body = messages("", false);
    body["messages"] = prefilled;
    let refused = stage.post(MESSAGES, &body).await;
    assert_eq!(refused.status, 400);
    let why = refused.json()["error"]["message"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(why.contains("prefill"), "{why}");
}

#[tokio::test]
async fn the_plans_limit_is_not_worth_a_second_try() {
    let stage = Stage::open().await;
    let body = messages("[[http usage-limit]]", true);
    let reply = stage.post(MESSAGES, &body).await;
    assert_eq!(reply.status, 429);
    assert_eq!(reply.header("x-should-retry"), Some("false"));
    let error = &reply.json()["error"];
    assert_eq!(error["type"], "rate_limit_error");
    assert!(error["resets_at"].is_i64(), "{error}");
}

#[tokio::test]
async fn claude_codes_knock_is_answered_without_a_key() {
    let stage = Stage::open().await;
    let mut request = stage.request(Method::HEAD, "/api/hello", &Value::Null);
    request.headers_mut().remove("authorization");
    let reply = stage.send(request).await;
    assert_eq!((reply.status, reply.body.len()), (200, 0));
    assert!(stage.log.recent(10).is_empty());
}
