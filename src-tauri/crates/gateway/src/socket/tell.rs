//! An answer as frames: one for each event, or one that says why there is none.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::response::Parts;
use http::{HeaderMap, StatusCode};
use tokio_tungstenite::tungstenite::Utf8Bytes;
use translate::responses::{error_frame, headers_frame};
use wire::sse::{Frame, Splitter};

/// What becomes of the pieces of one answer.
pub(super) struct Telling {
    splitter: Splitter,
    /// What is still to be said of the head, and whether before the first event.
    head: Option<(String, bool)>,
}

impl Telling {
    /// `head` is that of an answer that has begun.
    pub(super) fn begin(head: &Parts, codex_client: bool) -> Self {
        let mut headers = told(&head.headers);
        // Others hear what they must: everything but that is in the events.
        let is_needed = codex_client || headers.contains_key(IGNORED);
        if !codex_client {
            headers.retain(|name, _| name.starts_with("x-postern-"));
        }
        let frame = headers_frame(codex_client, &headers);
        Self {
            splitter: Splitter::default(),
            head: is_needed.then_some((frame, codex_client)),
        }
    }

    /// The frames that `piece` of the stream completes. A comment is none.
    pub(super) fn frames(&mut self, piece: Bytes) -> Vec<Utf8Bytes> {
        let (head, mut frames) = (&mut self.head, Vec::new());
        // What the writer made is short enough to be split.
        let _ = self.splitter.push(piece, |event| {
            let Some(text) = text(&event) else { return };
            if let Some((frame, _)) = head.take_if(|(_, is_first)| *is_first) {
                frames.push(frame.into());
            }
            frames.push(text);
            if let Some((frame, _)) = head.take() {
                frames.push(frame.into());
            }
        });
        frames
    }
}

/// The one frame of an answer that did not begin, whose `body` is whole.
pub(super) fn refused(head: &Parts, body: &[u8]) -> Utf8Bytes {
    error_frame(head.status.as_u16(), body, &told(&head.headers)).into()
}

/// True where events follow `head`.
pub(super) fn has_begun(head: &Parts) -> bool {
    head.status == StatusCode::OK
}

/// An event's data, where it has any. It is JSON, which is text.
fn text(event: &Bytes) -> Option<Utf8Bytes> {
    let data = match Frame::read(event).data? {
        Cow::Borrowed(data) => event.slice_ref(data),
        Cow::Owned(joined) => joined.into(),
    };
    Utf8Bytes::try_from(data).ok()
}

/// The headers that say something about the answer, and not about the connection.
fn told(headers: &HeaderMap) -> BTreeMap<&str, &str> {
    let says = |name: &str| {
        name == RETRY_AFTER
            || name == "openai-model"
            || name.starts_with("x-") && name != "x-content-type-options"
    };
    let told = headers.iter().filter(|(name, _)| says(name.as_str()));
    let texts = told.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    texts.collect()
}

const IGNORED: &str = "x-postern-ignored";

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue, Response};

    use super::*;

    const EVENTS: &[u8] =
        b": keep-alive\n\nevent: a\ndata: {\"n\":1}\n\nevent: b\ndata: {\"n\":2}\n\n";

    fn head(lines: &[(&'static str, &'static str)]) -> Parts {
        let (mut head, ()) = Response::new(()).into_parts();
        for (name, value) in lines {
            let name = HeaderName::from_static(name);
            head.headers.insert(name, HeaderValue::from_static(value));
        }
        head
    }

    #[track_caller]
    fn check(lines: &[(&'static str, &'static str)], codex: bool, expected: &[&str]) {
        let mut telling = Telling::begin(&head(lines), codex);
        let mut frames = Vec::new();
        for byte in EVENTS {
            frames.extend(telling.frames(Bytes::copy_from_slice(&[*byte])));
        }
        assert_eq!(frames, expected);
    }

    #[test]
    fn each_event_is_a_frame_and_what_was_ignored_is_told_behind_the_first() {
        let plain = [("content-type", "text/event-stream"), ("x-request-id", "r")];
        check(&plain, false, &[r#"{"n":1}"#, r#"{"n":2}"#]);
        let ignored = [("x-request-id", "r"), ("x-postern-ignored", "temperature")];
        let told = r#"{"type":"response.metadata","headers":{"x-postern-ignored":"temperature"}}"#;
        check(&ignored, false, &[r#"{"n":1}"#, told, r#"{"n":2}"#]);
    }

    #[test]
    fn a_codex_client_hears_the_head_first() {
        let lines = [
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("x-codex-turn-state", "t"),
        ];
        let told = r#"{"type":"codex.response.metadata","headers":{"x-codex-turn-state":"t"}}"#;
        check(&lines, true, &[told, r#"{"n":1}"#, r#"{"n":2}"#]);
    }
}
