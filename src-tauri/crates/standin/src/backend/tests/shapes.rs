//! The inner validator's small fields: tiers, reasoning, text formats, the Lite shape.

use serde_json::{Value, json};

use super::{Door, ask, with};

/// The only place that knows how the inner validator answers.
pub(super) async fn check(
    door: &Door,
    body: Value,
    headers: &[(&str, &str)],
    text: &str,
    code: Value,
) {
    let got = door.post_with(&body, headers).await;
    assert_eq!(got.status, 400, "{body} {}", got.text());
    let error = &got.json()["error"];
    assert_eq!(error["type"], "invalid_request_error");
    assert_eq!(
        (error["message"].as_str().unwrap(), &error["code"]),
        (text, &code),
        "{body}"
    );
}

async fn table(rows: &[(Value, &str, &str)]) {
    let door = Door::open().await;
    for (fields, text, code) in rows {
        let code = if code.is_empty() {
            Value::Null
        } else {
            json!(code)
        };
        check(&door, with(ask("hi"), fields.clone()), &[], text, code).await;
    }
}

#[tokio::test]
async fn service_tiers() {
    table(&[
        (
            json!({"service_tier": "fast"}),
            "Unsupported service_tier: fast",
            "unsupported_value",
        ),
        (
            json!({"service_tier": "auto"}),
            "Unsupported service_tier: auto",
            "unsupported_value",
        ),
        (
            json!({"service_tier": "flex"}),
            "Unsupported service_tier: flex",
            "unsupported_value",
        ),
        (
            json!({"service_tier": "scale"}),
            "Unsupported service_tier: scale",
            "unsupported_value",
        ),
        (
            json!({"service_tier": "ultrafast"}),
            "Unsupported service_tier: ultrafast",
            "unsupported_value",
        ),
        (
            json!({"service_tier": "priority", "model": "gpt-5.2"}),
            "Unsupported service_tier: priority",
            "unsupported_value",
        ),
    ])
    .await;
    let door = Door::open().await;
    for (model, tier) in [
        ("gpt-5.5", "default"),
        ("gpt-5.5", "priority"),
        ("gpt-5.6-sol", "ultrafast"),
    ] {
        let body = with(ask("hi"), json!({"model": model, "service_tier": tier}));
        let got = door.post(&body).await;
        let tiers: Vec<Value> = got
            .events()
            .iter()
            .map(|event| event["response"]["service_tier"].clone())
            .collect();
        assert_eq!(
            (&tiers[0], tiers.last().unwrap()),
            (&json!("auto"), &json!("default")),
            "{tier}"
        );
    }
}

#[tokio::test]
async fn reasoning_and_small_fields() {
    let long = "k".repeat(65);
    let too_long = "Invalid 'prompt_cache_key': string too long. Expected a string with maximum length 64, but got a string with length 65 instead.";
    table(&[
        (
            json!({"reasoning": {"effort": "none"}, "model": "gpt-6-astra"}),
            "Unsupported value: 'none' is not supported with the 'gpt-6-astra' model. Supported values are: 'low', 'medium', 'high', 'xhigh', and 'max'.",
            "unsupported_value",
        ),
        (
            json!({"reasoning": {"effort": "max"}}),
            "Unsupported value: 'max' is not supported with the 'gpt-5.5' model. Supported values are: 'none', 'low', 'medium', 'high', and 'xhigh'.",
            "unsupported_value",
        ),
        (
            json!({"reasoning": {"effort": "ultra"}}),
            "Invalid value: 'ultra'. Supported values are: 'none', 'minimal', 'low', 'medium', 'high', 'xhigh', and 'max'.",
            "invalid_value",
        ),
        (
            json!({"reasoning": {"summary": "none"}}),
            "Invalid value: 'none'. Supported values are: 'concise', 'detailed', and 'auto'.",
            "invalid_value",
        ),
        (json!({"reasoning": {"budget": 1}}), "Unknown parameter: 'reasoning.budget'.", "unknown_parameter"),
        (json!({"reasoning": "low"}), "Invalid type for 'reasoning': expected an object, but got a string instead.", "invalid_type"),
        (json!({"prompt_cache_key": long}), too_long, "string_above_max_length"),
        (json!({"client_metadata": {"n": 1}}), "Invalid type for 'client_metadata.n': expected a string, but got an integer instead.", "invalid_type"),
        (json!({"parallel_tool_calls": "yes"}), "Invalid type for 'parallel_tool_calls': expected a boolean, but got a string instead.", "invalid_type"),
        (json!({"text": {"verbosity": "loud"}}), "Invalid value: 'loud'. Supported values are: 'low', 'medium', and 'high'.", "invalid_value"),
    ])
    .await;
}

