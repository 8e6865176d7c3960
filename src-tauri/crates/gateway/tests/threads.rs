//! Which thread serves a connection: few share that of the listener, and the next has another.

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::stage::Stage;

#[tokio::test]
async fn few_connections_share_a_thread_and_the_next_has_another() {
    let stage = Stage::open().await;
    let at = stage.gateway().addr;
    let mut few = Vec::new();
    for _ in 0..FEW {
        few.push(served(at).await);
    }
    assert!(is_served_elsewhere(served(at).await, PATIENCE));
    for connection in few {
        assert!(!is_served_elsewhere(connection, A_MOMENT));
    }
}

#[tokio::test]
async fn a_socket_keeps_its_place_on_its_thread() {
    let stage = Stage::open().await;
    let mut few = Vec::new();
    for _ in 0..FEW {
        few.push(stage.socket().await);
    }
    let next = served(stage.gateway().addr).await;
    assert!(is_served_elsewhere(next, PATIENCE));
    drop(few);
}

/// A connection on which something was asked and answered.
async fn served(at: SocketAddr) -> TcpStream {
    let mut connection = TcpStream::connect(at).await.unwrap();
    connection.write_all(ASK).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"ok") {
        let more = connection.read_buf(&mut answer).await.unwrap();
        assert_ne!(more, 0, "{}", String::from_utf8_lossy(&answer));
    }
    connection
}

/// True where an answer comes although nobody of this thread has a turn meanwhile.
fn is_served_elsewhere(connection: TcpStream, patience: Duration) -> bool {
    let mut connection = connection.into_std().unwrap();
    connection.set_nonblocking(false).unwrap();
    connection.set_read_timeout(Some(patience)).unwrap();
    connection.write_all(ASK).unwrap();
    match connection.read(&mut [0]) {
        Ok(0) => panic!("the connection was closed"),
        answered => answered.is_ok(),
    }
}

const ASK: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";
/// As `base/src/tasks/spread.rs` has it.
const FEW: usize = 8;
const PATIENCE: Duration = Duration::from_secs(20);
/// Nobody can answer in it, however long it is.
const A_MOMENT: Duration = Duration::from_millis(5);
