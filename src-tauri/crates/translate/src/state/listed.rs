//! Items as the official API lists them: each with an id and, where its type has one, a status.

use serde_json::value::RawValue;
use serde_json::{Value, json};
use wire::json::{Object, text};

use crate::edit::{self, Edit};

/// The id of `item`. One that has none gets the same each time: the item `0` of what `holder` holds,
/// such as the answer `resp_1`, is `msg_1_0`.
pub fn item_id(item: &RawValue, holder: &str, index: usize) -> String {
    let object = Object::at(item, String::new()).ok();
    let word = |name: &str| {
        object
            .as_ref()
            .and_then(|object| object.get(name).and_then(text))
    };
    if let Some(own) = word("id") {
        return own.into_owned();
    }
    let kind = word("type");
    let holder = holder.split_once('_').map_or(holder, |(_, rest)| rest);
    format!(
        "{}_{holder}_{index}",
        prefix(kind.as_deref().unwrap_or("message"))
    )
}

/// `item`, called `id`, as it is listed.
pub fn listed(item: &RawValue, id: &str) -> Box<RawValue> {
    let Ok(object) = Object::at(item, String::new()) else {
        return item.to_owned();
    };
    let kind = object.get("type").and_then(text);
    let kind = kind.as_deref().unwrap_or("message");
    let mut edit = Edit::new(&object);
    edit.retain(|_, value| value.get() != "null");
    if object.get("type").is_none() {
        edit.set("type", edit::new("message"));
    }
    if object.get("id").is_none() {
        edit.set("id", edit::new(id));
    }
    if object.get("status").is_none() && HAVE_STATUS.contains(&kind) {
        edit.set("status", edit::new("completed"));
    }
    if let ("message", Some(words)) = (kind, object.get("content").and_then(text)) {
        let is_model = object
            .get("role")
            .and_then(text)
            .is_some_and(|role| role == "assistant");
        let part: Value = match is_model {
            true => json!({ "type": "output_text", "text": words, "annotations": [] }),
            false => json!({ "type": "input_text", "text": words }),
        };
        edit.set("content", edit::new(&[part]));
    }
    edit.finish().into_owned()
}

/// What ids of this type begin with (contract backend 1.9).
fn prefix(kind: &str) -> &'static str {
    let known = PREFIXES.iter().find(|(known, _)| *known == kind);
    known.map_or("item", |(_, prefix)| prefix)
}

const PREFIXES: &[(&str, &str)] = &[
    ("message", "msg"),
    ("reasoning", "rs"),
    ("function_call", "fc"),
    ("function_call_output", "fco"),
    ("custom_tool_call", "ctc"),
    ("custom_tool_call_output", "ctco"),
    ("web_search_call", "ws"),
    ("image_generation_call", "ig"),
    ("local_shell_call", "lsh"),
    ("tool_search_call", "tsc"),
    ("tool_search_output", "tso"),
    ("compaction", "cmp"),
];

/// Types whose status the official types require.
const HAVE_STATUS: &[&str] = &[
    "message",
    "function_call",
    "function_call_output",
    "custom_tool_call",
    "custom_tool_call_output",
    "local_shell_call",
    "web_search_call",
    "image_generation_call",
];
