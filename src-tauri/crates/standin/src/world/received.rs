//! What arrived, in order, within bounds.

use std::collections::VecDeque;
use std::net::SocketAddr;

use base::Timestamp;
use bytes::Bytes;
use http::header::CONTENT_ENCODING;
use http::{HeaderMap, Method, Request, Version};
use parking_lot::Mutex;
use tokio::sync::watch;

use super::encoding;

/// One request as it arrived.
#[derive(Debug, Clone)]
pub struct Received {
    /// Counts from 1.
    pub id: u64,
    /// The method.
    pub method: Method,
    /// The path, as it was sent.
    pub path: String,
    /// The query without its question mark, as it was sent.
    pub query: Option<String>,
    /// Every header line, as it was sent.
    pub headers: HeaderMap,
    /// The version of HTTP it was asked in.
    pub version: Version,
    /// The body, decoded; as it was sent where it could not be decoded.
    pub body: Bytes,
    /// The `Content-Encoding` it was sent with; `None` for a plain body.
    pub compressed: Option<String>,
    /// The local address it was sent to: tells the two ports apart.
    pub to: SocketAddr,
    /// When it was read to its end.
    pub at: Timestamp,
    /// True where the client left before the end of the answer.
    pub hung_up: bool,
}

impl Received {
    /// A header's first value as text; `None` where it is absent or no text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON; null where it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The fields of a form body, in order.
    pub fn form(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(&self.body)
            .into_owned()
            .collect()
    }
}

/// Rides on a request to whoever answers it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReceivedId(pub(crate) u64);

#[derive(Debug)]
pub(crate) struct Recorder {
    kept: Mutex<Kept>,
    count: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Kept {
    requests: VecDeque<Received>,
    bytes: usize,
    next: u64,
}

impl Default for Recorder {
    fn default() -> Self {
        Self {
            kept: Mutex::default(),
            count: watch::Sender::new(0),
        }
    }
}

impl Recorder {
    pub(crate) fn record(&self, request: &Request<Bytes>, to: SocketAddr, at: Timestamp) -> u64 {
        let headers = request.headers().clone();
        let compressed = headers.get(CONTENT_ENCODING);
        let compressed = compressed.map(|it| String::from_utf8_lossy(it.as_bytes()).into_owned());
        let body = match &compressed {
            Some(how) => encoding::decode(how, request.body()),
            None => None,
        };
        let received = Received {
            id: 0,
            method: request.method().clone(),
            path: request.uri().path().into(),
            query: request.uri().query().map(Into::into),
            headers,
            version: request.version(),
            body: body.unwrap_or_else(|| request.body().clone()),
            compressed,
            to,
            at,
            hung_up: false,
        };
        let id = self.kept.lock().push(received);
        self.count.send_replace(id);
        id
    }

    pub(crate) fn all(&self) -> Vec<Received> {
        self.kept.lock().requests.iter().cloned().collect()
    }

    pub(crate) fn at(&self, path: &str) -> Vec<Received> {
        let kept = self.kept.lock();
        let here = kept.requests.iter().filter(|it| it.path == path);
        here.cloned().collect()
    }

    pub(crate) async fn until(&self, path: &str, count: usize) -> Vec<Received> {
        let mut arrivals = self.count.subscribe();
        loop {
            arrivals.mark_unchanged();
            let here = self.at(path);
            if here.len() >= count || arrivals.changed().await.is_err() {
                return here;
            }
        }
    }

    pub(crate) fn forget(&self) {
        let mut kept = self.kept.lock();
        kept.requests.clear();
        kept.bytes = 0;
    }

    pub(crate) fn hung_up(&self, id: u64) {
        let mut kept = self.kept.lock();
        if let Some(received) = kept.requests.iter_mut().rev().find(|it| it.id == id) {
            received.hung_up = true;
        }
        drop(kept);
        self.count.send_modify(|_| ());
    }
}

impl Kept {
    fn push(&mut self, mut received: Received) -> u64 {
        self.next += 1;
        received.id = self.next;
        self.bytes += received.body.len();
        self.requests.push_back(received);
        while self.requests.len() > KEPT || (self.bytes > KEPT_BYTES && self.requests.len() > 1) {
            let oldest = self.requests.pop_front();
            self.bytes -= oldest.map_or(0, |it| it.body.len());
        }
        self.next
    }
}

/// How many requests are kept.
pub const KEPT: usize = 10_000;
/// How many bytes of bodies are kept; the newest request is kept whatever its size.
pub const KEPT_BYTES: usize = 256 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn record(recorder: &Recorder, bytes: usize) -> u64 {
        let request = Request::new(Bytes::from(vec![0; bytes]));
        let to = SocketAddr::from(([127, 0, 0, 1], 9));
        recorder.record(&request, to, Timestamp::default())
    }

    #[test]
    fn the_oldest_are_forgotten_beyond_the_count() {
        let recorder = Recorder::default();
        for _ in 0..=KEPT {
            record(&recorder, 0);
        }
        let all = recorder.all();
        assert_eq!((all.len(), all[0].id), (KEPT, 2));
    }

    #[test]
    fn the_oldest_are_forgotten_beyond_the_bytes_but_the_newest_is_kept() {
        let recorder = Recorder::default();
        for bytes in [KEPT_BYTES, 1, KEPT_BYTES + 1] {
            record(&recorder, bytes);
        }
        let all = recorder.all();
        assert_eq!(all.iter().map(|it| it.id).collect::<Vec<_>>(), [3]);
    }

    #[test]
    fn a_client_that_left_is_noted() {
        let recorder = Recorder::default();
        let [first, second] = [record(&recorder, 0), record(&recorder, 0)];
        recorder.hung_up(first);
        let left: Vec<_> = recorder.all().iter().map(|it| it.hung_up).collect();
        assert_eq!((left, second), (vec![true, false], 2));
    }
}
