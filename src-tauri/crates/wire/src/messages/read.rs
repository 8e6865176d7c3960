//! Messages and their blocks, read from their objects.

use std::borrow::Cow;

use super::{Block, Change, Message, Role, Said, Source, Tool};
use crate::Fault;
use crate::json::{Object, text};

impl<'a> Message<'a> {
    /// Reads an element of `messages`.
    pub(super) fn read(object: &Object<'a>) -> Result<Self, Fault> {
        let role = match object.need_text("role")?.as_ref() {
            "user" => Role::User,
            "assistant" => Role::Assistant,
            "system" => Role::System,
            other => return Err(object.unknown_value("role", other, ROLES)),
        };
        let content = blocks(object, "content")?;
        let content = match (content, role) {
            (Some(content), _) => content,
            (None, Role::System) => Vec::new(),
            (None, Role::User | Role::Assistant) => return Err(object.missing("content")),
        };
        Ok(Self {
            at: object.place().to_owned(),
            strangers: strangers(object, &["role", "content", "clear_at"]),
            role,
            content,
            fleeting: object.text("clear_at")?.as_deref() == Some("next_user_message"),
        })
    }
}

/// A text, or a list of blocks.
pub(super) fn blocks<'a>(object: &Object<'a>, name: &str) -> Result<Option<Vec<Block<'a>>>, Fault> {
    let Some(raw) = object.get(name) else {
        return Ok(None);
    };
    if let Some(text) = text(raw) {
        return Ok(Some(vec![Block {
            at: object.path(name),
            strangers: Vec::new(),
            said: Said::Text(text),
        }]));
    }
    if !raw.get().starts_with('[') {
        return Err(object.wrong_type(name, "a string or an array of objects"));
    }
    let blocks = object.objects(name)?.unwrap_or_default();
    let blocks: Result<Vec<_>, _> = blocks.iter().map(block).collect();
    blocks.map(Some)
}

fn block<'a>(object: &Object<'a>) -> Result<Block<'a>, Fault> {
    let kind = object.need_text("type")?;
    let (said, known) = said(object, &kind)?;
    let mut strangers = match said {
        Said::Foreign => Vec::new(),
        _ => strangers(object, known),
    };
    // Citations of documents and found pages are asked for; those of texts were told.
    if known.contains(&CITATIONS) && asks_for_citations(object) {
        strangers.push(object.path(CITATIONS));
    }
    Ok(Block {
        at: object.place().to_owned(),
        strangers,
        said,
    })
}

