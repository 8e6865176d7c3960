//! Who may come in, over real sockets. What is refused never reaches the backend.

use http::{HeaderValue, Method};
use serde_json::Value;
use store::{Ended, Written};

use crate::caller::{self, Reply};
use crate::stage::{Plan, Stage, responses};

/// Header lines to add, to replace, or, where the value is empty, to leave out.
type Lines<'a> = &'a [(&'static str, &'a str)];

const HOME: &str = "https://app.example";
const EVIL: &str = "https://evil.example";

async fn with_home() -> Stage {
    let written = Written {
        allowed_origins: Some(vec![HOME.into()]),
        ..Written::default()
    };
    Stage::with(Plan {
        written,
        ..Plan::default()
    })
    .await
}

/// A good request with these headers added, or replaced, or, where the value is empty, removed.
async fn with_headers(stage: &Stage, lines: Lines<'_>) -> Reply {
    let mut request = stage.request(Method::POST, "/v1/responses", &responses("hello", false));
    for (name, value) in lines {
        match *value {
            "" => drop(request.headers_mut().remove(*name)),
            value => drop(
                request
                    .headers_mut()
                    .insert(*name, HeaderValue::try_from(value).unwrap()),
            ),
        }
    }
    stage.send(request).await
}

#[tokio::test]
async fn a_page_elsewhere_is_refused_and_may_read_why() {
    let stage = Stage::open().await;
    for lines in [
        &[("origin", EVIL)][..],
        &[("origin", "null")],
        &[("origin", EVIL), ("sec-fetch-site", "same-origin")],
    ] {
        let reply = with_headers(&stage, lines).await;
        assert_eq!(reply.status, 403, "{lines:?}");
        assert_eq!(reply.json()["error"]["code"], "origin_not_allowed");
        assert_eq!(
            reply.header("access-control-allow-origin"),
            Some(lines[0].1)
        );
        assert_eq!(reply.header("vary"), Some("origin"));
    }
    let reply = with_headers(&stage, &[("sec-fetch-site", "cross-site")]).await;
    assert_eq!(
        (reply.status, reply.header("access-control-allow-origin")),
        (403, None)
    );
    assert!(stage.asked().is_empty());
    let lines = stage.lines(4).await;
    let origins: Vec<_> = lines.iter().map(|line| line.origin.as_deref()).collect();
    assert_eq!(origins, [Some(EVIL), Some("null"), Some(EVIL), None]);
    for line in lines {
        assert_eq!(
            (line.status, line.ended, line.key_id),
            (403, Ended::Refused, None)
        );
        assert_eq!(line.fault.as_deref(), Some("origin_not_allowed"));
    }
}

#[tokio::test]
async fn a_rebound_host_is_refused() {
    let stage = Stage::open().await;
    for host in [
        "evil.example",
        "evil.example:7678",
        "localhost.evil.example",
    ] {
        let reply = with_headers(&stage, &[("host", host)]).await;
        assert_eq!(reply.status, 403, "{host}");
        assert_eq!(reply.json()["error"]["code"], "host_not_allowed");
    }
    assert!(stage.asked().is_empty());
    assert!(
        stage
            .lines(3)
            .await
            .iter()
            .all(|line| line.ended == Ended::Refused)
    );
}

#[tokio::test]
async fn the_host_must_be_said_once_and_may_be_said_in_every_honest_way() {
    let stage = Stage::open().await;
    let at = stage.gateway().addr;
    let none = b"GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n";
    assert!(caller::raw(at, none).await.starts_with("HTTP/1.1 400 "));
    let two = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nhost: evil.example\r\nconnection: close\r\n\r\n";
    assert!(caller::raw(at, two).await.starts_with("HTTP/1.1 400 "));
    let line =
        b"GET http://evil.example/healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    assert!(caller::raw(at, line).await.starts_with("HTTP/1.1 403 "));
    for host in [
        "localhost",
        "LOCALHOST:1",
        "127.0.0.1",
        "[::1]:7678",
        "127.1.2.3:9",
    ] {
        let reply = with_headers(&stage, &[("host", host)]).await;
        assert_eq!(reply.status, 200, "{host}");
    }
}

