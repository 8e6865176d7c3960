//! The request (contract backend 8.1, the recommended column).

use std::sync::Arc;

use serde::Serialize;
use wire::chat::{Format, Request as Ask};
use wire::json::{Object, text};
use wire::responses::{Reasoning, Request, Summary, Target, Text};
use wire::{Effort, Fault};

use super::messages::{conversation, first_user_text, has_program};
use super::names::Names;
use super::strangers;
use super::tools::tools;
use crate::edit;
use crate::ignored::Ignored;
use crate::leftover;
use crate::offer::{self, Offer};
use crate::suffix::{self, Says};
use crate::{ChatReasoning, Ends, Given, Seed, Shape, Translated};

/// Reads a body of `POST /v1/chat/completions`.
///
/// # Errors
/// It asks for what cannot be served; the fault names the field.
pub fn request(ask: &Object<'_>, given: &Given<'_>) -> Result<Translated, Fault> {
    let ask = Ask::read(ask.clone())?;
    refuse(&ask.fields)?;
    let more_choices = more_choices(&ask.fields)?;
    let mut names = Names::default();
    let mut ignored = Ignored::default();
    let keep_leading = matches!(ask.format, Some(Format::Json));
    let told = conversation(&ask.messages, keep_leading, &mut names, &mut ignored)?;
    // The default speaks only where nobody else does.
    let default = match has_program(&ask.messages) {
        true => "",
        false => given.default_instructions,
    };
    let instructions = told.instructions.unwrap_or_else(|| default.to_owned());
    strangers::named(&ask.fields, &mut ignored)?;
    let (slug, suffix) = suffix::split(&ask.model, given);
    let offer = Offer::new(given, slug);
    let mut request = form_of(&ask, given, offer, &mut names, &mut ignored)?;
    let says = Says {
        effort: ask.fields.get("reasoning_effort").is_some(),
        tier: ask.fields.get("service_tier").is_some(),
    };
    suffix.settle(offer, given.target, says, &mut request, &mut ignored);
    request.model = slug.to_owned();
    request.input = told.items;
    leftover::settle(
        &ask.fields,
        &[HANDLED, kept(given)].concat(),
        PLATFORM,
        given.target,
        &mut request,
        &mut ignored,
    );
    let first_user_text = first_user_text(&ask.messages);
    let seed = Seed::new(&ask.fields, slug, Some(&instructions), first_user_text);
    request.instructions = Some(instructions);
    let limits = ["max_completion_tokens", "max_tokens"];
    let ends = Ends::read(&ask.fields, &limits, Some("stop"), given.target)?;
    Ok(Translated {
        stream: ask.stream,
        include_usage: ask.include_usage,
        ignored: ignored.into_names(),
        lite: false,
        shape: Shape {
            model: ask.model.as_ref().to_owned(),
            include_usage: ask.include_usage,
            chat_reasoning: given.chat_reasoning,
            legacy_functions: ask.legacy_functions,
            structured: matches!(ask.format, Some(Format::Json | Format::Schema { .. })),
            names: Arc::new(names.into_map()),
            ends,
            more_choices,
            ..Shape::default()
        },
        seed,
        request,
    })
}

/// Everything but the conversation.
fn form_of(
    ask: &Ask<'_>,
    given: &Given<'_>,
    offer: Offer<'_>,
    names: &mut Names,
    ignored: &mut Ignored,
) -> Result<Request, Fault> {
    let (tools, tool_choice) = tools(ask, given.target, names, ignored)?;
    let parallel = ask.fields.flag("parallel_tool_calls")?;
    // A client of the old form can hear of one call only.
    let parallel = if ask.legacy_functions {
        Some(false)
    } else {
        parallel
    };
    let verbosity = offer.verbosity(&ask.fields, "verbosity", ignored)?;
    let format = ask.format.as_ref().map(format);
    let says_form = verbosity.is_some() || format.is_some();
    stream_options(&ask.fields, ignored)?;
    Ok(Request {
        parallel_tool_calls: parallel.filter(|_| tools.is_some()),
        tools,
        tool_choice,
        reasoning: reasoning(ask, given, offer, ignored)?,
        include: match given.target {
            Target::Plan => vec!["reasoning.encrypted_content".to_owned()],
            Target::Platform => Vec::new(),
        },
        service_tier: offer.tier(&ask.fields, ignored)?,
        prompt_cache_key: offer::cache_key(&ask.fields)?,
        text: says_form.then_some(Text { verbosity, format }),
        ..Request::default()
    })
}

