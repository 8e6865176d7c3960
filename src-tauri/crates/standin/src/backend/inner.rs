//! The inner validator: the Responses API's own rules, answered as `{"error":{…}}` (contract backend
//! 1.4 to 1.10).

use serde_json::{Map, Value};

use super::files::Files;
use super::models::Model;
use super::refusal::{Refusal, invalid_type, invalid_value, listed, missing, unknown};
use super::{items, pairing, schema, tools};

/// What the rules depend on besides the body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Given<'a> {
    pub(crate) model: &'static Model,
    /// The account, to which sealed contents and files are bound.
    pub(crate) account: &'a str,
    /// The Lite header was sent (contract backend 1.8).
    pub(crate) lite: bool,
    /// The official client: it may replay ids of its own making (contract backend 1.9).
    pub(crate) first_party: bool,
    pub(crate) files: &'a Files,
}

/// Checks everything the outer validator let through.
pub(crate) fn check(body: &Map<String, Value>, given: &Given<'_>) -> Result<(), Refusal> {
    let input = body.get("input").and_then(Value::as_array);
    let input = input.map_or(&[][..], Vec::as_slice);
    lite_shape(body, input, given)?;
    small_fields(body)?;
    service_tier(body, given.model)?;
    reasoning(body, given.model)?;
    tools::check(body, given)?;
    items::check(input, given)?;
    pairing::check(input)?;
    text(body, input)
}

/// The text of an optional field.
pub(crate) fn optional_text<'a>(
    body: &'a Map<String, Value>,
    field: &str,
    at: &str,
) -> Result<Option<&'a str>, Refusal> {
    match body.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(invalid_type(at, "a string", other)),
    }
}

/// The text of a field that must be there.
pub(crate) fn text_of<'a>(
    body: &'a Map<String, Value>,
    field: &str,
    at: &str,
) -> Result<&'a str, Refusal> {
    match optional_text(body, field, at)? {
        Some(text) => Ok(text),
        None => Err(missing(at)),
    }
}

/// One of a few words, or nothing.
pub(crate) fn optional_word(
    body: &Map<String, Value>,
    field: &str,
    at: &str,
    words: &[&str],
) -> Result<(), Refusal> {
    match optional_text(body, field, at)? {
        Some(word) if !words.contains(&word) => Err(invalid_value(at, word, words)),
        Some(_) | None => Ok(()),
    }
}

/// Refuses every key that is not among `known`.
pub(crate) fn only(body: &Map<String, Value>, known: &[&str], at: &str) -> Result<(), Refusal> {
    match body.keys().find(|key| !known.contains(&key.as_str())) {
        Some(stranger) => Err(unknown(&format!("{at}.{stranger}"))),
        None => Ok(()),
    }
}

/// Names and ids: not empty, at most 64 characters.
pub(crate) fn short(text: &str, at: &str) -> Result<(), Refusal> {
    if text.is_empty() {
        return Err(Refusal::invalid(
            format!(
                "Invalid '{at}': empty string. Expected a string with minimum length 1, but got an empty string instead."
            ),
            Some(at),
            Some("empty_string"),
        ));
    }
    let length = text.chars().count();
    if length > 64 {
        return Err(Refusal::invalid(
            format!(
                "Invalid '{at}': string too long. Expected a string with maximum length 64, but got a string with length {length} instead."
            ),
            Some(at),
            Some("string_above_max_length"),
        ));
    }
    Ok(())
}

/// A tool's or format's name: short, and letters, digits, `_` and `-` only.
pub(crate) fn plain_name(name: &str, at: &str) -> Result<(), Refusal> {
    short(name, at)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if name.chars().all(plain) {
        return Ok(());
    }
    Err(Refusal::invalid(
        format!(
            "Invalid '{at}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'."
        ),
        Some(at),
        Some("invalid_value"),
    ))
}

fn lite_shape(
    body: &Map<String, Value>,
    input: &[Value],
    given: &Given<'_>,
) -> Result<(), Refusal> {
    let has_tools_item = input.iter().any(|item| item["type"] == "additional_tools");
    match (given.lite, has_tools_item) {
        (true, _) if !given.model.lite => Err(Refusal::invalid(
            "This model is not supported when using X-OpenAI-Internal-Codex-Responses-Lite",
            Some("model"),
            Some("unsupported_value"),
        )),
        (true, false) => Err(Refusal::invalid(
            "X-OpenAI-Internal-Codex-Responses-Lite needs an 'additional_tools' input item.",
            Some("input"),
            Some("invalid_value"),
        )),
        (false, true) => Err(Refusal::invalid(
            "'additional_tools' needs X-OpenAI-Internal-Codex-Responses-Lite.",
            Some("input"),
            Some("invalid_value"),
        )),
        (true, true) if body.get("tools").is_some_and(|tools| !tools.is_null()) => {
            Err(unknown("tools"))
        }
        (true, true) | (false, false) => Ok(()),
    }
}

fn small_fields(body: &Map<String, Value>) -> Result<(), Refusal> {
    optional_text(body, "instructions", "instructions")?;
    if let Some(key) = optional_text(body, "prompt_cache_key", "prompt_cache_key")? {
        short(key, "prompt_cache_key")?;
    }
    match body.get("parallel_tool_calls") {
        None | Some(Value::Null | Value::Bool(_)) => {}
        Some(other) => return Err(invalid_type("parallel_tool_calls", "a boolean", other)),
    }
    include(body)?;
    let metadata = match body.get("client_metadata") {
        None | Some(Value::Null) => return Ok(()),
        Some(Value::Object(metadata)) => metadata,
        Some(other) => return Err(invalid_type("client_metadata", "an object", other)),
    };
    match metadata.iter().find(|(_, value)| !value.is_string()) {
        Some((key, value)) => {
            let at = format!("client_metadata.{key}");
            Err(invalid_type(&at, "a string", value))
        }
        None => Ok(()),
    }
}

