//! The listener the browser comes back to.

use std::time::Duration;

use auth::{By, Fault};
use standin::Scripted;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use url::Url;

use crate::browser::ANY;
use crate::house::{House, PLUS};

/// An answer as it came over the socket.
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

/// What a browser does with `url`.
pub(crate) async fn get(url: &Url) -> Page {
    let target = url.as_str().split_once("127.0.0.1").unwrap().1;
    let path = target.find('/').map_or("/", |at| &target[at..]);
    let port = url.port().unwrap();
    raw(port, "GET", path, &format!("127.0.0.1:{port}"), "").await
}

pub(crate) async fn raw(port: u16, method: &str, path: &str, host: &str, more: &str) -> Page {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let request = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    // Reading to the end works only because the server closes the connection.
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    Page {
        status: head[9..12].parse().unwrap(),
        head: head.to_ascii_lowercase(),
        body: body.to_owned(),
    }
}

fn path_and_query(url: &Url) -> String {
    format!("{}?{}", url.path(), url.query().unwrap())
}

#[tokio::test]
async fn a_stray_callback_is_refused_and_the_wait_goes_on() {
    let house = House::open().await;
    let begun = house.accounts().begin_browser_on(ANY).await.unwrap();
    let port = begun.port;
    let host = format!("127.0.0.1:{port}");
    for stray in [
        "/auth/callback?code=x&state=wrong",
        "/auth/callback?error=access_denied&state=wrong",
        "/auth/callback?error=access_denied",
        "/auth/callback",
    ] {
        let page = raw(port, "GET", stray, &host, "").await;
        assert_eq!(
            (page.status, page.body.as_str()),
            (400, "State mismatch"),
            "{stray}"
        );
    }
    for (method, path, status) in [
        ("GET", "/favicon.ico", 404),
        ("GET", "/success", 404),
        ("POST", "/auth/callback", 405),
        ("HEAD", "/auth/callback", 405),
    ] {
        assert_eq!(
            raw(port, method, path, &host, "").await.status,
            status,
            "{method} {path}"
        );
    }
    let back = house.approve(&begun.url, PLUS).await;
    let (page, account) = tokio::join!(get(&back), begun.finish());
    assert_eq!((page.status, account.is_ok()), (200, true));
}

#[tokio::test]
async fn a_hostile_callback_ends_nothing() {
    let house = House::open().await;
    let begun = house.accounts().begin_browser_on(ANY).await.unwrap();
    let (port, host) = (begun.port, format!("127.0.0.1:{}", begun.port));
    let huge = "x".repeat(30_000);
    for (path, status) in [
        (format!("/auth/callback?code={huge}&state={huge}"), 400),
        (format!("/auth/callback?{}", "state=a&".repeat(5_000)), 400),
        ("/auth/callback?state=%00&code=%ff%fe".to_owned(), 400),
        ("/auth/callback/?code=x".to_owned(), 404),
        ("//auth/callback?code=x".to_owned(), 404),
        ("/auth/../auth/callback?code=x".to_owned(), 404),
        ("/AUTH/CALLBACK?code=x".to_owned(), 404),
        ("/auth/callback%3fcode=x".to_owned(), 404),
        ("http://evil.example/auth/callback?code=x".to_owned(), 400),
        ("/%3cscript%3e".to_owned(), 404),
        (format!("/{}", "x".repeat(70_000)), 414),
    ] {
        let page = raw(port, "GET", &path, &host, "").await;
        assert_eq!(page.status, status, "{path:.60}");
        assert!(!page.body.contains('<'), "{}", page.body);
    }
    let two = "Host: evil.example\r\n";
    let page = raw(port, "GET", "/auth/callback?code=x", &host, two).await;
    assert_eq!(page.status, 403);
    let back = house.approve(&begun.url, PLUS).await;
    let (page, account) = tokio::join!(get(&back), begun.finish());
    assert_eq!((page.status, account.is_ok()), (200, true));
}

#[tokio::test]
async fn markup_in_a_refusal_is_text() {
    let house = House::open().await;
    let begun = house.accounts().begin_browser_on(ANY).await.unwrap();
    let state = begun.url.query_pairs().find(|(name, _)| name == "state");
    let state = state.unwrap().1.into_owned();
    let evil =
        "%3Cscript%3Ealert(1)%3C/script%3E%3Cimg%20src=x%20onerror=alert(2)%3E{{title}}%1b[2J";
    let path = format!("/auth/callback?error={evil}&error_description={evil}&state={state}");
    let host = format!("127.0.0.1:{}", begun.port);
    let (page, outcome) = tokio::join!(raw(begun.port, "GET", &path, &host, ""), begun.finish());
    assert_eq!(page.status, 200);
    let shown = page.body.contains("&lt;script&gt;alert(1)&lt;/script&gt;");
    assert!(shown, "{}", page.body);
    for markup in ["<script>alert", "<img"] {
        assert!(!page.body.contains(markup), "{}", page.body);
    }
    let policy = "content-security-policy: default-src 'none'; style-src 'sha256-";
    assert!(page.head.contains(policy), "{}", page.head);
    assert!(!page.head.contains("unsafe-inline"), "{}", page.head);
    assert!(matches!(outcome.unwrap_err(), Fault::Denied(_)));
}

