//! Paths that mean one thing to one reader and another to the next.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};

use crate::desk::{Desk, http};
use crate::raw;
use crate::stage::Stage;

const ODD: &[&str] = &[
    "//",
    "/v1/../../etc/passwd",
    "/v1/%2e%2e/%2e%2e/etc/passwd",
    "/v1/..%2f..%2fetc%2fpasswd",
    "/v1/%252e%252e%252fetc",
    "/v1/..;/admin",
    "/v1/.\\..\\etc",
    "/v1/models/../../../backend-api/wham/accounts/check",
    "/v1/models/..%2f..%2fwham%2fusage",
    "/v1/models/%00",
    "/v1/models/gpt-5.5%00.json",
    "/v1/models/%0d%0aset-cookie:%20a=b",
    "/v1/models/%f0%9f%a6%80",
    "/v1/models/%ff%fe",
    "/v1/models/%",
    "/v1/models/%zz",
    "/v1/responses/..%2f..%2fwham",
    "/v1/responses/resp_%2e%2e%2f%2e%2e%2fsecrets.sealed",
    "/v1/files/..%2f..%2f..%2fconfig.toml",
    "/v1/files/%2fetc%2fpasswd",
    "/v1/conversations/..%5c..%5cx",
    "/backend-api/codex/responses",
    "/oauth/token",
    "/admin/received",
    "/ask",
    "/data/secrets.sealed",
    "/config.toml",
    "/v1/v1/v1/models",
    "/v1;x=1/models",
    "/v1/models;x=1",
];

#[tokio::test]
async fn no_odd_path_is_served_passed_on_or_reflected_in_a_head() {
    let stage = Stage::open().await;
    // The account's models are looked up by the first request for one.
    assert!(stage.serves().await);
    let usual: BTreeSet<String> = ["/backend-api/codex/models", "/backend-api/codex/responses"]
        .map(str::to_owned)
        .into();
    stage.forget();
    let long = format!("/v1/models/{}", "x".repeat(60_000));
    for path in ODD.iter().copied().chain([long.as_str()]) {
        let asked = |key: &str| {
            format!(
                "GET {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {key}\r\n\
                 connection: close\r\n\r\n"
            )
        };
        let answer = raw::exchange(stage.at(), asked(&stage.key)).await;
        let told = raw::statuses(&answer);
        assert!(matches!(told[..], [400 | 404 | 405]), "{path}: {told:?}");
        let head = answer.split("\r\n\r\n").next().unwrap();
        assert!(!head.to_ascii_lowercase().contains("set-cookie"), "{head}");
        assert!(!answer.contains("root:"), "{answer}");
        let told = raw::answers(stage.at(), asked("pk-postern-none")).await;
        assert!(matches!(told[..], [401 | 429]), "{path}: {told:?}");
    }
    let endless = format!(
        "GET /{} HTTP/1.1\r\nhost: localhost\r\n\r\n",
        "x".repeat(200_000)
    );
    assert_eq!(raw::answers(stage.at(), endless).await, [431]);
    let reached = stage.reached();
    assert!(reached.is_subset(&usual), "{reached:?}");
    assert!(!reached.contains("/backend-api/codex/responses"));
}

/// The page's own door serves files, but only the page's.
#[tokio::test]
async fn the_page_serves_no_file_that_is_not_its_own() {
    let desk = Desk::new().await;
    let folder = desk.home.path().join("page");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("index.html"), "<title>Postern</title>").unwrap();
    std::fs::write(desk.home.path().join("config.toml"), "port = 0\n").unwrap();
    let mut command = desk.command(&["open", "--page", folder.to_str().unwrap()]);
    command.env("PATH", "/nonexistent");
    let mut child = command.spawn().unwrap();
    let out = child.stdout.take().unwrap();
    let line = tokio::task::spawn_blocking(move || {
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line).unwrap();
        line
    });
    let line = line.await.unwrap();
    let address = line.trim().strip_prefix("Postern's page is at ").unwrap();
    let entered = http().get(address).send().await.unwrap();
    let cookie = entered.headers()["set-cookie"].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap();
    let address = reqwest::Url::parse(address).unwrap();
    let at = address.socket_addrs(|| None).unwrap()[0];
    for (path, status) in [
        ("/", 200),
        ("/index.html", 200),
        ("/../config.toml", 404),
        ("/..%2fconfig.toml", 404),
        ("/%2e%2e/config.toml", 404),
        ("//etc/passwd", 404),
        ("/.//../config.toml", 404),
        ("/index.html/../../data/secrets.sealed", 404),
        ("/..\\config.toml", 404),
        ("/index.html%00.png", 404),
    ] {
        let bytes = format!(
            "GET {path} HTTP/1.1\r\nhost: {at}\r\ncookie: {cookie}\r\nconnection: close\r\n\r\n"
        );
        let answer = raw::exchange(at, bytes).await;
        assert_eq!(raw::statuses(&answer), [status], "{path}");
        assert!(!answer.contains("port = 0"), "{path}");
    }
    child.kill().unwrap();
    child.wait().unwrap();
}
