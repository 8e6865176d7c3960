//! One bare connection.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

pub(crate) struct Line(TcpStream);

impl Line {
    pub(crate) async fn open(at: SocketAddr) -> Self {
        Self(TcpStream::connect(at).await.unwrap())
    }

    /// Opens one and says `bytes`.
    pub(crate) async fn saying(at: SocketAddr, bytes: impl AsRef<[u8]>) -> Self {
        let mut line = Self::open(at).await;
        line.say(bytes).await;
        line
    }

    pub(crate) async fn say(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).await.unwrap();
    }

    /// Says no more, and still listens.
    pub(crate) async fn finish(&mut self) {
        self.0.shutdown().await.unwrap();
    }

    /// Listens until `needle` has come.
    pub(crate) async fn until(&mut self, needle: &str) {
        let mut heard = Vec::new();
        while !heard
            .windows(needle.len())
            .any(|part| part == needle.as_bytes())
        {
            let read = self.0.read_buf(&mut heard).await.unwrap();
            assert!(read > 0, "{}", String::from_utf8_lossy(&heard));
        }
    }

    /// Listens until so many bytes more have come.
    pub(crate) async fn hear(&mut self, bytes: usize) {
        let mut buffer = vec![0; 1 << 20];
        let mut left = bytes;
        while left > 0 {
            let read = self.0.read(&mut buffer).await.unwrap();
            assert!(read > 0, "the answer broke off");
            left = left.saturating_sub(read);
        }
    }

    /// All that comes until the other side closes, however it does.
    pub(crate) async fn rest(mut self) -> String {
        let mut heard = Vec::new();
        while let Ok(1..) = self.0.read_buf(&mut heard).await {}
        String::from_utf8_lossy(&heard).into_owned()
    }
}
