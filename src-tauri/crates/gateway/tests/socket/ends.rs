//! How a socket ends: the client leaves, time runs out, or Postern stops.

use std::time::Duration;

use base::Drained;
use futures_util::StreamExt as _;
use serde_json::json;
use store::{Ended, Written};
use tokio::io::AsyncReadExt as _;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::{create, stage_of, text};
use crate::stage::{Plan, RESPONSES, Stage, until};

#[tokio::test]
async fn leaving_hangs_up_on_the_backend() {
    for (prompt, politely) in [
        ("[[stall 4]]", false),
        ("[[stall 4]]", true),
        ("[[stall 0]]", false),
    ] {
        let stage = Stage::open().await;
        let mut socket = stage.socket().await;
        socket.say(&create(prompt, &json!({}))).await;
        stage.world().until_received(RESPONSES, 1).await;
        stage.world().until_stalled(1).await;
        if politely {
            socket.send(Message::Close(None)).await;
        } else {
            drop(socket);
        }
        until(|| stage.asked()[0].hung_up).await;
        let line = stage.line().await;
        assert_eq!(
            (line.ended, line.attempts),
            (Ended::ClientLeft, 1),
            "{prompt}"
        );
        until(|| stage.gateway().in_flight() == 0).await;
    }
}

#[tokio::test]
async fn an_idle_socket_is_closed_when_postern_stops() {
    let mut stage = Stage::open().await;
    let mut socket = stage.socket().await;
    socket.ask(&create("hello", &json!({}))).await;
    let closing = async {
        let closed = socket.closed().await;
        assert_eq!(closed.code, CloseCode::Away);
        assert_eq!(socket.hear().await, None);
        drop(socket);
    };
    let (drained, ()) = tokio::join!(stage.stop(), closing);
    assert_eq!(drained, Drained::Fully);
}

#[tokio::test]
async fn what_is_under_way_may_end_first() {
    let mut stage = Stage::open().await;
    let mut socket = stage.socket().await;
    socket.say(&create("[[stall 4]] hello", &json!({}))).await;
    stage.world().until_stalled(1).await;
    let world = stage.world().clone();
    let reading = async {
        world.resume();
        let last = socket.answer().await.pop().unwrap();
        assert_eq!(text(&last["response"]), "You said: hello");
        assert_eq!(socket.closed().await.code, CloseCode::Away);
        drop(socket);
    };
    let (drained, ()) = tokio::join!(stage.stop(), reading);
    assert_eq!(drained, Drained::Fully);
}

#[tokio::test]
async fn what_does_not_end_gets_a_last_word() {
    let mut stage = stage_of(Written {
        drain_secs: Some(0),
        ..Written::default()
    })
    .await;
    let mut socket = stage.socket().await;
    socket.say(&create("[[stall 4]]", &json!({}))).await;
    stage.world().until_stalled(1).await;
    let reading = async {
        let last = socket.answer().await.pop().unwrap();
        let why = &last["response"]["error"]["message"];
        assert_eq!(why, "Postern is shutting down", "{last}");
        assert_eq!(socket.closed().await.code, CloseCode::Away);
    };
    let (drained, ()) = tokio::join!(stage.stop(), reading);
    assert_eq!(drained, Drained::Abandoned(1));
    assert_eq!(stage.line().await.ended, Ended::Shutdown);
}

#[tokio::test]
async fn a_ping_is_answered_also_during_an_answer() {
    let stage = Stage::open().await;
    let mut socket = stage.socket().await;
    for prompt in [None, Some("[[stall 4]]")] {
        if let Some(prompt) = prompt {
            socket.say(&create(prompt, &json!({}))).await;
            stage.world().until_stalled(1).await;
        }
        socket.send(Message::Ping("there?".into())).await;
        let pong = socket.pong().await;
        assert_eq!(pong, "there?");
    }
}

#[tokio::test]
async fn a_client_that_is_silent_is_asked_and_then_let_go() {
    let (stage, hand) = Stage::by_hand(Plan::default()).await;
    let mut socket = stage.socket().await;
    // One that answers stays.
    for _ in 0..4 {
        socket.ask(&create("hello", &json!({}))).await;
        hand.advance(Duration::from_secs(30));
        let ping = socket.0.next().await.unwrap().unwrap();
        assert!(matches!(ping, Message::Ping(_)), "{ping:?}");
    }
    // One that only seems to be there does not.
    socket.ask(&create("hello", &json!({}))).await;
    let wire = socket.0.get_mut();
    let mut frame = [0; 2];
    for _ in 0..2 {
        hand.advance(Duration::from_secs(30));
        wire.read_exact(&mut frame).await.unwrap();
        assert_eq!(frame, [0x89, 0], "a ping");
    }
    hand.advance(Duration::from_secs(30));
    assert_eq!(wire.read(&mut frame).await.unwrap(), 0);
}

#[tokio::test]
async fn no_socket_lives_longer_than_an_hour() {
    let (stage, hand) = Stage::by_hand(Plan::default()).await;
    let mut idle = stage.socket().await;
    idle.ask(&create("hello", &json!({}))).await;
    let mut busy = stage.socket().await;
    busy.say(&create("[[stall 4]]", &json!({}))).await;
    stage.world().until_stalled(1).await;
    busy.say(&create("waiting", &json!({}))).await;
    busy.send(Message::Ping("has it come?".into())).await;
    let pong = busy.pong().await;
    assert_eq!(pong, "has it come?");
    hand.advance(Duration::from_secs(3600));
    let closed = idle.closed().await;
    assert_eq!(closed.code, CloseCode::Normal);
    assert!(closed.reason.contains("60 minutes"), "{closed:?}");
    // What is answered may end; what waits is to come again on another.
    busy.answer().await;
    let error = busy.event().await;
    assert_eq!(error["error"]["code"], "websocket_connection_limit_reached");
    assert_eq!(busy.closed().await.code, CloseCode::Normal);
    assert_eq!(stage.asked().len(), 2);
}
