//! Messages of the conversation.

use std::borrow::Cow;

use super::image::images;
use crate::Fault;
use crate::json::{Object, text};

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message<'a> {
    /// Its path, such as `messages[2]`.
    pub at: String,
    /// Fields it has that mean nothing here, such as `thinking`.
    pub strangers: Vec<String>,
    /// Its text, where it has one.
    pub text: Option<Cow<'a, str>>,
    /// Its pictures, as `data:` URLs.
    pub images: Vec<String>,
    /// Who says it.
    pub said: Said<'a>,
}

/// Who says what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said<'a> {
    /// The program: `system`.
    Program,
    /// The person.
    User,
    /// The model, with the tools it asked for.
    Assistant(Vec<Call<'a>>),
    /// What a tool answered.
    Tool {
        /// The tool, where it is named.
        name: Option<Cow<'a, str>>,
        /// The call's id, where the client gives ids.
        call_id: Option<Cow<'a, str>>,
    },
}

/// A tool that the model asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call<'a> {
    /// Only where the client gives ids.
    pub id: Option<Cow<'a, str>>,
    /// The tool's name.
    pub name: Cow<'a, str>,
    /// Its arguments as JSON text.
    pub arguments: Cow<'a, str>,
}

impl<'a> Message<'a> {
    /// Reads an element of `messages`. Ollama reads roles in any case of letters.
    pub(super) fn read(object: &Object<'a>) -> Result<Self, Fault> {
        let role = object.need_text("role")?.to_ascii_lowercase();
        let (said, known): (_, &[&str]) = match role.as_str() {
            "system" | "developer" => (Said::Program, &["images"]),
            "user" => (Said::User, &["images"]),
            "assistant" => (Said::Assistant(calls(object)?), &["tool_calls"]),
            "tool" => {
                let said = Said::Tool {
                    name: object.text("tool_name")?.filter(|name| !name.is_empty()),
                    call_id: object.text("tool_call_id")?.filter(|id| !id.is_empty()),
                };
                (said, &["images", "tool_name", "tool_call_id"])
            }
            other => return Err(object.unknown_value("role", other, ROLES)),
        };
        let images = match known.contains(&"images") {
            true => images(object)?,
            false => Vec::new(),
        };
        let stranger = |name: &&str| !matches!(*name, "role" | "content") && !known.contains(name);
        let strangers = object.names().filter(stranger).map(str::to_owned).collect();
        Ok(Self {
            at: object.place().to_owned(),
            strangers,
            text: object.text("content")?.filter(|text| !text.is_empty()),
            images,
            said,
        })
    }

    /// One of the two messages of a request that has a prompt instead of a conversation.
    pub(super) fn spoken(
        at: &str,
        text: Option<Cow<'a, str>>,
        images: Vec<String>,
        said: Said<'a>,
    ) -> Self {
        Self {
            at: at.to_owned(),
            strangers: Vec::new(),
            text,
            images,
            said,
        }
    }
}

fn calls<'a>(object: &Object<'a>) -> Result<Vec<Call<'a>>, Fault> {
    let calls = object.objects("tool_calls")?.unwrap_or_default();
    let calls: Result<Vec<_>, _> = calls.iter().map(call).collect();
    calls
}

/// Arguments are an object; some clients send the text of one.
fn call<'a>(object: &Object<'a>) -> Result<Call<'a>, Fault> {
    let function = object.need_object("function")?;
    let arguments = function.get("arguments");
    let arguments = arguments.map(|raw| text(raw).unwrap_or_else(|| Cow::Borrowed(raw.get())));
    Ok(Call {
        id: object.text("id")?.filter(|id| !id.is_empty()),
        name: function.need_text("name")?,
        arguments: arguments.unwrap_or(Cow::Borrowed("{}")),
    })
}

const ROLES: &[&str] = &["system", "user", "assistant", "tool"];
