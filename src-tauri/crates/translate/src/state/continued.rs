//! A request that continues something, made into one that says all of it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use serde_json::value::RawValue;
use wire::Fault;
use wire::json::{Object, text};

use super::sealed::{Origin, may_return};
use super::wish::reference;
use crate::edit::{self, Edit};

/// Something that was said before.
#[derive(Debug, Clone)]
pub struct Past {
    /// The item; a copy shares it.
    pub item: Arc<RawValue>,
    /// In whose turn it was said, where it was said in one.
    pub by: Option<Origin>,
}

/// A request that stands for itself.
#[derive(Debug, Clone)]
pub struct Continued {
    /// Its body, without the fields that mean the store; `None` where it stood for itself already.
    pub body: Option<Vec<u8>>,
    /// The items that are new in it, each whole: what one turn keeps.
    pub input: Vec<Box<RawValue>>,
}

/// Puts `past` in front of the new input, and `named` items, by their ids, in the places of those
/// that name them. `here` is who will answer; `param` is the field that brought the past.
///
/// # Errors
/// The input cannot be read, or the past cannot be given to `here`.
pub fn continued(
    ask: &Object<'_>,
    past: &[Past],
    named: &HashMap<String, Past>,
    here: &Origin,
    param: &str,
) -> Result<Continued, Fault> {
    let mut input = Vec::new();
    for item in new_items(ask)? {
        let found = Object::at(&item, String::new())
            .ok()
            .and_then(|object| named.get(&reference(&object)?));
        match found {
            None => input.push(item),
            Some(found) if may_return(&found.item, found.by.as_ref(), here, "input")? => {
                input.push((*found.item).to_owned());
            }
            Some(_) => {}
        }
    }
    let mut whole: Vec<&RawValue> = Vec::with_capacity(past.len() + input.len());
    for said in past {
        if may_return(&said.item, said.by.as_ref(), here, param)? {
            whole.push(&said.item);
        }
    }
    whole.extend(input.iter().map(Box::as_ref));
    let mut edit = Edit::new(ask);
    edit.retain(|name, _| !STATE.contains(&name));
    if !past.is_empty() || !named.is_empty() {
        edit.set("input", edit::new(&whole));
    }
    let body = match edit.finish() {
        Cow::Borrowed(_) => None,
        Cow::Owned(body) => Some(String::from(Box::<str>::from(body)).into_bytes()),
    };
    Ok(Continued { body, input })
}

/// The items of `input`; a text is short for one message.
pub(super) fn new_items(ask: &Object<'_>) -> Result<Vec<Box<RawValue>>, Fault> {
    let Some(raw) = ask.get("input") else {
        return Ok(Vec::new());
    };
    if let Some(text) = text(raw) {
        let message = serde_json::json!({
            "type": "message", "role": "user",
            "content": [{ "type": "input_text", "text": text }],
        });
        return Ok(vec![edit::raw(&message)]);
    }
    match ask.list("input") {
        Ok(items) => Ok(items.into_iter().flatten().map(ToOwned::to_owned).collect()),
        Err(_) => Err(ask.wrong_type("input", "a string or an array of input items")),
    }
}

/// Fields that mean the store and nothing to the backend.
const STATE: &[&str] = &[
    "store",
    "previous_response_id",
    "conversation",
    "background",
];