#[tokio::test]
async fn a_key_is_asked_for_and_only_the_right_one_opens() {
    let stage = Stage::open().await;
    let key = stage.key.clone();
    let wrong = "pk-postern-0000000000000000000000000000000000000000";
    let almost = format!("{}x", &key[..key.len() - 1]);
    let rows: [(Lines<'_>, u16, &str); 9] = [
        (&[("authorization", "")], 401, "missing_api_key"),
        (
            &[("authorization", "Basic dXNlcjpwYXNz")],
            401,
            "missing_api_key",
        ),
        (&[("authorization", "Bearer ")], 401, "missing_api_key"),
        (&[("authorization", wrong)], 401, "missing_api_key"),
        (
            &[("authorization", &format!("Bearer {wrong}"))],
            401,
            "invalid_api_key",
        ),
        (
            &[("authorization", &format!("Bearer {almost}"))],
            401,
            "invalid_api_key",
        ),
        (
            &[("authorization", ""), ("x-api-key", wrong)],
            401,
            "invalid_api_key",
        ),
        (&[("x-api-key", wrong)], 401, "invalid_api_key"),
        (&[("api-key", wrong)], 401, "invalid_api_key"),
    ];
    for (lines, status, code) in rows {
        let reply = with_headers(&stage, lines).await;
        assert_eq!(reply.status, status, "{lines:?}");
        assert_eq!(reply.json()["error"]["code"], code, "{lines:?}");
        assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
        assert!(!reply.text().contains(&key) && !reply.text().contains(wrong));
    }
    assert!(stage.asked().is_empty());
    assert!(
        stage
            .lines(9)
            .await
            .iter()
            .all(|line| line.key_id.is_none())
    );
}

#[tokio::test]
async fn the_key_may_come_in_every_usual_header() {
    let stage = Stage::open().await;
    let key = stage.key.clone();
    for lines in [
        &[("authorization", ""), ("x-api-key", &key)][..],
        &[("authorization", ""), ("api-key", &key)],
        &[("authorization", &format!("bearer  {key} "))],
        &[("x-api-key", &key), ("api-key", &key)],
    ] {
        assert_eq!(with_headers(&stage, lines).await.status, 200, "{lines:?}");
    }
    let lines = stage.lines(4).await;
    assert!(
        lines
            .iter()
            .all(|line| line.key_name.as_deref() == Some("test"))
    );
    assert!(stage.keys.revoke("test").await.unwrap());
    let reply = with_headers(&stage, &[]).await;
    assert_eq!((reply.status, stage.asked().len()), (401, 4));
}

#[tokio::test]
async fn what_a_form_can_send_is_refused() {
    let stage = Stage::open().await;
    for media in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=a",
        "",
    ] {
        let reply = with_headers(&stage, &[("content-type", media)]).await;
        assert_eq!(reply.status, 400, "{media}");
        assert_eq!(reply.json()["error"]["code"], "unsupported_media_type");
    }
    assert!(stage.asked().is_empty());
}

