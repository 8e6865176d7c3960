//! An answer that is made in the background, as its followers see it.
//!
//! Each follower has its own place in what was told so far. Leaving costs the answer nothing.

use std::sync::Arc;
use std::time::Duration;

use base::Clock;
use bytes::Bytes;
use futures_util::{Stream, stream};
use store::Ended;
use wire::sse::Frames;

use super::Held;
use crate::state::Run;

/// One follower.
pub(crate) struct Following {
    pub(crate) run: Arc<Run>,
    /// How many events it has.
    pub(crate) seen: usize,
    pub(crate) held: Held,
    pub(crate) clock: Clock,
    pub(crate) keep_alive: Duration,
}

impl Following {
    /// The pieces of the body.
    pub(crate) fn pieces(self) -> impl Stream<Item = Bytes> + Send + 'static {
        stream::unfold(Some(self), |following| async { following?.piece().await })
    }

    async fn piece(mut self) -> Option<(Bytes, Option<Self>)> {
        let grown = self.run.until_more_than(self.seen);
        if self.clock.timeout(self.keep_alive, grown).await.is_none() {
            let mut frames = Frames::new();
            frames.comment("keep-alive");
            return Some((frames.take(), Some(self)));
        }
        let (piece, seen, has_ended) = self.run.told_after(self.seen);
        self.seen = seen;
        self.held.first_byte();
        if has_ended {
            self.held.finish(Ended::Whole);
            return (!piece.is_empty()).then_some((piece, None));
        }
        Some((piece, Some(self)))
    }
}
