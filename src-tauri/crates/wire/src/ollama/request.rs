//! The request.

use std::borrow::Cow;

use super::image::images;
use super::{Message, Said};
use crate::chat::{Format, Tool};
use crate::json::{Object, kind, text};
use crate::{Effort, Fault};

/// The two ways to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// `POST /api/chat`: a conversation.
    Chat,
    /// `POST /api/generate`: a prompt.
    Generate,
}

impl Form {
    /// The word in logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "ollama-chat",
            Self::Generate => "ollama-generate",
        }
    }
}

/// What an Ollama client asks. Fields that have no meaning of their own here stay in
/// [`Request::fields`].
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// The model, as it was written.
    pub model: Cow<'a, str>,
    /// The conversation; a prompt is a conversation of one or two messages.
    pub messages: Vec<Message<'a>>,
    /// `tools`.
    pub tools: Vec<Tool<'a>>,
    /// The form of the answer.
    pub format: Option<Format<'a>>,
    /// Whether and how hard to think; `None` leaves it to the model.
    pub think: Option<Think>,
    /// True where a stream is asked for, as it is unless it is declined.
    pub stream: bool,
    /// `options`, such as `temperature`.
    pub options: Option<Object<'a>>,
    /// The whole body.
    pub fields: Object<'a>,
}

/// `think`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Think {
    /// `false`: do not think.
    No,
    /// `true`: think, as hard as is usual.
    Yes,
    /// As hard as this.
    Level(Effort),
}

impl<'a> Request<'a> {
    /// Reads the fields of a body.
    ///
    /// # Errors
    /// One that is understood here is missing or wrong.
    pub fn read(form: Form, fields: Object<'a>) -> Result<Self, Fault> {
        let mut tools = Vec::new();
        let messages = match form {
            Form::Chat => {
                for tool in fields.objects("tools")?.unwrap_or_default() {
                    tools.push(self::tool(tool)?);
                }
                let messages = fields.objects("messages")?;
                let messages = messages.ok_or_else(|| fields.missing("messages"))?;
                let messages: Result<Vec<_>, _> = messages.iter().map(Message::read).collect();
                messages?
            }
            Form::Generate => prompt(&fields)?,
        };
        Ok(Self {
            model: fields.need_text("model")?,
            messages,
            tools,
            format: format(&fields)?,
            think: Think::read(&fields)?,
            stream: fields.flag("stream")?.unwrap_or(true),
            options: fields.object("options")?,
            fields,
        })
    }

    /// The model's own name. Clients add `:latest` to names without a tag.
    pub fn slug(&self) -> &str {
        slug(&self.model)
    }

    /// True where nothing is said, which asks for the model to be loaded, or to be unloaded where
    /// `keep_alive` is zero.
    pub fn says_nothing(form: Form, fields: &Object<'_>) -> bool {
        let no_list = |name| {
            let list = fields.list(name);
            list.is_ok_and(|list| list.is_none_or(|list| list.is_empty()))
        };
        let no_text = |name| {
            let text = fields.text(name);
            text.is_ok_and(|text| text.is_none_or(|text| text.is_empty()))
        };
        match form {
            Form::Chat => no_list("messages"),
            Form::Generate => no_text("prompt") && no_list("images"),
        }
    }
}

impl Think {
    fn read(fields: &Object<'_>) -> Result<Option<Self>, Fault> {
        let Some(raw) = fields.get("think") else {
            return Ok(None);
        };
        match (raw.get(), text(raw)) {
            ("true", _) => Ok(Some(Self::Yes)),
            ("false", _) => Ok(Some(Self::No)),
            (_, Some(word)) => match Effort::parse(&word) {
                Some(effort) => Ok(Some(Self::Level(effort))),
                None => Err(fields.unknown_value("think", &word, LEVELS)),
            },
            (_, None) => Err(fields.wrong_type("think", "a boolean or a string")),
        }
    }
}

/// The name of a model without the tag that says nothing.
pub fn slug(name: &str) -> &str {
    name.strip_suffix(":latest").unwrap_or(name)
}

/// A tool; one without a type is a function.
fn tool<'a>(object: Object<'a>) -> Result<Tool<'a>, Fault> {
    match object.text("type")?.as_deref() {
        None | Some("function") => Tool::function(&object.need_object("function")?),
        Some(_) => Tool::read(object),
    }
}

fn prompt<'a>(fields: &Object<'a>) -> Result<Vec<Message<'a>>, Fault> {
    let said =
        |name: &str| -> Result<_, Fault> { Ok(fields.text(name)?.filter(|text| !text.is_empty())) };
    let mut messages = Vec::new();
    if let Some(system) = said("system")? {
        let system = Message::spoken("system", Some(system), Vec::new(), Said::Program);
        messages.push(system);
    }
    let images = images(fields)?;
    messages.push(Message::spoken(
        "prompt",
        said("prompt")?,
        images,
        Said::User,
    ));
    Ok(messages)
}

/// `json`, or a schema. Ollama's clients close no schema, so none is taken for strict.
fn format<'a>(fields: &Object<'a>) -> Result<Option<Format<'a>>, Fault> {
    let Some(raw) = fields.get("format") else {
        return Ok(None);
    };
    match (kind(raw), text(raw).as_deref()) {
        (_, Some("")) => Ok(None),
        (_, Some("json")) => Ok(Some(Format::Json)),
        (_, Some(other)) => Err(fields.unknown_value("format", other, &["json"])),
        ("an object", None) => Ok(Some(Format::Schema {
            name: Cow::Borrowed("response"),
            description: None,
            schema: raw,
            strict: Some(false),
        })),
        (_, None) => Err(fields.wrong_type("format", "a string or an object")),
    }
}

const LEVELS: &[&str] = &["low", "medium", "high", "max"];

#[cfg(test)]
mod tests;