#[tokio::test]
async fn an_allowed_page_may_ask_and_read_everything() {
    let stage = with_home().await;
    let mut request = stage.request(Method::OPTIONS, "/v1/responses", &Value::Null);
    for (name, value) in [
        ("authorization", ""),
        ("origin", HOME),
        ("access-control-request-method", "POST"),
        (
            "access-control-request-headers",
            "authorization,content-type,x-stainless-os",
        ),
        ("access-control-request-private-network", "true"),
    ] {
        request
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    let reply = stage.send(request).await;
    assert_eq!(reply.status, 204);
    for (name, value) in [
        ("access-control-allow-origin", HOME),
        ("access-control-allow-methods", "POST"),
        (
            "access-control-allow-headers",
            "authorization,content-type,x-stainless-os",
        ),
        ("access-control-allow-private-network", "true"),
    ] {
        assert_eq!(reply.header(name), Some(value), "{name}");
    }
    let origin = ("origin", HOME);
    let rows: [(Lines<'_>, u16); 4] = [
        (&[origin, ("sec-fetch-site", "cross-site")], 200),
        (&[origin, ("authorization", "")], 401),
        (&[origin, ("content-type", "text/plain")], 400),
        (&[origin, ("content-encoding", "br")], 400),
    ];
    for (lines, status) in rows {
        let reply = with_headers(&stage, lines).await;
        assert_eq!(reply.status, status, "{lines:?}");
        assert_eq!(reply.header("access-control-allow-origin"), Some(HOME));
        let exposed = reply.header("access-control-expose-headers").unwrap();
        assert!(exposed.contains("x-postern-request-id"), "{exposed}");
    }
    // The preflight is no request of anybody's: it has no line.
    stage.lines(4).await;
}

#[tokio::test]
async fn a_preflight_of_another_page_is_refused() {
    let stage = with_home().await;
    let mut request = stage.request(Method::OPTIONS, "/v1/responses", &Value::Null);
    let headers = request.headers_mut();
    headers.insert("origin", HeaderValue::from_static(EVIL));
    headers.insert(
        "access-control-request-method",
        HeaderValue::from_static("POST"),
    );
    let reply = stage.send(request).await;
    assert_eq!(reply.status, 403);
    assert_eq!(reply.header("access-control-allow-methods"), None);
    assert_eq!(reply.header("access-control-allow-headers"), None);
    assert_eq!(stage.line().await.origin.as_deref(), Some(EVIL));
}

#[tokio::test]
async fn an_origin_that_was_just_allowed_is_let_in() {
    let stage = Stage::open().await;
    assert_eq!(with_headers(&stage, &[("origin", HOME)]).await.status, 403);
    stage.settings.send_modify(|settings| {
        let mut changed = (**settings).clone();
        changed.allowed_origins.push(HOME.into());
        *settings = changed.into();
    });
    assert_eq!(with_headers(&stage, &[("origin", HOME)]).await.status, 200);
}

#[tokio::test]
async fn an_upgrade_that_cannot_be_served_is_answered_426() {
    let stage = Stage::open().await;
    let upgrade = [
        ("connection", "Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    // One that is asked for in a way that none can be.
    for (changed, value) in [
        ("sec-websocket-version", "8"),
        ("sec-websocket-key", "short"),
        ("upgrade", "websocket2"),
        // A Codex CLI without a good key: it asks over HTTP next and hears the reason there.
        ("originator", "codex_exec"),
    ] {
        let mut request = stage.request(Method::GET, "/v1/responses", &Value::Null);
        for (name, usual) in upgrade {
            let value = if name == changed { value } else { usual };
            request
                .headers_mut()
                .insert(name, HeaderValue::from_static(value));
        }
        if changed == "originator" {
            let headers = request.headers_mut();
            headers.insert(changed, HeaderValue::from_static(value));
            headers.remove("authorization");
        }
        let reply = stage.send(request).await;
        assert_eq!(reply.status, 426, "{changed}");
        assert_eq!(reply.json()["error"]["code"], "upgrade_required");
    }
    assert_eq!(stage.lines(4).await[0].status, 426);
    assert!(stage.asked().is_empty());
}

#[tokio::test]
async fn probes_are_open_and_leave_no_line() {
    let stage = Stage::open().await;
    for (path, body) in [
        ("/healthz", "ok"),
        ("/readyz", "ready"),
        ("/v1/healthz", "ok"),
    ] {
        let mut request = stage.request(Method::GET, path, &Value::Null);
        request.headers_mut().remove("authorization");
        let reply = stage.send(request).await;
        assert_eq!((reply.status, reply.text().as_str()), (200, body), "{path}");
    }
    let head = b"HEAD /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    let reply = caller::raw(stage.gateway().addr, head).await;
    assert!(
        reply.starts_with("HTTP/1.1 200 ") && reply.ends_with("\r\n\r\n"),
        "{reply}"
    );
    assert_eq!(with_headers(&stage, &[]).await.status, 200);
    stage.line().await;
}

#[tokio::test]
async fn what_is_not_served_says_what_and_why() {
    let stage = Stage::open().await;
    for (path, says) in [
        ("/v1/embeddings", "embeddings"),
        ("/v1/responses/resp_1/unheard", "resp_1/unheard"),
        ("/v1/unheard/of", "`POST /unheard/of`"),
    ] {
        let reply = stage.post(path, &responses("hello", false)).await;
        assert_eq!(reply.status, 404, "{path}");
        let error = &reply.json()["error"];
        assert_eq!(error["code"], "unsupported_endpoint");
        assert!(error["message"].as_str().unwrap().contains(says), "{error}");
    }
    let reply = stage.get("/v1/responses").await;
    assert_eq!((reply.status, reply.header("allow")), (405, Some("POST")));
    let lines = stage.lines(4).await;
    assert_eq!(lines[0].dialect, "other");
    assert_eq!(lines[0].path, "/v1/embeddings");
}
