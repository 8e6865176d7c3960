//! Connections: pooled, forgotten, and tried.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base::{Clock, Secret, Tasks, Timestamp};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use upstream::{Config, HttpConfig};
use url::Url;

use crate::stage::{Stage, ask, client, rest};

/// Gives the same answer to every request; counts connections.
pub(crate) async fn server(answer: &'static str) -> (Url, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let accepted = Arc::new(AtomicUsize::new(0));
    let (tasks, count) = (Tasks::new(), Arc::clone(&accepted));
    tasks.clone().spawn("accept", |_| async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            tasks.spawn("serve", |_| async move {
                let mut request = vec![0; 64 << 10];
                while socket.read(&mut request).await.is_ok_and(|read| read > 0) {
                    let _ = socket.write_all(answer.as_bytes()).await;
                }
            });
        }
    });
    (url, accepted)
}

const EMPTY: &str = "HTTP/1.1 204 No Content\r\n\r\n";

/// A stream with its terminal event, all in one piece.
const STREAM: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n\
    25\r\ndata: {\"type\":\"response.completed\"}\n\n\r\n0\r\n\r\n";

fn rebuildable() -> Config {
    Config {
        http: Some(HttpConfig::default()),
        ..Config::default()
    }
}

#[tokio::test]
async fn connections_are_kept_until_they_are_dropped() {
    let (url, accepted) = server(EMPTY).await;
    let (clock, _hand) = Clock::manual(Timestamp::default());
    let client = client(rebuildable(), &clock);
    for _ in 0..2 {
        assert_eq!(client.probe(url.as_str(), None).await, Some(204));
        assert_eq!(accepted.load(Ordering::SeqCst), 1);
    }
    client.drop_idle();
    assert_eq!(client.probe(url.as_str(), None).await, Some(204));
    assert_eq!(accepted.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_stream_that_was_read_to_its_end_leaves_its_connection_to_the_next() {
    let (url, accepted) = server(STREAM).await;
    let stage = Stage::open().await;
    let mut credential = stage.plus();
    credential.base = url;
    for _ in 0..3 {
        let opened = stage.client.open(&ask("x"), &credential).await.unwrap();
        let (events, fault) = rest(opened.events).await;
        assert_eq!((events.len(), fault), (1, None));
        // The connection goes back to the pool in a turn of its own.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(accepted.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn changed_settings_hold_from_the_next_request_on() {
    let stage = Stage::open().await;
    let credential = stage.plus();
    stage.client.catalogue(&credential).await.unwrap();
    let changed = Config {
        originator: "other".to_owned(),
        client_version: "0.128.0".to_owned(),
        ..rebuildable()
    };
    stage.client.reconfigure(changed).unwrap();
    stage.client.catalogue(&credential).await.unwrap();
    let asked = stage.world().received_at("/backend-api/codex/models");
    let queries: Vec<_> = asked.iter().filter_map(|it| it.query.as_deref()).collect();
    assert_eq!(queries, ["client_version=1.0.0", "client_version=0.128.0"]);
    assert_eq!(asked[1].header("if-none-match"), None);
    assert_eq!(asked[1].header("originator"), Some("other"));
    let broken = Config {
        http: Some(HttpConfig {
            proxy: Some(Url::parse("ftp://proxy.test").unwrap()),
            ..HttpConfig::default()
        }),
        ..Config::default()
    };
    assert!(stage.client.reconfigure(broken).is_err());
    stage.client.open(&ask("x"), &credential).await.unwrap();
    assert_eq!(stage.asked()[0].header("originator"), Some("other"));
}

#[tokio::test]
async fn a_probe_tells_a_status_or_nothing() {
    let stage = Stage::open().await;
    let key = Secret::new("sk-standin-platform");
    let base = stage.platform().base;
    let missing = stage
        .client
        .probe(&format!("{base}/nowhere"), Some(&key))
        .await;
    assert_eq!(missing, Some(404));
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    assert_eq!(
        stage.client.probe(&format!("http://{address}"), None).await,
        None
    );
    assert_eq!(stage.client.probe("no address", None).await, None);
    assert_eq!(
        stage.client.probe("http://backend.test", Some(&key)).await,
        None
    );
}
