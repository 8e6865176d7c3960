//! Messages and their parts, read from their objects.

use std::borrow::Cow;

use super::request::empty_array;
use super::{Call, CallKind, Message, Part, Said};
use crate::Fault;
use crate::json::{Object, text};

impl<'a> Message<'a> {
    /// Reads an element of `messages`.
    pub(super) fn read(object: &Object<'a>) -> Result<Self, Fault> {
        let role = object.need_text("role")?;
        let mut strangers = Vec::new();
        let (said, known): (_, &[&str]) = match role.as_ref() {
            "system" | "developer" => (Said::Program(content(object, &mut strangers)?), &[]),
            "user" => (Said::User(content(object, &mut strangers)?), &[]),
            "assistant" => (
                assistant(object, &mut strangers)?,
                &["tool_calls", "function_call", "refusal"],
            ),
            "tool" => {
                let call_id = object.need_text("tool_call_id")?;
                let content = content(object, &mut strangers)?;
                (Said::Tool { call_id, content }, &["tool_call_id"])
            }
            "function" => {
                let name = object.need_text("name")?;
                let content = optional_content(object, &mut strangers)?.unwrap_or_default();
                (Said::Function { name, content }, &["name"])
            }
            other => return Err(object.unknown_value("role", other, ROLES)),
        };
        let stranger = |name: &&str| !matches!(*name, "role" | "content") && !known.contains(name);
        strangers.extend(object.names().filter(stranger).map(str::to_owned));
        Ok(Self {
            at: object.place().to_owned(),
            strangers,
            said,
        })
    }
}

fn assistant<'a>(object: &Object<'a>, strangers: &mut Vec<String>) -> Result<Said<'a>, Fault> {
    let mut content = optional_content(object, strangers)?.unwrap_or_default();
    if let Some(refusal) = object.text("refusal")?.filter(|text| !text.is_empty()) {
        content.push(Part::Refusal(refusal));
    }
    let mut calls = Vec::new();
    for call in object.objects("tool_calls")?.unwrap_or_default() {
        strange_call(object, &call, strangers);
        calls.push(call_of(&call)?);
    }
    if let Some(call) = object.object("function_call")? {
        calls.push(Call {
            id: None,
            kind: CallKind::Function,
            name: call.need_text("name")?,
            payload: payload(&call, "arguments")?,
        });
    }
    Ok(Said::Assistant { content, calls })
}

fn call_of<'a>(object: &Object<'a>) -> Result<Call<'a>, Fault> {
    let id = Some(object.need_text("id")?);
    let word = object.text("type")?.unwrap_or(Cow::Borrowed("function"));
    let (kind, field) = match word.as_ref() {
        "function" => (CallKind::Function, "arguments"),
        "custom" => (CallKind::Custom, "input"),
        other => return Err(object.unknown_value("type", other, &["function", "custom"])),
    };
    let inner = payload_of(object, &word)?;
    Ok(Call {
        id,
        kind,
        name: inner.need_text("name")?,
        payload: payload(&inner, field)?,
    })
}

/// JSON text; some clients send the JSON itself.
fn payload<'a>(object: &Object<'a>, field: &str) -> Result<Cow<'a, str>, Fault> {
    let raw = object.get(field).ok_or_else(|| object.missing(field))?;
    Ok(text(raw).unwrap_or_else(|| Cow::Borrowed(raw.get())))
}

/// What stands under `field`, or the object itself where it is flat, as in the Responses dialect.
pub(super) fn payload_of<'a>(object: &Object<'a>, field: &str) -> Result<Object<'a>, Fault> {
    match object.object(field)? {
        Some(inner) => Ok(inner),
        None if object.get("name").is_some() || object.get("tools").is_some() => Ok(object.clone()),
        None => Err(object.missing(field)),
    }
}

fn content<'a>(object: &Object<'a>, strangers: &mut Vec<String>) -> Result<Vec<Part<'a>>, Fault> {
    let content = optional_content(object, strangers)?.ok_or_else(|| object.missing("content"))?;
    match content.is_empty() {
        true => Err(empty_array(&object.path("content"))),
        false => Ok(content),
    }
}

