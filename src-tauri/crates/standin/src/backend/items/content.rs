//! What stands inside messages and tool outputs: text, images, files, refusals.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use crate::backend::inner::{Given, only, optional_text, optional_word, text_of};
use crate::backend::picture::Picture;
use crate::backend::refusal::{Refusal, invalid_type, invalid_value, listed, missing, unknown};

/// A message: its role decides which parts it may have.
pub(super) fn message(
    item: &Map<String, Value>,
    at: &str,
    given: &Given<'_>,
) -> Result<(), Refusal> {
    let role = text_of(item, "role", &format!("{at}.role"))?;
    let legal = match role {
        "user" | "developer" => ASKING,
        "assistant" => ANSWERING,
        other => return Err(invalid_value(&format!("{at}.role"), other, ROLES)),
    };
    let phases = &["commentary", "final_answer"];
    optional_word(item, "phase", &format!("{at}.phase"), phases)?;
    let at = format!("{at}.content");
    match item.get("content") {
        Some(Value::String(_)) => Ok(()),
        Some(Value::Array(parts)) => each(parts, &at, |part, at| one(part, at, legal, given)),
        None | Some(Value::Null) => Err(missing(&at)),
        Some(other) => Err(invalid_type(&at, "a string or an array of objects", other)),
    }
}

/// A tool's output: a text, or parts among which images reach the model and PDFs do not.
pub(super) fn output(
    item: &Map<String, Value>,
    at: &str,
    given: &Given<'_>,
) -> Result<(), Refusal> {
    let parts = match item.get("output") {
        Some(Value::String(_)) => return Ok(()),
        Some(Value::Array(parts)) => parts,
        None | Some(Value::Null) => return Err(missing(&format!("{at}.output"))),
        Some(other) => {
            let at = format!("{at}.output");
            return Err(invalid_type(&at, "a string or an array of objects", other));
        }
    };
    if let Some(index) = parts.iter().position(is_pdf) {
        let param = format!("{at}.content[{index}]");
        // Without the full stop, as it was seen (contract backend 1.5).
        return Err(Refusal::invalid(
            format!("Missing required parameter: '{param}'"),
            Some(&param),
            Some("missing_required_parameter"),
        ));
    }
    let at = format!("{at}.output");
    each(parts, &at, |part, at| one(part, at, ASKING, given))
}

fn each(
    parts: &[Value],
    at: &str,
    check: impl Fn(&Map<String, Value>, &str) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    for (index, part) in parts.iter().enumerate() {
        let at = format!("{at}[{index}]");
        match part {
            Value::Object(part) => check(part, &at)?,
            other => return Err(invalid_type(&at, "an object", other)),
        }
    }
    Ok(())
}

fn one(
    part: &Map<String, Value>,
    at: &str,
    legal: &[&str],
    given: &Given<'_>,
) -> Result<(), Refusal> {
    let kind = text_of(part, "type", &format!("{at}.type"))?;
    if !LEGAL.contains(&kind) {
        return Err(invalid_value(at, kind, LEGAL));
    }
    if !legal.contains(&kind) {
        return Err(invalid_value(at, kind, legal));
    }
    if part.contains_key("prompt_cache_breakpoint") {
        return Err(Refusal::invalid(
            "prompt_cache_breakpoint is not supported on this model",
            Some(&format!("{at}.prompt_cache_breakpoint")),
            Some("unsupported_value"),
        ));
    }
    match kind {
        "input_text" => {
            only(part, &["type", "text"], at)?;
            text_of(part, "text", &format!("{at}.text")).map(drop)
        }
        "output_text" => {
            only(part, &["type", "text", "annotations", "logprobs"], at)?;
            text_of(part, "text", &format!("{at}.text")).map(drop)
        }
        "refusal" => {
            only(part, &["type", "refusal"], at)?;
            text_of(part, "refusal", &format!("{at}.refusal")).map(drop)
        }
        "input_image" => image(part, at, given),
        "input_file" => file(part, at, given),
        _ => Ok(()),
    }
}

