//! The page's own door, over real sockets.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use base::{Clock, Hand, Timestamp};
use control::{Asset, Assets, Core, Engine, Environment, Headless, Means, Options, VaultKind};
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use url::Url;

/// The smallest page there is.
struct Tiny;

impl Assets for Tiny {
    fn file(&self, path: &str) -> Option<Asset> {
        let (media, text) = match path {
            "index.html" => (
                "text/html; charset=utf-8",
                "<!doctype html><title>Postern</title>",
            ),
            "assets/index.js" => ("text/javascript; charset=utf-8", "export {};"),
            _ => return None,
        };
        Some(Asset {
            media,
            bytes: Cow::Borrowed(text.as_bytes()),
        })
    }
}

struct Door {
    engine: Engine,
    hand: Hand,
    address: Url,
    _home: tempfile::TempDir,
}

impl Door {
    async fn open() -> Self {
        let home = tempfile::tempdir().unwrap();
        let (clock, hand) = Clock::manual(Timestamp::from_seconds(1_800_000_000));
        let options = Options {
            home: Some(home.path().to_owned()),
            port: Some(0),
            vault: Some(VaultKind::Plain),
            ..Options::default()
        };
        let means = Means {
            clock,
            ..Means::default()
        };
        let core = Core::open_by(&options, &Environment::default(), means)
            .await
            .unwrap();
        let host = Arc::new(Headless::new(CancellationToken::new()));
        let engine = Engine::start(core, host).await;
        let address = engine.page(Arc::new(Tiny)).await.unwrap();
        Self {
            engine,
            hand,
            address,
            _home: home,
        }
    }

    /// A second after the other; everybody has a turn between them.
    async fn seconds_pass(&self) -> std::convert::Infallible {
        loop {
            self.hand.advance(Duration::from_secs(1));
            Clock::system().sleep(Duration::from_millis(1)).await;
        }
    }

    fn at(&self, path: &str) -> Url {
        self.address.join(path).unwrap()
    }

    fn origin(&self) -> String {
        self.address.origin().ascii_serialization()
    }

    /// The cookie that a fresh code is exchanged for.
    async fn cookie(&self) -> String {
        let entered = http().get(self.address.clone()).send().await.unwrap();
        assert_eq!(entered.status().as_u16(), 303);
        assert_eq!(entered.headers()["location"], "/");
        let set = entered.headers()["set-cookie"].to_str().unwrap();
        assert!(
            set.ends_with("; Path=/; HttpOnly; SameSite=Strict"),
            "{set}"
        );
        set.split(';').next().unwrap().to_owned()
    }

    async fn ask(&self, cookie: &str, origin: Option<&str>, ask: &Value) -> reqwest::Response {
        let request = http()
            .post(self.at("/ask"))
            .header("cookie", cookie)
            .header("content-type", "application/json")
            .body(ask.to_string());
        let request = match origin {
            Some(origin) => request.header("origin", origin),
            None => request,
        };
        request.send().await.unwrap()
    }
}

/// The product's own HTTP client; there is no other builder. It follows no redirects.
fn http() -> reqwest::Client {
    upstream::http_client(&upstream::HttpConfig::default()).unwrap()
}

