//! Models as Anthropic lists them.

use serde::Serialize;
use wire::catalogue::{Catalogue, Model};

/// `GET /v1/models` for Anthropic's clients: everything in one page.
#[derive(Debug, Serialize)]
pub(super) struct Listing<'a> {
    data: Vec<Entry<'a>>,
    first_id: Option<&'a str>,
    last_id: Option<&'a str>,
    has_more: bool,
}

/// One model.
#[derive(Debug, Serialize)]
pub(super) struct Entry<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: &'a str,
    display_name: &'a str,
    created_at: &'static str,
    lifecycle: &'static str,
    max_input_tokens: Option<u64>,
}

/// All models that people should see, and those in `extra`.
pub(super) fn listing<'a>(catalogue: &'a Catalogue, extra: &'a [String]) -> Listing<'a> {
    let listed = catalogue.models.iter().filter(|model| model.listed);
    let new = extra.iter().filter(|extra| {
        let known = catalogue.find(extra);
        known.is_none_or(|model| !model.listed)
    });
    let data: Vec<_> = listed
        .map(|model| Entry::of(&model.slug, model))
        .chain(new.map(|extra| Entry::extra(extra)))
        .collect();
    Listing {
        first_id: data.first().map(|entry| entry.id),
        last_id: data.last().map(|entry| entry.id),
        data,
        has_more: false,
    }
}

/// What of the query is not heeded.
pub(super) fn unheeded(query: Option<&str>) -> Vec<String> {
    let query = query.unwrap_or_default().as_bytes();
    let names = url::form_urlencoded::parse(query).map(|(name, _)| name);
    let pages = names.filter(|name| PAGES.contains(&name.as_ref()));
    pages.map(String::from).collect()
}

impl<'a> Entry<'a> {
    /// `model` under the name `id`.
    pub(super) fn of(id: &'a str, model: &'a Model) -> Self {
        Self {
            display_name: model.display_name.as_deref().unwrap_or(&model.slug),
            max_input_tokens: model.context_window,
            ..Self::extra(id)
        }
    }

    /// A model of which only the name is known.
    pub(super) fn extra(id: &'a str) -> Self {
        Self {
            kind: "model",
            id,
            display_name: id,
            created_at: UNKNOWN,
            lifecycle: "active",
            max_input_tokens: None,
        }
    }
}

/// What the official API says of a model whose date nobody knows.
const UNKNOWN: &str = "1970-01-01T00:00:00Z";
const PAGES: &[&str] = &["limit", "before_id", "after_id"];