fn optional_content<'a>(
    object: &Object<'a>,
    strangers: &mut Vec<String>,
) -> Result<Option<Vec<Part<'a>>>, Fault> {
    let Some(raw) = object.get("content") else {
        return Ok(None);
    };
    if let Some(text) = text(raw) {
        return Ok(Some(vec![Part::Text(text)]));
    }
    if !raw.get().starts_with('[') {
        return Err(object.wrong_type("content", "a string or an array of objects"));
    }
    let parts = object.objects("content")?.unwrap_or_default();
    for part in &parts {
        strange(object, part, strangers);
    }
    let parts: Result<Vec<_>, _> = parts.iter().map(part).collect();
    parts.map(Some)
}

/// Names what nobody reads of a part.
fn strange(message: &Object<'_>, part: &Object<'_>, strangers: &mut Vec<String>) {
    let kind = part.get("type").and_then(text).unwrap_or_default();
    others(message, part, &["type", &kind], strangers);
    let known: &[&str] = match kind.as_ref() {
        "image_url" => &["url", "detail"],
        "file" => &["filename", "file_data", "file_id"],
        _ => return,
    };
    if let Ok(Some(inner)) = part.object(&kind) {
        others(message, &inner, known, strangers);
    }
}

/// Names what nobody reads of a call. Its `index` is left from the stream that it came in.
fn strange_call(message: &Object<'_>, call: &Object<'_>, strangers: &mut Vec<String>) {
    let kind = call.get("type").and_then(text);
    let kind = kind.unwrap_or(Cow::Borrowed("function"));
    match call.object(&kind) {
        Ok(Some(inner)) => {
            others(message, call, &["id", "type", "index", &kind], strangers);
            others(message, &inner, FLAT, strangers);
        }
        Ok(None) | Err(_) => {
            let known = [&["id", "type", "index"], FLAT].concat();
            others(message, call, &known, strangers);
        }
    }
}

/// The other fields of `object`, as seen from its message.
fn others(message: &Object<'_>, object: &Object<'_>, known: &[&str], to: &mut Vec<String>) {
    for field in object.names().filter(|field| !known.contains(field)) {
        let path = object.path(field);
        let within = path.strip_prefix(message.place()).unwrap_or(&path);
        to.push(within.trim_start_matches('.').to_owned());
    }
}

fn part<'a>(object: &Object<'a>) -> Result<Part<'a>, Fault> {
    let kind = object.need_text("type")?;
    let needed = |field| object.text(field)?.ok_or_else(|| object.missing(field));
    Ok(match kind.as_ref() {
        "text" => Part::Text(needed("text")?),
        "refusal" => Part::Refusal(needed("refusal")?),
        "image_url" => image(object)?,
        "file" => file(&object.need_object("file")?)?,
        "input_audio" => return Err(no_audio(object)),
        other => return Err(object.unknown_value("type", other, PARTS)),
    })
}

fn image<'a>(object: &Object<'a>) -> Result<Part<'a>, Fault> {
    if let Some(url) = object.get("image_url").and_then(text) {
        return Ok(Part::Image { url, detail: None });
    }
    let inner = object.need_object("image_url")?;
    let detail = inner.text("detail")?;
    match detail.as_deref() {
        None | Some("auto" | "low" | "high" | "original") => {}
        Some(other) => {
            return Err(inner.unknown_value("detail", other, &["auto", "low", "high", "original"]));
        }
    }
    Ok(Part::Image {
        url: inner.need_text("url")?,
        detail,
    })
}

fn file<'a>(object: &Object<'a>) -> Result<Part<'a>, Fault> {
    let file_data = object.text("file_data")?;
    let file_id = object.text("file_id")?;
    if file_data.is_none() && file_id.is_none() {
        return Err(object.missing("file_data"));
    }
    Ok(Part::File {
        filename: object.text("filename")?,
        file_data,
        file_id,
    })
}

/// Current models do not understand sound (contract backend 1.9).
fn no_audio(object: &Object<'_>) -> Fault {
    Fault::Invalid {
        message: "audio input is not understood by the models behind this server".into(),
        param: Some(object.path("type")),
        code: Some("unsupported_value"),
    }
}

/// What a call says of its function or tool.
const FLAT: &[&str] = &["name", "arguments", "input"];
const ROLES: &[&str] = &[
    "system",
    "assistant",
    "user",
    "function",
    "tool",
    "developer",
];
const PARTS: &[&str] = &["text", "image_url", "input_audio", "refusal", "file"];
