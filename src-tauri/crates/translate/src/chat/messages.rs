//! Messages to items (contract backend 8.1, 1.9).

use std::borrow::Cow;
use std::collections::HashMap;

use wire::Fault;
use wire::chat::{Call, CallKind, Message, Part as Asked, Said};
use wire::responses::{Item, Output, Part, Role};

use super::names::Names;
use crate::ignored::Ignored;
use crate::pairing::{Link, Linked, Tool, paired};
use crate::shorten::shortened;

/// What the messages say, in the backend's form.
#[derive(Debug, Default)]
pub(crate) struct Conversation {
    /// The leading system text, joined; `None` where there is none.
    pub(crate) instructions: Option<String>,
    /// The rest, in order.
    pub(crate) items: Vec<Item>,
}

/// Reads the conversation. With `keep_leading`, system texts stay in the input, where JSON mode
/// looks for the word "JSON" (contract backend 1.5).
pub(crate) fn conversation(
    messages: &[Message<'_>],
    keep_leading: bool,
    names: &mut Names,
    ignored: &mut Ignored,
) -> Result<Conversation, Fault> {
    for message in messages {
        for stranger in &message.strangers {
            ignored.add(&format!("{}.{stranger}", message.at));
        }
    }
    let (leading, rest) = match keep_leading {
        true => (Vec::new(), messages),
        false => leading(messages),
    };
    let mut reading = Reading {
        names,
        linked: Vec::with_capacity(rest.len()),
        tools: HashMap::new(),
        nameless: HashMap::new(),
    };
    for message in rest {
        reading.take(message)?;
    }
    Ok(Conversation {
        instructions: (!leading.is_empty()).then(|| leading.join("\n\n")),
        items: paired(reading.linked, ignored),
    })
}

/// True where a message of the program says how to behave.
pub(crate) fn has_program(messages: &[Message<'_>]) -> bool {
    let mut said = messages.iter().map(|message| &message.said);
    said.any(|said| matches!(said, Said::Program(_)))
}

/// The first thing that the person said.
pub(crate) fn first_user_text<'a>(messages: &'a [Message<'_>]) -> &'a str {
    let mut said = messages.iter().filter_map(|message| match &message.said {
        Said::User(content) => Some(content),
        Said::Program(_) | Said::Assistant { .. } | Said::Tool { .. } | Said::Function { .. } => {
            None
        }
    });
    let texts = said.next().into_iter().flatten().filter_map(as_text);
    texts.into_iter().next().unwrap_or_default()
}

/// The system texts at the beginning, and what follows them.
fn leading<'m, 'a>(messages: &'m [Message<'a>]) -> (Vec<String>, &'m [Message<'a>]) {
    let mut texts = Vec::new();
    for (index, message) in messages.iter().enumerate() {
        match &message.said {
            Said::Program(content) if content.iter().all(|part| as_text(part).is_some()) => {
                texts.extend(content.iter().filter_map(as_text).map(str::to_owned));
            }
            Said::Program(_)
            | Said::User(_)
            | Said::Assistant { .. }
            | Said::Tool { .. }
            | Said::Function { .. } => return (texts, &messages[index..]),
        }
    }
    (texts, &[])
}

fn as_text<'a>(part: &'a Asked<'_>) -> Option<&'a str> {
    match part {
        Asked::Text(text) => Some(text),
        Asked::Refusal(_) | Asked::Image { .. } | Asked::File { .. } => None,
    }
}

/// Reads one message after the other.
struct Reading<'n> {
    names: &'n mut Names,
    linked: Vec<Linked>,
    /// Which kind of call an id belongs to.
    tools: HashMap<String, Tool>,
    /// Ids made for calls without one, by the function's name.
    nameless: HashMap<String, String>,
}

