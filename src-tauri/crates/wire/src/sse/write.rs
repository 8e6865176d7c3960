//! Frames into one outgoing buffer, or lines of JSON where that is what a stream is made of.

use bytes::buf::BufMut as _;
use bytes::{Bytes, BytesMut};
use serde::Serialize;

/// Collects frames; what is written so far is taken without copying.
#[derive(Debug, Default)]
pub struct Frames {
    buffer: BytesMut,
}

impl Frames {
    /// An empty buffer.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends one named event. Compact JSON has no raw newline, so one `data:` line is enough.
    pub fn event(&mut self, name: &str, data: &impl Serialize) {
        self.buffer.put_slice(b"event: ");
        self.buffer.put_slice(name.as_bytes());
        self.buffer.put_slice(b"\n");
        self.data(data);
    }

    /// Appends one event without a name, as Chat Completions streams have them.
    pub fn data(&mut self, data: &impl Serialize) {
        self.buffer.put_slice(b"data: ");
        let written = serde_json::to_writer((&mut self.buffer).writer(), data);
        debug_assert!(written.is_ok(), "wire types serialize into memory");
        self.buffer.put_slice(b"\n\n");
    }

    /// Appends one line of JSON, as a stream of NDJSON has them. Compact JSON has no raw newline.
    pub fn line(&mut self, data: &impl Serialize) {
        let written = serde_json::to_writer((&mut self.buffer).writer(), data);
        debug_assert!(written.is_ok(), "wire types serialize into memory");
        self.buffer.put_slice(b"\n");
    }

    /// Appends a named event whose data is JSON text already, on one line.
    pub fn event_text(&mut self, name: &str, json: &[u8]) {
        debug_assert!(!json.contains(&b'\n'), "one line of data");
        self.buffer.put_slice(b"event: ");
        self.buffer.put_slice(name.as_bytes());
        self.buffer.put_slice(b"\ndata: ");
        self.buffer.put_slice(json);
        self.buffer.put_slice(b"\n\n");
    }

    /// Appends a whole frame as it is, terminator included.
    pub fn raw(&mut self, frame: &[u8]) {
        self.buffer.put_slice(frame);
    }

    /// Appends a comment, which readers skip.
    pub fn comment(&mut self, text: &str) {
        debug_assert!(!text.contains(['\n', '\r']), "one line of comment");
        self.buffer.put_slice(b": ");
        self.buffer.put_slice(text.as_bytes());
        self.buffer.put_slice(b"\n\n");
    }

    /// Appends the end of a Chat Completions stream.
    pub fn done(&mut self) {
        self.buffer.put_slice(b"data: [DONE]\n\n");
    }

    /// True where nothing waits to be taken.
    pub fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }

    /// How many bytes wait to be taken.
    pub fn len(&self) -> usize {
        self.buffer.len()
    }

    /// Takes what is written so far without copying it; the allocation is reused.
    pub fn take(&mut self) -> Bytes {
        self.buffer.split().freeze()
    }
}
