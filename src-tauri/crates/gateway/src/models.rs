//! The account's models, in the shapes that clients know (contract backend 5, 10.2).

mod anthropic;
mod tag;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use http::header::{CACHE_CONTROL, ETAG};
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use serde::Serialize;
use serde_json::value::RawValue;
use store::Settings;
use translate::Given;
use translate::messages::served;
use wire::catalogue::{Catalogue, Model};
use wire::{Fault, Words};

use crate::credential;
use crate::exchange::Exchange;
use crate::lease::Lease;
use crate::respond::{Answer, Content, Refusal};
use crate::route::List;

/// All models that people should see, and those that the settings add.
/// A client that has the list already is told just that.
pub(crate) async fn list(
    exchange: &mut Exchange,
    shape: List,
    head: &Parts,
) -> Result<Answer, Refusal> {
    let headers = &head.headers;
    let catalogue = catalogue(exchange).await?;
    Ok(match shape {
        List::OpenAi => tagged(
            &Listing {
                object: "list",
                data: entries(&catalogue, &exchange.settings),
            },
            None,
            headers,
        ),
        List::Codex => {
            let models: Vec<_> = catalogue.models.iter().map(Model::codex_entry).collect();
            // The backend's tag also comes with answers: it stands for the list as it came.
            let is_untouched = models.iter().all(|model| matches!(model, Cow::Borrowed(_)));
            let tag = catalogue.etag.clone().filter(|_| is_untouched);
            tagged(&CodexListing { models }, tag, headers)
        }
        List::Anthropic => {
            // All are told at once, so there are no pages to choose from.
            exchange.ignored = anthropic::unheeded(head.uri.query());
            let listing = anthropic::listing(&catalogue, &exchange.settings.extra_models);
            tagged(&listing, None, headers)
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
    let known = catalogue.find(id).map(Entry::of).or_else(extra);
    let suffixes = &exchange.settings.model_suffixes;
    let variant = || variants(&catalogue, suffixes).find(|entry| entry.id == id);
    match known.or_else(variant) {
        Some(entry) => Ok(json(&entry)),
        None => Err(Refusal::NoSuchModel(no_such(id, &catalogue))),
    }
}

/// One model as Anthropic shows it, by its own name or by one that it serves.
pub(crate) async fn anthropic_one(exchange: &mut Exchange, id: &str) -> Result<Answer, Refusal> {
    let catalogue = catalogue(exchange).await?;
    let settings = &exchange.settings;
    let is_extra = settings.extra_models.iter().any(|extra| extra == id);
    let given = Given {
        catalogue: Some(&catalogue),
        model_map: &settings.model_map,
        ..Given::default()
    };
    match catalogue.find(&served(id, &given)) {
        Some(model) => Ok(json(&anthropic::Entry::of(id, model))),
        None if is_extra => Ok(json(&anthropic::Entry::extra(id))),
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
    let mut lease = Lease::of(&house.parts.accounts, pass.clone());
    let ask = async {
        loop {
            let asked = house.parts.upstream.catalogue(&lease.credential()).await;
            match asked {
                Ok(catalogue) => return Ok(catalogue),
                Err(fault) => lease.renew(fault).await?,
            }
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

/// What [`names`] names, and after it the variants that the settings want.
fn entries<'a>(catalogue: &'a Catalogue, settings: &'a Settings) -> Vec<Entry<'a>> {
    let extra = &settings.extra_models;
    let listed = |name: &str| catalogue.find(name).filter(|model| model.listed);
    let entry = |name| listed(name).map_or_else(|| Entry::extra(name), Entry::of);
    let own = names(catalogue, extra).map(entry);
    let is_new = |entry: &Entry<'_>| !extra.iter().any(|extra| *extra == entry.id);
    let variants = variants(catalogue, &settings.model_suffixes).filter(is_new);
    own.chain(variants).collect()
}

/// Listed models under the names by which they are asked for with an effort or a tier; never one
/// that the catalogue has itself.
fn variants<'a>(
    catalogue: &'a Catalogue,
    suffixes: &'a [&'static str],
) -> impl Iterator<Item = Entry<'a>> {
    let listed = catalogue.models.iter().filter(|model| model.listed);
    let named = listed.flat_map(move |model| {
        let names = translate::variants(model, suffixes).into_iter();
        names.map(move |name| (name, model))
    });
    let new = named.filter(|(name, _)| catalogue.find(name).is_none());
    new.map(|(name, model)| Entry {
        id: name.into(),
        ..Entry::of(model)
    })
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

/// A list with its tag, or only the tag where the client has that list.
fn tagged(document: &impl Serialize, tag: Option<String>, headers: &HeaderMap) -> Answer {
    let mut answer = json(document);
    if let Content::Json(body, _) = &answer.content {
        let tag = tag.unwrap_or_else(|| tag::of(body));
        if tag::is_known(headers, &tag) {
            answer.content = Content::Unchanged;
        }
        if let Ok(tag) = HeaderValue::try_from(tag) {
            answer.headers.insert(ETAG, tag);
            answer.headers.insert(CACHE_CONTROL, ASK_FIRST);
        }
    }
    answer
}

pub(crate) fn json(document: &impl Serialize) -> Answer {
    let json = serde_json::to_vec(document);
    debug_assert!(json.is_ok(), "a list serializes into memory");
    Answer::json(json.unwrap_or_default())
}

#[derive(Serialize)]
struct CodexListing<'a> {
    models: Vec<Cow<'a, RawValue>>,
}

#[derive(Serialize)]
struct Listing<'a> {
    object: &'static str,
    data: Vec<Entry<'a>>,
}

/// A model as OpenAI lists it, with what else a program may want to know.
#[derive(Serialize)]
struct Entry<'a> {
    id: Cow<'a, str>,
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
            id: id.into(),
            object: "model",
            created: CREATED,
            owned_by: "openai",
            context_window: None,
            efforts: Vec::new(),
            default_effort: None,
        }
    }
}

/// A list may be kept, but is not used without asking whether it still holds.
const ASK_FIRST: HeaderValue = HeaderValue::from_static("private, no-cache");
/// A Codex client waits five seconds (contract backend 5).
const PATIENCE: Duration = Duration::from_millis(4500);
/// Nobody tells when a model was made, and clients demand a number: 2025-01-01T00:00:00Z.
pub(crate) const CREATED: i64 = 1_735_689_600;
