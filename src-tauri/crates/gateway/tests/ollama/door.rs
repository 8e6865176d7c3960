//! Who may come in, and when the door opens and closes.

use http::Method;
use serde_json::{Value, json};
use store::Settings;

use super::{MODEL, chat, get, keyless, lines, live, open, plan, post, sentence, whole};
use crate::stage::{Stage, responses};

#[tokio::test]
async fn a_key_is_asked_for_unless_the_settings_say_otherwise() {
    let asks = open().await;
    let rows = [
        (Method::GET, "/api/tags", Value::Null),
        (Method::GET, "/api/ps", Value::Null),
        (Method::POST, "/api/show", json!({ "model": MODEL })),
        (Method::POST, "/api/chat", whole("hello")),
        (
            Method::POST,
            "/api/generate",
            json!({ "model": MODEL, "prompt": "hello", "stream": false }),
        ),
        (Method::POST, "/v1/responses", responses("hello", false)),
        (Method::GET, "/v1/models", Value::Null),
    ];
    let open = Stage::with(plan(false)).await;
    for (method, path, body) in rows {
        let refused = keyless(&asks, &[], method.clone(), path, &body).await;
        assert_eq!(refused.status, 401, "{path}");
        for lines in [&[][..], &[("authorization", "Bearer ollama")]] {
            let reply = keyless(&open, lines, method.clone(), path, &body).await;
            assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        }
    }
    let refused = keyless(
        &asks,
        &[("x-api-key", "ollama")],
        Method::GET,
        "/api/tags",
        &Value::Null,
    )
    .await;
    assert!(sentence(&refused).starts_with("the local key is not known"));
    assert!(asks.asked().is_empty());
    assert!(
        open.lines(14)
            .await
            .iter()
            .all(|line| line.key_id.is_none())
    );
    // The other door is as it was.
    let mut request = open.request(Method::GET, "/v1/models", &Value::Null);
    request.headers_mut().remove("authorization");
    assert_eq!(open.send(request).await.status, 401);
}

#[tokio::test]
async fn a_key_that_is_not_asked_for_is_noted_all_the_same() {
    let stage = Stage::with(plan(false)).await;
    assert_eq!(post(&stage, "/api/chat", &whole("hello")).await.status, 200);
    assert_eq!(stage.line().await.key_name.as_deref(), Some("test"));
}

#[tokio::test]
async fn without_a_key_the_rest_of_the_guard_stays() {
    let stage = Stage::with(plan(false)).await;
    for (lines, status) in [
        (&[("origin", "https://evil.example")][..], 403),
        (&[("sec-fetch-site", "cross-site")], 403),
        (&[("host", "evil.example:11434")], 403),
        (&[("content-type", "text/plain")], 400),
        (
            &[("content-type", "application/x-www-form-urlencoded")],
            400,
        ),
    ] {
        let reply = keyless(&stage, lines, Method::POST, "/api/chat", &whole("hello")).await;
        assert_eq!(reply.status, status, "{lines:?}");
        assert!(!sentence(&reply).is_empty());
    }
    assert!(stage.asked().is_empty());
}

#[tokio::test]
async fn a_form_needs_a_key_where_nothing_else_does() {
    let stage = Stage::with(plan(false)).await;
    let form = ("content-type", "multipart/form-data; boundary=b0");
    for path in [
        "/v1/images/generations",
        "/v1/images/edits",
        "/v1/audio/transcriptions",
        "/v1/files",
    ] {
        let reply = keyless(&stage, &[form], Method::POST, path, &Value::Null).await;
        assert_eq!(reply.status, 401, "{path}: {}", reply.text());
        assert_eq!(reply.json()["error"]["code"], "missing_api_key", "{path}");
    }
    let picture = json!({ "prompt": "a cat", "size": "16x16" });
    let path = "/v1/images/generations";
    let reply = keyless(&stage, &[], Method::POST, path, &picture).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
}

fn change(stage: &Stage, change: impl FnOnce(&mut Settings)) {
    stage.settings.send_modify(|settings| {
        let mut changed = (**settings).clone();
        change(&mut changed);
        *settings = changed.into();
    });
}

#[tokio::test]
async fn the_door_opens_moves_and_closes_as_the_settings_say() {
    let mut stage = Stage::open().await;
    assert_eq!(stage.gateway().ollama_addr(), None);
    let main = stage.gateway().addr;
    change(&stage, |settings| {
        settings.ollama = Some(store::settings::Ollama {
            port: 0,
            asks_key: true,
        });
    });
    stage.gateway_mut().follow_ollama().await.unwrap();
    let first = stage.gateway().ollama_addr().unwrap();
    assert_eq!(get(&stage, "/").await.text(), "Ollama is running");
    let request = stage.request(Method::POST, "/api/chat", &chat("[[stall 3]] hello"));
    let under_way = live(&stage, request).await;
    assert_eq!(under_way.status, 200);
    change(&stage, |settings| settings.ollama = None);
    stage.gateway_mut().follow_ollama().await.unwrap();
    assert_eq!(stage.gateway().ollama_addr(), None);
    assert!(tokio::net::TcpStream::connect(first).await.is_err());
    stage.world().resume();
    let rest = under_way.whole().await;
    assert_eq!(lines(&rest).pop().unwrap()["done"], true);
    assert_eq!(
        (stage.gateway().addr, stage.get("/healthz").await.status),
        (main, 200)
    );
}

#[tokio::test]
async fn a_port_that_is_taken_leaves_the_other_door_open() {
    let mut stage = Stage::open().await;
    let held = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = held.local_addr().unwrap().port();
    change(&stage, |settings| {
        settings.ollama = Some(store::settings::Ollama {
            port,
            asks_key: true,
        });
    });
    let fault = stage.gateway_mut().follow_ollama().await.unwrap_err();
    assert_eq!(
        fault.to_string(),
        format!("port {port} is used by another program")
    );
    assert_eq!(stage.gateway().ollama_addr(), None);
    assert_eq!(stage.get("/healthz").await.status, 200);
    drop(held);
    stage.gateway_mut().follow_ollama().await.unwrap();
    assert_eq!(stage.gateway().ollama_addr().unwrap().port(), port);
}
