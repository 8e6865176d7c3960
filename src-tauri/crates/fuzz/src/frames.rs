//! SSE framing: however the bytes are divided, the frames are the same, and none is lost.

use bytes::Bytes;
use wire::sse::Splitter;

/// The first byte says how the rest is divided.
pub(crate) fn run(data: &[u8]) {
    let Some((&size, bytes)) = data.split_first() else {
        return;
    };
    let whole = split(bytes.chunks(bytes.len().max(1)));
    let divided = split(bytes.chunks(usize::from(size).max(1)));
    assert_eq!(whole, divided);
}

/// `None` where a frame is too large.
fn split<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Option<Vec<Bytes>> {
    let mut splitter = Splitter::default();
    let mut frames = Vec::new();
    for piece in pieces {
        let pushed = splitter.push(Bytes::copy_from_slice(piece), |frame| frames.push(frame));
        pushed.ok()?;
    }
    frames.extend(splitter.finish());
    Some(frames)
}
