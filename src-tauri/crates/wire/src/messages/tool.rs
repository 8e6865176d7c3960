//! Tools and the choice among them.

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::Fault;
use crate::json::Object;

/// One tool.
#[derive(Debug, Clone)]
pub enum Tool<'a> {
    /// A tool that the client runs.
    Own {
        /// Its name.
        name: Cow<'a, str>,
        /// What it does.
        description: Option<Cow<'a, str>>,
        /// Its schema.
        schema: &'a RawValue,
        /// Whether its input must match the schema exactly.
        strict: bool,
        /// Paths of fields that mean nothing here.
        strangers: Vec<String>,
    },
    /// A tool that Anthropic defines, such as `web_search_20250305`.
    Defined {
        /// Its `type`.
        kind: Cow<'a, str>,
        /// Its name.
        name: Cow<'a, str>,
        /// All of it.
        object: Object<'a>,
    },
}

/// Which tool must or may be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice<'a> {
    /// The model decides.
    Auto,
    /// Any tool, but one.
    Any,
    /// This tool.
    Tool(Cow<'a, str>),
    /// No tool.
    None,
}

impl<'a> Tool<'a> {
    /// Reads an element of `tools`.
    pub(super) fn read(object: Object<'a>) -> Result<Self, Fault> {
        let kind = object.text("type")?.unwrap_or(Cow::Borrowed("custom"));
        if kind != "custom" {
            let name = object.text("name")?;
            return Ok(Self::Defined {
                name: name.unwrap_or_else(|| kind.clone()),
                kind,
                object,
            });
        }
        let schema = object.need_object("input_schema")?.raw();
        Ok(Self::Own {
            name: object.need_text("name")?,
            description: object.text("description")?,
            schema,
            strict: object.flag("strict")?.unwrap_or(false),
            strangers: strangers(&object),
        })
    }

    /// The name by which it is called.
    pub fn name(&self) -> &str {
        match self {
            Self::Own { name, .. } | Self::Defined { name, .. } => name,
        }
    }
}

impl<'a> Choice<'a> {
    /// Reads `tool_choice`, and whether only one tool may be called at once.
    pub(super) fn read(ask: &Object<'a>) -> Result<(Option<Self>, bool), Fault> {
        let Some(object) = ask.object("tool_choice")? else {
            return Ok((None, false));
        };
        let choice = match object.need_text("type")?.as_ref() {
            "auto" => Self::Auto,
            "any" => Self::Any,
            "tool" => Self::Tool(object.need_text("name")?),
            "none" => Self::None,
            other => {
                let known = ["auto", "any", "tool", "none"];
                return Err(object.unknown_value("type", other, &known));
            }
        };
        let single = object.flag("disable_parallel_tool_use")?.unwrap_or(false);
        Ok((Some(choice), single))
    }
}

/// Fields of a tool that cannot be honoured. Input is always told as it is written, and a direct
/// caller is the only one there is.
fn strangers(object: &Object<'_>) -> Vec<String> {
    let told = object.entries().iter().filter(|(name, raw)| {
        let silent = match (name.as_ref(), raw.get()) {
            (_, "null") | ("defer_loading", "false") => true,
            ("allowed_callers", callers) => !callers.contains("code_execution"),
            (name, _) => KNOWN.contains(&name),
        };
        !silent
    });
    told.map(|(name, _)| object.path(name)).collect()
}

const KNOWN: &[&str] = &[
    "type",
    "name",
    "description",
    "input_schema",
    "strict",
    "cache_control",
    "eager_input_streaming",
];
