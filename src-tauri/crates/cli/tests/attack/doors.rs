//! Names and pages: the same attempts at each door that a browser can reach, the one that asks for no
//! key included.

use std::net::SocketAddr;

use crate::desk::http;
use crate::raw;
use crate::stage::Stage;

/// A door without a key beside the one with a key.
const KEYLESS: &str = "ollama = true\nollama_port = 0\nollama_key = false\n";

/// What a page would like to ask at each door, the key included, and whether it is there for it.
const WISHES: [(&str, bool); 6] = [
    ("GET /v1/models", true),
    ("POST /v1/responses", true),
    ("GET /v1/responses/resp_1", true),
    ("GET /api/tags", false),
    ("POST /api/chat", false),
    ("POST /v1/chat/completions", false),
];

async fn doors(stage: &Stage) -> [(SocketAddr, bool); 2] {
    [(stage.at(), true), (stage.ollama().await, false)]
}

fn request(wish: &str, host: &str, key: &str, lines: &str) -> String {
    format!(
        "{wish} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {key}\r\n{lines}\
         content-length: 0\r\nconnection: close\r\n\r\n"
    )
}

#[tokio::test]
async fn no_spelling_of_a_rebound_name_is_ours() {
    let stage = Stage::with(KEYLESS).await;
    stage.forget();
    for (at, is_main) in doors(&stage).await {
        let port = at.port();
        for host in [
            "evil.example",
            &format!("evil.example:{port}"),
            "localhost.",
            &format!("localhost.:{port}"),
            "127.0.0.1.",
            "localhost.evil.example",
            "127.0.0.1.nip.example",
            "evil.localhost",
            // What resolvers make 127.0.0.1 of.
            "127.1",
            "127.0.1",
            "2130706433",
            "0x7f000001",
            "0x7f.0.0.1",
            "017700000001",
            "0177.0.0.1",
            "0",
            "0.0.0.0",
            "[::]",
            "[::127.0.0.1]",
            "[::ffff:169.254.169.254]",
            "[fe80::1%25lo]",
            "169.254.169.254",
            // What parsers disagree about.
            "evil.example@127.0.0.1",
            "127.0.0.1@evil.example",
            "127.0.0.1:80@evil.example",
            "127.0.0.1#evil.example",
            "127.0.0.1/evil.example",
            "127.0.0.1\\evil.example",
            "127.0.0.1,evil.example",
            "127.0.0.1 evil.example",
            "localhost%00.evil.example",
            "%6cocalhost",
            "ｌｏｃａｌｈｏｓｔ",
            "127。0。0。1",
            "*",
            "",
        ] {
            for (wish, _) in WISHES.iter().filter(|(_, main)| *main == is_main) {
                let bytes = request(wish, host, &stage.key, "");
                let told = raw::answers(at, bytes).await;
                assert!(matches!(told[..], [403 | 400]), "{wish} {host}: {told:?}");
            }
        }
        for host in [
            "localhost",
            "LocalHost:1",
            "127.0.0.1:65535",
            "[::1]:80",
            "127.9.9.9",
        ] {
            let wish = if is_main { WISHES[0].0 } else { WISHES[3].0 };
            let told = raw::answers(at, request(wish, host, &stage.key, "")).await;
            assert_eq!(told, [200], "{host}");
        }
    }
}

#[tokio::test]
async fn no_page_gets_in_at_any_door() {
    let stage = Stage::with(KEYLESS).await;
    stage.forget();
    for (at, is_main) in doors(&stage).await {
        let host = at.to_string();
        for lines in [
            "origin: https://evil.example\r\n",
            "origin: null\r\n",
            "origin: \r\n",
            "origin: file://\r\n",
            "origin: app://obsidian.md\r\n",
            // Another port is another page.
            "origin: http://localhost:3000\r\n",
            &format!("origin: http://{host}\r\n"),
            "origin: chrome-extension://abc\r\n",
            "origin: https://evil.example\r\nsec-fetch-site: same-origin\r\n",
            "origin: https://a.example\r\norigin: https://b.example\r\n",
            "sec-fetch-site: cross-site\r\n",
            "sec-fetch-site: same-site\r\n",
            "sec-fetch-site: CROSS-SITE\r\n",
            "sec-fetch-site: none\r\nsec-fetch-site: cross-site\r\n",
        ] {
            for (wish, _) in WISHES.iter().filter(|(_, main)| *main == is_main) {
                let told = raw::answers(at, request(wish, &host, &stage.key, lines)).await;
                assert_eq!(told, [403], "{wish} {lines}");
            }
        }
    }
    assert!(stage.reached().is_empty(), "{:?}", stage.reached());
}

/// A page may send these without asking first; the keyless door must not take them for a request.
#[tokio::test]
async fn what_a_page_can_send_unasked_spends_nothing() {
    let stage = Stage::with(KEYLESS).await;
    stage.forget();
    let at = stage.ollama().await;
    for media in [
        "text/plain",
        "text/plain; charset=application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "",
    ] {
        for path in ["/api/chat", "/api/generate", "/v1/chat/completions"] {
            let answer = http()
                .post(format!("http://{at}{path}"))
                .header("content-type", media)
                .body(r#"{"model":"gpt-5.5","messages":[],"prompt":"x"}"#)
                .send();
            assert_eq!(answer.await.unwrap().status(), 400, "{media} {path}");
        }
    }
    assert!(
        !stage
            .reached()
            .iter()
            .any(|path| path.ends_with("/responses"))
    );
}

#[tokio::test]
async fn a_preflight_grants_a_foreign_page_nothing() {
    let stage = Stage::with(KEYLESS).await;
    for (at, _) in doors(&stage).await {
        for lines in [
            "access-control-request-method: POST\r\n",
            "access-control-request-method: POST\r\naccess-control-request-headers: authorization\r\n",
            "access-control-request-method: GET\r\naccess-control-request-private-network: true\r\n",
        ] {
            let lines = format!("origin: https://evil.example\r\n{lines}");
            let bytes = request("OPTIONS /v1/responses", &at.to_string(), "", &lines);
            let answer = raw::exchange(at, bytes).await.to_ascii_lowercase();
            assert_eq!(raw::statuses(&answer.to_uppercase()), [403], "{answer}");
            for grant in [
                "allow-methods",
                "allow-headers",
                "allow-private",
                "allow-credentials",
            ] {
                assert!(!answer.contains(grant), "{answer}");
            }
        }
    }
}

/// A browser asks nobody before it opens a WebSocket; only `Origin` shows the page.
#[tokio::test]
async fn no_page_opens_a_socket() {
    let stage = Stage::open().await;
    let socket = "upgrade: websocket\r\nsec-websocket-version: 13\r\n\
                  sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    for origin in ["https://evil.example", "null", "http://localhost:3000"] {
        let bytes = format!(
            "GET /v1/responses HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\n\
             origin: {origin}\r\nconnection: upgrade, close\r\n{socket}\r\n",
            stage.at(),
            stage.key
        );
        let told = raw::answers(stage.at(), bytes).await;
        assert_eq!(told, [403], "{origin}");
    }
}
