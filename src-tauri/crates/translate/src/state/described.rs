//! A conversation, as a client describes it.

use serde_json::value::RawValue;
use wire::Fault;
use wire::json::{self, Object};

use crate::edit;

/// A body of `POST /v1/conversations`.
#[derive(Debug, Clone)]
pub struct Described {
    /// A map of texts; empty where none is given.
    pub metadata: Box<RawValue>,
    /// What was said already.
    pub items: Vec<Box<RawValue>>,
}

impl Described {
    /// Reads the body.
    ///
    /// # Errors
    /// It is no JSON, its items are no list of objects, or its metadata is no map of texts.
    pub fn read(body: &[u8]) -> Result<Self, Fault> {
        json::read(body, |ask| {
            Ok(Self {
                metadata: metadata(ask)?,
                items: items(ask)?.unwrap_or_default(),
            })
        })
    }

    /// The items of a body of `POST /v1/conversations/{id}/items`.
    ///
    /// # Errors
    /// As [`Self::read`], or there are none.
    pub fn need_items(body: &[u8]) -> Result<Vec<Box<RawValue>>, Fault> {
        json::read(body, |ask| items(ask)?.ok_or_else(|| ask.missing("items")))
    }
}

/// Each must be whole: what only names another item would be lost with it.
fn items(ask: &Object<'_>) -> Result<Option<Vec<Box<RawValue>>>, Fault> {
    let Some(items) = ask.objects("items")? else {
        return Ok(None);
    };
    for item in &items {
        if super::wish::reference(item).is_some() {
            return Err(Fault::Invalid {
                message: "an item of a conversation cannot be a reference; send the item itself"
                    .into(),
                param: Some(item.place().to_owned()),
                code: Some("unsupported_value"),
            });
        }
        if item.get("type").is_none() && item.get("role").is_none() {
            return Err(item.missing("type"));
        }
    }
    Ok(Some(
        items.iter().map(|item| item.raw().to_owned()).collect(),
    ))
}

/// `metadata`: a map of texts; empty where none is given.
pub(crate) fn metadata(ask: &Object<'_>) -> Result<Box<RawValue>, Fault> {
    let Some(map) = ask.object("metadata")? else {
        return Ok(edit::raw(&serde_json::Map::new()));
    };
    for (name, _) in map.entries() {
        map.text(name)?;
    }
    Ok(map.raw().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_may_be_left_out() {
        let described = Described::read(b"{}").unwrap();
        assert_eq!((described.metadata.get(), described.items.len()), ("{}", 0));
        let nulls = Described::read(br#"{"metadata":null,"items":null}"#).unwrap();
        assert_eq!(nulls.metadata.get(), "{}");
    }

    #[test]
    fn what_cannot_be_kept_is_named() {
        for (body, param) in [
            (r#"{"metadata":7}"#, "metadata"),
            (r#"{"metadata":{"a":1}}"#, "metadata.a"),
            (r#"{"items":"x"}"#, "items"),
            (r#"{"items":[7]}"#, "items[0]"),
            (r#"{"items":[{"content":"x"}]}"#, "items[0].type"),
            (
                r#"{"items":[{"type":"item_reference","id":"msg_1"}]}"#,
                "items[0]",
            ),
        ] {
            let fault = Described::read(body.as_bytes()).unwrap_err();
            assert_eq!(fault.param(), Some(param), "{body}");
        }
        let none = Described::need_items(b"{}").unwrap_err();
        assert_eq!(none.param(), Some("items"));
    }
}