/// What a block says, and which of its fields that takes.
fn said<'a>(object: &Object<'a>, kind: &str) -> Result<(Said<'a>, &'static [&'static str]), Fault> {
    Ok(match kind {
        "text" => (Said::Text(needed(object, "text")?), &["text", CITATIONS]),
        "image" => (Said::Image(source(object)?), &["source"]),
        "document" => {
            let said = Said::Document {
                source: source(object)?,
                title: object.text("title")?,
                context: object.text("context")?,
            };
            (said, &["source", "title", "context", CITATIONS])
        }
        "search_result" => {
            let content = blocks(object, "content")?;
            let said = Said::Found {
                title: needed(object, "title")?,
                source: needed(object, "source")?,
                content: content.ok_or_else(|| object.missing("content"))?,
            };
            (said, &["title", "source", "content", CITATIONS])
        }
        _ => return acted(object, kind),
    })
}

/// What a block of tools, thinking or searches says.
fn acted<'a>(
    object: &Object<'a>,
    kind: &str,
) -> Result<(Said<'a>, &'static [&'static str]), Fault> {
    Ok(match kind {
        "tool_use" => {
            let input = object.need_object("input")?.raw();
            let said = Said::ToolUse {
                id: object.need_text("id")?,
                name: object.need_text("name")?,
                input,
            };
            (said, &["id", "name", "input", "caller"])
        }
        "tool_result" => {
            let said = Said::ToolResult {
                call_id: object.need_text("tool_use_id")?,
                content: blocks(object, "content")?.unwrap_or_default(),
                is_error: object.flag("is_error")?.unwrap_or(false),
            };
            (said, &["tool_use_id", "content", "is_error"])
        }
        "thinking" => {
            let sealed = Said::Thinking(object.text("signature")?);
            (sealed, &["thinking", "signature"])
        }
        "redacted_thinking" => (Said::Thinking(object.text("data")?), &["data"]),
        "tool_reference" => {
            let name = object.need_text("tool_name")?;
            (Said::ToolReference(name), &["tool_name"])
        }
        "tool_addition" | "tool_removal" => (Said::ToolChange(change(object, kind)?), &["tool"]),
        "server_tool_use" if object.text("name")?.as_deref() == Some("web_search") => {
            let search = Said::Search(object.need_object("input")?);
            (search, &["id", "name", "input", "caller"])
        }
        "web_search_tool_result" => {
            let sealed = Said::SearchResults {
                sealed: holds_sealed(object),
            };
            (sealed, &["tool_use_id", "content", "caller"])
        }
        "server_tool_use" | "mcp_tool_use" | "container_upload" | "compaction" | "fallback"
        | "mcp_tool_listing" => (Said::Foreign, &[]),
        other if other.ends_with("_tool_result") => (Said::Foreign, &[]),
        other => return Err(object.unknown_value("type", other, BLOCKS)),
    })
}

fn source<'a>(object: &Object<'a>) -> Result<Source<'a>, Fault> {
    let source = object.need_object("source")?;
    let kind = source.need_text("type")?;
    Ok(match kind.as_ref() {
        "base64" => Source::Base64 {
            media_type: source.need_text("media_type")?,
            data: source.need_text("data")?,
        },
        "url" => Source::Url(source.need_text("url")?),
        "text" => Source::Text(needed(&source, "data")?),
        "content" => {
            let content = blocks(&source, "content")?;
            Source::Blocks(content.ok_or_else(|| source.missing("content"))?)
        }
        "file" => Source::File(source.need_text("file_id")?),
        other => return Err(source.unknown_value("type", other, SOURCES)),
    })
}

fn change<'a>(object: &Object<'a>, kind: &str) -> Result<Change<'a>, Fault> {
    let tool = object.need_object("tool")?;
    let what = tool.need_text("type")?;
    match (kind, what.as_ref()) {
        ("tool_addition", "tool_definition") => {
            let tool = Tool::read(tool.need_object("definition")?)?;
            Ok(Change::Define(Box::new(tool)))
        }
        ("tool_addition", "tool_reference") => Ok(Change::Offer(tool.need_text("name")?)),
        (_, "tool_reference") => Ok(Change::Withdraw(tool.need_text("name")?)),
        (_, other) => Err(tool.unknown_value("type", other, CHANGES)),
    }
}

/// A text that must be there, though it may be empty.
fn needed<'a>(object: &Object<'a>, name: &str) -> Result<Cow<'a, str>, Fault> {
    object.text(name)?.ok_or_else(|| object.missing(name))
}

/// True for results that only Anthropic could open again.
fn holds_sealed(object: &Object<'_>) -> bool {
    let results = object.objects("content").ok().flatten().unwrap_or_default();
    results.iter().any(|result| {
        let sealed = result.get("encrypted_content").and_then(text);
        sealed.is_some_and(|sealed| !sealed.is_empty())
    })
}

fn asks_for_citations(object: &Object<'_>) -> bool {
    let asked = object.object(CITATIONS).ok().flatten();
    asked.is_some_and(|asked| asked.flag("enabled").ok().flatten() == Some(true))
}

/// Fields that say something and are not known. `cache_control` is a hint for a cache that fills
/// itself here.
fn strangers(object: &Object<'_>, known: &[&str]) -> Vec<String> {
    let stranger =
        |name: &&str| !matches!(*name, "type" | "cache_control") && !known.contains(name);
    let names = object.names().filter(stranger);
    names.map(|name| object.path(name)).collect()
}

const CITATIONS: &str = "citations";
const ROLES: &[&str] = &["user", "assistant", "system"];
const BLOCKS: &[&str] = &[
    "text",
    "image",
    "document",
    "search_result",
    "thinking",
    "redacted_thinking",
    "tool_use",
    "tool_result",
    "server_tool_use",
    "web_search_tool_result",
];
const SOURCES: &[&str] = &["base64", "url", "text", "content", "file"];
const CHANGES: &[&str] = &["tool_reference", "tool_definition"];
