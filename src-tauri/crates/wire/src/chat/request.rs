//! The request.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::{Message, Tool, ToolChoice};
use crate::Fault;
use crate::json::Object;

/// What a Chat Completions client asks. Fields that have no meaning of their own here stay in
/// [`Request::fields`].
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// The model.
    pub model: Cow<'a, str>,
    /// The conversation.
    pub messages: Vec<Message<'a>>,
    /// `tools`, or `functions` where that form was used.
    pub tools: Vec<Tool<'a>>,
    /// True where `functions` were used, the form before `tools`.
    pub legacy_functions: bool,
    /// `tool_choice`, or `function_call`.
    pub tool_choice: Option<ToolChoice<'a>>,
    /// The form of the answer.
    pub format: Option<Format<'a>>,
    /// `web_search_options`.
    pub web_search: Option<Object<'a>>,
    /// True where a stream is asked for.
    pub stream: bool,
    /// True where the stream should end with its usage.
    pub include_usage: bool,
    /// The whole body.
    pub fields: Object<'a>,
}

/// `response_format`.
#[derive(Debug, Clone)]
pub enum Format<'a> {
    /// Plain text.
    Text,
    /// Any JSON object.
    Json,
    /// JSON that matches a schema.
    Schema {
        /// The schema's name.
        name: Cow<'a, str>,
        /// What it is for.
        description: Option<Cow<'a, str>>,
        /// The schema.
        schema: &'a RawValue,
        /// Whether the answer must match it exactly.
        strict: Option<bool>,
    },
}

impl<'a> Request<'a> {
    /// Reads the fields of a body.
    ///
    /// # Errors
    /// One that is understood here is missing or wrong.
    pub fn read(fields: Object<'a>) -> Result<Self, Fault> {
        let model = fields.need_text("model")?;
        let messages = fields.objects("messages")?;
        let messages = messages.ok_or_else(|| fields.missing("messages"))?;
        if messages.is_empty() {
            return Err(empty_array("messages"));
        }
        let messages: Result<Vec<_>, _> = messages.iter().map(Message::read).collect();
        let functions = fields.objects("functions")?;
        let mut tools = Vec::new();
        for tool in fields.objects("tools")?.unwrap_or_default() {
            tools.push(Tool::read(tool)?);
        }
        let legacy_functions = tools.is_empty() && functions.is_some();
        for function in functions.iter().flatten() {
            tools.push(Tool::function(function)?);
        }
        let tool_choice = match ToolChoice::read(&fields)? {
            None => ToolChoice::legacy(&fields)?,
            choice => choice,
        };
        let stream_options = fields.object("stream_options")?;
        let include_usage = stream_options.map(|options| options.flag("include_usage"));
        Ok(Self {
            model,
            messages: messages?,
            tools,
            legacy_functions,
            tool_choice,
            format: Format::read(&fields)?,
            web_search: fields.object("web_search_options")?,
            stream: fields.flag("stream")?.unwrap_or(false),
            include_usage: include_usage.transpose()?.flatten().unwrap_or(false),
            fields,
        })
    }
}

impl<'a> Format<'a> {
    fn read(ask: &Object<'a>) -> Result<Option<Self>, Fault> {
        let Some(format) = ask.object("response_format")? else {
            return Ok(None);
        };
        let kind = format.need_text("type")?;
        Ok(Some(match kind.as_ref() {
            "text" => Self::Text,
            "json_object" => Self::Json,
            "json_schema" => {
                let inner = format.need_object("json_schema")?;
                inner.need_object("schema")?;
                Self::Schema {
                    name: inner.need_text("name")?,
                    description: inner.text("description")?,
                    schema: inner.get("schema").ok_or_else(|| inner.missing("schema"))?,
                    strict: inner.flag("strict")?,
                }
            }
            other => {
                let known = ["json_object", "json_schema", "text"];
                return Err(format.unknown_value("type", other, &known));
            }
        }))
    }
}

/// The complaint that a list has nothing in it.
pub(super) fn empty_array(path: &str) -> Fault {
    Fault::Invalid {
        message: format!(
            "Invalid '{path}': empty array. Expected an array with minimum length 1, but got an empty array instead."
        ),
        param: Some(path.to_owned()),
        code: Some("empty_array"),
    }
}

#[cfg(test)]
mod tests;
