//! Input items: which types there are, which keys each may have, and what must stand in them
//! (contract backend 1.5, 1.9).

mod content;

pub(crate) use content::bad_image;

use serde_json::{Map, Value};

use super::inner::{Given, only, optional_text, optional_word, plain_name, short, text_of};
use super::refusal::{Refusal, invalid_type, invalid_value, missing, unknown};
use super::{sealed, tools};

/// Checks every item of `input`.
pub(crate) fn check(input: &[Value], given: &Given<'_>) -> Result<(), Refusal> {
    for (index, item) in input.iter().enumerate() {
        let at = format!("input[{index}]");
        let Value::Object(item) = item else {
            return Err(invalid_type(&at, "an object", item));
        };
        let is_last = index + 1 == input.len();
        one(item, &at, is_last, given)?;
    }
    Ok(())
}

/// The type of an item; `{role, content}` alone is a message (contract backend 1.9).
pub(crate) fn type_of(item: &Value) -> Option<&str> {
    match item.get("type") {
        Some(Value::String(named)) => Some(named),
        None | Some(Value::Null) => item.get("role").map(|_| "message"),
        Some(_) => None,
    }
}

fn one(
    item: &Map<String, Value>,
    at: &str,
    is_last: bool,
    given: &Given<'_>,
) -> Result<(), Refusal> {
    let kind = match item.get("type") {
        Some(Value::String(named)) => named.as_str(),
        None | Some(Value::Null) if item.contains_key("role") => "message",
        None | Some(Value::Null) => return Err(missing(&format!("{at}.type"))),
        Some(other) => return Err(invalid_type(&format!("{at}.type"), "a string", other)),
    };
    let Some((_, keys)) = KINDS.iter().find(|(known, _)| *known == kind) else {
        let known: Vec<&str> = KINDS.iter().map(|(kind, _)| *kind).collect();
        return Err(invalid_value(at, kind, &known));
    };
    known_keys(item, keys, at, given)?;
    id(item, kind, at, given)?;
    status(item, at)?;
    calls(item, at)?;
    match kind {
        "message" => content::message(item, at, given),
        "reasoning" => reasoning(item, at, given),
        "function_call" => {
            text_of(item, "arguments", &format!("{at}.arguments"))?;
            name(item, at)
        }
        "custom_tool_call" => {
            text_of(item, "input", &format!("{at}.input"))?;
            name(item, at)
        }
        "function_call_output" | "custom_tool_call_output" | "local_shell_call_output" => {
            content::output(item, at, given)
        }
        "web_search_call" => web_search_call(item, at),
        "compaction" | "compaction_summary" | "context_compaction" => {
            let sealed = text_of(
                item,
                "encrypted_content",
                &format!("{at}.encrypted_content"),
            )?;
            sealed::verify(given.account, given.model.family, sealed)
        }
        "compaction_trigger" if !is_last => Err(Refusal::invalid(
            "The 'compaction_trigger' item must be the final input item.",
            Some("input"),
            Some("invalid_value"),
        )),
        "additional_tools" => additional_tools(item, at, given),
        "item_reference" => {
            let id = text_of(item, "id", &format!("{at}.id"))?;
            Err(not_persisted(id))
        }
        _ => Ok(()),
    }
}

fn known_keys(
    item: &Map<String, Value>,
    keys: &[&str],
    at: &str,
    given: &Given<'_>,
) -> Result<(), Refusal> {
    let stranger = item.keys().find(|key| {
        let key = key.as_str();
        // A namespace belongs to the Lite shape (contract backend 1.5, 1.8).
        let in_lite = key == "namespace" && given.lite;
        !keys.contains(&key) && !EVERYWHERE.contains(&key) && !in_lite
    });
    match stranger {
        Some(key) => Err(unknown(&format!("{at}.{key}"))),
        None => Ok(()),
    }
}

/// Ids: short, with the server's prefix, and never a reference to something stored.
fn id(item: &Map<String, Value>, kind: &str, at: &str, given: &Given<'_>) -> Result<(), Refusal> {
    let at = format!("{at}.id");
    let Some(id) = optional_text(item, "id", &at)? else {
        return Ok(());
    };
    short(id, &at)?;
    let sealed = item.get("encrypted_content").is_some_and(Value::is_string);
    let prefix = PREFIXES.iter().find(|(known, _)| *known == kind);
    let prefix = prefix.map_or("msg", |(_, prefix)| prefix);
    if !id.starts_with(prefix) {
        return Err(Refusal::invalid(
            format!("Invalid '{at}': '{id}'. Expected an ID that begins with '{prefix}'."),
            Some(&at),
            Some("invalid_value"),
        ));
    }
    // The official client replays ids of items it holds in full; a reasoning item is held only sealed.
    let held = sealed || (given.first_party && kind != "reasoning");
    if held { Ok(()) } else { Err(not_persisted(id)) }
}

fn not_persisted(id: &str) -> Refusal {
    Refusal::invalid(
        format!(
            "Item with id '{id}' not found. Items are not persisted when `store` is set to false. Try again with `store` set to true, or remove this item from your input."
        ),
        Some("input"),
        None,
    )
}

fn status(item: &Map<String, Value>, at: &str) -> Result<(), Refusal> {
    optional_word(item, "status", &format!("{at}.status"), STATUSES)
}

