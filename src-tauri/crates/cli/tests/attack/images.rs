//! Addresses of images that lead to where nobody outside may reach.

use std::net::TcpListener;

use serde_json::{Value, json};

use crate::stage::Stage;

fn picture(url: &str) -> Value {
    json!({"model": "gpt-5.5", "input": [{"role": "user", "content": [
        {"type": "input_text", "text": "what is this"},
        {"type": "input_image", "image_url": url},
    ]}]})
}

#[tokio::test]
async fn no_image_is_fetched_from_inside() {
    let stage = Stage::with("fetch_remote_images = true\n").await;
    assert!(stage.serves().await);
    stage.forget();
    // Somebody inside, who must hear nothing.
    let inside = TcpListener::bind("127.0.0.1:0").unwrap();
    inside.set_nonblocking(true).unwrap();
    let port = inside.local_addr().unwrap().port();
    for host in [
        "127.0.0.1",
        "localhost",
        "LOCALHOST",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "017700000001",
        "0",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "127。0。0。1",
        "１２７.0.0.1",
        "%31%32%37.0.0.1",
        "169.254.169.254",
        "[::ffff:a9fe:a9fe]",
        "0xa9fea9fe",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "100.64.0.1",
        "[fd00::1]",
        "[fe80::1]",
        "metadata.invalid",
        "user@127.0.0.1",
        "93.184.216.34@127.0.0.1",
        "93.184.216.34:1@127.0.0.1",
    ] {
        for url in [
            format!("https://{host}:{port}/a.png"),
            format!("HTTPS://{host}:{port}/a.png"),
        ] {
            let (status, told) = stage.ask(&picture(&url)).await;
            let error = &told["error"];
            assert_eq!(
                (status, &error["code"]),
                (400, &"image_unavailable".into()),
                "{url}: {told}"
            );
        }
    }
    let heard = inside.accept().unwrap_err().kind();
    assert_eq!(heard, std::io::ErrorKind::WouldBlock);
    assert!(stage.reached().is_empty(), "{:?}", stage.reached());
}

/// Other schemes are nobody's to fetch here: they go to the backend as they are, which has no files of
/// this machine. What is fetched is fetched only where the person said so.
#[tokio::test]
async fn nothing_else_is_ever_opened_here() {
    for settings in ["", "fetch_remote_images = true\n"] {
        let stage = Stage::with(settings).await;
        let held = stage.desk.home.path().join("config.toml");
        let inside = TcpListener::bind("127.0.0.1:0").unwrap();
        inside.set_nonblocking(true).unwrap();
        let at = inside.local_addr().unwrap();
        for url in [
            format!("file://{}", held.display()),
            format!("http://{at}/a.png"),
            format!("ftp://{at}/a.png"),
            format!("gopher://{at}/_x"),
            format!("//{at}/a.png"),
            "sediment://file_1".to_owned(),
        ] {
            stage.ask(&picture(&url)).await;
        }
        assert!(inside.accept().is_err());
        let world = stage.desk.standin.world();
        for received in world.received_at("/backend-api/codex/responses") {
            let body = String::from_utf8_lossy(&received.body).into_owned();
            assert!(!body.contains("base64"), "{body}");
        }
    }
}
