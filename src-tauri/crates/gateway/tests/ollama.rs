//! The Ollama door: its own surface, its own way to stream, its own errors, and the same guard.

mod door;
mod listed;
mod speak;

use http::{HeaderValue, Method, Request};
use http_body_util::Full;
use serde_json::{Value, json};
use store::Written;

use crate::caller::{self, Live, Reply};
use crate::stage::{Plan, Stage};

const MODEL: &str = "gpt-5.6-terra";

fn plan(asks_key: bool) -> Plan {
    let written = Written {
        ollama: Some(true),
        ollama_port: Some(0),
        ollama_key: Some(asks_key),
        ..Written::default()
    };
    Plan {
        written,
        ..Plan::default()
    }
}

async fn open() -> Stage {
    Stage::with(plan(true)).await
}

async fn live(stage: &Stage, request: Request<Full<bytes::Bytes>>) -> Live {
    let at = stage.gateway().ollama_addr().unwrap();
    caller::open(at, request, &stage.tasks).await
}

async fn ask(stage: &Stage, method: Method, path: &str, body: &Value) -> Reply {
    let request = stage.request(method, path, body);
    live(stage, request).await.whole().await
}

async fn post(stage: &Stage, path: &str, body: &Value) -> Reply {
    ask(stage, Method::POST, path, body).await
}

async fn get(stage: &Stage, path: &str) -> Reply {
    ask(stage, Method::GET, path, &Value::Null).await
}

/// The same without a key, and with these headers instead.
async fn keyless(
    stage: &Stage,
    lines: &[(&'static str, &str)],
    method: Method,
    path: &str,
    body: &Value,
) -> Reply {
    let mut request = stage.request(method, path, body);
    request.headers_mut().remove("authorization");
    for (name, value) in lines {
        let value = HeaderValue::try_from(*value).unwrap();
        request.headers_mut().insert(*name, value);
    }
    live(stage, request).await.whole().await
}

fn chat(prompt: &str) -> Value {
    json!({ "model": MODEL, "messages": [{ "role": "user", "content": prompt }] })
}

fn whole(prompt: &str) -> Value {
    let mut body = chat(prompt);
    body["stream"] = json!(false);
    body
}

#[track_caller]
fn lines(reply: &Reply) -> Vec<Value> {
    let text = reply.text();
    assert!(text.ends_with('\n'), "{text}");
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[track_caller]
fn sentence(reply: &Reply) -> String {
    let body = reply.json();
    let fields: Vec<_> = body.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["error"], "{body}");
    body["error"].as_str().unwrap().to_owned()
}
