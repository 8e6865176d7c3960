//! Deadlines, by a clock that is moved by hand.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::time::Duration;

use standin::Scripted;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use upstream::{Config, Events};
use url::Url;
use wire::Fault;
use wire::responses::Kind;

use crate::stage::{RESPONSES, Stage, ask, client};

const LIMIT: Duration = Duration::from_secs(300);

/// The fault that comes when `LIMIT` has passed, and not a second before.
async fn after_limit(stage: &Stage, events: &mut Events) -> Option<Fault> {
    let waiting = events.next();
    tokio::pin!(waiting);
    stage.hand.advance(LIMIT - Duration::from_secs(1));
    assert!(futures_util::poll!(waiting.as_mut()).is_pending());
    stage.hand.advance(Duration::from_secs(1));
    waiting.await?.err()
}

#[tokio::test]
async fn a_stalled_stream_is_given_up_after_the_idle_time() {
    let stage = Stage::open().await;
    let opened = stage
        .client
        .open(&ask("[[stall 2]] x"), &stage.plus())
        .await;
    let mut events = opened.unwrap().events;
    for _ in 0..2 {
        assert!(matches!(events.next().await, Some(Ok(_))));
        stage.hand.advance(LIMIT);
    }
    // Time that passes between two calls is the caller's, not the backend's.
    let fault = {
        assert!(futures_util::poll!(std::pin::pin!(events.next())).is_pending());
        after_limit(&stage, &mut events).await
    };
    assert_eq!(fault, Some(Fault::Silent { seconds: 300 }));
    assert!(events.next().await.is_none());
    stage.until_hung_up().await;
}

#[tokio::test]
async fn time_that_was_waited_counts_when_a_call_is_dropped() {
    let stage = Stage::open().await;
    let opened = stage
        .client
        .open(&ask("[[stall 1]] x"), &stage.plus())
        .await;
    let mut events = opened.unwrap().events;
    assert!(matches!(events.next().await, Some(Ok(_))));
    for _ in 0..3 {
        assert!(futures_util::poll!(std::pin::pin!(events.next())).is_pending());
        stage.hand.advance(Duration::from_secs(100));
    }
    let fault = events.next().await;
    assert_eq!(fault, Some(Err(Fault::Silent { seconds: 300 })));
}

#[tokio::test]
async fn the_first_event_has_its_own_deadline_and_is_not_asked_for_twice() {
    for scripted in [false, true] {
        let stage = Stage::open().await;
        if scripted {
            stage.world().script(RESPONSES, Scripted::hung());
        }
        let (ask, credential) = (ask("[[stall 0]] x"), stage.plus());
        let opening = stage.client.open(&ask, &credential);
        let moving = async {
            stage.world().until_received(RESPONSES, 1).await;
            stage.hand.advance(LIMIT);
        };
        let (opened, ()) = tokio::join!(opening, moving);
        assert_eq!(opened.unwrap_err(), Fault::Silent { seconds: 300 });
        assert_eq!(stage.asked().len(), 1);
    }
}

/// A backend of the test's own: the head of a stream and its first event, then the bare socket.
async fn bare() -> (Events, TcpStream, base::Hand) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (clock, hand) = base::Clock::manual(base::Timestamp::default());
    let client = client(Config::default(), &clock);
    let stage = Stage::open().await;
    let mut credential = stage.plus();
    credential.base = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let ask = ask("x");
    let serving = async {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut request = vec![0; 64 << 10];
        let _ = socket.read(&mut request).await.unwrap();
        let head =
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
        let first = "data: {\"type\":\"response.created\"}\n\n";
        socket.write_all(head.as_bytes()).await.unwrap();
        socket.write_all(first.as_bytes()).await.unwrap();
        socket
    };
    let (opened, socket) = tokio::join!(client.open(&ask, &credential), serving);
    let mut events = opened.unwrap().events;
    assert_eq!(events.next().await.unwrap().unwrap().kind(), Kind::Created);
    (events, socket, hand)
}

#[tokio::test]
async fn comments_are_no_sign_of_life_and_events_are() {
    let (mut events, mut socket, hand) = bare().await;
    let half = LIMIT / 2;
    let sending = async {
        hand.until_sleeping(1).await;
        hand.advance(half);
        // More than any buffer on the way holds: once it is written, most of it was read.
        let comments = ": ping\n\n".repeat(2 << 20);
        socket.write_all(comments.as_bytes()).await.unwrap();
        hand.advance(half);
    };
    let (next, ()) = tokio::join!(events.next(), sending);
    assert_eq!(next, Some(Err(Fault::Silent { seconds: 300 })));

    let (mut events, mut socket, hand) = bare().await;
    let sending = async {
        hand.until_sleeping(1).await;
        hand.advance(half);
        let event = "data: {\"type\":\"keepalive\"}\n\n";
        socket.write_all(event.as_bytes()).await.unwrap();
    };
    let (next, ()) = tokio::join!(events.next(), sending);
    assert_eq!(next.unwrap().unwrap().kind(), Kind::KeepAlive);
    assert!(futures_util::poll!(std::pin::pin!(events.next())).is_pending());
    hand.advance(half);
    assert!(futures_util::poll!(std::pin::pin!(events.next())).is_pending());
}

#[tokio::test]
async fn a_refusal_that_never_ends_is_read_as_far_as_it_came() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let stage = Stage::open().await;
    let mut credential = stage.plus();
    credential.base = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let ask = ask("x");
    let serving = async {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut request = vec![0; 64 << 10];
        let _ = socket.read(&mut request).await.unwrap();
        let head = "HTTP/1.1 400 Bad Request\r\ncontent-length: 100\r\n\r\n{\"detail\":";
        socket.write_all(head.as_bytes()).await.unwrap();
        // One sleeps for the first event, one for the end of the refusal.
        stage.hand.until_sleeping(2).await;
        stage.hand.advance(Duration::from_secs(10));
        socket
    };
    let (opened, _socket) = tokio::join!(stage.client.open(&ask, &credential), serving);
    let Err(Fault::Refused { status, .. }) = opened else {
        panic!("a refusal");
    };
    assert_eq!(status, 400);
}
