//! What the backend demands of a JSON schema before it will use it (contract backend 1.5, 1.7).

use serde_json::{Map, Value};

use super::refusal::Refusal;

/// Whose schema it is; it decides the sentence and the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject<'a> {
    Function(&'a str),
    ResponseFormat(&'a str),
}

/// Checks `schema`; `strict` also demands closed objects with every property required.
pub(crate) fn check(
    schema: &Value,
    strict: bool,
    subject: &Subject<'_>,
    param: &str,
) -> Result<(), Refusal> {
    let verdict = root(schema, subject).and_then(|()| below(schema, strict, &mut Vec::new()));
    verdict.map_err(|why| {
        let (what, name, code) = match subject {
            Subject::Function(name) => ("function", name, "invalid_function_parameters"),
            Subject::ResponseFormat(name) => ("response_format", name, "invalid_json_schema"),
        };
        Refusal::invalid(
            format!("Invalid schema for {what} '{name}': {why}"),
            Some(param),
            Some(code),
        )
    })
}

fn root(schema: &Value, subject: &Subject<'_>) -> Result<(), String> {
    let kind = schema.get("type");
    let refers = schema.get("$ref").is_some();
    match (kind.and_then(Value::as_str), subject) {
        (Some("object"), Subject::Function(_)) if schema.get("properties").is_none() => {
            Err("In context=(), object schema missing properties.".to_owned())
        }
        (Some("object"), _) => Ok(()),
        (None, _) if kind.is_none() && refers => Ok(()),
        (named, _) => Err(format!(
            "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{}\"'.",
            named.unwrap_or("None")
        )),
    }
}

/// Walks every schema inside `schema`; `path` is where it stands.
fn below(schema: &Value, strict: bool, path: &mut Vec<String>) -> Result<(), String> {
    let Value::Object(object) = schema else {
        return Ok(());
    };
    if has_type(object, "array")
        && !["items", "prefixItems"]
            .iter()
            .any(|key| object.contains_key(*key))
    {
        return Err(format!(
            "In context={}, array schema missing items.",
            context(path)
        ));
    }
    if strict {
        closed(object, path)?;
    }
    for (key, value) in object {
        match (key.as_str(), value) {
            (
                "properties" | "$defs" | "definitions" | "patternProperties",
                Value::Object(named),
            ) => {
                for (name, value) in named {
                    within(value, strict, path, &[key, name])?;
                }
            }
            ("items" | "additionalProperties" | "not", value) => {
                within(value, strict, path, &[key])?;
            }
            ("anyOf" | "oneOf" | "allOf" | "prefixItems", Value::Array(several)) => {
                for (at, value) in several.iter().enumerate() {
                    within(value, strict, path, &[key, &at.to_string()])?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn within(
    schema: &Value,
    strict: bool,
    path: &mut Vec<String>,
    steps: &[&str],
) -> Result<(), String> {
    let depth = path.len();
    path.extend(steps.iter().map(|step| (*step).to_owned()));
    let verdict = below(schema, strict, path);
    path.truncate(depth);
    verdict
}

fn closed(object: &Map<String, Value>, path: &[String]) -> Result<(), String> {
    let at = context(path);
    if let Some(keyword) = NOT_STRICT
        .iter()
        .find(|keyword| object.contains_key(**keyword))
    {
        return Err(format!("In context={at}, '{keyword}' is not permitted."));
    }
    if !has_type(object, "object") && !object.contains_key("properties") {
        return Ok(());
    }
    if object.get("additionalProperties") != Some(&Value::Bool(false)) {
        return Err(format!(
            "In context={at}, 'additionalProperties' is required to be supplied and to be false."
        ));
    }
    let required = object.get("required").and_then(Value::as_array);
    let is_required =
        |name: &str| required.is_some_and(|all| all.iter().any(|one| one.as_str() == Some(name)));
    let properties = object.get("properties").and_then(Value::as_object);
    let names = properties.map(Map::keys).into_iter().flatten();
    match names.into_iter().find(|name| !is_required(name)) {
        Some(left_out) => Err(format!(
            "In context={at}, 'required' is required to be supplied and to be an array including every key in properties. Missing '{left_out}'."
        )),
        None => Ok(()),
    }
}

fn has_type(object: &Map<String, Value>, wanted: &str) -> bool {
    match object.get("type") {
        Some(Value::String(one)) => one == wanted,
        Some(Value::Array(several)) => several.iter().any(|one| one == wanted),
        Some(_) | None => false,
    }
}

/// `()`, `('properties', 'a')`: a Python tuple.
fn context(path: &[String]) -> String {
    let steps: Vec<String> = path.iter().map(|step| format!("'{step}'")).collect();
    match steps.as_slice() {
        [one] => format!("({one},)"),
        steps => format!("({})", steps.join(", ")),
    }
}

/// Keywords a strict schema may not use (contract backend 1.7 for `prefixItems`).
const NOT_STRICT: &[&str] = &[
    "prefixItems",
    "allOf",
    "oneOf",
    "not",
    "patternProperties",
    "if",
];
