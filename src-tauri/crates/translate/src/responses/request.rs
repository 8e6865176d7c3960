//! The request (contract backend 8.2, 1.4 to 1.10).

use std::sync::Arc;

use serde_json::value::RawValue;
use wire::Fault;
use wire::json::{Object, text};
use wire::responses::{Request, Target};

use super::input::Input;
use super::text::text as form;
use super::tool_choice::{tool_choice, tools_of};
use super::tools::tools;
use crate::edit::{self, Edit};
use crate::ignored::Ignored;
use crate::leftover;
use crate::offer::{self, Offer};
use crate::suffix::{self, Says};
use crate::{Echo, Ends, Given, Seed, Shape, Translated};

/// Reads a body of `POST /v1/responses`.
///
/// # Errors
/// It asks for what cannot be served; the fault names the field.
pub fn request(ask: &Object<'_>, given: &Given<'_>) -> Result<Translated, Fault> {
    refuse(ask)?;
    let model = ask.need_text("model")?.into_owned();
    let input = Input::read(ask)?;
    let lite = input.is_lite();
    let stream = ask.flag("stream")?.unwrap_or(false);
    let first_user_text = input.first_user_text();
    let mut ignored = Ignored::default();
    let instructions = instructions(ask, &input, given, lite)?;
    let (slug, suffix) = suffix::split(&model, given);
    let offer = Offer::new(given, slug);
    let mut request = Request {
        input: input.into_items(lite, &mut ignored)?,
        ..form_of(ask, given, offer, lite, &mut ignored)?
    };
    let reasoning = ask.object("reasoning")?;
    let says = Says {
        effort: reasoning.is_some_and(|own| own.get("effort").is_some()),
        tier: ask.get("service_tier").is_some(),
    };
    suffix.settle(offer, given.target, says, &mut request, &mut ignored);
    request.instructions.clone_from(&instructions);
    request.model = slug.to_owned();
    leftover::settle(
        ask,
        HANDLED,
        PLATFORM,
        given.target,
        &mut request,
        &mut ignored,
    );
    let ends = Ends::read(ask, &["max_output_tokens"], None, given.target)?;
    let seed = Seed::new(ask, slug, instructions.as_deref(), &first_user_text);
    Ok(Translated {
        stream,
        include_usage: false,
        ignored: ignored.into_names(),
        lite,
        shape: Shape {
            model,
            ends,
            echo: Arc::new(echo(ask, &request, instructions)),
            ..Shape::default()
        },
        seed,
        request,
    })
}

/// Everything but the conversation.
fn form_of(
    ask: &Object<'_>,
    given: &Given<'_>,
    offer: Offer<'_>,
    lite: bool,
    ignored: &mut Ignored,
) -> Result<Request, Fault> {
    let mut offered = tools(ask, given.target, ignored)?;
    let tool_choice = tool_choice(ask, given.target, &mut offered)?;
    Ok(Request {
        tools: tools_of(offered),
        tool_choice,
        parallel_tool_calls: ask.flag("parallel_tool_calls")?,
        reasoning: offer.reasoning(ask, lite, ignored)?,
        include: include(ask, given.target, ignored)?,
        service_tier: offer.tier(ask, ignored)?,
        prompt_cache_key: offer::cache_key(ask)?,
        text: form(ask, offer, ignored)?,
        stream_options: stream_options(ask, ignored)?,
        client_metadata: client_metadata(ask, ignored),
        ..Request::default()
    })
}

/// What needs a store. Who has one takes these fields out ([`crate::state`]); where there is none,
/// doing without would lose what the client relies on.
fn refuse(ask: &Object<'_>) -> Result<(), Fault> {
    let no = |name: &str, message: &str| {
        Err(Fault::Invalid {
            message: message.to_owned(),
            param: Some(name.to_owned()),
            code: Some("unsupported_parameter"),
        })
    };
    if ask.get("previous_response_id").is_some() {
        return no(
            "previous_response_id",
            "'previous_response_id' is not served, because answers are not stored here; send the whole conversation as 'input'",
        );
    }
    if ask.get("conversation").is_some() {
        return no(
            "conversation",
            "'conversation' is not served, because conversations are not stored here; send the whole conversation as 'input'",
        );
    }
    if ask.get("prompt").is_some() {
        return no(
            "prompt",
            "'prompt' refers to a template on the platform, which is not reachable from here; send its text as 'instructions' or 'input'",
        );
    }
    if ask.flag("background")? == Some(true) {
        return no(
            "background",
            "'background' is not served, because answers are not stored here; leave it out and use 'stream'",
        );
    }
    Ok(())
}

