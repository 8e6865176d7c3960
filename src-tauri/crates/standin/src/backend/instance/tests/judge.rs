//! A judge of instances, written apart from the maker.

use serde_json::{Map, Value};

/// Why `value` does not satisfy `schema`; `None` where it does.
pub(super) fn objection(root: &Value, schema: &Value, value: &Value) -> Option<String> {
    let schema = match schema {
        Value::Bool(true) => return None,
        Value::Bool(false) => return Some("nothing satisfies false".to_owned()),
        other => other.as_object()?,
    };
    let judge = |schema: &Value| objection(root, schema, value);
    if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
        let target = root
            .pointer(target.trim_start_matches('#'))
            .expect("a target");
        if let Some(why) = judge(target) {
            return Some(why);
        }
    }
    let fits = |key: &str| -> Option<usize> {
        let all = schema.get(key)?.as_array()?;
        Some(all.iter().filter(|one| judge(one).is_none()).count())
    };
    if fits("anyOf") == Some(0) || fits("oneOf").is_some_and(|count| count != 1) {
        return Some("no choice fits".to_owned());
    }
    for one in schema
        .get("allOf")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        if let Some(why) = judge(one) {
            return Some(why);
        }
    }
    if schema.get("const").is_some_and(|wanted| wanted != value) {
        return Some("not the constant".to_owned());
    }
    let listed = schema.get("enum").and_then(Value::as_array);
    if listed.is_some_and(|all| !all.contains(value)) {
        return Some(format!("{value} is not listed"));
    }
    if !has_type(schema, value) {
        return Some(format!("{value} has the wrong type"));
    }
    match value {
        Value::String(text) => of_text(schema, text),
        Value::Number(_) => of_number(schema, value.as_f64().unwrap()),
        Value::Array(items) => of_array(root, schema, items),
        Value::Object(fields) => of_object(root, schema, fields),
        Value::Null | Value::Bool(_) => None,
    }
}

fn has_type(schema: &Map<String, Value>, value: &Value) -> bool {
    let is = |kind: &str| match kind {
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("type {other}"),
    };
    match schema.get("type") {
        Some(Value::String(kind)) => is(kind),
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| is(kind.as_str().unwrap())),
        _ => true,
    }
}

fn number(schema: &Map<String, Value>, key: &str) -> Option<f64> {
    schema.get(key).map(|value| value.as_f64().unwrap())
}

fn of_text(schema: &Map<String, Value>, text: &str) -> Option<String> {
    let length = text.chars().count() as f64;
    if number(schema, "minLength").is_some_and(|least| length < least)
        || number(schema, "maxLength").is_some_and(|most| length > most)
    {
        return Some(format!("{text:?} has the wrong length"));
    }
    let shape: &[(char, usize)] = match schema.get("format").and_then(Value::as_str) {
        None | Some("hostname" | "duration") => &[],
        Some("date") => &[('-', 2)],
        Some("time") => &[(':', 2), ('Z', 1)],
        Some("date-time") => &[('-', 2), ('T', 1), (':', 2), ('Z', 1)],
        Some("email") => &[('@', 1)],
        Some("uuid") => &[('-', 4)],
        Some("uri") => &[(':', 1)],
        Some("ipv4") => &[('.', 3)],
        Some("ipv6") => &[(':', 3)],
        Some(other) => panic!("format {other}"),
    };
    let wrong = shape
        .iter()
        .find(|(mark, count)| text.matches(*mark).count() != *count);
    wrong.map(|(mark, _)| format!("{text:?} has a wrong number of {mark:?}"))
}

fn of_number(schema: &Map<String, Value>, value: f64) -> Option<String> {
    let bad = number(schema, "minimum").is_some_and(|low| value < low)
        || number(schema, "maximum").is_some_and(|high| value > high)
        || number(schema, "exclusiveMinimum").is_some_and(|low| value <= low)
        || number(schema, "exclusiveMaximum").is_some_and(|high| value >= high)
        || number(schema, "multipleOf").is_some_and(|step| (value / step).fract() != 0.0);
    bad.then(|| format!("{value} is out of bounds"))
}

fn of_array(root: &Value, schema: &Map<String, Value>, items: &[Value]) -> Option<String> {
    let length = items.len() as f64;
    if number(schema, "minItems").is_some_and(|least| length < least)
        || number(schema, "maxItems").is_some_and(|most| length > most)
    {
        return Some(format!("{length} items"));
    }
    let unique = schema.get("uniqueItems") == Some(&Value::Bool(true));
    if unique
        && items
            .iter()
            .enumerate()
            .any(|(at, item)| items[..at].contains(item))
    {
        return Some("two items are equal".to_owned());
    }
    if let Some(wanted) = schema.get("contains")
        && !items
            .iter()
            .any(|item| objection(root, wanted, item).is_none())
    {
        return Some("nothing is as contained".to_owned());
    }
    let fixed = schema.get("prefixItems").and_then(Value::as_array);
    let fixed = fixed.map_or(&[][..], Vec::as_slice);
    let rest = schema.get("items").cloned().unwrap_or(Value::Bool(true));
    items
        .iter()
        .enumerate()
        .find_map(|(at, item)| objection(root, fixed.get(at).unwrap_or(&rest), item))
}

fn of_object(
    root: &Value,
    schema: &Map<String, Value>,
    fields: &Map<String, Value>,
) -> Option<String> {
    if number(schema, "minProperties").is_some_and(|least| (fields.len() as f64) < least) {
        return Some("too few properties".to_owned());
    }
    let required = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    for name in required {
        if !fields.contains_key(name.as_str().unwrap()) {
            return Some(format!("{name} is missing"));
        }
    }
    let none = Map::new();
    let properties = schema
        .get("properties")
        .map_or(&none, |it| it.as_object().unwrap());
    let rest = schema
        .get("additionalProperties")
        .cloned()
        .unwrap_or(Value::Bool(true));
    fields.iter().find_map(|(name, value)| {
        let why = objection(root, properties.get(name).unwrap_or(&rest), value)?;
        Some(format!("{name}: {why}"))
    })
}
