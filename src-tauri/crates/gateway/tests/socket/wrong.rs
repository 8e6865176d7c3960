//! What a client may send and nobody can serve.

use serde_json::{Value, json};
use store::Written;
use tokio::io::AsyncWriteExt as _;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};

use super::{create, stage_of, text};
use crate::stage::Stage;

#[tokio::test]
async fn a_frame_that_makes_no_sense_is_refused_and_the_socket_stays_usable() {
    let stage = Stage::open().await;
    let mut socket = stage.socket().await;
    let rows = [
        (json!("hello"), Value::Null),
        (json!({}), json!("type")),
        (json!({ "type": "response.steer" }), json!("type")),
        (
            create("x", &json!({ "background": true })),
            json!("background"),
        ),
        (create("x", &json!({ "generate": "no" })), json!("generate")),
        (create("x", &json!({ "model": 5 })), json!("model")),
    ];
    for (frame, param) in &rows {
        let error = socket.refused(frame).await;
        assert_eq!(
            (&error["status"], &error["error"]["param"]),
            (&json!(400), param),
            "{frame}"
        );
        assert!(error["error"]["request_id"].is_string(), "{error}");
    }
    for garbage in ["", "{", "\u{0}", "nul"] {
        socket.send(Message::text(garbage)).await;
        assert_eq!(
            socket.event().await["error"]["code"],
            "invalid_json",
            "{garbage:?}"
        );
    }
    assert!(stage.asked().is_empty());
    let answer = socket.ask(&create("hello", &json!({}))).await;
    assert_eq!(text(&answer), "You said: hello");
    stage.lines(rows.len() + 5).await;
}

#[tokio::test]
async fn fragments_are_one_frame() {
    let stage = Stage::open().await;
    let mut socket = stage.socket().await;
    let frame = create("in pieces", &json!({})).to_string().into_bytes();
    let last = frame.len() - 1;
    for (at, byte) in frame.into_iter().enumerate() {
        let kind = if at == 0 { Data::Text } else { Data::Continue };
        let piece = Frame::message(vec![byte], OpCode::Data(kind), at == last);
        socket.send(Message::Frame(piece)).await;
        if at == 9 {
            socket.send(Message::Ping("between".into())).await;
        }
    }
    let events = socket.answer().await;
    assert_eq!(
        text(&events.last().unwrap()["response"]),
        "You said: in pieces"
    );
}

#[tokio::test]
async fn a_binary_frame_is_told_and_ends_the_socket() {
    let stage = Stage::open().await;
    let mut socket = stage.socket().await;
    socket
        .send(Message::binary(create("x", &json!({})).to_string()))
        .await;
    let error = socket.event().await;
    assert_eq!(
        (&error["type"], &error["status"]),
        (&json!("error"), &json!(400))
    );
    assert_eq!(socket.closed().await.code, CloseCode::Unsupported);
    assert!(stage.asked().is_empty());
}

#[tokio::test]
async fn a_frame_that_is_too_large_is_told_and_ends_the_socket() {
    let stage = stage_of(Written {
        max_body_mib: Some(1),
        ..Written::default()
    })
    .await;
    let mut socket = stage.socket().await;
    socket.say(&create(&"x".repeat(1 << 20), &json!({}))).await;
    let error = socket.event().await;
    assert_eq!(
        (&error["status"], &error["error"]["code"]),
        (&json!(400), &json!("request_too_large"))
    );
    assert_eq!(socket.closed().await.code, CloseCode::Size);
    assert!(stage.asked().is_empty());
    // And one that is just small enough is served.
    let mut socket = stage.socket().await;
    let answer = socket
        .ask(&create(&"x".repeat(1_000_000), &json!({})))
        .await;
    assert!(text(&answer).len() > 1_000_000);
}

#[tokio::test]
async fn what_is_no_websocket_ends_with_the_code_that_says_so() {
    for (bytes, code) in [
        // Not masked, as every frame of a client must be.
        (&b"\x81\x02{}"[..], CloseCode::Protocol),
        (b"GET / HTTP/1.1\r\n\r\n", CloseCode::Protocol),
        // A reserved bit; a continuation of nothing.
        (b"\xf1\x80\0\0\0\0", CloseCode::Protocol),
        (b"\x80\x80\0\0\0\0", CloseCode::Protocol),
        // A text that is not UTF-8.
        (b"\x81\x82\0\0\0\0\xff\xfe", CloseCode::Invalid),
    ] {
        let stage = Stage::open().await;
        let mut socket = stage.socket().await;
        socket.0.get_mut().write_all(bytes).await.unwrap();
        assert_eq!(socket.closed().await.code, code, "{bytes:?}");
        assert_eq!(socket.hear().await, None);
    }
}

#[tokio::test]
async fn too_many_at_once_end_the_socket_and_what_was_begun() {
    let stage = Stage::open().await;
    let mut socket = stage.socket().await;
    socket.say(&create("[[stall 0]]", &json!({}))).await;
    stage.world().until_stalled(1).await;
    for _ in 0..17 {
        socket.say(&create("x", &json!({}))).await;
    }
    let error = socket.event().await;
    assert!(
        error["error"]["message"].as_str().unwrap().contains("16"),
        "{error}"
    );
    assert_eq!(socket.closed().await.code, CloseCode::Policy);
    crate::stage::until(|| stage.asked()[0].hung_up).await;
    assert_eq!(stage.asked().len(), 1);
}
