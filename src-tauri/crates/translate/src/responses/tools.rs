//! `tools` (contract backend 1.4, 1.10).

use std::borrow::Cow;

use serde_json::value::RawValue;
use wire::Fault;
use wire::json::Object;
use wire::responses::{Target, Tool};

use crate::edit::{self, Edit};
use crate::ignored::Ignored;

/// A tool, and the name by which a choice may call it: a function's own, another tool's type.
#[derive(Debug)]
pub(super) struct Offered {
    pub(super) name: String,
    pub(super) tool: Tool,
}

/// Reads `tools`. An empty list is as good as none: an explicit one can be refused.
pub(super) fn tools(
    ask: &Object<'_>,
    target: Target,
    ignored: &mut Ignored,
) -> Result<Vec<Offered>, Fault> {
    let tools = ask.objects("tools")?.unwrap_or_default();
    tools
        .iter()
        .map(|tool| one(tool, target, ignored))
        .collect()
}

fn one(tool: &Object<'_>, target: Target, ignored: &mut Ignored) -> Result<Offered, Fault> {
    let kind = tool.need_text("type")?;
    match kind.as_ref() {
        "function" => function(tool, ignored),
        "custom" => Ok(Offered {
            name: tool.need_text("name")?.into_owned(),
            tool: Tool::Raw(tool.raw().to_owned()),
        }),
        _ if target == Target::Platform => Ok(Offered {
            name: kind.into_owned(),
            tool: Tool::Raw(tool.raw().to_owned()),
        }),
        hosted if is_web_search(hosted) => Ok(Offered {
            name: "web_search".into(),
            tool: Tool::Raw(web_search(tool, ignored)),
        }),
        hosted if is_missing(hosted) => Err(unavailable(tool, hosted)),
        _ => Ok(Offered {
            name: kind.into_owned(),
            tool: Tool::Raw(tool.raw().to_owned()),
        }),
    }
}

fn function(tool: &Object<'_>, ignored: &mut Ignored) -> Result<Offered, Fault> {
    if let Some(nested) = tool.object("function")? {
        let name = nested.need_text("name")?.into_owned();
        let tool = Tool::Function {
            name: name.clone(),
            description: nested.text("description")?.map(String::from),
            parameters: parameters(nested.get("parameters"), &nested.path("parameters"))?
                .into_owned(),
            strict: nested.flag("strict")?,
        };
        return Ok(Offered { name, tool });
    }
    let name = tool.need_text("name")?.into_owned();
    let mut edit = Edit::new(tool);
    edit.retain(|field, value| {
        let told = value.get() != "null";
        if told && !FUNCTION.contains(&field) {
            ignored.add(&tool.path(field));
        }
        told && FUNCTION.contains(&field)
    });
    edit.update(
        "parameters",
        parameters(tool.get("parameters"), &tool.path("parameters"))?,
    );
    Ok(Offered {
        name,
        tool: Tool::Raw(edit.finish().into_owned()),
    })
}

/// A schema that says `properties`, without which the backend refuses the function.
pub(crate) fn parameters<'a>(
    raw: Option<&'a RawValue>,
    path: &str,
) -> Result<Cow<'a, RawValue>, Fault> {
    let Some(raw) = raw else {
        return Ok(edit::new(&EMPTY));
    };
    let schema = Object::at(raw, path.to_owned())?;
    let kind = schema.text("type").unwrap_or_default();
    let mut edit = Edit::new(&schema);
    let is_empty = schema.entries().is_empty();
    if is_empty {
        edit.set("type", edit::new("object"));
    }
    if is_empty || (kind.as_deref() == Some("object") && schema.get("properties").is_none()) {
        edit.set("properties", edit::new(&NO_PROPERTIES));
    }
    Ok(edit.finish())
}

/// Fields of `web_search`; with any other the backend refuses the request. Shared with the Chat
/// dialect, where clients name the tool the same way.
pub(crate) fn web_search(tool: &Object<'_>, ignored: &mut Ignored) -> Box<RawValue> {
    let mut edit = Edit::new(tool);
    edit.retain(|field, value| {
        let told = value.get() != "null";
        let known = field == "type" || WEB_SEARCH.contains(&field);
        if told && !known {
            ignored.add(&tool.path(field));
        }
        told && known
    });
    if edit
        .get("type")
        .is_none_or(|kind| kind.get() != "\"web_search\"")
    {
        edit.set("type", edit::new("web_search"));
    }
    edit.finish().into_owned()
}

/// True for the tool under any of its names, dated and preview ones included.
pub(crate) fn is_web_search(kind: &str) -> bool {
    kind == "web_search"
        || kind.starts_with("web_search_preview")
        || kind.starts_with("web_search_2")
}

/// True for hosted tools that a plan does not have (contract backend 1.10).
pub(super) fn is_missing(kind: &str) -> bool {
    MISSING.contains(&kind)
}

/// The complaint about a hosted tool that a plan does not have.
pub(crate) fn unavailable(tool: &Object<'_>, kind: &str) -> Fault {
    Fault::Invalid {
        message: format!("the hosted tool '{kind}' is not available with a ChatGPT plan"),
        param: Some(tool.path("type")),
        code: Some("unsupported_value"),
    }
}

#[derive(serde::Serialize)]
struct Empty {
    r#type: &'static str,
    properties: NoProperties,
}

#[derive(serde::Serialize)]
struct NoProperties {}

const NO_PROPERTIES: NoProperties = NoProperties {};
const EMPTY: Empty = Empty {
    r#type: "object",
    properties: NO_PROPERTIES,
};

const FUNCTION: &[&str] = &[
    "type",
    "name",
    "description",
    "parameters",
    "strict",
    "defer_loading",
];

const WEB_SEARCH: &[&str] = &[
    "external_web_access",
    "indexed_web_access",
    "filters",
    "user_location",
    "search_context_size",
    "search_content_types",
];

const MISSING: &[&str] = &[
    "file_search",
    "code_interpreter",
    "computer",
    "computer_use",
    "computer_use_preview",
    "mcp",
];
