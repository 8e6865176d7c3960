//! WebSocket mode: what a client's frame asks, and the frames that no stream has (contract backend 4).
//!
//! A frame `{"type":"response.create", …}` is the body of `POST /v1/responses` in an envelope. What is
//! answered are the events of the stream, one frame each, and besides them two kinds of frames: an
//! error, with the status and the headers that it would have had over HTTP, and the headers of an
//! answer that has begun.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;
use wire::Fault;
use wire::json::{self, Object, text};
use wire::responses::Event;
use wire::sse::Frames;

use super::Writer;
use crate::edit::{self, Edit};
use crate::{Born, Shape};

/// One `response.create`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Create {
    /// The body that `POST /v1/responses` would have.
    pub body: Vec<u8>,
    /// False for a warm-up: its prefix is remembered, and nothing is generated.
    pub generate: bool,
    /// `x-codex-turn-state`, which has no header of its own here.
    pub turn_state: Option<String>,
    /// Fields that cannot be honoured on a socket.
    pub ignored: Vec<String>,
}

impl Create {
    /// Reads a frame.
    ///
    /// # Errors
    /// It is no JSON object, no `response.create`, or asks for what no socket has.
    pub fn read(frame: &[u8]) -> Result<Self, Fault> {
        json::read(frame, Self::of)
    }

    fn of(ask: &Object<'_>) -> Result<Self, Fault> {
        let kind = ask.need_text("type")?;
        if kind != CREATE {
            return Err(ask.unknown_value("type", &kind, &[CREATE]));
        }
        if ask.flag("background")? == Some(true) {
            return Err(Fault::Invalid {
                message: "'background' is not supported over a WebSocket; use POST /v1/responses"
                    .to_owned(),
                param: Some("background".to_owned()),
                code: Some("unsupported_value"),
            });
        }
        let is_silent = ask.flag("stream")? == Some(false);
        let mut edit = Edit::new(ask);
        edit.retain(|name, _| !ENVELOPE.contains(&name));
        edit.set("stream", edit::new(&true));
        let body = String::from(Box::<str>::from(edit.finish().into_owned()));
        Ok(Self {
            body: body.into_bytes(),
            generate: ask.flag("generate")? != Some(false),
            turn_state: turn_state(ask),
            ignored: is_silent.then(|| "stream".to_owned()).into_iter().collect(),
        })
    }
}

fn turn_state(ask: &Object<'_>) -> Option<String> {
    let metadata = ask.object("client_metadata").ok().flatten()?;
    metadata.get(TURN_STATE).and_then(text).map(Cow::into_owned)
}

/// What a client gets where an answer's stream did not begin: `body` is what it would have got over
/// HTTP, with this `status` and these `headers`. A Codex client reads nothing without a status.
pub fn error_frame(status: u16, body: &[u8], headers: &BTreeMap<&str, &str>) -> String {
    #[derive(Deserialize)]
    struct Body<'a> {
        #[serde(borrow)]
        error: &'a RawValue,
    }
    #[derive(Serialize)]
    struct Frame<'a> {
        r#type: &'a str,
        status: u16,
        error: Option<&'a RawValue>,
        headers: &'a BTreeMap<&'a str, &'a str>,
    }
    let body: Option<Body<'_>> = serde_json::from_slice(body).ok();
    let frame = edit::raw(&Frame {
        r#type: "error",
        status,
        error: body.map(|body| body.error),
        headers,
    });
    String::from(Box::<str>::from(frame))
}

/// The headers of an answer that has begun, in the event that the backend itself has for them.
pub fn headers_frame(codex_client: bool, headers: &BTreeMap<&str, &str>) -> String {
    let name = match codex_client {
        true => "codex.response.metadata",
        false => "response.metadata",
    };
    json!({ "type": name, "headers": headers }).to_string()
}

