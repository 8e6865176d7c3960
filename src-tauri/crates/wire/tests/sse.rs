//! Laws of the frame grammar.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use bytes::Bytes;
use proptest::prelude::*;
use wire::sse::{Frame, FrameTooLong, Frames, Splitter};

fn frames(pieces: &[&[u8]]) -> Vec<Bytes> {
    let mut splitter = Splitter::default();
    let mut frames = Vec::new();
    for piece in pieces {
        splitter
            .push(Bytes::copy_from_slice(piece), |frame| frames.push(frame))
            .unwrap();
    }
    frames.extend(splitter.finish());
    frames
}

fn cut<'a>(wire: &'a [u8], cuts: &[usize]) -> Vec<&'a [u8]> {
    let mut cuts: Vec<_> = cuts.iter().map(|at| (*at).min(wire.len())).collect();
    cuts.extend([0, wire.len()]);
    cuts.sort_unstable();
    cuts.windows(2)
        .map(|pair| &wire[pair[0]..pair[1]])
        .collect()
}

const WIRE: &[u8] = b"event: a\ndata: {\"x\":1}\n\ndata: \xc3\xa9\r\n\r\n: ping\n\ndata: u\xe2\x80\xa8v\r\rdata: [DONE]\n\ndata: tail";

#[test]
fn a_frame_ends_at_an_empty_line() {
    let ends: Vec<usize> = frames(&[WIRE]).iter().map(Bytes::len).collect();
    assert_eq!(ends, [24, 12, 8, 13, 14, 10]);
}

#[test]
fn an_endless_frame_is_refused() {
    let mut splitter = Splitter::new(8);
    let pushed = splitter.push(Bytes::from_static(b"data: 123456"), |_| ());
    assert_eq!(pushed, Err(FrameTooLong { limit: 8 }));
}

/// Wherever it is cut, also where the last chunk brings its end.
#[test]
fn a_frame_that_is_too_long_is_refused_with_its_end_too() {
    const LONG: &[u8] = b"data: 1\n\ndata: 123456\n\n";
    for at in 0..=LONG.len() {
        let (mut splitter, mut handed) = (Splitter::new(12), Vec::new());
        let (first, second) = LONG.split_at(at);
        let mut pushed = Ok(());
        for piece in [first, second] {
            let piece = Bytes::copy_from_slice(piece);
            pushed = pushed.and_then(|()| splitter.push(piece, |frame| handed.push(frame)));
        }
        assert_eq!(pushed, Err(FrameTooLong { limit: 12 }), "cut at {at}");
        assert_eq!(handed, [&LONG[..9]], "cut at {at}");
    }
}

#[test]
fn what_frames_writes_frame_reads() {
    let mut out = Frames::new();
    out.event("a", &serde_json::json!({"text": "x\ny"}));
    out.comment("ping");
    out.done();
    let written = out.take();
    let read: Vec<_> = frames(&[&written]);
    let read: Vec<_> = read.iter().map(|frame| Frame::read(frame)).collect();
    assert_eq!(read[0].event, Some(b"a".as_slice()));
    assert_eq!(
        read[0].data.as_deref(),
        Some(br#"{"text":"x\ny"}"#.as_slice())
    );
    assert_eq!(read[1], Frame::default());
    assert_eq!(read[2].data.as_deref(), Some(b"[DONE]".as_slice()));
    assert!(out.is_empty());
}

proptest! {
    #[test]
    fn the_cut_does_not_matter(cuts in prop::collection::vec(0usize..96, 0..9)) {
        prop_assert_eq!(frames(&cut(WIRE, &cuts)), frames(&[WIRE]));
    }

    #[test]
    fn no_byte_is_lost_whatever_comes(
        wire in "[a-d\r\n: ]{0,80}",
        cuts in prop::collection::vec(0usize..80, 0..9),
    ) {
        let pieces = cut(wire.as_bytes(), &cuts);
        let split = frames(&pieces);
        prop_assert_eq!(split.concat(), wire.as_bytes());
        prop_assert_eq!(split, frames(&[wire.as_bytes()]));
    }
}