fn include(body: &Map<String, Value>) -> Result<(), Refusal> {
    let asked = match body.get("include") {
        None | Some(Value::Null) => return Ok(()),
        Some(Value::Array(asked)) => asked,
        Some(other) => return Err(invalid_type("include", "an array of strings", other)),
    };
    for (at, value) in asked.iter().enumerate() {
        let at = format!("include[{at}]");
        match value.as_str() {
            Some(known) if INCLUDABLE.contains(&known) => {}
            Some(other) => return Err(invalid_value(&at, other, INCLUDABLE)),
            None => return Err(invalid_type(&at, "a string", value)),
        }
    }
    Ok(())
}

/// Contract backend 1.6: absent, `default`, and what the model's catalogue entry offers.
fn service_tier(body: &Map<String, Value>, model: &Model) -> Result<(), Refusal> {
    match optional_text(body, "service_tier", "service_tier")? {
        None | Some("default") => Ok(()),
        Some(tier) if model.has_tier(tier) => Ok(()),
        Some(tier) => Err(Refusal::invalid(
            format!("Unsupported service_tier: {tier}"),
            Some("service_tier"),
            Some("unsupported_value"),
        )),
    }
}

fn reasoning(body: &Map<String, Value>, model: &Model) -> Result<(), Refusal> {
    let reasoning = match body.get("reasoning") {
        None | Some(Value::Null) => return Ok(()),
        Some(Value::Object(reasoning)) => reasoning,
        Some(other) => return Err(invalid_type("reasoning", "an object", other)),
    };
    only(reasoning, &["effort", "summary", "context"], "reasoning")?;
    let summaries = &["concise", "detailed", "auto"];
    optional_word(reasoning, "summary", "reasoning.summary", summaries)?;
    let contexts = &["current_turn", "all_turns"];
    optional_word(reasoning, "context", "reasoning.context", contexts)?;
    let Some(effort) = optional_text(reasoning, "effort", "reasoning.effort")? else {
        return Ok(());
    };
    if !EFFORTS.contains(&effort) {
        return Err(invalid_value("reasoning.effort", effort, EFFORTS));
    }
    let accepted = model.accepted_efforts();
    if accepted.contains(&effort) {
        return Ok(());
    }
    Err(Refusal::invalid(
        format!(
            "Unsupported value: '{effort}' is not supported with the '{}' model. Supported values are: {}.",
            model.slug,
            listed(&accepted)
        ),
        Some("reasoning.effort"),
        Some("unsupported_value"),
    ))
}

fn text(body: &Map<String, Value>, input: &[Value]) -> Result<(), Refusal> {
    let text = match body.get("text") {
        None | Some(Value::Null) => return Ok(()),
        Some(Value::Object(text)) => text,
        Some(other) => return Err(invalid_type("text", "an object", other)),
    };
    only(text, &["format", "verbosity"], "text")?;
    optional_word(
        text,
        "verbosity",
        "text.verbosity",
        &["low", "medium", "high"],
    )?;
    let format = match text.get("format") {
        None | Some(Value::Null) => return Ok(()),
        Some(Value::Object(format)) => format,
        Some(other) => return Err(invalid_type("text.format", "an object", other)),
    };
    match text_of(format, "type", "text.format.type")? {
        "text" => only(format, &["type"], "text.format"),
        "json_object" => {
            only(format, &["type"], "text.format")?;
            json_is_said(input)
        }
        "json_schema" => json_schema(format),
        other => Err(invalid_value("text.format.type", other, FORMATS)),
    }
}

/// The word must be in `input`; `instructions` do not count (contract backend 1.5).
fn json_is_said(input: &[Value]) -> Result<(), Refusal> {
    let said = |item: &Value| item.to_string().to_ascii_lowercase().contains("json");
    if input
        .iter()
        .filter_map(|item| item.get("content"))
        .any(said)
    {
        return Ok(());
    }
    Err(Refusal::invalid(
        "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.",
        Some("input"),
        None,
    ))
}

fn json_schema(format: &Map<String, Value>) -> Result<(), Refusal> {
    let known = &["type", "name", "schema", "strict", "description"];
    only(format, known, "text.format")?;
    let name = text_of(format, "name", "text.format.name")?;
    plain_name(name, "text.format.name")?;
    let schema = match format.get("schema") {
        Some(schema @ Value::Object(_)) => schema,
        Some(other) if !other.is_null() => {
            return Err(invalid_type("text.format.schema", "an object", other));
        }
        Some(_) | None => return Err(missing("text.format.schema")),
    };
    let strict = format.get("strict") == Some(&Value::Bool(true));
    let subject = schema::Subject::ResponseFormat(name);
    schema::check(schema, strict, &subject, "text.format.schema")
}

const EFFORTS: &[&str] = &["none", "minimal", "low", "medium", "high", "xhigh", "max"];
const FORMATS: &[&str] = &["text", "json_object", "json_schema"];
const INCLUDABLE: &[&str] = &[
    "code_interpreter_call.outputs",
    "computer_call_output.output.image_url",
    "file_search_call.results",
    "message.input_image.image_url",
    "message.output_text.logprobs",
    "reasoning.encrypted_content",
    "web_search_call.action.sources",
];
