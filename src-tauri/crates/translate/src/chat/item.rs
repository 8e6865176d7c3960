//! What a complete item says.

use std::borrow::Cow;

use wire::chat::UrlCitation;
use wire::json::{Object, text};

use super::spans::{Channel, Slot};

/// One text of an item, with its citations.
#[derive(Debug)]
pub(super) struct Part<'a> {
    pub(super) slot: Slot,
    pub(super) text: Cow<'a, str>,
    pub(super) annotations: Vec<Object<'a>>,
}

/// The texts of an item of type `kind`; none for calls and hosted tools.
pub(super) fn parts<'a>(kind: &str, item: &Object<'a>, output_index: u32) -> Vec<Part<'a>> {
    let list = |name: &str| item.objects(name).ok().flatten().unwrap_or_default();
    let part = |channel, raw| {
        move |(inner, part): (u32, Object<'a>)| {
            let refusal = part
                .get("type")
                .is_some_and(|kind| kind.get() == "\"refusal\"");
            let (channel, name) = match refusal {
                true => (Channel::Refusal, "refusal"),
                false => (channel, "text"),
            };
            Some(Part {
                slot: Slot {
                    channel,
                    output_index,
                    inner,
                    raw,
                },
                text: part.get(name).and_then(text)?,
                annotations: part
                    .objects("annotations")
                    .ok()
                    .flatten()
                    .unwrap_or_default(),
            })
        }
    };
    let counted = |name: &str| (0..).zip(list(name));
    match kind {
        "message" => counted("content")
            .filter_map(part(Channel::Content, false))
            .collect(),
        "reasoning" => counted("summary")
            .filter_map(part(Channel::Reasoning, false))
            .chain(counted("content").filter_map(part(Channel::Reasoning, true)))
            .collect(),
        _ => Vec::new(),
    }
}

/// A citation in this dialect's shape. Its place counts from the beginning of the content, of
/// which `before` characters come before the cited text.
pub(super) fn citation<'a>(annotation: &Object<'a>, before: u64) -> Option<UrlCitation<'a>> {
    let word = |name: &str| annotation.get(name).and_then(text);
    let count = |name: &str| annotation.integer(name).ok().flatten();
    let place = |name: &str| {
        let own = count(name).and_then(|own| u64::try_from(own).ok());
        own.unwrap_or(0).saturating_add(before)
    };
    if word("type")? != "url_citation" {
        return None;
    }
    Some(UrlCitation {
        start_index: place("start_index"),
        end_index: place("end_index"),
        title: word("title").unwrap_or_default(),
        url: word("url")?,
    })
}
