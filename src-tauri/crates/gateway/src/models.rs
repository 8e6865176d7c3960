//! The account's models, in the two shapes that clients know (contract backend 5, 10.2).

use std::sync::Arc;
use std::time::Duration;

use http::header::ETAG;
use http::{HeaderMap, HeaderValue};
use serde::Serialize;
use serde_json::value::RawValue;
use wire::catalogue::{Catalogue, Model};
use wire::{Fault, Words};

use crate::credential;
use crate::exchange::Exchange;
use crate::respond::{Answer, Refusal};
use crate::route::List;

/// All models that people should see, and those that the settings add.
pub(crate) async fn list(exchange: &mut Exchange, shape: List) -> Result<Answer, Refusal> {
    let catalogue = catalogue(exchange).await?;
    Ok(match shape {
        List::OpenAi => json(&Listing {
            object: "list",
            data: entries(&catalogue, &exchange.settings.extra_models).collect(),
        }),
        List::Codex => {
            let mut answer = json(&CodexListing {
                models: catalogue.models.iter().map(|model| &*model.raw).collect(),
            });
            answer.headers = etag(&catalogue);
            answer
        }
    })
}

/// One model, listed or not.
pub(crate) async fn one(exchange: &mut Exchange, id: &str) -> Result<Answer, Refusal> {
    let catalogue = catalogue(exchange).await?;
    let extra = || {
        let mut extras = exchange.settings.extra_models.iter();
        extras
            .find(|extra| *extra == id)
            .map(|extra| Entry::extra(extra))
    };
    match catalogue.find(id).map(Entry::of).or_else(extra) {
        Some(entry) => Ok(json(&entry)),
        None => Err(Refusal::NoSuchModel(no_such(id, &catalogue))),
    }
}

/// The list as it is now, else as it was last seen.
pub(crate) async fn catalogue(exchange: &mut Exchange) -> Result<Arc<Catalogue>, Fault> {
    let house = Arc::clone(&exchange.house);
    let pass = credential::pass(&house.parts.accounts).await?;
    exchange
        .held
        .note(|line| line.account = Some(pass.account.as_str().to_owned()));
    let ask = async {
        let client = &house.parts.upstream;
        match client.catalogue(&credential::credential(&pass)).await {
            Err(Fault::Unauthorized(_)) => {
                let pass = credential::recover(&house.parts.accounts, &pass).await?;
                client.catalogue(&credential::credential(&pass)).await
            }
            asked => asked,
        }
    };
    let clock = &house.parts.clock;
    match clock.timeout(PATIENCE, ask).await {
        Some(Ok(catalogue)) => {
            house
                .shelf
                .keep(pass.account.as_str(), Arc::clone(&catalogue), clock);
            Ok(catalogue)
        }
        Some(Err(fault)) => Err(fault),
        None => house
            .shelf
            .last(pass.account.as_str())
            .ok_or(Fault::Silent {
                seconds: PATIENCE.as_secs(),
            }),
    }
}

fn entries<'a>(catalogue: &'a Catalogue, extra: &'a [String]) -> impl Iterator<Item = Entry<'a>> {
    let listed = |name: &str| catalogue.find(name).filter(|model| model.listed);
    names(catalogue, extra)
        .map(move |name| listed(name).map_or_else(|| Entry::extra(name), Entry::of))
}

/// The models that people should see, and those that the settings add.
pub(crate) fn names<'a>(
    catalogue: &'a Catalogue,
    extra: &'a [String],
) -> impl Iterator<Item = &'a str> {
    let listed = catalogue.models.iter().filter(|model| model.listed);
    let new = extra.iter().filter(|extra| {
        let known = catalogue.find(extra);
        known.is_none_or(|model| !model.listed)
    });
    let listed = listed.map(|model| model.slug.as_str());
    listed.chain(new.map(String::as_str))
}

/// Says what the account has, because names of models change every few weeks.
pub(crate) fn no_such(id: &str, catalogue: &Catalogue) -> Fault {
    let listed = catalogue.models.iter().filter(|model| model.listed);
    let listed: Vec<_> = listed.map(|model| model.slug.as_str()).collect();
    let asked: String = id.chars().take(128).collect();
    Fault::Refused {
        status: 404,
        words: Box::new(Words {
            message: format!(
                "the model `{asked}` is not offered to this account; it has: {}",
                listed.join(", ")
            ),
            kind: Some("invalid_request_error".to_owned()),
            code: Some("model_not_found".to_owned()),
            param: Some("model".to_owned()),
            request_id: None,
        }),
    }
}

fn etag(catalogue: &Catalogue) -> HeaderMap {
    let tag = catalogue
        .etag
        .as_deref()
        .and_then(|tag| HeaderValue::from_str(tag).ok());
    tag.map(|tag| (ETAG, tag)).into_iter().collect()
}

pub(crate) fn json(document: &impl Serialize) -> Answer {
    let json = serde_json::to_vec(document);
    debug_assert!(json.is_ok(), "a list serializes into memory");
    Answer::json(json.unwrap_or_default())
}

#[derive(Serialize)]
struct CodexListing<'a> {
    models: Vec<&'a RawValue>,
}

#[derive(Serialize)]
struct Listing<'a> {
    object: &'static str,
    data: Vec<Entry<'a>>,
}

/// A model as OpenAI lists it, with what else a program may want to know.
#[derive(Serialize)]
struct Entry<'a> {
    id: &'a str,
    object: &'static str,
    created: i64,
    owned_by: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    context_window: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    efforts: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_effort: Option<&'static str>,
}

impl<'a> Entry<'a> {
    fn of(model: &'a Model) -> Self {
        let mut efforts: Vec<_> = model.efforts.iter().map(|effort| effort.as_str()).collect();
        efforts.dedup();
        Self {
            context_window: model.context_window,
            efforts,
            default_effort: model.default_effort.map(wire::Effort::as_str),
            ..Self::extra(&model.slug)
        }
    }

    fn extra(id: &'a str) -> Self {
        Self {
            id,
            object: "model",
            created: CREATED,
            owned_by: "openai",
            context_window: None,
            efforts: Vec::new(),
            default_effort: None,
        }
    }
}

/// A Codex client waits five seconds (contract backend 5).
const PATIENCE: Duration = Duration::from_millis(4500);
/// Nobody tells when a model was made, and clients demand a number: 2025-01-01T00:00:00Z.
pub(crate) const CREATED: i64 = 1_735_689_600;
