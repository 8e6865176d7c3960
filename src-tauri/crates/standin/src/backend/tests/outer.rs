//! The outer validator: `{"detail":"…"}`.

use serde_json::{Value, json};

use super::{Door, ask, with};

/// The only place that knows how the outer validator answers.
async fn check(door: &Door, body: Value, detail: &str) {
    let got = door.post(&body).await;
    assert_eq!(got.status, 400, "{body}");
    assert_eq!(got.json(), json!({ "detail": detail }), "{body}");
}

#[tokio::test]
async fn every_parameter_outside_the_list_is_unsupported() {
    let door = Door::open().await;
    for name in [
        "max_output_tokens",
        "temperature",
        "top_p",
        "previous_response_id",
        "prompt_cache_retention",
        "extra_headers",
        "context_management",
        "safety_identifier",
        "truncation",
        "type",
        "metadata",
        "user",
        "max_tokens",
        "max_completion_tokens",
        "stop",
        "n",
        "seed",
        "logit_bias",
        "logprobs",
        "top_logprobs",
        "frequency_penalty",
        "presence_penalty",
        "response_format",
        "reasoning_effort",
        "verbosity",
        "background",
        "conversation",
        "prompt",
        "max_tool_calls",
        "disable_response_storage",
        "serviceTier",
        "generate",
        "prompt_cache_options",
        "messages",
    ] {
        let detail = format!("Unsupported parameter: {name}");
        check(&door, with(ask("hi"), json!({ name: null })), &detail).await;
    }
    let usage = json!({"stream_options": {"include_usage": true}});
    check(
        &door,
        with(ask("hi"), usage),
        "Unsupported parameter: stream_options",
    )
    .await;
}

#[tokio::test]
async fn the_iron_rules() {
    let door = Door::open().await;
    let without = |name: &str| {
        let mut body = ask("hi");
        body.as_object_mut().unwrap().shift_remove(name);
        body
    };
    for (body, detail) in [
        (without("model"), "Field 'model' is required"),
        (without("instructions"), "Instructions are required"),
        (
            with(ask("hi"), json!({"instructions": null})),
            "Instructions are required",
        ),
        (without("store"), "Store must be set to false"),
        (
            with(ask("hi"), json!({"store": true})),
            "Store must be set to false",
        ),
        (without("stream"), "Stream must be set to true"),
        (
            with(ask("hi"), json!({"stream": false})),
            "Stream must be set to true",
        ),
        (without("input"), "Input must be a list"),
        (
            with(ask("hi"), json!({"input": "hi"})),
            "Input must be a list",
        ),
        (
            with(
                ask("hi"),
                json!({"input": [{"role": "system", "content": "be kind"}]}),
            ),
            "System messages are not allowed",
        ),
        (
            with(ask("hi"), json!({"model": "gpt-4o"})),
            "The 'gpt-4o' model is not supported when using Codex with a ChatGPT account.",
        ),
    ] {
        check(&door, body, detail).await;
    }
}

#[tokio::test]
async fn the_official_client_may_leave_the_instructions_out() {
    let door = Door::open().await;
    let mut body = ask("hi");
    body.as_object_mut().unwrap().shift_remove("instructions");
    let got = door.post_with(&body, &[("originator", "codex_exec")]).await;
    assert_eq!(got.said(), "You said: hi");
}

#[tokio::test]
async fn every_listed_parameter_is_accepted_together() {
    let door = Door::open().await;
    let body = with(
        ask("hi"),
        json!({
            "tools": [{"type": "function", "name": "f", "parameters": {"type": "object", "properties": {}}}],
            "tool_choice": "auto",
            "parallel_tool_calls": true,
            "reasoning": {"effort": "low", "summary": "auto"},
            "include": ["reasoning.encrypted_content"],
            "service_tier": "priority",
            "prompt_cache_key": "key",
            "text": {"verbosity": "low", "format": {"type": "text"}},
            "client_metadata": {"session_id": "1"},
            "stream_options": {"reasoning_summary_delivery": "sequential_cutoff"},
        }),
    );
    assert_eq!(door.post(&body).await.said(), "You said: hi");
}

#[tokio::test]
async fn a_body_may_come_compressed_and_must_be_json() {
    let door = Door::open().await;
    let post = |encoding: &'static str, body: Vec<u8>| {
        let door = &door;
        async move {
            let headers = [("content-encoding", encoding)];
            let path = "/backend-api/codex/responses";
            door.send(http::Method::POST, path, &headers, body)
                .await
                .unwrap()
        }
    };
    let plain = ask("hi").to_string().into_bytes();
    let packed = zstd::encode_all(plain.as_slice(), 0).unwrap();
    assert_eq!(post("zstd", packed.clone()).await.said(), "You said: hi");
    assert_eq!(post("gzip", packed).await.status, 400);
    assert_eq!(
        post("", b"{".to_vec()).await.json(),
        json!({"detail": "Invalid JSON body"})
    );
}
