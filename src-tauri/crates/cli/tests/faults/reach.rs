//! The other side cannot be reached.

use tokio::net::TcpSocket;

use crate::flood::Flood;
use crate::house::{House, Plan};
use crate::row::{Row, refusal, walk};
use crate::tls;

/// Tried three times, and nothing was heard by anybody.
const UNREACHABLE: Row = Row {
    code: "upstream_unreachable",
    says: "could not be reached",
    arrived: 0,
    attempts: 3,
    ..refusal(502)
};

/// The account's requests go to `origin`, and the reason names its `host`.
async fn check(origin: &str, host: &'static str, why: &'static str) {
    let house = House::routed(origin).await;
    let rows = [host, why].map(|says| Row {
        says,
        ..UNREACHABLE
    });
    walk(house, "hello", &rows).await;
}

/// Bound and not listening: nobody else gets the port, and who connects is refused.
fn nobody() -> (TcpSocket, String) {
    let held = TcpSocket::new_v4().unwrap();
    held.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let origin = format!("http://{}", held.local_addr().unwrap());
    (held, origin)
}

#[tokio::test]
async fn nobody_listens() {
    let (_held, origin) = nobody();
    check(&origin, "127.0.0.1", "refused").await;
}

/// Offline since the start: nobody could be asked where the account's data must go. A personal plan is
/// free to go anywhere; whoever is not is told what could not be done.
#[tokio::test]
async fn nobody_ever_listened() {
    let (_held, origin) = nobody();
    let upstream = format!("{origin}/backend-api");
    let plan = Plan {
        upstream: Some(&upstream),
        ..Plan::default()
    };
    walk(House::of(plan).await, "hello", &[UNREACHABLE]).await;

    let email = Some("team@example.test");
    let unasked = Row {
        code: "credential_not_ready",
        says: "workspace routing",
        arrived: 0,
        attempts: 0,
        ..refusal(503)
    };
    walk(House::of(Plan { email, ..plan }).await, "hello", &[unasked]).await;
}

#[tokio::test]
async fn the_name_is_unknown() {
    check("https://backend.invalid", "backend.invalid", "").await;
}

#[tokio::test]
async fn what_answers_does_not_speak_tls() {
    let other = House::open().await;
    let origin = format!("https://{}", other.at);
    check(&origin, "127.0.0.1", "").await;
    let rows = other.rows(0).await;
    assert!(rows.is_empty(), "{rows:?}");
    other.close("").await;
}

#[tokio::test]
async fn what_answers_does_not_speak_http() {
    for said in [
        "",
        "SSH-2.0-OpenSSH_9.6\r\n",
        "HTTP/1.1 200",
        "<html></html>\r\n\r\n",
    ] {
        let other = Flood::saying(said).await;
        check(&other.origin(), "127.0.0.1", "").await;
    }
}

#[tokio::test]
async fn nobody_vouches_for_the_certificate() {
    let stranger = tls::stranger().await;
    let origin = format!("https://{}", stranger.at);
    check(&origin, "127.0.0.1", "certificate").await;
    assert!(stranger.called() > 0);
    assert_eq!(stranger.heard(), 0, "something was said to a stranger");
}
