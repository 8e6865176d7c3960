//! Tools and the choice among them (contract backend 1.4, 1.5, 1.10).

use serde_json::{Map, Value};

use super::inner::{Given, only, optional_text, optional_word, plain_name, text_of};
use super::refusal::{Refusal, invalid_type, invalid_value, missing};
use super::schema;

/// Checks `tools`, the tools of an `additional_tools` item, and `tool_choice`.
pub(crate) fn check(body: &Map<String, Value>, given: &Given<'_>) -> Result<(), Refusal> {
    let tools = match body.get("tools") {
        None | Some(Value::Null) => &[][..],
        Some(Value::Array(tools)) => tools.as_slice(),
        Some(other) => return Err(invalid_type("tools", "an array of objects", other)),
    };
    let explicit = body.get("tools").is_some_and(Value::is_array);
    if explicit && tools.is_empty() && given.model.lite {
        return Err(reserved());
    }
    list(tools, "tools", given)?;
    choice(body, tools, given)
}

/// Checks one list of tools; also those of an `additional_tools` item.
pub(crate) fn list(tools: &[Value], at: &str, given: &Given<'_>) -> Result<(), Refusal> {
    for (index, tool) in tools.iter().enumerate() {
        one(tool, &format!("{at}[{index}]"), given)?;
    }
    Ok(())
}

/// Every tool a request offers, those in namespaces and `additional_tools` items included, with its
/// namespace.
pub(crate) fn offered(body: &Map<String, Value>) -> Vec<(Option<&str>, &Value)> {
    let top = body.get("tools").and_then(Value::as_array);
    let input = body.get("input").and_then(Value::as_array);
    let additional = input.into_iter().flatten();
    let additional = additional.filter(|item| item["type"] == "additional_tools");
    let additional = additional.filter_map(|item| item.get("tools")?.as_array());
    let mut offered = Vec::new();
    for tool in top.into_iter().chain(additional).flatten() {
        if tool["type"] == "namespace" {
            let inside = tool.get("tools").and_then(Value::as_array);
            let name = tool.get("name").and_then(Value::as_str);
            offered.extend(inside.into_iter().flatten().map(|tool| (name, tool)));
        } else {
            offered.push((None, tool));
        }
    }
    offered
}

fn one(tool: &Value, at: &str, given: &Given<'_>) -> Result<(), Refusal> {
    let Value::Object(tool) = tool else {
        return Err(invalid_type(at, "an object", tool));
    };
    match tool.get("type").and_then(Value::as_str) {
        Some("function") => function(tool, at),
        Some("custom") => custom(tool, at),
        Some("namespace") => namespace(tool, at, given),
        Some("web_search") => only(tool, WEB_SEARCH, at),
        Some("image_generation") => image_generation(tool, at, given),
        Some("tool_search") => {
            only(
                tool,
                &["type", "execution", "description", "parameters"],
                at,
            )?;
            let at = format!("{at}.execution");
            optional_word(tool, "execution", &at, &["client", "server"])
        }
        Some("local_shell") => only(tool, &["type"], at),
        other => Err(unsupported_type(other)),
    }
}

fn unsupported_type(named: Option<&str>) -> Refusal {
    Refusal::invalid(
        format!("Unsupported tool type: {}", named.unwrap_or("None")),
        Some("tools"),
        Some("unsupported_value"),
    )
}

fn function(tool: &Map<String, Value>, at: &str) -> Result<(), Refusal> {
    let name = text_of(tool, "name", &format!("{at}.name"))?;
    plain_name(name, &format!("{at}.name"))?;
    only(tool, FUNCTION, at)?;
    optional_text(tool, "description", &format!("{at}.description"))?;
    let strict = match tool.get("strict") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(strict)) => *strict,
        Some(other) => return Err(invalid_type(&format!("{at}.strict"), "a boolean", other)),
    };
    let at = format!("{at}.parameters");
    match tool.get("parameters") {
        Some(parameters @ Value::Object(_)) => {
            schema::check(parameters, strict, &schema::Subject::Function(name), &at)
        }
        None | Some(Value::Null) => Err(missing(&at)),
        Some(other) => Err(invalid_type(&at, "an object", other)),
    }
}

fn custom(tool: &Map<String, Value>, at: &str) -> Result<(), Refusal> {
    let name = text_of(tool, "name", &format!("{at}.name"))?;
    plain_name(name, &format!("{at}.name"))?;
    only(tool, CUSTOM, at)?;
    let format = match tool.get("format") {
        None | Some(Value::Null) => return Ok(()),
        Some(Value::Object(format)) => format,
        Some(other) => return Err(invalid_type(&format!("{at}.format"), "an object", other)),
    };
    let at = format!("{at}.format");
    match text_of(format, "type", &format!("{at}.type"))? {
        "text" => only(format, &["type"], &at),
        "grammar" => {
            only(format, &["type", "syntax", "definition"], &at)?;
            text_of(format, "definition", &format!("{at}.definition"))?;
            match text_of(format, "syntax", &format!("{at}.syntax"))? {
                "lark" | "regex" => Ok(()),
                other => Err(invalid_value(
                    &format!("{at}.syntax"),
                    other,
                    &["lark", "regex"],
                )),
            }
        }
        other => Err(invalid_value(
            &format!("{at}.type"),
            other,
            &["text", "grammar"],
        )),
    }
}