/// What a warm-up is answered: an answer without a word, as events and as a whole.
pub fn warmed_up(shape: &Shape, born: Born) -> (Frames, Option<Box<RawValue>>) {
    let ended = json!({
        "type": "response.completed",
        "response": {
            "id": format!("resp_{}", born.id),
            "object": "response",
            "created_at": born.created_at,
            "status": "completed",
            "model": shape.model,
            "output": [],
            "usage": { "input_tokens": 0, "output_tokens": 0, "total_tokens": 0 },
        },
    });
    let mut writer = Writer::new(shape, born);
    let mut frames = Frames::new();
    if let Some(event) = Event::from_json(ended.to_string()) {
        writer.write(&event, &mut frames);
    }
    let whole = writer.take_whole();
    (frames, whole)
}

const CREATE: &str = "response.create";
const TURN_STATE: &str = "x-codex-turn-state";
/// What belongs to the socket and not to the request.
const ENVELOPE: &[&str] = &["type", "stream", "generate", "background"];

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn the_envelope_comes_off_and_the_rest_keeps_its_bytes() {
        let frame =
            br#"{"type":"response.create","model":"m","input":[{"a": 1.50}],"generate":false,
            "client_metadata":{"x-codex-turn-state":"t"},"background":false,"stream":null}"#;
        let create = Create::read(frame).unwrap();
        let body = String::from_utf8(create.body).unwrap();
        assert_eq!(
            body,
            r#"{"model":"m","input":[{"a": 1.50}],"client_metadata":{"x-codex-turn-state":"t"},"stream":true}"#
        );
        assert_eq!(create.turn_state.as_deref(), Some("t"));
        assert!(!create.generate && create.ignored.is_empty());
    }

    #[test]
    fn what_is_not_said_means_an_ordinary_turn() {
        let create = Create::read(br#"{"type":"response.create","generate":null}"#).unwrap();
        assert!(create.generate);
        assert_eq!(create.turn_state, None);
        let told = Create::read(br#"{"type":"response.create","stream":false}"#).unwrap();
        assert_eq!(told.ignored, ["stream"]);
    }

    #[test]
    fn what_no_socket_has_is_refused_by_its_name() {
        for (frame, param) in [
            ("{}", Some("type")),
            (r#"{"type":"response.steer"}"#, Some("type")),
            (r#"{"type":7}"#, Some("type")),
            (
                r#"{"type":"response.create","background":true}"#,
                Some("background"),
            ),
            (
                r#"{"type":"response.create","generate":"no"}"#,
                Some("generate"),
            ),
            ("[]", None),
            ("hello", None),
            ("", None),
        ] {
            let fault = Create::read(frame.as_bytes()).unwrap_err();
            assert_eq!(fault.param(), param, "{frame}");
        }
    }

    #[test]
    fn an_error_says_what_it_would_over_http() {
        let headers = BTreeMap::from([("retry-after", "5")]);
        let frame = error_frame(429, br#"{"error":{"code":"x","message":"m"}}"#, &headers);
        assert_eq!(
            frame,
            r#"{"type":"error","status":429,"error":{"code":"x","message":"m"},"headers":{"retry-after":"5"}}"#
        );
    }

    #[test]
    fn a_warm_up_begins_ends_and_says_nothing() {
        let shape = Shape {
            model: "m".into(),
            ..Shape::default()
        };
        let born = Born {
            id: "1".into(),
            created_at: 7,
        };
        let (mut frames, whole) = warmed_up(&shape, born);
        let told = String::from_utf8(frames.take().to_vec()).unwrap();
        let data = told.lines().filter_map(|line| line.strip_prefix("data: "));
        let events: Vec<Value> = data
            .map(|data| serde_json::from_str(data).unwrap())
            .collect();
        let kinds: Vec<_> = events.iter().map(|event| event["type"].clone()).collect();
        assert_eq!(kinds, ["response.created", "response.completed"]);
        assert_eq!(events[1]["response"]["output"], json!([]));
        let whole: Value = serde_json::from_str(whole.unwrap().get()).unwrap();
        assert_eq!(whole, events[1]["response"]);
        assert_eq!(
            (&whole["id"], &whole["status"]),
            (&json!("resp_1"), &json!("completed"))
        );
        assert_eq!(whole["usage"]["input_tokens_details"]["cached_tokens"], 0);
    }
}
