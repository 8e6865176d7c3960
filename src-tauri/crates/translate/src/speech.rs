//! `POST /v1/audio/transcriptions`: the fields of the form, and the text in the form that was asked
//! for.
//!
//! The backend's transcriber takes a file and a prompt and tells a text (contract backend 7.6). What
//! needs times or speakers is refused; what else it cannot be told is named as ignored.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;
use wire::Fault;
use wire::speech::Transcript;
use wire::sse::Frames;

use crate::edit::raw;
use crate::ignored::Ignored;

/// What is asked for beside the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Words that help to hear right.
    pub prompt: Option<String>,
    /// The model as it was asked for. The backend has one, and names none.
    pub model: Option<String>,
    /// How the text is told.
    pub form: Form,
    /// Fields that could not be honoured.
    pub ignored: Vec<String>,
}

/// How the text is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `{"text":…}`.
    Json,
    /// The text and nothing else.
    Text,
    /// JSON with everything that the backend tells.
    Verbose,
    /// Events; the text comes in one piece.
    Events,
}

/// An answer, and what of it is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The body.
    pub body: Vec<u8>,
    /// Fields of the request that turned out not to be honoured.
    pub ignored: Vec<&'static str>,
}

/// Reads the texts of the form.
///
/// # Errors
/// A field is wrong, or asks for what the backend does not tell.
pub fn request(fields: &[(&str, &str)]) -> Result<Order, Fault> {
    let mut ignored = Ignored::default();
    let mut order = Order {
        prompt: None,
        model: None,
        form: Form::Json,
        ignored: Vec::new(),
    };
    let mut stream = false;
    for (name, text) in fields {
        match *name {
            "prompt" => order.prompt = Some((*text).to_owned()).filter(|text| !text.is_empty()),
            "model" => order.model = Some((*text).to_owned()),
            "response_format" => order.form = form(text)?,
            "stream" => {
                stream = text.parse().map_err(|_| Fault::Invalid {
                    message: "Invalid type for 'stream': expected a boolean.".to_owned(),
                    param: Some("stream".to_owned()),
                    code: Some("invalid_type"),
                })?;
            }
            name => ignored.add(name),
        }
    }
    if stream {
        order.form = match order.form {
            Form::Json | Form::Events => Form::Events,
            Form::Text | Form::Verbose => {
                return Err(refused(
                    "a stream tells the text as events; leave `response_format` out",
                ));
            }
        };
    }
    if order.model.as_deref().is_some_and(|model| model != MODEL) {
        ignored.add("model");
    }
    order.ignored = ignored.into_names();
    Ok(order)
}

/// The text in the form that was asked for.
pub fn answer(told: &Transcript, form: Form) -> Answer {
    let mut ignored = Vec::new();
    let body = match form {
        Form::Json => json(&Plain {
            text: &told.text,
            usage: told.usage.as_deref(),
        }),
        Form::Text => format!("{}\n", told.text).into_bytes(),
        Form::Verbose => {
            if told.language.is_none() || told.duration.is_none() {
                ignored.push("response_format");
            }
            json(&Verbose {
                task: "transcribe",
                language: known(told.language.as_deref(), "unknown"),
                duration: known(told.duration.as_deref(), 0.0),
                text: &told.text,
                segments: told.segments.as_deref(),
                words: told.words.as_deref(),
                usage: told.usage.as_deref(),
            })
        }
        Form::Events => events(told),
    };
    Answer { body, ignored }
}

fn events(told: &Transcript) -> Vec<u8> {
    let mut frames = Frames::new();
    let (delta, done) = ("transcript.text.delta", "transcript.text.done");
    frames.event(
        delta,
        &Delta {
            kind: delta,
            delta: &told.text,
        },
    );
    frames.event(
        done,
        &Done {
            kind: done,
            text: &told.text,
            usage: told.usage.as_deref(),
        },
    );
    frames.take().to_vec()
}

fn form(word: &str) -> Result<Form, Fault> {
    match word {
        "json" => Ok(Form::Json),
        "text" => Ok(Form::Text),
        "verbose_json" => Ok(Form::Verbose),
        "srt" | "vtt" => Err(refused(
            "subtitles need the time of each line, which the backend does not tell; use `json` or `text`",
        )),
        "diarized_json" => Err(refused(
            "the backend does not tell who speaks; use `json` or `text`",
        )),
        other => {
            let other: String = other.chars().take(100).collect();
            Err(Fault::Invalid {
                message: format!(
                    "Invalid value: '{other}'. Supported values are: 'json', 'text', and 'verbose_json'."
                ),
                param: Some("response_format".to_owned()),
                code: Some("invalid_value"),
            })
        }
    }
}

fn refused(why: &str) -> Fault {
    Fault::Invalid {
        message: why.to_owned(),
        param: Some("response_format".to_owned()),
        code: Some("unsupported_value"),
    }
}

/// What was told, or what stands for that nobody told it: official clients cannot do without.
fn known(told: Option<&RawValue>, otherwise: impl Serialize) -> Cow<'_, RawValue> {
    match told {
        Some(told) => Cow::Borrowed(told),
        None => Cow::Owned(raw(&otherwise)),
    }
}

fn json(told: &impl Serialize) -> Vec<u8> {
    let json = serde_json::to_vec(told);
    debug_assert!(json.is_ok(), "an answer serializes into memory");
    json.unwrap_or_default()
}

#[derive(Serialize)]
struct Plain<'a> {
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<&'a RawValue>,
}

#[derive(Serialize)]
struct Verbose<'a> {
    task: &'static str,
    language: Cow<'a, RawValue>,
    duration: Cow<'a, RawValue>,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    segments: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<&'a RawValue>,
}

#[derive(Serialize)]
struct Delta<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    delta: &'a str,
}

#[derive(Serialize)]
struct Done<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<&'a RawValue>,
}

/// What other servers of the same backend call its one model (contract backend 7.6).
const MODEL: &str = "gpt-4o-transcribe";

#[cfg(test)]
mod tests;