fn namespace(tool: &Map<String, Value>, at: &str, given: &Given<'_>) -> Result<(), Refusal> {
    let name = text_of(tool, "name", &format!("{at}.name"))?;
    plain_name(name, &format!("{at}.name"))?;
    only(tool, &["type", "name", "description", "tools"], at)?;
    let at = format!("{at}.tools");
    match tool.get("tools") {
        Some(Value::Array(tools)) => list(tools, &at, given),
        None | Some(Value::Null) => Err(missing(&at)),
        Some(other) => Err(invalid_type(&at, "an array of objects", other)),
    }
}

/// Contract backend 1.10 and 7.4 B.
fn image_generation(tool: &Map<String, Value>, at: &str, given: &Given<'_>) -> Result<(), Refusal> {
    if !given.model.sees {
        let text = format!(
            "Tool 'image_generation' is not supported with {}.",
            given.model.slug
        );
        return Err(Refusal::invalid(text, Some("tools"), None));
    }
    only(tool, IMAGE_GENERATION, at)?;
    if tool.get("background").and_then(Value::as_str) == Some("transparent") {
        return Err(Refusal::invalid(
            "Transparent background is not supported for this model.",
            Some("tools"),
            Some("invalid_value"),
        ));
    }
    let formats = &["png", "jpeg", "webp"];
    optional_word(
        tool,
        "output_format",
        &format!("{at}.output_format"),
        formats,
    )?;
    let actions = &["generate", "edit", "auto"];
    optional_word(tool, "action", &format!("{at}.action"), actions)?;
    match tool.get("partial_images") {
        None | Some(Value::Null) => Ok(()),
        Some(count) if count.as_u64().is_some_and(|count| count <= 3) => Ok(()),
        Some(count) => Err(Refusal::invalid(
            format!(
                "Invalid '{at}.partial_images': expected an integer from 0 to 3, but got {count} instead."
            ),
            Some(&format!("{at}.partial_images")),
            Some("invalid_value"),
        )),
    }
}

fn choice(body: &Map<String, Value>, tools: &[Value], given: &Given<'_>) -> Result<(), Refusal> {
    match body.get("tool_choice") {
        None | Some(Value::Null) => Ok(()),
        Some(Value::String(word)) => match word.as_str() {
            "required" if tools.is_empty() => Err(Refusal::invalid(
                "Tool choice 'required' must be specified with 'tools' parameter.",
                Some("tool_choice"),
                Some("invalid_value"),
            )),
            "auto" | "none" | "required" => Ok(()),
            other => Err(invalid_value(
                "tool_choice",
                other,
                &["none", "auto", "required"],
            )),
        },
        Some(Value::Object(named)) => named_choice(named, tools, given),
        Some(other) => Err(invalid_type("tool_choice", "a string or an object", other)),
    }
}

fn named_choice(
    choice: &Map<String, Value>,
    tools: &[Value],
    given: &Given<'_>,
) -> Result<(), Refusal> {
    let kind = text_of(choice, "type", "tool_choice.type")?;
    match kind {
        "function" | "custom" => {
            let name = text_of(choice, "name", "tool_choice.name")?;
            only(choice, &["type", "name"], "tool_choice")?;
            let is_it = |tool: &Value| tool["type"] == kind && tool["name"] == name;
            if tools.iter().any(is_it) {
                Ok(())
            } else {
                Err(not_found(name))
            }
        }
        // The Lite shape knows no hosted tools; the sentence names the tool by its old name.
        "web_search" | "image_generation" if given.lite => Err(not_found("web_search_preview")),
        "web_search" | "image_generation" => {
            only(choice, &["type"], "tool_choice")?;
            if tools.iter().any(|tool| tool["type"] == kind) {
                Ok(())
            } else {
                Err(not_found(kind))
            }
        }
        kind if kind.starts_with("web_search_preview") => Err(not_found(kind)),
        other => {
            let known = &["function", "custom", "image_generation", "web_search"];
            Err(invalid_value("tool_choice.type", other, known))
        }
    }
}

fn not_found(choice: &str) -> Refusal {
    Refusal::invalid(
        format!("Tool choice '{choice}' not found in 'tools' parameter."),
        Some("tool_choice"),
        Some("invalid_value"),
    )
}

/// An empty list on a model with tools of its own (contract backend 1.4).
fn reserved() -> Refusal {
    Refusal::invalid(
        "Function 'collaboration.spawn_agent' is reserved for use by this model and must match the configured schema",
        Some("tools"),
        Some("invalid_value"),
    )
}

const FUNCTION: &[&str] = &[
    "type",
    "name",
    "description",
    "parameters",
    "strict",
    "defer_loading",
    "output_schema",
];
const CUSTOM: &[&str] = &["type", "name", "description", "format", "defer_loading"];
const WEB_SEARCH: &[&str] = &[
    "type",
    "external_web_access",
    "indexed_web_access",
    "filters",
    "user_location",
    "search_context_size",
    "search_content_types",
];
const IMAGE_GENERATION: &[&str] = &[
    "type",
    "action",
    "model",
    "size",
    "quality",
    "background",
    "output_format",
    "output_compression",
    "moderation",
    "partial_images",
    "input_image_mask",
];
