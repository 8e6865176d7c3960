//! One input item, cleaned by the allowlist of its type (contract backend 1.5, 1.9).

use std::borrow::Cow;

use serde_json::value::RawValue;
use wire::Fault;
use wire::json::Object;

use super::content::{Voice, parts};
use crate::edit::{self, Edit};
use crate::ignored::Ignored;
use crate::pairing::{Link, Tool};
use crate::shorten::shortened;

/// What an item is; `{role, content}` alone is a message.
pub(super) fn kind<'a>(item: &Object<'a>) -> Result<Cow<'a, str>, Fault> {
    match item.text("type")? {
        Some(kind) => Ok(kind),
        None if item.get("role").is_some() => Ok(Cow::Borrowed("message")),
        None => Err(item.missing("type")),
    }
}

/// The item as the backend takes it, with its own bytes where nothing had to change, and its part
/// in a pair of call and output. Items of unknown types are not touched.
pub(super) fn clean<'a>(
    item: &Object<'a>,
    ignored: &mut Ignored,
) -> Result<(Cow<'a, RawValue>, Link), Fault> {
    let kind = kind(item)?;
    if kind == "item_reference" {
        return Err(Fault::Invalid {
            message: "no item with this id is stored here; send the item itself".into(),
            param: Some(item.place().to_owned()),
            code: Some("unsupported_value"),
        });
    }
    let Some((_, known)) = KINDS.iter().find(|(known, _)| *known == kind) else {
        return Ok((Cow::Borrowed(item.raw()), Link::Free));
    };
    let mut edit = Edit::new(item);
    let keeps_id = keeps_id(item);
    edit.retain(|name, value| match (name, value.get()) {
        (_, "null") => false,
        ("type" | "internal_chat_message_metadata_passthrough", _) => true,
        ("id", _) => keeps_id,
        _ if known.contains(&name) => true,
        _ => {
            if !SILENT.contains(&name) {
                ignored.add(&item.path(name));
            }
            false
        }
    });
    match kind.as_ref() {
        "message" => message(item, &mut edit, ignored)?,
        "reasoning" if item.get("summary").is_none() => edit.set("summary", edit::new(&[(); 0])),
        _ => {}
    }
    if known.contains(&"output")
        && let Some(output) = parts(item, "output", Voice::Other, ignored)?
    {
        edit.update("output", output);
    }
    let link = link(&kind, item, &mut edit)?;
    Ok((edit.finish(), link))
}

fn message<'a>(item: &Object<'a>, edit: &mut Edit<'a>, ignored: &mut Ignored) -> Result<(), Fault> {
    let role = item.need_text("role")?;
    if role == "system" {
        edit.set("role", edit::new("developer"));
    }
    let voice = match role.as_ref() {
        "assistant" => Voice::Model,
        _ => Voice::Other,
    };
    if let Some(content) = parts(item, "content", voice, ignored)? {
        edit.update("content", content);
    }
    Ok(())
}

fn link<'a>(kind: &str, item: &Object<'a>, edit: &mut Edit<'a>) -> Result<Link, Fault> {
    let make: fn(Tool, String) -> Link = match kind {
        "function_call" | "custom_tool_call" | "local_shell_call" => Link::Call,
        "function_call_output" | "custom_tool_call_output" | "local_shell_call_output" => {
            Link::Output
        }
        _ => return Ok(Link::Free),
    };
    let tool = match kind.starts_with("custom") {
        true => Tool::Custom,
        false => Tool::Function,
    };
    let Some(id) = item.text("call_id")? else {
        return match kind {
            "local_shell_call" => Ok(Link::Free),
            _ => Err(item.missing("call_id")),
        };
    };
    let short = shortened(&id, 64);
    if short != id {
        edit.set("call_id", edit::new(&short));
    }
    Ok(make(tool, short))
}

/// The server's ids mean something only beside the sealed content that they name: nothing is stored.
fn keeps_id(item: &Object<'_>) -> bool {
    let sealed = item.get("encrypted_content").is_some();
    let id = item.get("id").and_then(wire::json::text);
    let made_by_server = |id: &str| id.len() <= 64 && PREFIXES.iter().any(|p| id.starts_with(p));
    sealed && id.is_some_and(|id| made_by_server(&id))
}

/// Types of items and the fields of each besides `type`.
const KINDS: &[(&str, &[&str])] = &[
    ("message", &["role", "content", "phase"]),
    ("reasoning", &["summary", "content", "encrypted_content"]),
    ("function_call", &["call_id", "name", "arguments"]),
    ("function_call_output", &["call_id", "output"]),
    ("custom_tool_call", &["call_id", "name", "input"]),
    ("custom_tool_call_output", &["call_id", "output", "name"]),
    (
        "tool_search_call",
        &["call_id", "status", "execution", "arguments"],
    ),
    (
        "tool_search_output",
        &["call_id", "status", "execution", "tools"],
    ),
    ("local_shell_call", &["call_id", "status", "action"]),
    ("local_shell_call_output", &["call_id", "output"]),
    ("web_search_call", &["status", "action"]),
    (
        "image_generation_call",
        &[
            "status",
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
];

/// Fields that the server made and that mean nothing on the way back.
const SILENT: &[&str] = &["id", "status", "created_by"];

/// What the server's own ids begin with (contract backend 1.9).
const PREFIXES: &[&str] = &["rs_", "cmp_", "msg_", "fc_", "ctc_"];
