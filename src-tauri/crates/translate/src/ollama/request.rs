//! The request.

use std::sync::Arc;

use serde_json::value::RawValue;
use wire::Fault;
use wire::chat::Format;
use wire::json::{Object, text};
use wire::ollama::{End, Form, Message, Request as Ask};
use wire::responses::{Item, Part, Request, Role, Target, Text};

use super::messages::with_ids;
use super::think::reasoning;
use super::write::{Head, told};
use crate::chat::{self, Names};
use crate::ignored::Ignored;
use crate::leftover::LIMIT;
use crate::offer::Offer;
use crate::suffix::{self, Says};
use crate::{Born, Ends, Given, Seed, Shape, Translated};

/// Reads a body of `POST /api/chat` or `POST /api/generate`.
///
/// # Errors
/// It asks for what cannot be served; the fault names the field.
pub fn request(form: Form, ask: &Object<'_>, given: &Given<'_>) -> Result<Translated, Fault> {
    let ask = Ask::read(form, ask.clone())?;
    refuse(&ask.fields)?;
    let (mut names, mut ignored) = (Names::default(), Ignored::default());
    let messages = with_ids(&ask.messages);
    let is_json = matches!(ask.format, Some(Format::Json));
    let told = chat::conversation(&messages, is_json, &mut names, &mut ignored)?;
    let default = match chat::has_program(&messages) {
        true => "",
        false => given.default_instructions,
    };
    let instructions = told.instructions.unwrap_or_else(|| default.to_owned());
    let (slug, suffix) = suffix::split(ask.slug(), given);
    let offer = Offer::new(given, slug);
    let (reasoning, chat_reasoning) = reasoning(&ask, given, slug, &mut ignored);
    let mut request = Request {
        model: slug.to_owned(),
        input: told.items,
        tools: tools(&ask, given.target, &mut names, &mut ignored)?,
        reasoning,
        include: match given.target {
            Target::Plan => vec!["reasoning.encrypted_content".to_owned()],
            Target::Platform => Vec::new(),
        },
        text: ask.format.as_ref().map(|format| Text {
            verbosity: None,
            format: Some(chat::format(format)),
        }),
        ..Request::default()
    };
    suffix.settle(offer, given.target, says(&ask), &mut request, &mut ignored);
    if is_json && !ask.messages.iter().any(names_json) {
        request.input.push(answer_in_json());
    }
    settle(form, &ask.fields, &mut ignored);
    if let Some(options) = &ask.options {
        settle_options(options, given.target, &mut request, &mut ignored);
    }
    let first_user_text = chat::first_user_text(&messages);
    let seed = Seed::new(&ask.fields, slug, Some(&instructions), first_user_text);
    request.instructions = Some(instructions);
    Ok(Translated {
        stream: ask.stream,
        include_usage: false,
        ignored: ignored.into_names(),
        lite: false,
        shape: Shape {
            model: ask.model.as_ref().to_owned(),
            chat_reasoning,
            structured: ask.format.is_some(),
            ends: ends(&ask, given.target)?,
            names: Arc::new(names.into_map()),
            ..Shape::default()
        },
        seed,
        request,
    })
}

/// What counts more than the model's name. This dialect has no tiers.
fn says(ask: &Ask<'_>) -> Says {
    Says {
        effort: ask.think.is_some(),
        tier: false,
    }
}

/// `options.num_predict` and `options.stop`. A limit that is not above zero is none, as with Ollama.
fn ends(ask: &Ask<'_>, target: Target) -> Result<Ends, Fault> {
    let Some(options) = &ask.options else {
        return Ok(Ends::default());
    };
    let limits: &[&str] = match options.integer("num_predict")? {
        Some(1..) => &["num_predict"],
        Some(_) | None => &[],
    };
    Ends::read(options, limits, Some("stop"), target)
}

/// The answer to a request that says nothing: it asks for the model to be loaded, or unloaded, and
/// a model here is always ready. `None` for every other request.
pub fn loaded(form: Form, body: &[u8], born: &Born) -> Option<Vec<u8>> {
    let fields = Object::body(body).ok()?;
    let model = fields.need_text("model").ok()?;
    if !Ask::says_nothing(form, &fields) {
        return None;
    }
    let unloads = fields.get("keep_alive").is_some_and(means_never);
    let end = End {
        done_reason: if unloads { "unload" } else { "load" },
        ..End::default()
    };
    let head = Head::new(&model, born.created_at);
    let line = head.line(told(form, "", None, &[]), Some(end));
    serde_json::to_vec(&line).ok()
}

