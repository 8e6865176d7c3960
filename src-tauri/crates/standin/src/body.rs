//! What the body of an answer can be: whole bytes, or pieces that arrive over time and may break off.
//!
//! Guarantee: pieces that were handed over before a break reach the client before the connection
//! is closed. A break is abrupt: no last chunk, so the client can tell it from an end.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use base::Clock;
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use hyper::body::{Frame, SizeHint};
use tokio::sync::mpsc;

/// The body of every answer of the stand-in.
pub struct Body {
    kind: Kind,
    /// A break is the reset of a stream, which takes along all that has not left yet.
    is_reset: bool,
}

enum Kind {
    Full(Bytes),
    Pieces(Pieces),
    /// Hyper flushes what it holds when a body is pending, and only then; so a break waits.
    Breaking(io::Error, Option<Wait>),
    Done,
}

type Wait = Pin<Box<dyn Future<Output = ()> + Send>>;
type Pieces = Pin<Box<dyn Stream<Item = Result<Bytes, io::Error>> + Send>>;

impl Body {
    fn new(kind: Kind) -> Self {
        Self {
            kind,
            is_reset: false,
        }
    }

    /// The same body on a stream of HTTP/2.
    #[must_use]
    pub fn on_stream(self) -> Self {
        Self {
            is_reset: true,
            ..self
        }
    }

    /// No bytes at all.
    pub fn empty() -> Self {
        Self::full(Bytes::new())
    }

    /// Bytes known from the start, sent with a `Content-Length`.
    pub fn full(bytes: impl Into<Bytes>) -> Self {
        Self::new(Kind::Full(bytes.into()))
    }

    /// Pieces as `pieces` yields them. An `Err` breaks the connection.
    pub fn stream(pieces: impl Stream<Item = Result<Bytes, io::Error>> + Send + 'static) -> Self {
        Self::new(Kind::Pieces(Box::pin(pieces)))
    }

    /// Pieces as someone else sends them; at most `waiting` of them wait for the client.
    pub fn channel(waiting: usize) -> (Feed, Self) {
        let (feed, mut pieces) = mpsc::channel(waiting.max(1));
        let body = Self::stream(stream::poll_fn(move |cx| pieces.poll_recv(cx)));
        (Feed(feed), body)
    }

    /// The same body, but the connection breaks after `limit` bytes of it.
    #[must_use]
    pub fn cut_after(self, limit: usize) -> Self {
        let pieces = stream::unfold((self, limit), |(mut body, left)| async move {
            let piece = match left {
                0 => None,
                _ => body.next_piece().await,
            };
            match piece {
                Some(Ok(mut bytes)) => {
                    bytes.truncate(left);
                    let left = left - bytes.len();
                    Some((Ok(bytes), (body, left)))
                }
                Some(Err(error)) => Some((Err(error), (Self::new(Kind::Done), 0))),
                None => Some((Err(broken()), (Self::new(Kind::Done), 0))),
            }
        });
        Self::stream(pieces)
    }

    async fn next_piece(&mut self) -> Option<Result<Bytes, io::Error>> {
        let frame = std::future::poll_fn(|cx| hyper::body::Body::poll_frame(Pin::new(self), cx));
        let frame = frame.await?;
        Some(frame.and_then(|frame| frame.into_data().map_err(|_| broken())))
    }
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Kind::Pieces(pieces) = &mut self.kind {
            return match ready!(pieces.poll_next_unpin(cx)) {
                Some(Ok(bytes)) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
                Some(Err(error)) if self.is_reset => {
                    // The machine's clock: what is waited for is the machine's own work.
                    let wait: Wait = Box::pin(async { Clock::system().sleep(BREAK).await });
                    self.kind = Kind::Breaking(error, Some(wait));
                    self.poll_frame(cx)
                }
                Some(Err(error)) => {
                    self.kind = Kind::Breaking(error, None);
                    cx.waker().wake_by_ref();
                    Poll::Pending
                }
                None => {
                    self.kind = Kind::Done;
                    Poll::Ready(None)
                }
            };
        }
        if let Kind::Breaking(_, Some(wait)) = &mut self.kind {
            ready!(wait.as_mut().poll(cx));
        }
        Poll::Ready(match std::mem::replace(&mut self.kind, Kind::Done) {
            Kind::Full(bytes) if !bytes.is_empty() => Some(Ok(Frame::data(bytes))),
            Kind::Breaking(error, _) => Some(Err(error)),
            Kind::Full(_) | Kind::Pieces(_) | Kind::Done => None,
        })
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            Kind::Full(bytes) => bytes.is_empty(),
            Kind::Done => true,
            Kind::Pieces(_) | Kind::Breaking(..) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            Kind::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Kind::Done => SizeHint::with_exact(0),
            Kind::Pieces(_) | Kind::Breaking(..) => SizeHint::default(),
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.kind {
            Kind::Full(_) => "Body(full)",
            Kind::Pieces(_) => "Body(pieces)",
            Kind::Breaking(..) => "Body(breaking)",
            Kind::Done => "Body(done)",
        })
    }
}

/// How long what came before a break has to leave; a stream of HTTP/2 is reset at once, with all that
/// has not left.
const BREAK: Duration = Duration::from_millis(200);

/// Feeds a [`Body::channel`]. Dropping it ends the body well.
#[derive(Debug)]
pub struct Feed(mpsc::Sender<Result<Bytes, io::Error>>);

/// The client left; nobody reads the body any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone;

impl Feed {
    /// Hands over one piece, waiting while too many are on their way.
    ///
    /// # Errors
    /// The client left.
    pub async fn send(&self, piece: impl Into<Bytes>) -> Result<(), Gone> {
        self.0.send(Ok(piece.into())).await.map_err(|_| Gone)
    }

    /// Breaks the connection after what was sent so far.
    pub async fn cut(self) {
        let _ = self.0.send(Err(broken())).await;
    }

    /// Waits until the client has left.
    pub async fn closed(&self) {
        self.0.closed().await;
    }
}

fn broken() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionReset, "cut on purpose")
}