impl Reading<'_> {
    fn take(&mut self, message: &Message<'_>) -> Result<(), Fault> {
        let at = &message.at;
        match &message.said {
            Said::Program(content) => self.say(Role::Developer, content, at),
            Said::User(content) => self.say(Role::User, content, at),
            Said::Assistant { content, calls } => {
                if !content.is_empty() {
                    self.say(Role::Assistant, content, at)?;
                }
                for call in calls {
                    self.call(call, at);
                }
                Ok(())
            }
            Said::Tool { call_id, content } => {
                let call_id = shortened(call_id, LONGEST_ID);
                let output = output(content, at)?;
                self.answer(call_id, output, at);
                Ok(())
            }
            Said::Function { name, content } => {
                let made = self.nameless.remove(name.as_ref());
                let output = output(content, at)?;
                self.answer(made.unwrap_or_default(), output, at);
                Ok(())
            }
        }
    }

    fn say(&mut self, role: Role, content: &[Asked<'_>], at: &str) -> Result<(), Fault> {
        let part = |(index, part)| part_of(part, role, &format!("{at}.content[{index}]"));
        let content: Result<Vec<Part>, Fault> = content.iter().enumerate().map(part).collect();
        let content = content?;
        self.push(Item::Message { role, content }, Link::Free, at);
        Ok(())
    }

    fn call(&mut self, call: &Call<'_>, at: &str) {
        let call_id = match &call.id {
            Some(id) => shortened(id, LONGEST_ID),
            None => {
                let made = format!("call_{}", self.linked.len());
                self.nameless
                    .insert(call.name.as_ref().to_owned(), made.clone());
                made
            }
        };
        let name = self.names.send(&call.name);
        let (tool, item) = match call.kind {
            CallKind::Function => {
                let arguments = match call.payload.as_ref() {
                    "" => "{}".to_owned(),
                    text => text.to_owned(),
                };
                let item = Item::FunctionCall {
                    call_id: call_id.clone(),
                    name,
                    arguments,
                };
                (Tool::Function, item)
            }
            CallKind::Custom => {
                let item = Item::CustomToolCall {
                    call_id: call_id.clone(),
                    name,
                    input: call.payload.as_ref().to_owned(),
                };
                (Tool::Custom, item)
            }
        };
        self.tools.insert(call_id.clone(), tool);
        self.push(item, Link::Call(tool, call_id), at);
    }

    fn answer(&mut self, call_id: String, output: Output, at: &str) {
        let tool = self.tools.get(&call_id).copied().unwrap_or(Tool::Function);
        let link = Link::Output(tool, call_id.clone());
        let item = match tool {
            Tool::Function => Item::FunctionCallOutput { call_id, output },
            Tool::Custom => Item::CustomToolCallOutput { call_id, output },
        };
        self.push(item, link, at);
    }

    fn push(&mut self, item: Item, link: Link, at: &str) {
        self.linked.push(Linked {
            item,
            link,
            at: at.to_owned(),
        });
    }
}

fn part_of(part: &Asked<'_>, role: Role, at: &str) -> Result<Part, Fault> {
    let owned = |text: &Option<Cow<'_, str>>| text.as_deref().map(str::to_owned);
    match (part, role) {
        (Asked::Text(text), Role::Assistant) => Ok(Part::OutputText {
            text: text.as_ref().to_owned(),
        }),
        (Asked::Refusal(refusal), Role::Assistant) => Ok(Part::Refusal {
            refusal: refusal.as_ref().to_owned(),
        }),
        (Asked::Image { .. } | Asked::File { .. }, Role::Assistant) => Err(Fault::invalid(
            "assistant messages can only have parts of type 'text' and 'refusal'",
            format!("{at}.type"),
        )),
        (Asked::Text(text) | Asked::Refusal(text), Role::User | Role::Developer) => {
            Ok(Part::InputText {
                text: text.as_ref().to_owned(),
            })
        }
        (Asked::Image { url, detail }, Role::User | Role::Developer) => Ok(Part::InputImage {
            image_url: url.as_ref().to_owned(),
            detail: owned(detail),
        }),
        (
            Asked::File {
                filename,
                file_data,
                file_id,
            },
            Role::User | Role::Developer,
        ) => Ok(Part::InputFile {
            filename: owned(filename),
            file_data: owned(file_data),
            file_id: owned(file_id),
        }),
    }
}

/// What a tool answered. Files there do not reach the model (contract backend 1.9), so they are
/// refused.
fn output(content: &[Asked<'_>], at: &str) -> Result<Output, Fault> {
    if let [Asked::Text(text)] = content {
        return Ok(Output::Text(text.as_ref().to_owned()));
    }
    let mut parts = Vec::new();
    for (index, part) in content.iter().enumerate() {
        let at = format!("{at}.content[{index}]");
        if matches!(part, Asked::File { .. }) {
            return Err(Fault::invalid(
                "files in tool results do not reach the model; send the file in a user message",
                format!("{at}.type"),
            ));
        }
        parts.push(part_of(part, Role::User, &at)?);
    }
    match parts.is_empty() {
        true => Ok(Output::Text(String::new())),
        false => Ok(Output::Parts(parts)),
    }
}

/// What the backend takes as `call_id` (contract backend 1.5).
const LONGEST_ID: usize = 64;
