//! Chunks to frames, copying only what straddles two chunks.
//!
//! Guarantees: the frames, put together, are the bytes that came in; where the chunks were cut
//! does not matter; no frame is longer than the limit.

use bytes::{Bytes, BytesMut};
use memchr::memchr2_iter;

/// Cuts a byte stream into frames, each with the empty line that ends it.
#[derive(Debug)]
pub struct Splitter {
    unfinished: BytesMut,
    limit: usize,
}

/// A frame went on for more bytes than anyone should hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a frame is longer than {limit} bytes")]
pub struct FrameTooLong {
    /// The most a frame may have, in bytes.
    pub limit: usize,
}

impl Default for Splitter {
    fn default() -> Self {
        Self::new(DEFAULT_LIMIT)
    }
}

impl Splitter {
    /// A splitter that holds at most `limit` bytes of an unfinished frame.
    pub fn new(limit: usize) -> Self {
        Self {
            unfinished: BytesMut::new(),
            limit,
        }
    }

    /// Takes the next chunk and hands every frame that it completes to `frame`.
    ///
    /// A frame that ends with a lone CR at the end of a chunk waits for the next byte, which may
    /// be the LF that belongs to it.
    ///
    /// # Errors
    /// A frame is longer than the limit, finished or not.
    pub fn push(
        &mut self,
        mut chunk: Bytes,
        mut frame: impl FnMut(Bytes),
    ) -> Result<(), FrameTooLong> {
        if self.unfinished.is_empty() {
            while let Some(end) = frame_end(&chunk, 0) {
                self.bound(end)?;
                frame(chunk.split_to(end));
            }
            self.bound(chunk.len())?;
            self.unfinished.extend_from_slice(&chunk);
            return Ok(());
        }
        let mut from = self.unfinished.len().saturating_sub(TERMINATOR_OVERLAP);
        self.unfinished.extend_from_slice(&chunk);
        while let Some(end) = frame_end(&self.unfinished, from) {
            self.bound(end)?;
            frame(self.unfinished.split_to(end).freeze());
            from = 0;
        }
        self.bound(self.unfinished.len())
    }

    fn bound(&self, length: usize) -> Result<(), FrameTooLong> {
        match length > self.limit {
            true => Err(FrameTooLong { limit: self.limit }),
            false => Ok(()),
        }
    }

    /// What was left when the stream ended without its last empty line, if anything.
    pub fn finish(&mut self) -> Option<Bytes> {
        let rest = self.unfinished.split().freeze();
        (!rest.is_empty()).then_some(rest)
    }
}

/// The index just behind the first empty line at or after `from`.
fn frame_end(bytes: &[u8], from: usize) -> Option<usize> {
    memchr2_iter(b'\n', b'\r', &bytes[from..]).find_map(|at| {
        let at = from + at;
        let next = match (bytes[at], bytes.get(at + 1)) {
            (b'\r', Some(b'\n')) => at + 2,
            _ => at + 1,
        };
        match (bytes.get(next), bytes.get(next + 1)) {
            (Some(b'\n'), _) => Some(next + 1),
            (Some(b'\r'), Some(b'\n')) => Some(next + 2),
            (Some(b'\r'), Some(_)) => Some(next + 1),
            _ => None,
        }
    })
}

/// Images come as one event of several mebibytes (contract backend 1.11).
const DEFAULT_LIMIT: usize = 64 << 20;

/// The longest terminator is CR LF CR LF; all but its last byte may be in the chunk before.
const TERMINATOR_OVERLAP: usize = 3;