/// The call id of everything that has one.
fn calls(item: &Map<String, Value>, at: &str) -> Result<(), Refusal> {
    let kind = item.get("type").and_then(Value::as_str).unwrap_or_default();
    let at = format!("{at}.call_id");
    let needed = matches!(
        kind,
        "function_call" | "function_call_output" | "custom_tool_call" | "custom_tool_call_output"
    );
    match optional_text(item, "call_id", &at)? {
        Some(id) => short(id, &at),
        None if needed => Err(missing(&at)),
        None => Ok(()),
    }
}

fn name(item: &Map<String, Value>, at: &str) -> Result<(), Refusal> {
    let at = format!("{at}.name");
    plain_name(text_of(item, "name", &at)?, &at)
}

fn reasoning(item: &Map<String, Value>, at: &str, given: &Given<'_>) -> Result<(), Refusal> {
    let summary_at = format!("{at}.summary");
    let summary = match item.get("summary") {
        Some(Value::Array(summary)) => summary,
        None | Some(Value::Null) => return Err(missing(&summary_at)),
        Some(other) => return Err(invalid_type(&summary_at, "an array of objects", other)),
    };
    for (index, part) in summary.iter().enumerate() {
        let at = format!("{summary_at}[{index}]");
        let Value::Object(part) = part else {
            return Err(invalid_type(&at, "an object", part));
        };
        optional_word(part, "type", &format!("{at}.type"), &["summary_text"])?;
        text_of(part, "text", &format!("{at}.text"))?;
        only(part, &["type", "text"], &at)?;
    }
    match optional_text(
        item,
        "encrypted_content",
        &format!("{at}.encrypted_content"),
    )? {
        Some(sealed) => sealed::verify(given.account, given.model.family, sealed),
        None => Ok(()),
    }
}

fn web_search_call(item: &Map<String, Value>, at: &str) -> Result<(), Refusal> {
    let action = item.get("action").and_then(|action| action.get("type"));
    match action.and_then(Value::as_str) {
        Some(known) if SEARCH_ACTIONS.contains(&known) => Ok(()),
        Some(other) => Err(invalid_value(
            &format!("{at}.action.type"),
            other,
            SEARCH_ACTIONS,
        )),
        None => Ok(()),
    }
}

fn additional_tools(item: &Map<String, Value>, at: &str, given: &Given<'_>) -> Result<(), Refusal> {
    let at = format!("{at}.tools");
    match item.get("tools") {
        Some(Value::Array(inside)) => tools::list(inside, &at, given),
        None | Some(Value::Null) => Err(missing(&at)),
        Some(other) => Err(invalid_type(&at, "an array of objects", other)),
    }
}

/// Item types and the keys of each besides [`EVERYWHERE`].
const KINDS: &[(&str, &[&str])] = &[
    ("message", &["role", "content", "phase"]),
    ("reasoning", &["summary", "content", "encrypted_content"]),
    ("function_call", &["call_id", "name", "arguments"]),
    ("function_call_output", &["call_id", "output"]),
    ("custom_tool_call", &["call_id", "name", "input"]),
    ("custom_tool_call_output", &["call_id", "output", "name"]),
    ("tool_search_call", &["call_id", "execution", "arguments"]),
    ("tool_search_output", &["call_id", "execution", "tools"]),
    ("local_shell_call", &["call_id", "action"]),
    ("local_shell_call_output", &["call_id", "output"]),
    ("web_search_call", &["action"]),
    (
        "image_generation_call",
        &[
            "revised_prompt",
            "result",
            "action",
            "background",
            "output_format",
            "quality",
            "size",
        ],
    ),
    ("compaction", &["encrypted_content"]),
    ("compaction_summary", &["encrypted_content"]),
    ("context_compaction", &["encrypted_content"]),
    ("compaction_trigger", &[]),
    ("additional_tools", &["role", "tools"]),
    ("agent_message", &["role", "content", "author", "recipient"]),
    ("item_reference", &[]),
    // What `[[unknown-items]]` hands out comes back.
    ("future_item", &["payload"]),
];

const EVERYWHERE: &[&str] = &[
    "type",
    "id",
    "status",
    "internal_chat_message_metadata_passthrough",
];

/// The prefixes of the server's own ids (contract backend 1.9).
const PREFIXES: &[(&str, &str)] = &[
    ("message", "msg"),
    ("reasoning", "rs"),
    ("function_call", "fc"),
    ("function_call_output", "fco"),
    ("custom_tool_call", "ctc"),
    ("custom_tool_call_output", "ctco"),
    ("web_search_call", "ws"),
    ("image_generation_call", "ig"),
    ("local_shell_call", "lsh"),
    ("tool_search_call", "tsc"),
    ("tool_search_output", "tso"),
    ("agent_message", "amsg"),
    ("compaction", "cmp"),
    ("compaction_summary", "cmp"),
    ("context_compaction", "cmp"),
    ("additional_tools", "at"),
    ("item_reference", ""),
    ("future_item", "fut"),
];

const STATUSES: &[&str] = &[
    "in_progress",
    "completed",
    "incomplete",
    "failed",
    "searching",
    "generating",
];
const SEARCH_ACTIONS: &[&str] = &["search", "open_page", "find_in_page"];
