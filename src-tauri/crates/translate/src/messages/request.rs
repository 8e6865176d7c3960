//! The request (contract backend 8.3).

use std::sync::Arc;

use wire::Fault;
use wire::json::{Object, text};
use wire::messages::{Request as Ask, Role, Thinking};
use wire::responses::{Request, Target};

use super::conversation::{first_user_text, instructions, items};
use super::form::{text_form, tier};
use super::models::served;
use super::thinking::{Shown, reasoning, seal};
use super::tools::tools;
use crate::chat::names::Names;
use crate::ignored::Ignored;
use crate::leftover;
use crate::offer::Offer;
use crate::suffix::{self, Says};
use crate::{Ends, Given, Seed, Shape, Translated};

/// Reads a body of `POST /v1/messages`.
///
/// # Errors
/// It asks for what cannot be served; the fault names the field.
pub fn request(ask: &Object<'_>, given: &Given<'_>) -> Result<Translated, Fault> {
    let ask = Ask::read(ask.clone())?;
    refuse_prefill(&ask)?;
    refuse_thread(&ask)?;
    let served = served(&ask.model, given);
    let (model, suffix) = suffix::split(&served, given);
    let shape = Shape {
        model: ask.model.as_ref().to_owned(),
        thinking: Shown::of(ask.thinking),
        seal: seal(given.account, model),
        ends: ends(&ask, given.target)?,
        ..Shape::default()
    };
    let (mut names, mut ignored) = (Names::default(), Ignored::default());
    let told = instructions(&ask, &mut ignored);
    // The default speaks only where nobody else does.
    let has_program = ask.messages.iter().any(|one| one.role == Role::System);
    let default = match has_program {
        true => "",
        false => given.default_instructions,
    };
    let told = told.unwrap_or_else(|| default.to_owned());
    let input = items(&ask, &shape.seal, &mut names, &mut ignored)?;
    let offer = Offer::new(given, model);
    let form = form_of(&ask, given, offer, &mut names, &mut ignored)?;
    let mut request = Request {
        model: model.to_owned(),
        input,
        ..form
    };
    let says = says(&ask)?;
    suffix.settle(offer, given.target, says, &mut request, &mut ignored);
    leave(&ask, given.target, &mut request, &mut ignored)?;
    let seed = seed(&ask, &request.model, &told)?;
    request.instructions = Some(told);
    Ok(Translated {
        stream: ask.stream,
        include_usage: false,
        ignored: ignored.into_names(),
        lite: false,
        shape: Shape {
            names: Arc::new(names.into_map()),
            ..shape
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
    let (tools, tool_choice) = tools(ask, names, ignored)?;
    let is_sealed = Shown::of(ask.thinking) != Shown::Nothing && given.target == Target::Plan;
    Ok(Request {
        parallel_tool_calls: (ask.single_tool && tools.is_some()).then_some(false),
        tools,
        tool_choice,
        reasoning: reasoning(ask, offer, ignored)?,
        include: match is_sealed {
            true => vec!["reasoning.encrypted_content".to_owned()],
            false => Vec::new(),
        },
        service_tier: tier(ask, given.target, offer, ignored)?,
        text: text_form(ask.schema, ignored),
        ..Request::default()
    })
}

/// What counts more than the model's name. Thinking without a budget says nothing of how hard.
fn says(ask: &Ask<'_>) -> Result<Says, Fault> {
    let config = ask.fields.object("output_config")?;
    let budgeted = match ask.thinking {
        Thinking::Unsaid => false,
        Thinking::Disabled => true,
        Thinking::Enabled { budget, .. } => budget.is_some(),
    };
    Ok(Says {
        effort: budgeted || config.is_some_and(|config| config.get("effort").is_some()),
        tier: ["speed", "service_tier"]
            .iter()
            .any(|name| ask.fields.get(name).is_some()),
    })
}

/// `max_tokens` and `stop_sequences`. A limit of nothing is named, not kept.
fn ends(ask: &Ask<'_>, target: Target) -> Result<Ends, Fault> {
    let limits: &[&str] = match ask.fields.integer("max_tokens")? {
        Some(0) => &[],
        _ => &["max_tokens"],
    };
    Ends::read(&ask.fields, limits, Some("stop_sequences"), target)
}

/// The models behind this server begin their own answers, as Anthropic's newer ones do.
fn refuse_prefill(ask: &Ask<'_>) -> Result<(), Fault> {
    let mut spoken = ask.messages.iter().rev();
    let last = spoken.find(|message| message.role != Role::System);
    match last.map(|message| message.role) {
        Some(Role::Assistant) => Err(Fault::invalid(
            "This model does not support assistant message prefill. The conversation must end with a user message.",
            "messages",
        )),
        Some(Role::User | Role::System) | None => Ok(()),
    }
}

/// Nobody here keeps a conversation. Told so in these words, the official SDK sends all of it.
fn refuse_thread(ask: &Ask<'_>) -> Result<(), Fault> {
    match ask.fields.get("thread") {
        None => Ok(()),
        Some(_) => Err(Fault::Invalid {
            message: "threads are not kept here; send the whole conversation without `thread`"
                .into(),
            param: Some("thread".into()),
            code: Some("thread_unsupported_request"),
        }),
    }
}

/// Deals with what is not dealt with elsewhere.
fn leave(
    ask: &Ask<'_>,
    target: Target,
    request: &mut Request,
    ignored: &mut Ignored,
) -> Result<(), Fault> {
    if target == Target::Plan && ask.fields.integer("max_tokens")? == Some(0) {
        ignored.add("max_tokens");
    }
    leftover::settle(&ask.fields, HANDLED, PLATFORM, target, request, ignored);
    for (name, known) in [
        ("output_config", &["effort", "format"][..]),
        ("metadata", &["user_id"]),
    ] {
        if let Some(object) = ask.fields.object(name)? {
            for name in object.names().filter(|name| !known.contains(name)) {
                ignored.add(&object.path(name));
            }
        }
    }
    Ok(())
}

/// `metadata.user_id`, where Claude Code names its session, stands for the conversation
/// (contract backend 9).
fn seed(ask: &Ask<'_>, model: &str, instructions: &str) -> Result<Seed, Fault> {
    let first = first_user_text(ask);
    let seed = Seed::new(&ask.fields, model, Some(instructions), first);
    let metadata = ask.fields.object("metadata")?;
    let user = metadata.and_then(|metadata| metadata.get("user_id").and_then(text));
    let user: Option<String> = user.map(|user| user.chars().take(512).collect());
    Ok(Seed {
        prompt_cache_key: user.clone().filter(|user| !user.is_empty()),
        user,
        ..seed
    })
}

/// Fields that are dealt with above.
const HANDLED: &[&str] = &[
    "model",
    "messages",
    "stop_sequences",
    "system",
    "tools",
    "tool_choice",
    "thinking",
    "output_config",
    "output_format",
    "stream",
    "speed",
    "service_tier",
    "metadata",
    "cache_control",
];

/// Fields that the platform API takes and the plan refuses, with their names there.
const PLATFORM: &[(&str, &str)] = &[
    ("max_tokens", "max_output_tokens"),
    ("temperature", "temperature"),
    ("top_p", "top_p"),
];
