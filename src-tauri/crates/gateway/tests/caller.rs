//! A client that shows what is on the wire and can leave at any moment.

use std::net::SocketAddr;

use base::Tasks;
use bytes::Bytes;
use http::{HeaderMap, Request};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_util::sync::{CancellationToken, DropGuard};
use wire::sse::{Frame, Splitter};

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// An answer under way.
pub(crate) struct Live {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    body: Incoming,
    _stays: DropGuard,
}

/// Sends on a connection of its own and takes the head of the answer.
pub(crate) async fn open(at: SocketAddr, request: Request<Full<Bytes>>, tasks: &Tasks) -> Live {
    let stream = TcpStream::connect(at).await.unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    let leaving = CancellationToken::new();
    // Also where the one who waits for the head is dropped.
    let stays = leaving.clone().drop_guard();
    tasks.spawn("client", |_| async move {
        tokio::select! {
            _ = connection => {}
            () = leaving.cancelled() => {}
        }
    });
    let response = sender.send_request(request).await.unwrap();
    let (head, body) = response.into_parts();
    Live {
        status: head.status.as_u16(),
        headers: head.headers,
        body,
        _stays: stays,
    }
}

/// Sends `bytes` as they are and reads until the server closes.
pub(crate) async fn raw(at: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(at).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

impl Live {
    /// The next piece; `None` at the end.
    pub(crate) async fn piece(&mut self) -> Option<Bytes> {
        loop {
            let frame = self.body.frame().await?.unwrap();
            if let Ok(data) = frame.into_data() {
                return Some(data);
            }
        }
    }

    /// Everything up to and including the piece that holds `needle`.
    pub(crate) async fn until(&mut self, needle: &str) -> String {
        let mut all = String::new();
        while !all.contains(needle) {
            let Some(piece) = self.piece().await else {
                panic!("`{needle}` never came: {all}");
            };
            all.push_str(std::str::from_utf8(&piece).unwrap());
        }
        all
    }

    /// The rest of it.
    pub(crate) async fn whole(mut self) -> Reply {
        let mut body = Vec::new();
        while let Some(piece) = self.piece().await {
            body.extend_from_slice(&piece);
        }
        Reply {
            status: self.status,
            headers: self.headers.clone(),
            body: body.into(),
        }
    }

    /// Closes the connection as it is.
    pub(crate) fn leave(self) {
        drop(self);
    }
}

impl Reply {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        match serde_json::from_slice(&self.body) {
            Ok(json) => json,
            Err(why) => panic!("{why}: {}", self.text()),
        }
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The data of each event, `[DONE]` as text.
    pub(crate) fn events(&self) -> Vec<Value> {
        events(&self.body)
    }

    /// The `type` of each event.
    pub(crate) fn types(&self) -> Vec<String> {
        let events = self.events();
        let names = events.iter().filter_map(|event| event["type"].as_str());
        names.map(str::to_owned).collect()
    }
}

/// The data of each event in a stream's bytes.
#[track_caller]
pub(crate) fn events(bytes: &[u8]) -> Vec<Value> {
    let mut events = Vec::new();
    let mut splitter = Splitter::default();
    let bytes = Bytes::copy_from_slice(bytes);
    let pushed = splitter.push(bytes, |frame| {
        if let Some(data) = Frame::read(&frame).data {
            let json = serde_json::from_slice(&data);
            events.push(json.unwrap_or_else(|_| String::from_utf8_lossy(&data).into()));
        }
    });
    pushed.unwrap();
    assert_eq!(
        splitter.finish(),
        None,
        "the stream ends with a whole event"
    );
    events
}
