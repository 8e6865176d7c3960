//! What a complete item says, and where each text of an answer stands.

use std::borrow::Cow;

use serde_json::value::RawValue;
use wire::json::{Object, text};
use wire::messages::{Citation, WebResult};
use wire::responses::{Kind, Place};

use crate::edit::raw;

/// One text of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Slot {
    pub(super) voice: Voice,
    pub(super) output_index: u32,
    /// The part's index within the item.
    pub(super) inner: u32,
}

/// What a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Voice {
    Text,
    Refusal,
    Summary,
    /// Raw reasoning, whose parts are counted beside those of the summary.
    Reasoning,
}

impl Slot {
    /// The text that an event of `kind` belongs to.
    pub(super) fn of(kind: Kind, place: &Place<'_>) -> Self {
        let (voice, inner) = match kind {
            Kind::RefusalDelta | Kind::RefusalDone => (Voice::Refusal, place.content_index),
            Kind::SummaryDelta | Kind::SummaryDone => (Voice::Summary, place.summary_index),
            Kind::ReasoningDelta | Kind::ReasoningDone => (Voice::Reasoning, place.content_index),
            _ => (Voice::Text, place.content_index),
        };
        Self {
            voice,
            output_index: place.output_index,
            inner,
        }
    }
}

/// A text of an item, with its citations.
#[derive(Debug)]
pub(super) struct Part<'a> {
    pub(super) slot: Slot,
    pub(super) text: Cow<'a, str>,
    pub(super) citations: Vec<Citation<'a>>,
}

/// The texts of a message or a reasoning item.
pub(super) fn parts<'a>(kind: &str, item: &Object<'a>, output_index: u32) -> Vec<Part<'a>> {
    let of = |name: &str, voice: Voice| {
        let parts = item.objects(name).ok().flatten().unwrap_or_default();
        (0..)
            .zip(parts)
            .filter_map(move |(inner, part)| {
                let refusal = part.get("refusal").and_then(text);
                let (voice, text) = match refusal {
                    Some(refusal) => (Voice::Refusal, refusal),
                    None => (voice, part.get("text").and_then(text)?),
                };
                let cited = part.objects("annotations").ok().flatten();
                let cited = cited.unwrap_or_default();
                Some(Part {
                    slot: Slot {
                        voice,
                        output_index,
                        inner,
                    },
                    text,
                    citations: cited.iter().filter_map(citation).collect(),
                })
            })
            .collect::<Vec<_>>()
    };
    match kind {
        "message" => of("content", Voice::Text),
        "reasoning" => {
            let mut parts = of("summary", Voice::Summary);
            parts.extend(of("content", Voice::Reasoning));
            parts
        }
        _ => Vec::new(),
    }
}

/// A citation in this dialect's shape, where it is one of a page.
pub(super) fn citation<'a>(annotation: &Object<'a>) -> Option<Citation<'a>> {
    let word = |name: &str| annotation.get(name).and_then(text);
    if word("type")? != "url_citation" {
        return None;
    }
    Some(Citation {
        kind: "web_search_result_location",
        url: word("url")?,
        title: word("title").unwrap_or_default(),
        cited_text: "",
        encrypted_index: "",
    })
}

/// What was searched for: the action without its type and its sources.
pub(super) fn search_input(action: &Object<'_>) -> Box<RawValue> {
    let fields = action.entries().iter();
    let told = fields.filter(|(name, _)| !matches!(name.as_ref(), "type" | "sources"));
    let told: std::collections::BTreeMap<&str, &RawValue> =
        told.map(|(name, raw)| (name.as_ref(), *raw)).collect();
    raw(&told)
}

/// The pages that a search names.
pub(super) fn pages(action: &Object<'_>) -> Vec<WebResult> {
    let sources = action.objects("sources").ok().flatten().unwrap_or_default();
    let page = |source: &Object<'_>| {
        let url = source.get("url").and_then(text)?.into_owned();
        Some(WebResult {
            kind: "web_search_result",
            title: url.clone(),
            url,
            encrypted_content: "",
            page_age: None,
        })
    };
    sources.iter().filter_map(page).collect()
}
