//! What was kept: continued, fetched, listed, forgotten; and kept from everyone else.

mod background;
mod compact;
mod completions;
mod continued;
mod conversations;
mod kept;

use http::{HeaderValue, Method};
use serde_json::{Value, json};
use store::Written;

use crate::caller::Reply;
use crate::stage::{Plan, Stage, responses};

impl Stage {
    /// The whole answer to `prompt`, with more fields.
    async fn ask(&self, prompt: &str, more: &Value) -> Value {
        let reply = self.post("/v1/responses", &request(prompt, more)).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()
    }

    /// The id of the answer to `prompt`.
    async fn ask_id(&self, prompt: &str, more: &Value) -> String {
        let answer = self.ask(prompt, more).await;
        answer["id"].as_str().unwrap().to_owned()
    }

    async fn delete(&self, path: &str) -> Reply {
        self.send(self.request(Method::DELETE, path, &Value::Null))
            .await
    }

    /// Sends as another app, with a key of its own.
    async fn as_another(&self, method: Method, path: &str, body: &Value) -> Reply {
        let name = format!("app {}", self.keys.list().len());
        let (_, key) = self.keys.add(&name).await.unwrap();
        let mut request = self.request(method, path, body);
        let bearer = format!("Bearer {}", key.reveal());
        let bearer = HeaderValue::try_from(bearer).unwrap();
        request.headers_mut().insert("authorization", bearer);
        self.send(request).await
    }
}

async fn stage_of(written: Written) -> Stage {
    Stage::with(Plan {
        written,
        ..Plan::default()
    })
    .await
}

fn request(prompt: &str, more: &Value) -> Value {
    let mut body = responses(prompt, false);
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn after(id: &str) -> Value {
    json!({ "previous_response_id": id })
}

fn text(answer: &Value) -> &str {
    let items = answer["output"].as_array().unwrap();
    let message = items.iter().rfind(|item| item["type"] == "message");
    message.unwrap()["content"][0]["text"].as_str().unwrap()
}

#[track_caller]
fn refused(reply: &Reply, status: u16, code: &str, param: Option<&str>) {
    let error = &reply.json()["error"];
    assert_eq!(reply.status, status, "{error}");
    assert_eq!(error["code"], code, "{error}");
    assert_eq!(error["param"].as_str(), param, "{error}");
    assert_eq!(error["type"], "invalid_request_error", "{error}");
}
