//! The request.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::read::blocks;
use super::{Block, Choice, Message, Tool};
use crate::Fault;
use crate::json::Object;

/// What a Messages client asks. Fields that have no meaning of their own here stay in
/// [`Request::fields`].
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// The model.
    pub model: Cow<'a, str>,
    /// The system text, in blocks.
    pub system: Vec<Block<'a>>,
    /// The conversation.
    pub messages: Vec<Message<'a>>,
    /// The tools.
    pub tools: Vec<Tool<'a>>,
    /// Which tool must or may be called.
    pub tool_choice: Option<Choice<'a>>,
    /// True where only one tool may be called at once.
    pub single_tool: bool,
    /// Whether and how the model should think.
    pub thinking: Thinking,
    /// The schema that the answer must match.
    pub schema: Option<&'a RawValue>,
    /// True where a stream is asked for.
    pub stream: bool,
    /// The whole body.
    pub fields: Object<'a>,
}

/// `thinking`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Thinking {
    /// Nothing is said about it.
    #[default]
    Unsaid,
    /// The model should not think.
    Disabled,
    /// It may think.
    Enabled {
        /// About so many tokens.
        budget: Option<i64>,
        /// What of it the client gets.
        display: Display,
    },
}

/// What a client gets of the thinking it asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Display {
    /// A summary, and what replays it.
    Summarized,
    /// What replays it, and no text.
    Omitted,
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
            return Err(Fault::invalid(
                "messages: at least one message is required",
                "messages",
            ));
        }
        let messages: Result<Vec<_>, _> = messages.iter().map(Message::read).collect();
        let mut tools = Vec::new();
        for tool in fields.objects("tools")?.unwrap_or_default() {
            tools.push(Tool::read(tool)?);
        }
        let (tool_choice, single_tool) = Choice::read(&fields)?;
        fields.integer("max_tokens")?;
        Ok(Self {
            model,
            system: blocks(&fields, "system")?.unwrap_or_default(),
            messages: messages?,
            tools,
            tool_choice,
            single_tool,
            thinking: Thinking::read(&fields)?,
            schema: schema(&fields)?,
            stream: fields.flag("stream")?.unwrap_or(false),
            fields,
        })
    }
}

impl Thinking {
    fn read(ask: &Object<'_>) -> Result<Self, Fault> {
        let Some(object) = ask.object("thinking")? else {
            return Ok(Self::Unsaid);
        };
        let display = match object.text("display")?.as_deref() {
            Some("omitted") => Display::Omitted,
            _ => Display::Summarized,
        };
        match object.need_text("type")?.as_ref() {
            "disabled" => Ok(Self::Disabled),
            "enabled" => Ok(Self::Enabled {
                budget: object.integer("budget_tokens")?,
                display,
            }),
            "adaptive" | "between_tools" => Ok(Self::Enabled {
                budget: None,
                display,
            }),
            other => {
                let known = ["adaptive", "enabled", "disabled"];
                Err(object.unknown_value("type", other, &known))
            }
        }
    }
}

/// `output_config.format`, or `output_format`, its name before that.
fn schema<'a>(ask: &Object<'a>) -> Result<Option<&'a RawValue>, Fault> {
    let config = ask.object("output_config")?;
    let format = match config {
        Some(config) => config.object("format")?,
        None => None,
    };
    let format = match format {
        Some(format) => Some(format),
        None => ask.object("output_format")?,
    };
    let Some(format) = format else {
        return Ok(None);
    };
    match format.need_text("type")?.as_ref() {
        "json_schema" => Ok(Some(format.need_object("schema")?.raw())),
        other => Err(format.unknown_value("type", other, &["json_schema"])),
    }
}
