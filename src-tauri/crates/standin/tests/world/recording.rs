//! What is recorded, and that two origins are one world.

use std::io::Write as _;

use bytes::Bytes;
use http::{Method, StatusCode};
use serde_json::json;
use standin::{Options, Standin};

use crate::caller::Caller;

const CHECK: &str = "/backend-api/wham/accounts/check";

#[tokio::test]
async fn a_request_is_recorded_as_it_was_sent() {
    let caller = Caller::start().await;
    caller.pass(5);
    let headers = [
        ("x-thing", "one"),
        ("x-thing", "two"),
        ("content-type", "application/json"),
    ];
    let body = Bytes::from_static(b"{\"a\": [1]}");
    let path = "/oauth/none?x=%20y&x=2";
    caller
        .send(Method::PUT, path, &headers, body)
        .await
        .unwrap();
    caller.get("/admin/people").await;
    let all = caller.world().received();
    assert_eq!(all.len(), 1, "the administrator is not recorded");
    let received = &all[0];
    assert_eq!(
        (&received.method, received.path.as_str()),
        (&Method::PUT, "/oauth/none")
    );
    assert_eq!(received.query.as_deref(), Some("x=%20y&x=2"));
    let values: Vec<_> = received.headers.get_all("x-thing").iter().collect();
    assert_eq!(values, ["one", "two"]);
    assert_eq!(received.header("content-type"), Some("application/json"));
    assert_eq!(received.json(), json!({"a": [1]}));
    assert_eq!((received.compressed.as_deref(), received.id), (None, 1));
    assert_eq!(received.at.seconds(), 1_775_000_005);
    assert_eq!(received.to, caller.standin.addr());
    caller.world().forget_received();
    assert!(caller.world().received().is_empty());
    caller.standin.stop().await;
}

#[tokio::test]
async fn compressed_bodies_are_recorded_plain() {
    let caller = Caller::start().await;
    let plain = "{\"input\":[]}".repeat(100);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(plain.as_bytes()).unwrap();
    let rows = [
        ("gzip", gzip.finish().unwrap(), plain.as_bytes()),
        (
            "zstd",
            zstd::encode_all(plain.as_bytes(), 0).unwrap(),
            plain.as_bytes(),
        ),
        ("br", b"left as it is".to_vec(), b"left as it is"),
        ("zstd", b"no zstd at all".to_vec(), b"no zstd at all"),
    ];
    for (place, (encoding, sent, recorded)) in rows.into_iter().enumerate() {
        let headers = [("content-encoding", encoding)];
        caller
            .send(Method::POST, "/oauth/none", &headers, sent.into())
            .await
            .unwrap();
        let received = &caller.world().received_at("/oauth/none")[place];
        assert_eq!(received.body, recorded, "{encoding}");
        assert_eq!(received.compressed.as_deref(), Some(encoding));
    }
    caller.standin.stop().await;
}

#[tokio::test]
async fn what_one_origin_grants_the_other_honours() {
    let caller = Caller::start().await;
    let access = caller.world().sign_in("plus@example.test").access_token;
    let second = caller.standin.second_addr().unwrap();
    assert_ne!(second, caller.standin.addr());
    let origin = format!("http://{second}");
    let upstream = caller.standin.second_upstream().unwrap();
    assert_eq!(upstream.as_str(), format!("{origin}/backend-api"));
    let bearer = format!("Bearer {}", access.reveal());
    let headers = [
        ("authorization", bearer.as_str()),
        ("chatgpt-account-id", "acct_plus"),
    ];
    let there = caller
        .send_to(&origin, Method::GET, CHECK, &headers, Bytes::new())
        .await
        .unwrap();
    assert_eq!(there.status, StatusCode::OK);
    assert_eq!(caller.world().received_at(CHECK)[0].to, second);
    caller.standin.stop().await;
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_413() {
    let caller = Caller::start().await;
    let body = Bytes::from(vec![b'x'; 80 * 1024 * 1024 + 1]);
    let answer = caller
        .send(Method::POST, "/oauth/token", &[], body)
        .await
        .unwrap();
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    caller.standin.stop().await;
}

#[tokio::test]
async fn many_can_run_side_by_side_and_a_stopped_one_frees_its_port() {
    let first = Standin::start(Options::default()).await.unwrap();
    let other = Standin::start(Options::default()).await.unwrap();
    assert_ne!(first.addr(), other.addr());
    assert!(first.second_addr().is_none());
    let taken = Options {
        port: first.addr().port(),
        ..Options::default()
    };
    assert!(Standin::start(taken.clone()).await.is_err());
    first.stop().await;
    let again = Standin::start(taken.clone()).await.unwrap();
    assert_eq!(again.addr().port(), taken.port);
    again.stop().await;
    other.stop().await;
}
