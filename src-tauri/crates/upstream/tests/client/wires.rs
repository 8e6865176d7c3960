//! Connections: pooled, forgotten, and tried.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base::{Clock, Secret, Tasks, Timestamp};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use upstream::{Config, HttpConfig};

use crate::stage::{Stage, client};

#[tokio::test]
async fn connections_are_kept_until_they_are_dropped() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/healthz", listener.local_addr().unwrap());
    let accepted = Arc::new(AtomicUsize::new(0));
    let (tasks, count) = (Tasks::new(), Arc::clone(&accepted));
    let serving = tasks.clone();
    tasks.spawn("accept", |_| async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            serving.spawn("serve", |_| async move {
                let mut request = [0; 4096];
                while socket.read(&mut request).await.is_ok_and(|read| read > 0) {
                    let answer = "HTTP/1.1 204 No Content\r\n\r\n";
                    let _ = socket.write_all(answer.as_bytes()).await;
                }
            });
        }
    });
    let (clock, _hand) = Clock::manual(Timestamp::default());
    let config = Config {
        http: Some(HttpConfig::default()),
        ..Config::default()
    };
    let client = client(config, &clock);
    for connections in [1, 1] {
        assert_eq!(client.probe(&url, None).await, Some(204));
        assert_eq!(accepted.load(Ordering::SeqCst), connections);
    }
    client.drop_idle();
    assert_eq!(client.probe(&url, None).await, Some(204));
    assert_eq!(accepted.load(Ordering::SeqCst), 2);
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
