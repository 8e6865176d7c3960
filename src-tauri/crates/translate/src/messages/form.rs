//! The form of the answer: a schema it must match, and how fast it comes.

use std::collections::HashSet;

use serde::Serialize;
use serde_json::value::RawValue;
use wire::Fault;
use wire::json::{Object, text};
use wire::messages::Request;
use wire::responses::{Target, Text};

use crate::edit::raw;
use crate::ignored::Ignored;
use crate::offer::Offer;

/// `text`. The backend keeps to a schema strictly only where it is closed and all is required
/// (contract backend 1.7); any other one guides it, and is named.
pub(super) fn text_form(schema: Option<&RawValue>, ignored: &mut Ignored) -> Option<Text> {
    let schema = schema?;
    let strict = is_closed(schema, 0);
    if !strict {
        ignored.add("output_config.format");
    }
    Some(Text {
        verbosity: None,
        format: Some(raw(&Format {
            kind: "json_schema",
            name: "response",
            strict,
            schema,
        })),
    })
}

/// The tier: `speed` before `service_tier`. `auto` and `standard_only` are what happens anyway.
pub(super) fn tier(
    ask: &Request<'_>,
    target: Target,
    offer: Offer<'_>,
    ignored: &mut Ignored,
) -> Result<Option<String>, Fault> {
    let fields = &ask.fields;
    let (path, asked) = match fields.text("speed")? {
        Some(speed) => ("speed", Some(speed)),
        None => ("service_tier", fields.text("service_tier")?),
    };
    Ok(match (asked.as_deref(), target) {
        (None | Some("standard" | "standard_only" | "auto"), _) => None,
        (Some("fast" | "priority"), Target::Platform) => Some("priority".to_owned()),
        (Some(asked), Target::Plan | Target::Platform) => offer.plan_tier(asked, path, ignored),
    })
}

/// True where every object in `schema` names all that may and must be in it.
fn is_closed(schema: &RawValue, depth: u8) -> bool {
    let Ok(schema) = Object::at(schema, String::new()) else {
        return true;
    };
    if depth > DEEPEST || schema.get("prefixItems").is_some() {
        return false;
    }
    let inside = |name: &str| schema.object(name).ok().flatten();
    let all_closed = |object: Object<'_>| {
        let entries = object.entries().iter();
        entries
            .into_iter()
            .all(|(_, raw)| is_closed(raw, depth + 1))
    };
    let properties = inside("properties");
    let is_object = schema.get("type").and_then(text).as_deref() == Some("object");
    if is_object || properties.is_some() {
        let closed = schema.flag("additionalProperties").ok().flatten() == Some(false);
        let required = schema.list("required").ok().flatten().unwrap_or_default();
        let required: HashSet<_> = required.into_iter().filter_map(text).collect();
        let mut names = properties.iter().flat_map(Object::names);
        if !closed || !names.all(|name| required.contains(name)) {
            return false;
        }
    }
    let items = schema
        .get("items")
        .is_none_or(|raw| is_closed(raw, depth + 1));
    let choices = schema.list("anyOf").ok().flatten().unwrap_or_default();
    items
        && choices.into_iter().all(|raw| is_closed(raw, depth + 1))
        && properties.is_none_or(all_closed)
        && ["$defs", "definitions"]
            .into_iter()
            .filter_map(inside)
            .all(all_closed)
}

#[derive(Serialize)]
struct Format<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    name: &'static str,
    strict: bool,
    schema: &'a RawValue,
}

/// No schema that a model can keep to is deeper.
const DEEPEST: u8 = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_is_closed_where_all_is_named_and_required() {
        let rows = [
            (r#"{"type":"string"}"#, true),
            (
                r#"{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}"#,
                true,
            ),
            (
                r#"{"type":"object","properties":{"a":{}},"required":["a"]}"#,
                false,
            ),
            (
                r#"{"type":"object","properties":{"a":{},"b":{}},"required":["a"],"additionalProperties":false}"#,
                false,
            ),
            (r#"{"type":"array","items":{"type":"object"}}"#, false),
            (r#"{"anyOf":[{"type":"null"},{"type":"object"}]}"#, false),
            (
                r#"{"type":"string","$defs":{"x":{"type":"object"}}}"#,
                false,
            ),
            (r#"{"prefixItems":[]}"#, false),
        ];
        for (schema, closed) in rows {
            let raw = RawValue::from_string(schema.to_owned()).unwrap();
            assert_eq!(is_closed(&raw, 0), closed, "{schema}");
        }
    }
}
