//! The request: the prompt becomes what a person says in a chat.

use wire::Fault;
use wire::completions::Request as Ask;
use wire::json::Object;
use wire::responses::{Item, Part, Request, Role, Target};

use crate::ignored::Ignored;
use crate::offer::{self, Offer};
use crate::suffix::{self, Says};
use crate::{ChatReasoning, Ends, Given, Seed, Shape, Translated, chat, leftover};

/// Reads a body of `POST /v1/completions`.
///
/// # Errors
/// It asks for what cannot be served; the fault names the field.
pub fn request(ask: &Object<'_>, given: &Given<'_>) -> Result<Translated, Fault> {
    let ask = Ask::read(ask.clone())?;
    refuse(&ask.fields)?;
    let mut ignored = Ignored::default();
    let (slug, suffix) = suffix::split(&ask.model, given);
    let offer = Offer::new(given, slug);
    chat::stream_options(&ask.fields, &mut ignored)?;
    let mut request = Request {
        model: slug.to_owned(),
        instructions: Some(given.default_instructions.to_owned()),
        input: vec![Item::Message {
            role: Role::User,
            content: vec![Part::InputText {
                text: ask.prompt.as_ref().to_owned(),
            }],
        }],
        include: match given.target {
            Target::Plan => vec!["reasoning.encrypted_content".to_owned()],
            Target::Platform => Vec::new(),
        },
        service_tier: offer.tier(&ask.fields, &mut ignored)?,
        prompt_cache_key: offer::cache_key(&ask.fields)?,
        ..Request::default()
    };
    let says = Says {
        effort: false,
        tier: ask.fields.get("service_tier").is_some(),
    };
    suffix.settle(offer, given.target, says, &mut request, &mut ignored);
    leftover::settle(
        &ask.fields,
        HANDLED,
        PLATFORM,
        given.target,
        &mut request,
        &mut ignored,
    );
    Ok(Translated {
        stream: ask.stream,
        include_usage: ask.include_usage,
        ignored: ignored.into_names(),
        lite: false,
        shape: Shape {
            model: ask.model.as_ref().to_owned(),
            include_usage: ask.include_usage,
            chat_reasoning: ChatReasoning::Hidden,
            ends: Ends::read(&ask.fields, &["max_tokens"], Some("stop"), given.target)?,
            ..Shape::default()
        },
        seed: Seed::new(
            &ask.fields,
            slug,
            Some(given.default_instructions),
            &ask.prompt,
        ),
        request,
    })
}

/// What cannot be done without changing what the client gets.
fn refuse(fields: &Object<'_>) -> Result<(), Fault> {
    let no = |name: &str, message: &str| {
        Err(Fault::Invalid {
            message: message.to_owned(),
            param: Some(name.to_owned()),
            code: Some("unsupported_value"),
        })
    };
    for name in ["n", "best_of"] {
        if !matches!(fields.integer(name)?, None | Some(1)) {
            return no(
                name,
                "only one choice is made per request; send several requests instead",
            );
        }
    }
    if fields.flag("echo")? == Some(true) {
        return no(
            "echo",
            "the prompt is not told back; put it before the text",
        );
    }
    match fields.text("suffix")? {
        Some(suffix) if !suffix.is_empty() => no(
            "suffix",
            "the models behind this server cannot fill in between 'prompt' and 'suffix'",
        ),
        _ => Ok(()),
    }
}

/// Fields that are dealt with above.
const HANDLED: &[&str] = &[
    "model",
    "prompt",
    "stop",
    "stream",
    "stream_options",
    "service_tier",
    "prompt_cache_key",
    "n",
    "best_of",
    "echo",
    "suffix",
];

/// Fields that the platform API takes and the plan refuses, with their names there.
const PLATFORM: &[(&str, &str)] = &[
    ("temperature", "temperature"),
    ("top_p", "top_p"),
    ("max_tokens", "max_output_tokens"),
    ("user", "user"),
];
