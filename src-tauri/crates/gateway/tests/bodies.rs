//! Bodies in every encoding, size and speed.

use std::io::Write as _;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method};
use http_body_util::Full;
use serde_json::Value;
use store::{Ended, Written};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::caller::{self, Reply};
use crate::stage::{Plan, Stage, responses};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::stream::encode_all(bytes, 3).unwrap()
}

fn one_mib() -> Plan {
    Plan {
        written: Written {
            max_body_mib: Some(1),
            ..Written::default()
        },
        ..Plan::default()
    }
}

async fn send(stage: &Stage, encoding: Option<&'static str>, body: Vec<u8>) -> Reply {
    let request = stage.request(Method::POST, "/v1/responses", &responses("", false));
    let mut request = request.map(|_| Full::new(Bytes::from(body)));
    if let Some(encoding) = encoding {
        let value = HeaderValue::from_static(encoding);
        request.headers_mut().insert("content-encoding", value);
    }
    stage.send(request).await
}

#[tokio::test]
async fn every_encoding_says_the_same() {
    let stage = Stage::open().await;
    let json = responses("hello", false).to_string().into_bytes();
    let (first, second) = json.split_at(10);
    for (encoding, body) in [
        (None, json.clone()),
        (Some("identity"), json.clone()),
        (Some("gzip"), gzip(&json)),
        (Some("zstd"), zstd(&json)),
        (Some("zstd"), [zstd(first), zstd(second)].concat()),
    ] {
        let reply = send(&stage, encoding, body).await;
        assert_eq!(reply.status, 200, "{encoding:?}: {}", reply.text());
        assert!(reply.text().contains("You said: hello"), "{encoding:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_a_400_that_says_why() {
    let stage = Stage::with(one_mib()).await;
    let big = responses(&"x".repeat(1 << 20), false)
        .to_string()
        .into_bytes();
    for (encoding, body, code) in [
        (None, big.clone(), "request_too_large"),
        (Some("gzip"), gzip(&big), "request_too_large"),
        (Some("zstd"), zstd(&big), "request_too_large"),
        (Some("gzip"), b"{}".to_vec(), "invalid_content_encoding"),
        (Some("zstd"), b"{}".to_vec(), "invalid_content_encoding"),
        (Some("br"), b"{}".to_vec(), "unsupported_content_encoding"),
        (
            Some("gzip, zstd"),
            b"{}".to_vec(),
            "unsupported_content_encoding",
        ),
        (None, b"{\"model\":".to_vec(), "invalid_json"),
        (None, Vec::new(), "invalid_json"),
        (None, b"{\"a\":1e999}".to_vec(), "invalid_json"),
        (
            None,
            format!("[{}]", "1,".repeat(400_000)).into(),
            "too_many_values",
        ),
    ] {
        let reply = send(&stage, encoding, body).await;
        assert_eq!(reply.status, 400, "{encoding:?} {code}");
        assert_eq!(reply.json()["error"]["code"], code, "{encoding:?}");
    }
    assert!(stage.asked().is_empty());
    assert!(
        stage
            .lines(11)
            .await
            .iter()
            .all(|line| line.ended == Ended::Refused)
    );
}

#[tokio::test]
async fn a_refused_client_that_is_still_sending_hears_the_reason() {
    let stage = Stage::with(one_mib()).await;
    let mut request = stage.request(Method::POST, "/v1/responses", &Value::Null);
    request.headers_mut().remove("authorization");
    let request = request.map(|_| Full::new(Bytes::from(vec![b' '; 3 << 20])));
    assert_eq!(stage.send(request).await.status, 401);
}

fn head(stage: &Stage, more: &str) -> String {
    let (key, at) = (&stage.key, stage.gateway().addr);
    format!(
        "POST /v1/responses HTTP/1.1\r\nhost: {at}\r\nauthorization: Bearer {key}\r\n\
         content-type: application/json\r\nconnection: close\r\n{more}\r\n"
    )
}

#[tokio::test]
async fn a_body_without_a_length_is_read_too() {
    let stage = Stage::open().await;
    let json = responses("hello", false).to_string();
    let (first, second) = json.split_at(12);
    let body = format!(
        "{:x}\r\n{first}\r\n{:x}\r\n{second}\r\n0\r\n\r\n",
        first.len(),
        second.len()
    );
    let request = head(&stage, "transfer-encoding: chunked\r\n") + &body;
    let reply = caller::raw(stage.gateway().addr, request.as_bytes()).await;
    assert!(reply.starts_with("HTTP/1.1 200 "), "{reply}");
}

#[tokio::test]
async fn a_client_that_waits_for_a_go_ahead_gets_it_only_when_it_is_let_in() {
    let stage = Stage::open().await;
    let json = responses("hello", false).to_string();
    let expect = format!("content-length: {}\r\nexpect: 100-continue\r\n", json.len());
    let mut stream = TcpStream::connect(stage.gateway().addr).await.unwrap();
    stream
        .write_all(head(&stage, &expect).as_bytes())
        .await
        .unwrap();
    let mut go_ahead = vec![0; 25];
    stream.read_exact(&mut go_ahead).await.unwrap();
    assert_eq!(&go_ahead, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(json.as_bytes()).await.unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await.unwrap();
    assert!(reply.starts_with("HTTP/1.1 200 "), "{reply}");
    let refused = head(&stage, &expect).replace("Bearer ", "Bearer x");
    let reply = caller::raw(stage.gateway().addr, refused.as_bytes()).await;
    assert!(reply.starts_with("HTTP/1.1 401 "), "{reply}");
}

#[tokio::test]
async fn a_body_that_stops_is_given_up() {
    let (stage, hand) = Stage::by_hand(Plan::default()).await;
    let mut stream = TcpStream::connect(stage.gateway().addr).await.unwrap();
    let begun = head(&stage, "content-length: 100\r\n") + "{";
    stream.write_all(begun.as_bytes()).await.unwrap();
    crate::stage::until(|| stage.gateway().in_flight() == 1).await;
    hand.until_sleeping(1).await;
    hand.advance(Duration::from_secs(30));
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await.unwrap();
    assert!(reply.starts_with("HTTP/1.1 408 "), "{reply}");
    assert_eq!(stage.line().await.fault.as_deref(), Some("request_timeout"));
}

#[tokio::test]
async fn a_client_that_leaves_in_the_middle_of_its_body_has_left() {
    let stage = Stage::open().await;
    let mut stream = TcpStream::connect(stage.gateway().addr).await.unwrap();
    let begun = head(&stage, "content-length: 100\r\n") + "{";
    stream.write_all(begun.as_bytes()).await.unwrap();
    crate::stage::until(|| stage.gateway().in_flight() == 1).await;
    drop(stream);
    let line = stage.line().await;
    assert_eq!((line.ended, line.fault), (Ended::ClientLeft, None));
    assert_eq!(stage.gateway().in_flight(), 0);
}

#[tokio::test]
async fn a_client_that_only_stops_talking_still_hears_why() {
    let stage = Stage::open().await;
    let mut stream = TcpStream::connect(stage.gateway().addr).await.unwrap();
    let begun = head(&stage, "content-length: 100\r\n") + "{";
    stream.write_all(begun.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await.unwrap();
    assert!(reply.starts_with("HTTP/1.1 400"), "{reply}");
    assert!(reply.contains("broke off"), "{reply}");
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_closed() {
    let (stage, hand) = Stage::by_hand(Plan::default()).await;
    for begun in ["", "GET /healthz HTTP/1.1\r\nhost: loc"] {
        let mut stream = TcpStream::connect(stage.gateway().addr).await.unwrap();
        stream.write_all(begun.as_bytes()).await.unwrap();
        hand.until_sleeping(1).await;
        hand.advance(Duration::from_secs(95));
        let mut reply = Vec::new();
        stream.read_to_end(&mut reply).await.unwrap();
        assert!(!reply.starts_with(b"HTTP/1.1 200"));
    }
}
