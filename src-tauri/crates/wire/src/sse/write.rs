//! Frames into one outgoing buffer, or lines of JSON where that is what a stream is made of.

use bytes::buf::BufMut as _;
use bytes::{Bytes, BytesMut};
use serde::Serialize;

/// Collects frames; what is written so far is taken without copying.
#[derive(Debug, Default)]
pub struct Frames {
    buffer: BytesMut,
    /// How many bytes were taken last.
    taken: usize,
}

impl Frames {
    /// An empty buffer.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends one named event. Compact JSON has no raw newline, so one `data:` line is enough.
    pub fn event(&mut self, name: &str, data: &impl Serialize) {
        let buffer = self.buffer();
        buffer.put_slice(b"event: ");
        buffer.put_slice(name.as_bytes());
        buffer.put_slice(b"\n");
        self.data(data);
    }

    /// Appends one event without a name, as Chat Completions streams have them.
    pub fn data(&mut self, data: &impl Serialize) {
        let buffer = self.buffer();
        buffer.put_slice(b"data: ");
        let written = serde_json::to_writer((&mut *buffer).writer(), data);
        debug_assert!(written.is_ok(), "wire types serialize into memory");
        buffer.put_slice(b"\n\n");
    }

    /// Appends one line of JSON, as a stream of NDJSON has them. Compact JSON has no raw newline.
    pub fn line(&mut self, data: &impl Serialize) {
        let buffer = self.buffer();
        let written = serde_json::to_writer((&mut *buffer).writer(), data);
        debug_assert!(written.is_ok(), "wire types serialize into memory");
        buffer.put_slice(b"\n");
    }

    /// Appends a named event whose data is JSON text already, on one line.
    pub fn event_text(&mut self, name: &str, json: &[u8]) {
        debug_assert!(!json.contains(&b'\n'), "one line of data");
        let buffer = self.buffer();
        buffer.put_slice(b"event: ");
        buffer.put_slice(name.as_bytes());
        buffer.put_slice(b"\ndata: ");
        buffer.put_slice(json);
        buffer.put_slice(b"\n\n");
    }

    /// Appends a whole frame as it is, terminator included.
    pub fn raw(&mut self, frame: &[u8]) {
        self.buffer().put_slice(frame);
    }

    /// Appends a comment, which readers skip.
    pub fn comment(&mut self, text: &str) {
        debug_assert!(!text.contains(['\n', '\r']), "one line of comment");
        let buffer = self.buffer();
        buffer.put_slice(b": ");
        buffer.put_slice(text.as_bytes());
        buffer.put_slice(b"\n\n");
    }

    /// Appends the end of a Chat Completions stream.
    pub fn done(&mut self) {
        self.buffer().put_slice(b"data: [DONE]\n\n");
    }

    /// True where nothing waits to be taken.
    pub fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }

    /// How many bytes wait to be taken.
    pub fn len(&self) -> usize {
        self.buffer.len()
    }

    /// Takes what is written so far without copying it. No memory is kept for what will come: a stream
    /// may be silent for minutes.
    pub fn take(&mut self) -> Bytes {
        self.taken = self.buffer.len();
        std::mem::take(&mut self.buffer).freeze()
    }

    /// Where to write. What begins anew has room for about as much as was taken last.
    fn buffer(&mut self) -> &mut BytesMut {
        if self.buffer.capacity() == 0 {
            self.buffer.reserve(self.taken.min(USUAL));
        }
        &mut self.buffer
    }
}

/// The most that a piece usually has, in bytes.
const USUAL: usize = 16 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_whole_and_leaves_no_memory_behind() {
        let mut frames = Frames::new();
        for text in ["one", "two, which is longer", ""] {
            frames.raw(text.as_bytes());
            assert_eq!(frames.take(), text.as_bytes());
            assert_eq!(frames.buffer.capacity(), 0);
        }
    }

    #[test]
    fn room_for_what_was_taken_last_is_made_at_once_and_not_for_more_than_is_usual() {
        let mut frames = Frames::new();
        for (len, room) in [(1000, 1000), (100 * USUAL, USUAL)] {
            frames.raw(&vec![b'x'; len]);
            frames.take();
            frames.raw(b"x");
            assert_eq!(frames.buffer.capacity(), room);
        }
    }
}
