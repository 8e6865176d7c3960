//! Messages to items (contract backend 8.3, 1.9).

use serde::Serialize;
use wire::Fault;
use wire::json::Object;
use wire::messages::{Block, Message, Request, Role as Voice, Said};
use wire::responses::{Item, Output, Part, Role};

use super::parts;
use crate::chat::names::Names;
use crate::edit::raw;
use crate::ignored::Ignored;
use crate::pairing::{Link, Linked, Tool, paired};
use crate::shorten::shortened;

/// The system text, joined; `None` where there is none. A line that Claude Code puts first for its
/// own servers is left out, because it changes and would spoil the cache.
pub(super) fn instructions(ask: &Request<'_>, ignored: &mut Ignored) -> Option<String> {
    let mut texts = Vec::new();
    for block in &ask.system {
        block.strangers.iter().for_each(|path| ignored.add(path));
        match text_of(block) {
            Some(text) if !text.starts_with(BILLING) => texts.push(text),
            Some(_) | None => ignored.add(&block.at),
        }
    }
    let told = texts.join("\n\n");
    (!told.is_empty()).then_some(told)
}

/// The conversation as items.
pub(super) fn items(
    ask: &Request<'_>,
    seal: &str,
    names: &mut Names,
    ignored: &mut Ignored,
) -> Result<Vec<Item>, Fault> {
    let mut reading = Reading {
        seal,
        names,
        ignored,
        linked: Vec::with_capacity(ask.messages.len()),
        parts: Vec::new(),
        files: Vec::new(),
        role: Role::User,
    };
    let last_user = ask
        .messages
        .iter()
        .rposition(|message| message.role == Voice::User);
    for (index, message) in ask.messages.iter().enumerate() {
        let is_over = message.fleeting && last_user.is_some_and(|last| index < last);
        if !is_over {
            reading.take(message)?;
        }
    }
    let Reading { linked, .. } = reading;
    Ok(paired(linked, ignored))
}

/// The first thing that the person said.
pub(super) fn first_user_text<'a>(ask: &'a Request<'_>) -> &'a str {
    let mut users = ask.messages.iter().filter(|one| one.role == Voice::User);
    let blocks = users.next().into_iter().flat_map(|one| &one.content);
    blocks.filter_map(text_of).next().unwrap_or_default()
}

fn text_of<'a>(block: &'a Block<'_>) -> Option<&'a str> {
    if let Said::Text(text) = &block.said {
        return Some(text);
    }
    None
}

/// Reads one message after the other.
struct Reading<'n> {
    seal: &'n str,
    names: &'n mut Names,
    ignored: &'n mut Ignored,
    linked: Vec<Linked>,
    /// What the message under way says so far.
    parts: Vec<Part>,
    /// Documents of tool results, which reach the model only in a message.
    files: Vec<Part>,
    role: Role,
}

