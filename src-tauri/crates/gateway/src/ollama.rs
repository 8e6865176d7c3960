//! What only the Ollama door serves: its greeting, the account's models in its words, and its two
//! ways to ask (contract backend 8.4).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use http::HeaderMap;
use http::request::Parts;
use hyper::body::Incoming;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use translate::{Dialect, OllamaForm};
use wire::catalogue::Model;
use wire::json::Object;
use wire::ollama::{Details, Entry, Running, Shown, Tags, Version, slug, timestamp};

use crate::exchange::Exchange;
use crate::respond::{Answer, Content, Refusal};
use crate::route::Ask;
use crate::{models, service, speak};

/// Answers what was asked for at the Ollama door.
pub(crate) async fn answer(
    exchange: &mut Exchange,
    head: &Parts,
    ask: Ask,
    incoming: &mut Incoming,
) -> Result<Answer, Refusal> {
    match ask {
        Ask::Greeting => Ok(greeting()),
        Ask::Version => Ok(models::json(&Version { version: SPOKEN })),
        Ask::Tags => {
            exchange.let_in(&head.headers)?;
            tags(exchange).await
        }
        Ask::Running => {
            exchange.let_in(&head.headers)?;
            Ok(models::json(&Running::default()))
        }
        Ask::Show => {
            exchange.let_in(&head.headers)?;
            let body = service::read(exchange, head, incoming).await?;
            show(exchange, &Object::body(&body)?).await
        }
        Ask::Speak(form) => speak(exchange, head, form, incoming).await,
        Ask::Unserved(fault) => {
            exchange.let_in(&head.headers)?;
            Err(fault.into())
        }
    }
}

fn greeting() -> Answer {
    Answer {
        headers: HeaderMap::new(),
        content: Content::Word {
            ready: true,
            word: "Ollama is running",
        },
    }
}

async fn speak(
    exchange: &mut Exchange,
    head: &Parts,
    form: OllamaForm,
    incoming: &mut Incoming,
) -> Result<Answer, Refusal> {
    let key = exchange.let_in(&head.headers)?;
    let body = service::read(exchange, head, incoming).await?;
    if let Some(loaded) = translate::ollama::loaded(form, &body, &exchange.born()) {
        return Ok(Answer::json(loaded));
    }
    let asked = speak::Request {
        dialect: Dialect::Ollama(form),
        key: &key.id,
        headers: &head.headers,
        body,
        socket: None,
    };
    speak::answer(exchange, asked).await
}

async fn tags(exchange: &mut Exchange) -> Result<Answer, Refusal> {
    let catalogue = models::catalogue(exchange).await?;
    let listed = models::names(&catalogue, &exchange.settings.extra_models);
    let models = listed.map(|name| entry(name, catalogue.find(name)));
    Ok(models::json(&Tags {
        models: models.collect(),
    }))
}

/// One model, listed or not.
async fn show(exchange: &mut Exchange, asked: &Object<'_>) -> Result<Answer, Refusal> {
    let name = match asked.get("model") {
        Some(_) => asked.need_text("model")?,
        // What the field was called before.
        None => asked
            .need_text("name")
            .map_err(|_| asked.missing("model"))?,
    };
    let catalogue = models::catalogue(exchange).await?;
    let name = slug(&name);
    let known = catalogue.find(name);
    let is_extra = exchange
        .settings
        .extra_models
        .iter()
        .any(|extra| extra == name);
    if known.is_none() && !is_extra {
        return Err(Refusal::NoSuchModel(models::no_such(name, &catalogue)));
    }
    Ok(models::json(&shown(known)))
}

fn entry<'a>(name: &'a str, model: Option<&Model>) -> Entry<'a> {
    Entry {
        name,
        model: name,
        modified_at: timestamp(models::CREATED),
        size: 0,
        digest: digest(name),
        details: details(),
        capabilities: capabilities(model),
    }
}

fn shown(model: Option<&Model>) -> Shown {
    let mut model_info = BTreeMap::from([("general.architecture".to_owned(), FAMILY.into())]);
    if let Some(window) = model.and_then(|model| model.context_window) {
        model_info.insert(format!("{FAMILY}.context_length"), window.into());
    }
    Shown {
        modelfile: "",
        parameters: "",
        template: "",
        details: details(),
        model_info,
        capabilities: capabilities(model),
        modified_at: timestamp(models::CREATED),
    }
}

fn details() -> Details {
    Details {
        family: FAMILY,
        families: vec![FAMILY],
        ..Details::default()
    }
}

/// What the catalogue says, and everything where it says nothing.
fn capabilities(model: Option<&Model>) -> Vec<&'static str> {
    #[derive(Deserialize)]
    struct Inputs {
        input_modalities: Option<Vec<String>>,
    }
    let inputs = model.and_then(|model| serde_json::from_str::<Inputs>(model.raw.get()).ok());
    let inputs = inputs.and_then(|inputs| inputs.input_modalities);
    let sees = inputs.is_none_or(|inputs| inputs.iter().any(|input| input == "image"));
    let thinks = model.is_none_or(|model| !model.efforts.is_empty());
    let all = [
        ("completion", true),
        ("tools", true),
        ("vision", sees),
        ("thinking", thinks),
    ];
    all.iter()
        .filter(|(_, can)| *can)
        .map(|(word, _)| *word)
        .collect()
}

/// Of the name: there are no bytes, and no two models may share one.
fn digest(name: &str) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(name.as_bytes()) {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// The version of Ollama whose dialect this is. A Codex CLI asks for at least 0.13.4.
const SPOKEN: &str = "0.13.4";
/// Whose models these are, as in the OpenAI list; nothing else is known of how they are made.
const FAMILY: &str = "openai";