#[tokio::test]
async fn text_formats() {
    let format = |format: Value| json!({"text": {"format": format}});
    let schema = |strict: bool, schema: Value| {
        format(json!({"type": "json_schema", "name": "n", "strict": strict, "schema": schema}))
    };
    table(&[
        (
            format(json!({"type": "json_object"})),
            "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.",
            "",
        ),
        (format(json!({"type": "json_schema", "schema": {}})), "Missing required parameter: 'text.format.name'.", "missing_required_parameter"),
        (format(json!({"type": "json_schema", "name": "n"})), "Missing required parameter: 'text.format.schema'.", "missing_required_parameter"),
        (
            format(json!({"type": "json_schema", "json_schema": {"name": "n"}})),
            "Unknown parameter: 'text.format.json_schema'.",
            "unknown_parameter",
        ),
        (
            schema(true, json!({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]})),
            "Invalid schema for response_format 'n': In context=(), 'additionalProperties' is required to be supplied and to be false.",
            "invalid_json_schema",
        ),
        (
            schema(true, json!({"type": "object", "properties": {"a": {"type": "object", "properties": {"b": {"type": "string"}}, "additionalProperties": false}}, "required": ["a"], "additionalProperties": false})),
            "Invalid schema for response_format 'n': In context=('properties', 'a'), 'required' is required to be supplied and to be an array including every key in properties. Missing 'b'.",
            "invalid_json_schema",
        ),
        (
            schema(true, json!({"type": "object", "properties": {"a": {"type": "array", "prefixItems": [{"type": "string"}]}}, "required": ["a"], "additionalProperties": false})),
            "Invalid schema for response_format 'n': In context=('properties', 'a'), 'prefixItems' is not permitted.",
            "invalid_json_schema",
        ),
        (
            schema(false, json!({"type": "array", "items": {}})),
            "Invalid schema for response_format 'n': schema must be a JSON Schema of 'type: \"object\"', got 'type: \"array\"'.",
            "invalid_json_schema",
        ),
    ])
    .await;
}

#[tokio::test]
async fn the_word_json_counts_in_the_input_only() {
    let door = Door::open().await;
    let format = json!({"text": {"format": {"type": "json_object"}}});
    let told = with(
        with(ask("hi"), format.clone()),
        json!({"instructions": "answer in JSON"}),
    );
    assert_eq!(door.post(&told).await.status, 400);
    assert_eq!(door.post(&with(ask("as Json"), format)).await.status, 200);
}

#[tokio::test]
async fn the_lite_shape_does_not_mix() {
    let door = Door::open().await;
    let lite = [("x-openai-internal-codex-responses-lite", "true")];
    let tools = json!({"type": "additional_tools", "role": "developer", "tools": [
        {"type": "namespace", "name": "functions", "description": "", "tools": [
            {"type": "function", "name": "f", "parameters": {"type": "object", "properties": {}}},
        ]},
    ]});
    let input = json!([tools, {"role": "user", "content": "hi [[call functions.f]]"}]);
    let mut body = with(ask("hi"), json!({"model": "gpt-5.6-luna", "input": input}));
    body.as_object_mut().unwrap().shift_remove("instructions");
    let got = door.post_with(&body, &lite).await;
    assert_eq!(got.items()[0]["namespace"], "functions");

    let ordinary = with(body.clone(), json!({"model": "gpt-5.5"}));
    let text = "This model is not supported when using X-OpenAI-Internal-Codex-Responses-Lite";
    check(&door, ordinary, &lite, text, json!("unsupported_value")).await;
    let without = with(
        body.clone(),
        json!({"input": [{"role": "user", "content": "hi"}]}),
    );
    let text = "X-OpenAI-Internal-Codex-Responses-Lite needs an 'additional_tools' input item.";
    check(&door, without, &lite, text, json!("invalid_value")).await;
    let no_header = with(body.clone(), json!({"instructions": ""}));
    let text = "'additional_tools' needs X-OpenAI-Internal-Codex-Responses-Lite.";
    check(&door, no_header, &[], text, json!("invalid_value")).await;
    let hosted = with(body, json!({"tool_choice": {"type": "web_search"}}));
    let text = "Tool choice 'web_search_preview' not found in 'tools' parameter.";
    check(&door, hosted, &lite, text, json!("invalid_value")).await;
}
