//! Bodies, both ways: how a request's is read, and what an answer's holds until it has ended.

mod decode;
mod follow;
mod held;
mod read;
mod stream;
mod turn;

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::Stream;
use http_body::{Frame, SizeHint};
use store::Ended;

pub use self::decode::{Coding, plain};
pub(crate) use self::follow::Following;
pub(crate) use self::held::Held;
pub(crate) use self::read::{Unread, discard, read};
pub(crate) use self::stream::{Streaming, ended};

/// The body of an answer. Whatever the answer holds is released when the body is dropped, however
/// that comes about.
pub(crate) enum Body {
    /// All of it is known.
    Whole {
        bytes: Bytes,
        held: Option<Box<(Held, Ended)>>,
    },
    /// It comes piece by piece, each piece whole events.
    Stream(Pin<Box<dyn Stream<Item = Bytes> + Send>>),
}

impl Body {
    /// An answer whose request ends as `ended` once the last byte is taken.
    pub(crate) fn whole(bytes: impl Into<Bytes>, held: Held, ended: Ended) -> Self {
        Self::Whole {
            bytes: bytes.into(),
            held: Some(Box::new((held, ended))),
        }
    }
}

impl Body {
    /// Ends the request now: the body of an answer to a `HEAD`, or of a 304, is never sent.
    pub(crate) fn end_unsent(&mut self) {
        match self {
            Self::Whole { held, .. } => end(held),
            Self::Stream(_) => {}
        }
    }
}

fn end(held: &mut Option<Box<(Held, Ended)>>) {
    if let Some(held) = held.take() {
        let (mut held, ended) = *held;
        held.first_byte();
        held.finish(ended);
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match &mut *self {
            Self::Whole { bytes, held } => {
                end(held);
                let rest = std::mem::take(bytes);
                Poll::Ready((!rest.is_empty()).then(|| Ok(Frame::data(rest))))
            }
            Self::Stream(stream) => stream
                .as_mut()
                .poll_next(cx)
                .map(|piece| piece.map(|piece| Ok(Frame::data(piece)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole { bytes, held } => bytes.is_empty() && held.is_none(),
            Self::Stream(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole { bytes, .. } => SizeHint::with_exact(bytes.len() as u64),
            Self::Stream(_) => SizeHint::default(),
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Whole { .. } => "Body::Whole",
            Self::Stream(_) => "Body::Stream",
        })
    }
}
