//! The outer validator: an allowlist of fields and a few iron rules, answered as `{"detail":"…"}`
//! (contract backend 0.1, 1.4, 1.5).

use http::StatusCode;
use serde_json::{Map, Value};

use super::refusal::Refusal;

/// Checks the body's top level. `may_omit_instructions` is true for the official clients and the Lite shape.
pub(crate) fn check(body: &Map<String, Value>, may_omit_instructions: bool) -> Result<(), Refusal> {
    if !body.get("model").is_some_and(Value::is_string) {
        return no("Field 'model' is required");
    }
    if !may_omit_instructions && body.get("instructions").is_none_or(Value::is_null) {
        return no("Instructions are required");
    }
    if body.get("store") != Some(&Value::Bool(false)) {
        return no("Store must be set to false");
    }
    if body.get("stream") != Some(&Value::Bool(true)) {
        return no("Stream must be set to true");
    }
    let Some(Value::Array(input)) = body.get("input") else {
        return no("Input must be a list");
    };
    if let Some(stranger) = body.iter().find(|(name, value)| !is_known(name, value)) {
        return no(format!("Unsupported parameter: {}", stranger.0));
    }
    if input.iter().any(is_system_message) {
        return no("System messages are not allowed");
    }
    Ok(())
}

fn no<T>(text: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::detail(StatusCode::BAD_REQUEST, text))
}

/// `stream_options` exists only in the one form of the first party's experiment.
fn is_known(name: &str, value: &Value) -> bool {
    if name == "stream_options" {
        return value.as_object().is_some_and(|options| {
            options
                .keys()
                .all(|option| option == "reasoning_summary_delivery")
        });
    }
    ALLOWED.contains(&name)
}

fn is_system_message(item: &Value) -> bool {
    item.get("role").and_then(Value::as_str) == Some("system")
}

const ALLOWED: &[&str] = &[
    "model",
    "instructions",
    "input",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "reasoning",
    "store",
    "stream",
    "include",
    "service_tier",
    "prompt_cache_key",
    "text",
    "client_metadata",
];