/// Always something, because the backend demanded it for long; a Lite request has its own. The
/// default speaks only where nobody else does.
fn instructions(
    ask: &Object<'_>,
    input: &Input<'_>,
    given: &Given<'_>,
    lite: bool,
) -> Result<Option<String>, Fault> {
    let own = ask.text("instructions")?.map(String::from);
    if lite {
        return Ok(own);
    }
    let default = match input.has_program() {
        true => "",
        false => given.default_instructions,
    };
    let own = own.filter(|text| !text.is_empty());
    Ok(Some(own.unwrap_or_else(|| default.to_owned())))
}

/// What may be asked for besides the text. Reasoning always comes sealed, so that clients can send
/// it back; the platform API refuses that for models that do not reason.
fn include(ask: &Object<'_>, target: Target, ignored: &mut Ignored) -> Result<Vec<String>, Fault> {
    let mut include = Vec::new();
    for (index, raw) in ask.list("include")?.into_iter().flatten().enumerate() {
        match text(raw) {
            Some(word) if INCLUDABLE.contains(&word.as_ref()) => include.push(word.into_owned()),
            Some(_) | None => ignored.add(&format!("include[{index}]")),
        }
    }
    if target == Target::Plan && !include.iter().any(|word| word == SEALED) {
        include.push(SEALED.to_owned());
    }
    Ok(include)
}

/// The only option the backend knows (contract backend 1.4).
fn stream_options(ask: &Object<'_>, ignored: &mut Ignored) -> Result<Option<Box<RawValue>>, Fault> {
    let Some(options) = ask.object("stream_options")? else {
        return Ok(None);
    };
    let mut edit = Edit::new(&options);
    edit.retain(|name, value| {
        let known = name == "reasoning_summary_delivery";
        let says_nothing = matches!(value.get(), "null" | "false");
        if !known && !says_nothing {
            ignored.add(&options.path(name));
        }
        known
    });
    let known = edit.get("reasoning_summary_delivery").is_some();
    Ok(known.then(|| edit.finish().into_owned()))
}

/// A map of texts; other values are refused, so they stay behind.
fn client_metadata(ask: &Object<'_>, ignored: &mut Ignored) -> Option<Box<RawValue>> {
    ask.get("client_metadata")?;
    let Ok(Some(map)) = ask.object("client_metadata") else {
        ignored.add("client_metadata");
        return None;
    };
    let mut edit = Edit::new(&map);
    edit.retain(|name, value| {
        let is_text = value.get().starts_with('"');
        if !is_text && value.get() != "null" {
            ignored.add(&map.path(name));
        }
        is_text
    });
    Some(edit.finish().into_owned())
}

fn echo(ask: &Object<'_>, request: &Request, instructions: Option<String>) -> Echo {
    Echo {
        tools: request.tools.as_ref().map(edit::raw),
        tool_choice: request.tool_choice.as_ref().map(edit::raw),
        parallel_tool_calls: request.parallel_tool_calls,
        instructions: instructions.filter(|text| !text.is_empty()),
        metadata: ask.get("metadata").map(ToOwned::to_owned),
    }
}

impl Seed {
    pub(crate) fn new(
        ask: &Object<'_>,
        model: &str,
        instructions: Option<&str>,
        first_user_text: &str,
    ) -> Self {
        let word = |name: &str| ask.get(name).and_then(text).map(String::from);
        let cut = |text: &str| text.chars().take(512).collect::<String>();
        Self {
            prompt_cache_key: word("prompt_cache_key").as_deref().map(cut),
            user: word("user")
                .or_else(|| word("safety_identifier"))
                .as_deref()
                .map(cut),
            model: model.to_owned(),
            instructions: cut(instructions.unwrap_or_default()),
            first_user_text: cut(first_user_text),
        }
    }
}

const SEALED: &str = "reasoning.encrypted_content";

const INCLUDABLE: &[&str] = &[
    "code_interpreter_call.outputs",
    "computer_call_output.output.image_url",
    "file_search_call.results",
    "message.input_image.image_url",
    "message.output_text.logprobs",
    SEALED,
    "web_search_call.action.sources",
];

/// Fields that are dealt with above.
const HANDLED: &[&str] = &[
    "model",
    "input",
    "instructions",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "reasoning",
    "stream",
    "stream_options",
    "include",
    "service_tier",
    "prompt_cache_key",
    "text",
    "client_metadata",
];

/// Fields that the platform API takes and the plan refuses (contract backend 1.5).
const PLATFORM: &[(&str, &str)] = &[
    ("temperature", "temperature"),
    ("top_p", "top_p"),
    ("top_logprobs", "top_logprobs"),
    ("max_output_tokens", "max_output_tokens"),
    ("max_tool_calls", "max_tool_calls"),
    ("metadata", "metadata"),
    ("user", "user"),
    ("safety_identifier", "safety_identifier"),
    ("truncation", "truncation"),
    ("prompt_cache_retention", "prompt_cache_retention"),
    ("context_management", "context_management"),
];
