//! The inner validator's rules for tools and the choice among them.

use serde_json::{Value, json};

use super::shapes::check;
use super::{Door, ask, with};

async fn table(rows: &[(Value, &str, &str)]) {
    let door = Door::open().await;
    for (fields, text, code) in rows {
        check(
            &door,
            with(ask("hi"), fields.clone()),
            &[],
            text,
            json!(code),
        )
        .await;
    }
}

fn function(name: &str, parameters: &Value) -> Value {
    json!({"tools": [{"type": "function", "name": name, "parameters": parameters}]})
}

#[tokio::test]
async fn shapes() {
    let one = |tool: Value| json!({ "tools": [tool] });
    let object = json!({"type": "object", "properties": {}});
    let chat = json!({"type": "function", "function": {"name": "f", "parameters": object}});
    table(&[
        (one(chat), "Missing required parameter: 'tools[0].name'.", "missing_required_parameter"),
        (one(json!({"type": "web_search_preview"})), "Unsupported tool type: web_search_preview", "unsupported_value"),
        (one(json!({"name": "f"})), "Unsupported tool type: None", "unsupported_value"),
        (one(json!({"type": "file_search"})), "Unsupported tool type: file_search", "unsupported_value"),
        (one(json!({"type": "code_interpreter"})), "Unsupported tool type: code_interpreter", "unsupported_value"),
        (one(json!({"type": "computer_use_preview"})), "Unsupported tool type: computer_use_preview", "unsupported_value"),
        (one(json!({"type": "mcp"})), "Unsupported tool type: mcp", "unsupported_value"),
        (one(json!({"type": "web_search", "max_results": 3})), "Unknown parameter: 'tools[0].max_results'.", "unknown_parameter"),
        (one(json!({"type": "image_generation", "n": 2})), "Unknown parameter: 'tools[0].n'.", "unknown_parameter"),
        (
            one(json!({"type": "image_generation", "background": "transparent"})),
            "Transparent background is not supported for this model.",
            "invalid_value",
        ),
        (
            one(json!({"type": "function", "name": "f", "parameters": object, "cache_control": {}})),
            "Unknown parameter: 'tools[0].cache_control'.",
            "unknown_parameter",
        ),
        (one(json!({"type": "function", "name": "f"})), "Missing required parameter: 'tools[0].parameters'.", "missing_required_parameter"),
        (
            one(json!({"type": "custom", "name": "c", "format": {"type": "grammar", "syntax": "bnf", "definition": "x"}})),
            "Invalid value: 'bnf'. Supported values are: 'lark' and 'regex'.",
            "invalid_value",
        ),
        (
            function("a b", &object),
            "Invalid 'tools[0].name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
            "invalid_value",
        ),
        (
            function(&"n".repeat(65), &object),
            "Invalid 'tools[0].name': string too long. Expected a string with maximum length 64, but got a string with length 65 instead.",
            "string_above_max_length",
        ),
        (
            json!({"tools": [], "model": "gpt-5.6-sol"}),
            "Function 'collaboration.spawn_agent' is reserved for use by this model and must match the configured schema",
            "invalid_value",
        ),
    ])
    .await;
}

#[tokio::test]
async fn schemas() {
    let strict = |parameters: Value| json!({"tools": [{"type": "function", "name": "f", "strict": true, "parameters": parameters}]});
    let code = "invalid_function_parameters";
    table(&[
        (
            function("f", &json!({"type": "object"})),
            "Invalid schema for function 'f': In context=(), object schema missing properties.",
            code,
        ),
        (
            function("f", &json!({"type": "object", "properties": {"a": {"type": "array"}}})),
            "Invalid schema for function 'f': In context=('properties', 'a'), array schema missing items.",
            code,
        ),
        (
            function("f", &json!({"properties": {}})),
            "Invalid schema for function 'f': schema must be a JSON Schema of 'type: \"object\"', got 'type: \"None\"'.",
            code,
        ),
        (
            strict(json!({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]})),
            "Invalid schema for function 'f': In context=(), 'additionalProperties' is required to be supplied and to be false.",
            code,
        ),
        (
            strict(json!({"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": false})),
            "Invalid schema for function 'f': In context=(), 'required' is required to be supplied and to be an array including every key in properties. Missing 'a'.",
            code,
        ),
        (
            strict(json!({"type": "object", "properties": {"a": {"anyOf": [{"type": "object", "properties": {}}, {"type": "null"}]}}, "required": ["a"], "additionalProperties": false})),
            "Invalid schema for function 'f': In context=('properties', 'a', 'anyOf', '0'), 'additionalProperties' is required to be supplied and to be false.",
            code,
        ),
    ])
    .await;
}

#[tokio::test]
async fn choices() {
    let tools = json!([{"type": "function", "name": "f", "parameters": {"type": "object", "properties": {}}}]);
    let choice = |choice: Value| json!({"tools": tools, "tool_choice": choice});
    table(&[
        (choice(json!({"type": "function", "name": "g"})), "Tool choice 'g' not found in 'tools' parameter.", "invalid_value"),
        (choice(json!({"type": "custom", "name": "f"})), "Tool choice 'f' not found in 'tools' parameter.", "invalid_value"),
        (choice(json!({"type": "web_search"})), "Tool choice 'web_search' not found in 'tools' parameter.", "invalid_value"),
        (choice(json!({"type": "web_search_preview"})), "Tool choice 'web_search_preview' not found in 'tools' parameter.", "invalid_value"),
        (choice(json!({"type": "function", "function": {"name": "f"}})), "Missing required parameter: 'tool_choice.name'.", "missing_required_parameter"),
        (choice(json!("any")), "Invalid value: 'any'. Supported values are: 'none', 'auto', and 'required'.", "invalid_value"),
        (
            choice(json!({"type": "allowed_tools", "tools": []})),
            "Invalid value: 'allowed_tools'. Supported values are: 'function', 'custom', 'image_generation', and 'web_search'.",
            "invalid_value",
        ),
        (json!({"tool_choice": "required"}), "Tool choice 'required' must be specified with 'tools' parameter.", "invalid_value"),
    ])
    .await;
    let door = Door::open().await;
    for good in [
        json!("auto"),
        json!("none"),
        json!("required"),
        json!({"type": "function", "name": "f"}),
    ] {
        assert_eq!(door.post(&with(ask("hi"), choice(good))).await.status, 200);
    }
    let spark = json!({"model": "gpt-5.3-codex-spark", "tools": [{"type": "image_generation"}]});
    let got = door.post(&with(ask("hi"), spark)).await;
    assert!(
        got.text()
            .contains("Tool 'image_generation' is not supported with gpt-5.3-codex-spark.")
    );
}
