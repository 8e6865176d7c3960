//! `input`: a text, or a list of items.

use wire::Fault;
use wire::json::{Object, text};
use wire::responses::{Item, Part, Role};

use super::item;
use crate::ignored::Ignored;
use crate::pairing::{Linked, paired};

/// What was asked about.
#[derive(Debug)]
pub(super) enum Input<'a> {
    /// A text, short for one message.
    Text(String),
    /// Items.
    Items(Vec<Object<'a>>),
}

impl<'a> Input<'a> {
    /// Reads `input`.
    pub(super) fn read(ask: &Object<'a>) -> Result<Self, Fault> {
        let Some(raw) = ask.get("input") else {
            return Err(ask.missing("input"));
        };
        if let Some(text) = text(raw) {
            return Ok(Self::Text(text.into_owned()));
        }
        if !raw.get().starts_with('[') {
            return Err(ask.wrong_type("input", "a string or an array of input items"));
        }
        Ok(Self::Items(ask.objects("input")?.unwrap_or_default()))
    }

    /// True for a Lite request, which carries its tools as an item (contract backend 1.8).
    pub(super) fn is_lite(&self) -> bool {
        match self {
            Self::Text(_) => false,
            Self::Items(items) => items.iter().any(|item| {
                let kind = item.get("type").and_then(text);
                kind.as_deref() == Some("additional_tools")
            }),
        }
    }

    /// True where a message of the program says how to behave.
    pub(super) fn has_program(&self) -> bool {
        let is_program = |item: &Object<'_>| {
            let role = item.get("role").and_then(text);
            matches!(role.as_deref(), Some("system" | "developer"))
        };
        match self {
            Self::Text(_) => false,
            Self::Items(items) => items.iter().any(is_program),
        }
    }

    /// The first thing that the person said.
    pub(super) fn first_user_text(&self) -> String {
        let items = match self {
            Self::Text(text) => return beginning(text),
            Self::Items(items) => items,
        };
        let is_user = |item: &Object<'_>| {
            let role = item.get("role").and_then(text);
            role.as_deref() == Some("user")
        };
        let first = items.iter().find(|item| is_user(item));
        first.and_then(text_of).unwrap_or_default()
    }

    /// The items as the backend takes them.
    pub(super) fn into_items(self, lite: bool, ignored: &mut Ignored) -> Result<Vec<Item>, Fault> {
        let items = match self {
            Self::Text(text) => {
                return Ok(vec![Item::Message {
                    role: Role::User,
                    content: vec![Part::InputText { text }],
                }]);
            }
            Self::Items(items) => items,
        };
        if lite {
            let raw = |item: &Object<'_>| Item::Raw(item.raw().to_owned());
            return Ok(items.iter().map(raw).collect());
        }
        let mut linked = Vec::with_capacity(items.len());
        for object in items {
            let (cleaned, link) = item::clean(&object, ignored)?;
            linked.push(Linked {
                item: Item::Raw(cleaned.into_owned()),
                link,
                at: object.place().to_owned(),
            });
        }
        Ok(paired(linked, ignored))
    }
}

/// The text of a message, or of its first part that has one.
fn text_of(item: &Object<'_>) -> Option<String> {
    let content = item.get("content")?;
    if let Some(text) = text(content) {
        return Some(beginning(&text));
    }
    let parts = item.objects("content").ok()??;
    let mut texts = parts
        .iter()
        .filter_map(|part| part.get("text").and_then(text));
    texts.next().map(|text| beginning(&text))
}

/// As much of a text as a seed needs.
fn beginning(text: &str) -> String {
    text.chars().take(512).collect()
}