impl Reading<'_> {
    fn take(&mut self, message: &Message<'_>) -> Result<(), Fault> {
        self.role = match message.role {
            Voice::User => Role::User,
            Voice::Assistant => Role::Assistant,
            Voice::System => Role::Developer,
        };
        for path in &message.strangers {
            self.ignored.add(path);
        }
        for block in &message.content {
            for path in &block.strangers {
                self.ignored.add(path);
            }
            self.block(block)?;
        }
        let files = std::mem::take(&mut self.files);
        self.parts.splice(0..0, files);
        self.flush(&message.at);
        Ok(())
    }

    fn block(&mut self, block: &Block<'_>) -> Result<(), Fault> {
        let at = block.at.as_str();
        match &block.said {
            Said::ToolUse { id, name, input } => {
                self.flush(at);
                let call_id = shortened(id, LONGEST_ID);
                let item = Item::FunctionCall {
                    call_id: call_id.clone(),
                    name: self.names.send(name),
                    arguments: input.get().to_owned(),
                };
                self.push(item, Link::Call(Tool::Function, call_id), at);
            }
            Said::ToolResult {
                call_id,
                content,
                is_error,
            } => {
                self.flush(at);
                let call_id = shortened(call_id, LONGEST_ID);
                let output = self.output(content, *is_error)?;
                let item = Item::FunctionCallOutput {
                    call_id: call_id.clone(),
                    output,
                };
                self.push(item, Link::Output(Tool::Function, call_id), at);
            }
            Said::Thinking(signature) => self.thought(signature.as_deref(), at),
            Said::Search(input) => self.searched(input, at),
            Said::SearchResults { sealed } => {
                if *sealed {
                    self.ignored.add(at);
                }
            }
            Said::ToolChange(_) => {}
            Said::Foreign => self.ignored.add(at),
            Said::Text(text) if self.role == Role::Assistant => {
                if !text.is_empty() {
                    self.parts.push(Part::OutputText {
                        text: text.as_ref().to_owned(),
                    });
                }
            }
            Said::Text(_)
            | Said::Image(_)
            | Said::Document { .. }
            | Said::Found { .. }
            | Said::ToolReference(_) => {
                if self.role == Role::Assistant {
                    return Err(Fault::invalid(
                        "the model's own messages hold text, thinking and tool calls only",
                        format!("{at}.type"),
                    ));
                }
                parts::add(block, &mut self.parts)?;
            }
        }
        Ok(())
    }

    /// Ends the message under way, if it says anything.
    fn flush(&mut self, at: &str) {
        let content = std::mem::take(&mut self.parts);
        if !content.is_empty() {
            let role = self.role;
            self.push(Item::Message { role, content }, Link::Free, at);
        }
    }

    /// What the model thought, where this account and this family of models may replay it.
    fn thought(&mut self, signature: Option<&str>, at: &str) {
        let sealed = signature.and_then(|signature| signature.strip_prefix(self.seal));
        let Some(sealed) = sealed.filter(|sealed| !sealed.is_empty()) else {
            self.ignored.add(at);
            return;
        };
        self.flush(at);
        let item = raw(&Thought {
            kind: "reasoning",
            summary: [],
            encrypted_content: sealed,
        });
        self.push(Item::Raw(item), Link::Free, at);
    }

    /// A search of the model's, as the backend names it.
    fn searched(&mut self, input: &Object<'_>, at: &str) {
        let has = |name: &str| input.get(name).is_some();
        let kind = match (has("pattern"), has("url")) {
            (true, _) => "find_in_page",
            (false, true) => "open_page",
            (false, false) => "search",
        };
        if !has("query") && !has("url") {
            self.ignored.add(at);
            return;
        }
        self.flush(at);
        let item = raw(&Searched {
            kind: "web_search_call",
            status: "completed",
            action: Action {
                kind,
                fields: input.raw(),
            },
        });
        self.push(Item::Raw(item), Link::Free, at);
    }

    /// What a tool answered. Documents there do not reach the model, so they follow in a message of
    /// their own.
    fn output(&mut self, content: &[Block<'_>], is_error: bool) -> Result<Output, Fault> {
        let mut told = Vec::new();
        for block in content {
            for path in &block.strangers {
                self.ignored.add(path);
            }
            if !parts::add(block, &mut told)? {
                self.ignored.add(&block.at);
            }
        }
        let is_file = |part: &Part| matches!(part, Part::InputFile { .. });
        let (files, mut told): (Vec<_>, Vec<_>) = told.into_iter().partition(is_file);
        if !files.is_empty() {
            told.push(text_part(FOLLOWS));
            self.files.extend(files);
        }
        match told.first_mut() {
            Some(Part::InputText { text }) if is_error => text.insert_str(0, FAILED),
            Some(_) | None if is_error => told.insert(0, text_part(FAILED)),
            Some(_) | None => {}
        }
        Ok(match told.as_slice() {
            [] => Output::Text(String::new()),
            [Part::InputText { text }] => Output::Text(text.clone()),
            _ => Output::Parts(told),
        })
    }

    fn push(&mut self, item: Item, link: Link, at: &str) {
        self.linked.push(Linked {
            item,
            link,
            at: at.to_owned(),
        });
    }
}

fn text_part(text: &str) -> Part {
    Part::InputText {
        text: text.to_owned(),
    }
}

#[derive(Serialize)]
struct Thought<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    summary: [(); 0],
    encrypted_content: &'a str,
}

#[derive(Serialize)]
struct Searched<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    status: &'static str,
    action: Action<'a>,
}

/// The action's type before the fields of the search's input.
struct Action<'a> {
    kind: &'static str,
    fields: &'a serde_json::value::RawValue,
}

impl Serialize for Action<'_> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let fields = Object::at(self.fields, String::new());
        let fields = fields.as_ref().map(Object::entries).unwrap_or_default();
        let kind = raw(self.kind);
        let kind = std::iter::once(("type", &*kind));
        let others = fields.iter().filter(|(name, _)| name != "type");
        to.collect_map(kind.chain(others.map(|(name, raw)| (name.as_ref(), *raw))))
    }
}

/// What Claude Code's line for its own servers begins with (contract backend 8.3).
const BILLING: &str = "x-anthropic-billing-header:";
const FAILED: &str = "Error: ";
const FOLLOWS: &str = "The file follows in the next message.";
/// What the backend takes as `call_id` (contract backend 1.5).
const LONGEST_ID: usize = 64;