fn image(part: &Map<String, Value>, at: &str, given: &Given<'_>) -> Result<(), Refusal> {
    if !given.model.sees {
        return Err(Refusal::invalid(
            format!(
                "Unsupported value: 'input_image' is not supported with the '{}' model. Supported values are: {}.",
                given.model.slug,
                listed(&["input_text"])
            ),
            Some(at),
            Some("unsupported_value"),
        ));
    }
    only(part, &["type", "image_url", "detail"], at)?;
    if given.lite && part.contains_key("detail") {
        return Err(unknown(&format!("{at}.detail")));
    }
    let details = &["low", "high", "auto", "original"];
    optional_word(part, "detail", &format!("{at}.detail"), details)?;
    let at = format!("{at}.image_url");
    let url = text_of(part, "image_url", &at)?;
    match url.split_once(':') {
        Some(("data", data)) => data_url(data, &at),
        Some(("http" | "https", _)) if !given.lite => Ok(()),
        _ => Err(Refusal::invalid(
            format!(
                "Invalid '{at}'. Expected a valid URL, but got a value with an invalid format."
            ),
            Some(&at),
            Some("invalid_value"),
        )),
    }
}

fn data_url(data: &str, at: &str) -> Result<(), Refusal> {
    let (head, payload) = data.split_once(',').unwrap_or((data, ""));
    let mime = head.split(';').next().unwrap_or_default();
    let is_base64 = head.ends_with(";base64");
    if !is_base64 || !IMAGE_TYPES.contains(&mime) {
        let got = if is_base64 {
            format!("unsupported MIME type '{mime}'")
        } else {
            "a value without base64 data".to_owned()
        };
        return Err(Refusal::invalid(
            format!(
                "Invalid '{at}'. Expected a base64-encoded data URL with an image MIME type (e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU='), but got {got}."
            ),
            Some(at),
            Some("invalid_value"),
        ));
    }
    let picture = STANDARD
        .decode(payload)
        .ok()
        .and_then(|bytes| Picture::read(&bytes));
    match picture {
        Some(_) => Ok(()),
        None => Err(bad_image()),
    }
}

/// The sentence the official client knows by heart (contract backend 1.5).
pub(crate) fn bad_image() -> Refusal {
    Refusal::invalid(
        "The image data you provided does not represent a valid image. Please check your input and try again with one of the supported image formats: ['image/jpeg','image/png','image/gif','image/webp'].",
        Some("input"),
        Some("invalid_value"),
    )
}

fn file(part: &Map<String, Value>, at: &str, given: &Given<'_>) -> Result<(), Refusal> {
    only(
        part,
        &[
            "type",
            "file_id",
            "filename",
            "file_data",
            "file_url",
            "detail",
        ],
        at,
    )?;
    if let Some(id) = optional_text(part, "file_id", &format!("{at}.file_id"))? {
        if given.files.is_ready(given.account, id) {
            return Ok(());
        }
        return Err(Refusal::invalid(
            format!("The file with ID '{id}' was not found."),
            Some(&format!("{at}.file_id")),
            Some("invalid_value"),
        ));
    }
    if optional_text(part, "file_url", &format!("{at}.file_url"))?.is_some() {
        return Ok(());
    }
    let data_at = format!("{at}.file_data");
    let data = text_of(part, "file_data", &data_at)?;
    text_of(part, "filename", &format!("{at}.filename"))?;
    let (head, payload) = data.split_once(',').unwrap_or_default();
    let is_data = head.starts_with("data:") && head.ends_with(";base64");
    if is_data && STANDARD.decode(payload).is_ok() {
        return Ok(());
    }
    Err(Refusal::invalid(
        format!(
            "Invalid '{data_at}'. Expected a base64-encoded data URL with a MIME type (e.g. 'data:application/pdf;base64,aW1nIGJ5dGVzIGhlcmU='), but got an invalid value."
        ),
        Some(&data_at),
        Some("invalid_value"),
    ))
}

fn is_pdf(part: &Value) -> bool {
    let starts = |key: &str, start: &str| {
        part.get(key)
            .and_then(Value::as_str)
            .is_some_and(|text| text.starts_with(start))
    };
    let named = part
        .get("filename")
        .and_then(Value::as_str)
        .unwrap_or_default();
    part["type"] == "input_file"
        && (starts("file_data", "data:application/pdf")
            || named.to_ascii_lowercase().ends_with(".pdf"))
}

const ROLES: &[&str] = &["assistant", "developer", "user"];
const ASKING: &[&str] = &["input_text", "input_image", "input_file"];
const ANSWERING: &[&str] = &["output_text", "refusal"];
/// The legal types as the backend lists them (contract backend 1.5).
const LEGAL: &[&str] = &[
    "input_text",
    "input_image",
    "output_text",
    "refusal",
    "input_file",
    "computer_screenshot",
    "summary_text",
];
const IMAGE_TYPES: &[&str] = &["image/jpeg", "image/png", "image/gif", "image/webp"];