/// A summary is asked for where the client may see it and the model surely writes one.
fn reasoning(
    ask: &Ask<'_>,
    given: &Given<'_>,
    offer: Offer<'_>,
    ignored: &mut Ignored,
) -> Result<Option<Reasoning>, Fault> {
    let effort = offer.effort(&ask.fields, "reasoning_effort", ignored)?;
    let shown = match given.chat_reasoning {
        ChatReasoning::Content | ChatReasoning::ThinkTags => offer.surely_takes_summary(),
        ChatReasoning::Hidden => false,
    };
    let reasoning = Reasoning {
        effort,
        summary: (shown && effort != Some(Effort::None)).then_some(Summary::Auto),
        context: None,
    };
    Ok((reasoning != Reasoning::default()).then_some(reasoning))
}

/// `text.format`.
pub(crate) fn format(format: &Format<'_>) -> Box<serde_json::value::RawValue> {
    #[derive(Serialize)]
    struct Flat<'a> {
        r#type: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        strict: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        schema: Option<&'a serde_json::value::RawValue>,
    }
    let plain = |kind| Flat {
        r#type: kind,
        name: None,
        description: None,
        strict: None,
        schema: None,
    };
    edit::raw(&match format {
        Format::Text => plain("text"),
        Format::Json => plain("json_object"),
        Format::Schema {
            name,
            description,
            schema,
            strict,
        } => Flat {
            name: Some(name),
            description: description.as_deref(),
            strict: *strict,
            schema: Some(schema),
            ..plain("json_schema")
        },
    })
}

/// What cannot be done without changing what the client gets.
fn refuse(fields: &Object<'_>) -> Result<(), Fault> {
    let mut modalities = fields.list("modalities")?.into_iter().flatten();
    if modalities.any(|raw| text(raw).as_deref() != Some("text")) {
        return Err(Fault::Invalid {
            message: "only 'text' is made here".to_owned(),
            param: Some("modalities".to_owned()),
            code: Some("unsupported_value"),
        });
    }
    Ok(())
}

/// Fields that the store deals with. The platform is told the metadata all the same.
fn kept(given: &Given<'_>) -> &'static [&'static str] {
    match (given.stored, given.target) {
        (true, Target::Plan) => &["store", "metadata"],
        (true, Target::Platform) => &["store"],
        (false, Target::Plan | Target::Platform) => &[],
    }
}

/// `n`, without the first. The backend knows no choices (contract backend 1.5), so each is a request
/// of its own.
fn more_choices(fields: &Object<'_>) -> Result<usize, Fault> {
    let path = fields.path("n");
    let (message, code) = match fields.integer("n")?.map(usize::try_from) {
        None => return Ok(0),
        Some(Ok(count @ 1..=MOST_CHOICES)) => return Ok(count - 1),
        Some(Ok(0) | Err(_)) => (
            format!("Invalid '{path}': integer below minimum value. Expected a value >= 1."),
            "integer_below_min_value",
        ),
        Some(Ok(_)) => (
            format!(
                "at most {MOST_CHOICES} choices are made per request, because each is a request of \
                 its own to the backend; send several requests instead of a larger '{path}'"
            ),
            "integer_above_max_value",
        ),
    };
    Err(Fault::Invalid {
        message,
        param: Some(path),
        code: Some(code),
    })
}

/// `include_usage` is honoured; anything else that says something is not.
pub(crate) fn stream_options(fields: &Object<'_>, ignored: &mut Ignored) -> Result<(), Fault> {
    let Some(options) = fields.object("stream_options")? else {
        return Ok(());
    };
    for (name, value) in options.entries() {
        let says_nothing = matches!(value.get(), "null" | "false");
        if name != "include_usage" && !says_nothing {
            ignored.add(&options.path(name));
        }
    }
    Ok(())
}

/// Choices of one request. The platform makes more, but each costs the plan a request here.
const MOST_CHOICES: usize = 8;

/// Fields that are dealt with above.
const HANDLED: &[&str] = &[
    "model",
    "messages",
    "tools",
    "tool_choice",
    "functions",
    "function_call",
    "parallel_tool_calls",
    "response_format",
    "web_search_options",
    "reasoning_effort",
    "verbosity",
    "stream",
    "stream_options",
    "service_tier",
    "prompt_cache_key",
    "n",
    "modalities",
    "stop",
];

/// Fields that the platform API takes and the plan refuses, with their names there.
const PLATFORM: &[(&str, &str)] = &[
    ("temperature", "temperature"),
    ("top_p", "top_p"),
    ("max_tokens", "max_output_tokens"),
    ("max_completion_tokens", "max_output_tokens"),
    ("metadata", "metadata"),
    ("user", "user"),
    ("safety_identifier", "safety_identifier"),
    ("prompt_cache_retention", "prompt_cache_retention"),
];
