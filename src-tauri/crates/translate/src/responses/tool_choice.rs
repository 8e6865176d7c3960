//! `tool_choice` (contract backend 1.4).

use wire::Fault;
use wire::json::{Object, text};
use wire::responses::{Target, Tool, ToolChoice};

use super::tools::{Offered, is_missing, is_web_search, unavailable};
use crate::edit;

/// Reads `tool_choice`, and leaves out of `offered` what it does not allow.
pub(super) fn tool_choice(
    ask: &Object<'_>,
    target: Target,
    offered: &mut Vec<Offered>,
) -> Result<Option<ToolChoice>, Fault> {
    let Some(raw) = ask.get("tool_choice") else {
        return Ok(None);
    };
    if let Some(word) = text(raw) {
        return match word.as_ref() {
            "auto" => Ok(Some(ToolChoice::Mode("auto"))),
            "none" => Ok(Some(ToolChoice::Mode("none"))),
            "required" => Ok(Some(ToolChoice::Mode("required"))),
            other => Err(ask.unknown_value("tool_choice", other, &["none", "auto", "required"])),
        };
    }
    let choice = ask.need_object("tool_choice")?;
    let kind = choice.need_text("type")?;
    Ok(Some(match kind.as_ref() {
        "function" => named("function", &choice)?,
        "custom" => named("custom", &choice)?,
        _ if target == Target::Platform => ToolChoice::Raw(raw.to_owned()),
        "allowed_tools" => allowed(&choice, offered)?,
        hosted if is_web_search(hosted) => ToolChoice::Raw(edit::raw(&WebSearch {
            r#type: "web_search",
        })),
        hosted if is_missing(hosted) => return Err(unavailable(&choice, hosted)),
        _ => ToolChoice::Raw(raw.to_owned()),
    }))
}

fn named(kind: &'static str, choice: &Object<'_>) -> Result<ToolChoice, Fault> {
    let name = match choice.object(kind)? {
        Some(nested) => nested.need_text("name")?,
        None => choice.need_text("name")?,
    };
    Ok(ToolChoice::Named {
        kind,
        name: name.into_owned(),
    })
}

/// The backend knows no such choice, but offering the allowed tools only comes to the same.
fn allowed(choice: &Object<'_>, offered: &mut Vec<Offered>) -> Result<ToolChoice, Fault> {
    let mode = choice.need_text("mode")?;
    let mode = match mode.as_ref() {
        "auto" => ToolChoice::Mode("auto"),
        "required" => ToolChoice::Mode("required"),
        other => return Err(choice.unknown_value("mode", other, &["auto", "required"])),
    };
    let mut names = Vec::new();
    for tool in choice.objects("tools")?.unwrap_or_default() {
        names.push(match tool.text("name")? {
            Some(name) => name.into_owned(),
            None => match tool.need_text("type")? {
                kind if is_web_search(&kind) => "web_search".to_owned(),
                kind => kind.into_owned(),
            },
        });
    }
    offered.retain(|offer| names.contains(&offer.name));
    Ok(mode)
}

/// The tools alone; `None` where there are none.
pub(super) fn tools_of(offered: Vec<Offered>) -> Option<Vec<Tool>> {
    let tools: Vec<Tool> = offered.into_iter().map(|offer| offer.tool).collect();
    (!tools.is_empty()).then_some(tools)
}

#[derive(serde::Serialize)]
struct WebSearch {
    r#type: &'static str,
}
