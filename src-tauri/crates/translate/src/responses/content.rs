//! Parts of messages and of tool outputs (contract backend 1.9).

use std::borrow::Cow;

use serde_json::value::RawValue;
use wire::Fault;
use wire::json::Object;

use crate::edit::{self, Edit};
use crate::ignored::Ignored;

/// Whose words the parts are; the same words have another type when the model said them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Voice {
    Model,
    Other,
}

/// The value of `content` or `output`, its parts cleaned. Text stays as it is.
pub(super) fn parts<'a>(
    object: &Object<'a>,
    name: &str,
    voice: Voice,
    ignored: &mut Ignored,
) -> Result<Option<Cow<'a, RawValue>>, Fault> {
    let Some(whole) = object.get(name) else {
        return Ok(None);
    };
    if !whole.get().starts_with('[') {
        return Ok(Some(Cow::Borrowed(whole)));
    }
    let mut cleaned = Vec::new();
    for part in object.objects(name)?.into_iter().flatten() {
        cleaned.push(one(&part, voice, ignored)?);
    }
    Ok(Some(edit::list(whole, &cleaned)))
}

fn one<'a>(
    part: &Object<'a>,
    voice: Voice,
    ignored: &mut Ignored,
) -> Result<Cow<'a, RawValue>, Fault> {
    let Some(kind) = part.text("type")? else {
        return Err(part.missing("type"));
    };
    if kind == "input_audio" {
        return Err(Fault::Invalid {
            message: "audio input is not understood by the models behind this server".into(),
            param: Some(part.path("type")),
            code: Some("unsupported_value"),
        });
    }
    let Some((_, known)) = KINDS.iter().find(|(known, _)| *known == kind) else {
        return Ok(Cow::Borrowed(part.raw()));
    };
    let mut edit = Edit::new(part);
    edit.retain(|name, value| {
        let kept = (name == "type" || known.contains(&name)) && value.get() != "null";
        if !kept && value.get() != "null" && !SILENT.contains(&name) {
            ignored.add(&part.path(name));
        }
        kept
    });
    let right = match (kind.as_ref(), voice) {
        ("text" | "input_text", Voice::Model) => Some("output_text"),
        ("text" | "output_text", Voice::Other) => Some("input_text"),
        _ => None,
    };
    if let Some(right) = right {
        edit.set("type", edit::new(right));
    }
    Ok(edit.finish())
}

/// Types of parts and the fields of each. Others are passed on untouched.
const KINDS: &[(&str, &[&str])] = &[
    ("input_text", &["text"]),
    ("output_text", &["text"]),
    ("text", &["text"]),
    ("refusal", &["refusal"]),
    ("input_image", &["image_url", "detail", "file_id"]),
    (
        "input_file",
        &["file_id", "filename", "file_data", "file_url"],
    ),
];

/// Fields that the server made and that mean nothing on the way back.
const SILENT: &[&str] = &["annotations", "logprobs"];
