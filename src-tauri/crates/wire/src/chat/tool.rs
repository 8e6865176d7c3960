//! Tools and the choice among them, in the nested shape of Chat Completions.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::CallKind;
use super::read::payload_of;
use crate::Fault;
use crate::json::Object;

/// One tool.
#[derive(Debug, Clone)]
pub enum Tool<'a> {
    /// A function with a JSON schema.
    Function {
        /// Its name.
        name: Cow<'a, str>,
        /// What it does.
        description: Option<Cow<'a, str>>,
        /// Its schema.
        parameters: Option<&'a RawValue>,
        /// Whether arguments must match the schema exactly.
        strict: Option<bool>,
    },
    /// A freeform tool.
    Custom {
        /// Its name.
        name: Cow<'a, str>,
        /// What it does.
        description: Option<Cow<'a, str>>,
        /// `{"type":"grammar","grammar":{…}}` or `{"type":"text"}`.
        format: Option<Object<'a>>,
    },
    /// A tool of another kind, such as `web_search`.
    Hosted {
        /// Its `type`.
        kind: Cow<'a, str>,
        /// All of it.
        object: Object<'a>,
    },
}

/// Which tool must or may be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToolChoice<'a> {
    /// The model decides.
    Auto,
    /// No tool.
    None,
    /// Any tool, but one.
    Required,
    /// This tool.
    Named(CallKind, Cow<'a, str>),
    /// Some of the tools only.
    Allowed {
        /// True where one of them must be called.
        required: bool,
        /// Their names.
        names: Vec<Cow<'a, str>>,
    },
}

impl<'a> Tool<'a> {
    /// Reads an element of `tools`. The flat shape of the Responses dialect is understood too.
    pub(crate) fn read(object: Object<'a>) -> Result<Self, Fault> {
        let kind = object.need_text("type")?;
        match kind.as_ref() {
            "function" => Self::function(&payload_of(&object, "function")?),
            "custom" => {
                let custom = payload_of(&object, "custom")?;
                Ok(Self::Custom {
                    name: custom.need_text("name")?,
                    description: custom.text("description")?,
                    format: custom.object("format")?,
                })
            }
            _ => Ok(Self::Hosted { kind, object }),
        }
    }

    /// Reads an element of `functions`, or what stands under `function`.
    pub(crate) fn function(object: &Object<'a>) -> Result<Self, Fault> {
        if object.get("parameters").is_some() {
            object.object("parameters")?;
        }
        Ok(Self::Function {
            name: object.need_text("name")?,
            description: object.text("description")?,
            parameters: object.get("parameters"),
            strict: object.flag("strict")?,
        })
    }
}

impl<'a> ToolChoice<'a> {
    /// Reads `tool_choice`.
    pub(super) fn read(ask: &Object<'a>) -> Result<Option<Self>, Fault> {
        let Some(raw) = ask.get("tool_choice") else {
            return Ok(None);
        };
        if let Some(word) = crate::json::text(raw) {
            return Self::word(ask, "tool_choice", &word).map(Some);
        }
        let object = ask.need_object("tool_choice")?;
        let kind = object.need_text("type")?;
        Ok(Some(match kind.as_ref() {
            "function" => {
                let name = payload_of(&object, "function")?.need_text("name")?;
                Self::Named(CallKind::Function, name)
            }
            "custom" => {
                let name = payload_of(&object, "custom")?.need_text("name")?;
                Self::Named(CallKind::Custom, name)
            }
            "allowed_tools" => Self::allowed(&payload_of(&object, "allowed_tools")?)?,
            other => {
                let known = ["function", "custom", "allowed_tools"];
                return Err(object.unknown_value("type", other, &known));
            }
        }))
    }

    /// Reads `function_call`, the form before `tool_choice`.
    pub(super) fn legacy(ask: &Object<'a>) -> Result<Option<Self>, Fault> {
        let Some(raw) = ask.get("function_call") else {
            return Ok(None);
        };
        if let Some(word) = crate::json::text(raw) {
            return Self::word(ask, "function_call", &word).map(Some);
        }
        let name = ask.need_object("function_call")?.need_text("name")?;
        Ok(Some(Self::Named(CallKind::Function, name)))
    }

    fn word(ask: &Object<'a>, field: &str, word: &str) -> Result<Self, Fault> {
        match word {
            "auto" => Ok(Self::Auto),
            "none" => Ok(Self::None),
            "required" => Ok(Self::Required),
            other => Err(ask.unknown_value(field, other, &["none", "auto", "required"])),
        }
    }

    fn allowed(object: &Object<'a>) -> Result<Self, Fault> {
        let mode = object.need_text("mode")?;
        let required = match mode.as_ref() {
            "auto" => false,
            "required" => true,
            other => return Err(object.unknown_value("mode", other, &["auto", "required"])),
        };
        let mut names = Vec::new();
        for tool in object.objects("tools")?.unwrap_or_default() {
            let kind = tool.need_text("type")?;
            names.push(match kind.as_ref() {
                "function" | "custom" => payload_of(&tool, &kind)?.need_text("name")?,
                _ => kind,
            });
        }
        Ok(Self::Allowed { required, names })
    }
}
