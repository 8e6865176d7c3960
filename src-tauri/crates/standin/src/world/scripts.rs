//! Scripted faults: the next answers at a path misbehave.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http::{HeaderName, HeaderValue, Response, StatusCode};

use crate::body::Body;

/// One scripted fault: how often, after which delay, and what happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scripted {
    /// For how many requests.
    pub times: u32,
    /// How long to wait first, on the world's clock.
    pub delay: Duration,
    /// What happens then.
    pub act: Act,
}

/// What happens instead of the right answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// The right answer; only the delay counts.
    Pass,
    /// This answer, and the request has no effect.
    Answer(Reply),
    /// The connection closes without an answer; the request has no effect.
    Drop,
    /// No answer until the client leaves; the request has no effect.
    Hang,
    /// This much of an answer, then the connection breaks; the request has no effect.
    Cut(Reply),
    /// The request takes effect, then the connection closes without an answer.
    LoseReply,
    /// The request takes effect, and the connection breaks after so many bytes of the answer's body.
    CutReply {
        /// Bytes of the body that still arrive.
        after: usize,
    },
}

/// A whole scripted answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// Header lines; names may repeat.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The body.
    pub body: Bytes,
}

impl Reply {
    /// A status and a body without headers of its own.
    pub fn new(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.into(),
        }
    }

    /// Adds one header line.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(crate) fn whole(self) -> Response<Body> {
        let body = Body::full(self.body.clone());
        self.head(body)
    }

    /// The same head and body, but the connection breaks instead of an end.
    pub(crate) fn broken_off(self) -> Response<Body> {
        let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        let pieces = [Ok(self.body.clone()), Err(broken)];
        self.head(Body::stream(stream::iter(pieces)))
    }

    fn head(self, body: Body) -> Response<Body> {
        let mut answer = Response::new(body);
        *answer.status_mut() = self.status;
        answer.headers_mut().extend(self.headers);
        answer
    }
}

impl Scripted {
    /// `act`, once and at once.
    pub fn once(act: Act) -> Self {
        Self {
            times: 1,
            delay: Duration::ZERO,
            act,
        }
    }

    /// An empty answer with this status, once.
    pub fn status(status: StatusCode) -> Self {
        Self::once(Act::Answer(Reply::new(status, Bytes::new())))
    }

    /// A JSON answer, once.
    pub fn json(status: StatusCode, body: &serde_json::Value) -> Self {
        let json = HeaderValue::from_static("application/json");
        let reply = Reply::new(status, body.to_string());
        Self::once(Act::Answer(reply.with(http::header::CONTENT_TYPE, json)))
    }

    /// The right answer after a delay, once.
    pub fn late(delay: Duration) -> Self {
        Self::once(Act::Pass).after(delay)
    }

    /// The connection closes without an answer, once.
    pub fn dropped() -> Self {
        Self::once(Act::Drop)
    }

    /// No answer until the client leaves, once.
    pub fn hung() -> Self {
        Self::once(Act::Hang)
    }

    /// The request takes effect and its answer is lost, once.
    pub fn lost_reply() -> Self {
        Self::once(Act::LoseReply)
    }

    /// For so many requests instead of one.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// For every request from now on.
    #[must_use]
    pub fn always(self) -> Self {
        self.times(u32::MAX)
    }

    /// Waits first.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }
}

#[derive(Debug, Default)]
pub(crate) struct Scripts(VecDeque<(String, Scripted)>);

impl Scripts {
    pub(crate) fn add(&mut self, path: &str, scripted: Scripted) {
        self.0.push_back((path.into(), scripted));
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn next(&mut self, path: &str) -> Option<Scripted> {
        self.0.retain(|(_, scripted)| scripted.times > 0);
        let (_, scripted) = self.0.iter_mut().find(|(at, _)| is_at(at, path))?;
        if scripted.times != u32::MAX {
            scripted.times -= 1;
        }
        Some(scripted.clone())
    }
}

fn is_at(pattern: &str, path: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => path.starts_with(prefix),
        None => path == pattern,
    }
}
