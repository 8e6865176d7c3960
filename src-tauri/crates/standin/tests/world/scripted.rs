//! Scripted faults, as a client sees them on the wire.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, StatusCode};
use serde_json::json;
use standin::world::{CLIENT_ID, Reply};
use standin::{Act, Scripted};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::caller::Caller;

const WHOAMI: &str = "/api/accounts/v1/user-auth-credential/whoami";

/// Asks who `at-standin-acct_plus` is, without waiting for the answer.
async fn ask(caller: &Caller) -> TcpStream {
    let mut stream = TcpStream::connect(caller.standin.addr()).await.unwrap();
    let request = format!(
        "GET {WHOAMI} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer at-standin-acct_plus\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

/// Everything until the connection ends.
async fn rest(mut stream: TcpStream) -> String {
    let mut text = Vec::new();
    let _ = stream.read_to_end(&mut text).await;
    String::from_utf8(text).unwrap()
}

async fn whoami(caller: &Caller) -> Result<StatusCode, String> {
    let bearer = [("authorization", "Bearer at-standin-acct_plus")];
    let answer = caller
        .send(Method::GET, WHOAMI, &bearer, Bytes::new())
        .await;
    answer.map(|it| it.status)
}

#[tokio::test]
async fn scripts_take_turns_and_end() {
    let caller = Caller::start().await;
    let world = caller.world();
    world.script(
        WHOAMI,
        Scripted::status(StatusCode::SERVICE_UNAVAILABLE).times(2),
    );
    world.script(
        WHOAMI,
        Scripted::json(StatusCode::TOO_MANY_REQUESTS, &json!({"a": 1})),
    );
    world.script(
        "/oauth/*",
        Scripted::status(StatusCode::BAD_GATEWAY).always(),
    );
    for status in [503, 503, 429, 200, 200] {
        assert_eq!(whoami(&caller).await.unwrap().as_u16(), status);
    }
    for path in ["/oauth/token", "/oauth/revoke", "/oauth/anything"] {
        assert_eq!(caller.get(path).await.status, StatusCode::BAD_GATEWAY);
    }
    world.forget_scripts();
    assert_eq!(
        caller.get("/oauth/anything").await.status,
        StatusCode::NOT_FOUND
    );
    caller.standin.stop().await;
}

#[tokio::test]
async fn a_dropped_request_has_no_effect_and_a_lost_reply_has() {
    let caller = Caller::start().await;
    let tokens = caller.world().sign_in("plus@example.test");
    let body = json!({
        "client_id": CLIENT_ID,
        "grant_type": "refresh_token",
        "refresh_token": tokens.refresh_token.reveal(),
    });
    let headers = [("content-type", "application/json")];
    let refresh = async || {
        let body = body.to_string().into();
        caller
            .send(Method::POST, "/oauth/token", &headers, body)
            .await
    };
    caller.world().script("/oauth/token", Scripted::dropped());
    assert!(refresh().await.is_err());
    caller
        .world()
        .script("/oauth/token", Scripted::lost_reply().times(1));
    assert!(refresh().await.is_err());
    assert_eq!(caller.world().received_at("/oauth/token").len(), 2);
    let reused = refresh().await.unwrap();
    assert!(
        reused.text().contains("refresh_token_reused"),
        "{}",
        reused.text()
    );
    caller.standin.stop().await;
}

#[tokio::test]
async fn what_was_sent_before_a_cut_arrives_and_no_end_follows() {
    let caller = Caller::start().await;
    let reply = Reply::new(StatusCode::OK, "the first half");
    caller
        .world()
        .script(WHOAMI, Scripted::once(Act::Cut(reply)));
    caller
        .world()
        .script(WHOAMI, Scripted::once(Act::CutReply { after: 9 }));
    let cut = rest(ask(&caller).await).await;
    assert!(cut.starts_with("HTTP/1.1 200"), "{cut}");
    assert!(cut.ends_with("E\r\nthe first half\r\n"), "{cut}");
    let cut = rest(ask(&caller).await).await;
    assert!(cut.ends_with("9\r\n{\"email\":\r\n"), "{cut}");
    for _ in 0..2 {
        caller
            .world()
            .script(WHOAMI, Scripted::once(Act::CutReply { after: 9 }));
        assert!(whoami(&caller).await.is_err());
    }
    assert_eq!(whoami(&caller).await, Ok(StatusCode::OK));
    caller.standin.stop().await;
}

#[tokio::test]
async fn a_hung_request_ends_with_the_stand_in_and_without_an_answer() {
    let caller = Caller::start().await;
    caller.world().script(WHOAMI, Scripted::hung());
    let stream = ask(&caller).await;
    caller.world().until_received(WHOAMI, 1).await;
    caller.standin.stop().await;
    assert_eq!(rest(stream).await, "");
}

#[tokio::test]
async fn a_delay_passes_on_the_clock_of_the_world() {
    let caller = Caller::start().await;
    caller
        .world()
        .script(WHOAMI, Scripted::late(Duration::from_secs(30)));
    let mut stream = ask(&caller).await;
    caller.hand.until_sleeping(1).await;
    caller.pass(30);
    let mut first = [0; 12];
    stream.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    caller.standin.stop().await;
}
