//! Who gets a socket.

use http::HeaderValue;
use serde_json::json;
use tokio::net::TcpStream;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Error;

use super::{create, text};
use crate::stage::Stage;

impl Stage {
    /// The status and the code that an upgrade with this header instead is refused with.
    async fn turned_away(&self, name: &'static str, value: Option<&'static str>) -> (u16, String) {
        let mut upgrade = self.upgrade();
        match value {
            Some(value) => upgrade
                .headers_mut()
                .insert(name, HeaderValue::from_static(value)),
            None => upgrade.headers_mut().remove(name),
        };
        let stream = TcpStream::connect(self.gateway().addr).await.unwrap();
        match client_async(upgrade, stream).await {
            Err(Error::Http(response)) => {
                let body = response.body().as_deref().unwrap_or_default();
                let told: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
                let code = told["error"]["code"].as_str().unwrap_or_default();
                (response.status().as_u16(), code.to_owned())
            }
            other => panic!("it was let in: {other:?}"),
        }
    }
}

#[tokio::test]
async fn nobody_gets_a_socket_who_would_get_no_answer() {
    let stage = Stage::open().await;
    let rows = [
        (
            "origin",
            Some("https://evil.example"),
            403,
            "origin_not_allowed",
        ),
        (
            "sec-fetch-site",
            Some("cross-site"),
            403,
            "origin_not_allowed",
        ),
        ("host", Some("evil.example"), 403, "host_not_allowed"),
        ("authorization", None, 401, "missing_api_key"),
        (
            "authorization",
            Some("Bearer wrong"),
            401,
            "invalid_api_key",
        ),
    ];
    for (name, value, status, code) in rows {
        let (told, word) = stage.turned_away(name, value).await;
        assert_eq!(told, status, "{name}");
        assert!(word.is_empty() || word == code, "{word}");
    }
    let lines = stage.lines(rows.len()).await;
    assert!(lines.iter().all(|line| line.dialect == "responses"));
    assert!(stage.asked().is_empty());
}

#[tokio::test]
async fn a_page_that_is_allowed_gets_one_until_it_is_not() {
    let stage = Stage::open().await;
    let allow = |origins: Vec<String>| {
        stage.settings.send_modify(|settings| {
            let mut changed = (**settings).clone();
            changed.allowed_origins = origins;
            *settings = changed.into();
        });
    };
    allow(vec!["https://home.example".into()]);
    let mut upgrade = stage.upgrade();
    let origin = HeaderValue::from_static("https://home.example");
    upgrade.headers_mut().insert("origin", origin);
    let mut socket = stage.socket_as(upgrade).await;
    let answer = socket.ask(&create("hello", &json!({}))).await;
    assert_eq!(text(&answer), "You said: hello");
    allow(Vec::new());
    let error = socket.refused(&create("hello", &json!({}))).await;
    assert_eq!(error["status"], 403);
}