async fn status(request: reqwest::RequestBuilder) -> u16 {
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_code_works_once_and_is_exchanged_for_a_cookie() {
    let door = Door::open().await;
    assert!(door.address.query().unwrap().starts_with("code="));
    let cookie = door.cookie().await;
    let again = http().get(door.address.clone());
    assert_eq!(status(again).await, 401);
    let with_cookie = http().get(door.address.clone()).header("cookie", &cookie);
    let answer = with_cookie.send().await.unwrap();
    assert_eq!(
        answer.status().as_u16(),
        303,
        "a page that is loaded again stays"
    );
    assert!(!answer.headers().contains_key("set-cookie"));

    let next = door.engine.page(Arc::new(Tiny)).await.unwrap();
    assert_eq!(
        next.origin(),
        door.address.origin(),
        "one door for all pages"
    );
    assert_ne!(next.query(), door.address.query());
    door.hand.advance(Duration::from_secs(121));
    assert_eq!(status(http().get(next)).await, 401, "a code grows old");
}

#[tokio::test]
async fn without_the_cookie_there_is_nothing() {
    let door = Door::open().await;
    for path in ["/", "/assets/index.js", "/news", "/ask", "/nothing"] {
        let refused = http().get(door.at(path)).send().await.unwrap();
        assert_eq!(refused.status().as_u16(), 401, "{path}");
        assert_eq!(refused.headers()["connection"], "close", "{path}");
    }
    let wrong = http().get(door.at("/")).header("cookie", "postern_page=x");
    assert_eq!(status(wrong).await, 401);
    assert_eq!(status(http().get(door.at("/?code=guess"))).await, 401);
}

#[tokio::test]
async fn the_page_is_served_under_a_strict_policy() {
    let door = Door::open().await;
    let cookie = door.cookie().await;
    let get = |path: &str| http().get(door.at(path)).header("cookie", &cookie);
    let page = get("/").send().await.unwrap();
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self';"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"));
    for (name, value) in [
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(page.headers()[name], value);
    }
    assert!(page.text().await.unwrap().contains("<title>Postern"));
    assert_eq!(status(get("/assets/index.js")).await, 200);
    assert_eq!(status(get("/nothing")).await, 404);
    assert_eq!(status(get("/ask")).await, 405);
    assert_eq!(
        status(http().delete(door.at("/")).header("cookie", &cookie)).await,
        405
    );
}

#[tokio::test]
async fn a_foreign_host_is_refused_even_with_the_cookie() {
    let door = Door::open().await;
    let cookie = door.cookie().await;
    let port = door.address.port().unwrap();
    for host in [
        "evil.test",
        "localhost",
        "127.0.0.1",
        &format!("evil.test:{port}"),
    ] {
        let request = http()
            .get(door.at("/"))
            .header("host", host)
            .header("cookie", &cookie);
        assert_eq!(status(request).await, 403, "{host}");
    }
}

#[tokio::test]
async fn only_the_page_itself_may_ask() {
    let door = Door::open().await;
    let cookie = door.cookie().await;
    let ask = json!({"ask": "version", "with": null});
    let origin = door.origin();
    let answer = door.ask(&cookie, Some(&origin), &ask).await;
    assert_eq!(answer.status().as_u16(), 200);
    let told: Value = answer.json().await.unwrap();
    assert_eq!(told["shell"], "browser");
    for foreign in [
        None,
        Some("http://evil.test"),
        Some("null"),
        Some("http://127.0.0.1:1"),
    ] {
        let answer = door.ask(&cookie, foreign, &ask).await;
        assert_eq!(answer.status().as_u16(), 403, "{foreign:?}");
    }
    let form = http()
        .post(door.at("/ask"))
        .header("cookie", &cookie)
        .header("origin", &origin)
        .header("content-type", "text/plain")
        .body(ask.to_string());
    assert_eq!(status(form).await, 403);
    let answer = door
        .ask(&cookie, Some(&origin), &json!({"ask": "format"}))
        .await;
    assert_eq!(answer.status().as_u16(), 400);
    let complaint: Value = answer.json().await.unwrap();
    assert_eq!(complaint["code"], "badAsk");
    let large = json!({"ask": "addKey", "with": "x".repeat(2 << 20)});
    let answer = door.ask(&cookie, Some(&origin), &large).await;
    assert_eq!(answer.status().as_u16(), 413);
}

#[tokio::test]
async fn news_are_streamed_and_keep_the_door_open() {
    let door = Door::open().await;
    let cookie = door.cookie().await;
    let news = http().get(door.at("/news")).header("cookie", &cookie);
    let news = news.send().await.unwrap();
    assert_eq!(news.headers()["content-type"], "text/event-stream");
    let mut news = news.bytes_stream();
    let first = news.next().await.unwrap().unwrap();
    let first = String::from_utf8(first.to_vec()).unwrap();
    let data = first.strip_prefix("id: 1\ndata: ").unwrap().trim_end();
    let data: Value = serde_json::from_str(data).unwrap();
    assert_eq!(data["what"]["is"], "state");
    assert_eq!(data["what"]["with"]["account"]["is"], "none");

    for _ in 0..3 {
        door.hand.advance(Duration::from_secs(11 * 60));
        tokio::task::yield_now().await;
    }
    assert_eq!(
        status(http().get(door.at("/")).header("cookie", &cookie)).await,
        200
    );
    let ask = json!({"ask": "addKey", "with": "editor"});
    let added = door.ask(&cookie, Some(&door.origin()), &ask).await;
    assert_eq!(added.status().as_u16(), 200);
    assert!(!news.next().await.unwrap().unwrap().is_empty());
    drop(news);
}

#[tokio::test]
async fn a_door_that_nobody_uses_closes() {
    let door = Door::open().await;
    let cookie = door.cookie().await;
    door.hand.advance(Duration::from_secs(9 * 60));
    assert_eq!(
        status(http().get(door.at("/")).header("cookie", &cookie)).await,
        200
    );
    door.hand.advance(Duration::from_secs(9 * 60));
    assert_eq!(
        status(http().get(door.at("/")).header("cookie", &cookie)).await,
        200
    );
    door.hand.advance(Duration::from_secs(10 * 60));
    door.engine.until_page_closes().await;
    let gone = http()
        .get(door.at("/"))
        .header("cookie", &cookie)
        .send()
        .await;
    assert!(gone.is_err(), "{gone:?}");
    let next = door.engine.page(Arc::new(Tiny)).await.unwrap();
    assert_ne!(next.query(), door.address.query());
    assert_eq!(status(http().get(next)).await, 303);
}

#[tokio::test]
async fn ending_the_program_closes_the_door() {
    let door = Door::open().await;
    door.engine.close().await.unwrap();
    assert!(http().get(door.at("/")).send().await.is_err());
}

#[tokio::test]
async fn connections_on_which_nobody_asks_keep_nobody_out() {
    let door = Door::open().await;
    let at = door.address.socket_addrs(|| None).unwrap()[0];
    let mut quiet = Vec::new();
    for _ in 0..64 {
        let mut begun = TcpStream::connect(at).await.unwrap();
        begun.write_all(b"GET / HTTP/1.1\r\nhost: ").await.unwrap();
        quiet.push(begun);
    }
    // They are put out before the door closes because nobody came in.
    let leave = async {
        for begun in &mut quiet {
            begun.read_to_end(&mut Vec::new()).await.unwrap();
        }
    };
    tokio::select! {
        () = leave => {}
        never = door.seconds_pass() => match never {},
    }
    door.cookie().await;
}