#[tokio::test]
async fn localhost_and_127_0_0_1_are_home_and_other_hosts_are_not() {
    for (name, port_shown, status) in [
        ("localhost", true, 200),
        ("LOCALHOST", true, 200),
        ("127.0.0.1", true, 200),
        ("[::1]", true, 200),
        ("localhost", false, 200),
        ("evil.example", true, 403),
        ("127.0.0.1.evil.example", true, 403),
        ("localhost:1", false, 403),
        ("", false, 403),
    ] {
        let house = House::open().await;
        let begun = house.accounts().begin_browser_on(ANY).await.unwrap();
        let back = house.approve(&begun.url, PLUS).await;
        let host = match port_shown {
            true => format!("{name}:{}", begun.port),
            false => name.to_owned(),
        };
        let page = raw(begun.port, "GET", &path_and_query(&back), &host, "").await;
        assert_eq!(page.status, status, "{host}");
    }
}

#[tokio::test]
async fn a_callback_that_is_repeated_after_success_gets_the_same_page() {
    let house = House::open().await;
    let begun = house.accounts().begin_browser_on(ANY).await.unwrap();
    let back = house.approve(&begun.url, PLUS).await;
    let first = get(&back).await;
    let again = get(&back).await;
    let success = get(&back.join("/success").unwrap()).await;
    assert_eq!(
        (first.status, again.status, success.status),
        (200, 200, 200)
    );
    assert_eq!(first.body, again.body);
    assert_eq!(first.body, success.body);
    assert!(begun.finish().await.is_ok());
    assert_eq!(house.world().received_at("/oauth/token").len(), 1);
}

#[tokio::test]
async fn every_answer_closes_its_connection_and_is_kept_nowhere() {
    let house = House::open().await;
    let begun = house.accounts().begin_browser_on(ANY).await.unwrap();
    let back = house.approve(&begun.url, PLUS).await;
    for url in [back.join("/nothing").unwrap(), back] {
        let page = get(&url).await;
        for line in [
            "connection: close",
            "cache-control: no-store",
            "referrer-policy: no-referrer",
        ] {
            assert!(page.head.contains(line), "{line} in {}", page.head);
        }
    }
}

#[tokio::test]
async fn a_tab_that_is_closed_during_the_exchange_loses_nothing() {
    let house = House::open().await;
    house
        .world()
        .script("/oauth/token", Scripted::late(Duration::from_secs(1)));
    let begun = house.accounts().begin_browser_on(ANY).await.unwrap();
    let back = house.approve(&begun.url, PLUS).await;
    tokio::select! {
        _ = get(&back) => panic!("the exchange cannot have ended"),
        _ = house.world().until_received("/oauth/token", 1) => {}
    }
    house.seconds_pass(1);
    assert_eq!(begun.finish().await.unwrap().email.as_deref(), Some(PLUS));
}

#[tokio::test]
async fn a_page_cannot_cancel_and_a_program_can() {
    let house = House::open().await;
    let begun = house.accounts().begin_browser_on(ANY).await.unwrap();
    let (port, host) = (begun.port, format!("127.0.0.1:{}", begun.port));
    for header in [
        "Origin: https://evil.example\r\n",
        "Sec-Fetch-Site: cross-site\r\n",
        "Referer: https://evil.example/\r\n",
    ] {
        assert_eq!(raw(port, "GET", "/cancel", &host, header).await.status, 403);
    }
    let page = raw(port, "GET", "/cancel", &host, "Connection: close\r\n").await;
    assert_eq!((page.status, page.body.as_str()), (200, "Login cancelled"));
    let fault = begun.finish().await.unwrap_err();
    assert!(matches!(fault, Fault::Cancelled(By::AnotherProgram)));
    assert!(fault.to_string().contains("taken over by another program"));
}

#[tokio::test]
async fn ten_minutes_are_enough() {
    let house = House::open().await;
    let begun = house.accounts().begin_browser_on(ANY).await.unwrap();
    house.hand.until_sleeping(1).await;
    house.hand.advance(Duration::from_secs(10 * 60));
    let fault = begun.finish().await.unwrap_err();
    assert_eq!(fault.to_string(), "Login timed out");
}

#[tokio::test]
async fn a_sign_in_that_is_given_up_frees_its_port_and_keeps_nothing() {
    let house = House::open().await;
    let begun = house.accounts().begin_browser_on(ANY).await.unwrap();
    let (port, canceller) = (begun.port, begun.canceller());
    let (outcome, ()) = tokio::join!(begun.finish(), async { canceller.cancel() });
    assert!(matches!(outcome.unwrap_err(), Fault::Cancelled(By::Person)));
    let again = house.accounts().begin_browser_on(auth::Ports {
        preferred: port,
        fallback: 0,
    });
    let again = again.await.unwrap();
    assert_eq!(again.port, port);
    drop(again);
    house
        .until(|| std::net::TcpListener::bind(("127.0.0.1", port)).is_ok())
        .await;
    assert_eq!(house.accounts().list().await.unwrap(), []);
}

#[tokio::test]
async fn what_was_granted_after_the_person_gave_up_is_revoked() {
    let house = House::open().await;
    house
        .world()
        .script("/oauth/token", Scripted::late(Duration::from_secs(1)));
    let begun = house.accounts().begin_browser_on(ANY).await.unwrap();
    let back = house.approve(&begun.url, PLUS).await;
    let canceller = begun.canceller();
    let (_, _, outcome) = tokio::join!(
        get(&back),
        async {
            house.world().until_received("/oauth/token", 1).await;
            canceller.cancel();
            house.seconds_pass(1);
        },
        begun.finish()
    );
    assert!(matches!(outcome.unwrap_err(), Fault::Cancelled(By::Person)));
    house.world().until_received("/oauth/revoke", 1).await;
    assert_eq!(house.accounts().list().await.unwrap(), []);
}
