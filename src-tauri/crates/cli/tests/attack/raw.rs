//! Bytes as no client library would send them.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Sends `bytes` and reads until the server closes; it must, sooner or later.
pub(crate) async fn exchange(at: SocketAddr, bytes: impl Into<Vec<u8>>) -> String {
    let bytes = bytes.into();
    let told = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(at).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        // A server that has heard enough may close before everything is sent.
        let _ = stream.write_all(&bytes);
        let mut answer = Vec::new();
        match stream.read_to_end(&mut answer) {
            Ok(_) => {}
            Err(why) if why.kind() == ErrorKind::ConnectionReset => {}
            Err(why) => panic!("{why} after {}", String::from_utf8_lossy(&answer)),
        }
        String::from_utf8_lossy(&answer).into_owned()
    });
    told.await.unwrap()
}

/// The statuses of the answers in what [`exchange`] brought.
pub(crate) fn statuses(answers: &str) -> Vec<u16> {
    let answers = answers.split("HTTP/1.1 ").skip(1);
    answers.map(|one| one[..3].parse().unwrap()).collect()
}

/// The statuses of the answers to `bytes`.
pub(crate) async fn answers(at: SocketAddr, bytes: impl Into<Vec<u8>>) -> Vec<u16> {
    statuses(&exchange(at, bytes).await)
}

/// Longer than the server waits for anything here.
const PATIENCE: Duration = Duration::from_secs(20);