/// A `keep_alive` of zero, as a number of seconds or with its unit.
fn means_never(keep_alive: &RawValue) -> bool {
    match text(keep_alive) {
        Some(word) => NEVER.contains(&word.as_ref()),
        None => {
            let seconds: Result<f64, _> = serde_json::from_str(keep_alive.get());
            seconds.is_ok_and(|seconds| seconds.abs() < f64::EPSILON)
        }
    }
}

fn tools(
    ask: &Ask<'_>,
    target: Target,
    names: &mut Names,
    ignored: &mut Ignored,
) -> Result<Option<Vec<wire::responses::Tool>>, Fault> {
    let mut offered = Vec::new();
    for tool in &ask.tools {
        let (_, tool) = chat::tool(tool, target, names, ignored)?;
        offered.push(tool);
    }
    Ok((!offered.is_empty()).then_some(offered))
}

/// What cannot be done without changing what the client gets.
fn refuse(fields: &Object<'_>) -> Result<(), Fault> {
    match fields.text("suffix")? {
        Some(suffix) if !suffix.is_empty() => Err(Fault::Invalid {
            message: "the models behind this server cannot fill in between 'prompt' and 'suffix'"
                .to_owned(),
            param: Some("suffix".to_owned()),
            code: Some("unsupported_value"),
        }),
        _ => Ok(()),
    }
}

/// JSON mode is refused where nothing in the input names JSON (contract backend 1.5); Ollama itself
/// asks for no such word.
fn names_json(message: &Message<'_>) -> bool {
    let text = message.text.as_deref().unwrap_or_default();
    text.to_ascii_lowercase().contains("json")
}

fn answer_in_json() -> Item {
    Item::Message {
        role: Role::Developer,
        content: vec![Part::InputText {
            text: "Answer in JSON.".to_owned(),
        }],
    }
}

/// Names the fields that say something and are not understood.
fn settle(form: Form, fields: &Object<'_>, ignored: &mut Ignored) {
    let own = match form {
        Form::Chat => CHAT,
        Form::Generate => GENERATE,
    };
    for (name, raw) in fields.entries() {
        let is_handled = BOTH.contains(&name.as_ref()) || own.contains(&name.as_ref());
        if !is_handled && !NOTHING.contains(&raw.get()) {
            ignored.add(name);
        }
    }
}

/// The plan takes no option at all, and two are kept to here; the platform's API takes three.
fn settle_options(
    options: &Object<'_>,
    target: Target,
    request: &mut Request,
    ignored: &mut Ignored,
) {
    for (name, raw) in options.entries() {
        let there = PLATFORM.iter().find(|(known, _)| known == name);
        match (target, there) {
            _ if happens_anyway(name, raw) => {}
            (Target::Plan, Some((_, LIMIT))) => {}
            (Target::Platform, Some((_, there))) => {
                request.platform.push((there, (*raw).to_owned()));
            }
            (Target::Platform, None) | (Target::Plan, _) => ignored.add(&options.path(name)),
        }
    }
}

/// A negative `num_predict` means no limit; stop words are kept to here.
fn happens_anyway(name: &str, raw: &RawValue) -> bool {
    raw.get() == "null" || name == "stop" || (name == "num_predict" && raw.get().starts_with('-'))
}

/// Fields that are dealt with above, in both forms. `keep_alive` asks for what happens anyway.
const BOTH: &[&str] = &[
    "model",
    "stream",
    "format",
    "think",
    "options",
    "keep_alive",
];
const CHAT: &[&str] = &["messages", "tools"];
const GENERATE: &[&str] = &["prompt", "system", "images"];
/// Values that say nothing; clients in Go send them for what is not set.
const NOTHING: &[&str] = &["null", "false", "\"\"", "[]", "{}"];
/// Durations of nothing.
const NEVER: &[&str] = &["0", "0s", "0m", "0h"];
/// Options that the platform's API takes, with their names there.
const PLATFORM: &[(&str, &str)] = &[
    ("temperature", "temperature"),
    ("top_p", "top_p"),
    ("num_predict", "max_output_tokens"),
];
