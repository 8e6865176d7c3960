//! The inner validator's rules for items, contents and pairs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::shapes::check;
use super::{Door, ask, with};
use crate::backend::picture::draw;
use crate::backend::sealed::seal;

async fn table(rows: &[(Value, &str, &str)]) {
    let door = Door::open().await;
    for (input, text, code) in rows {
        let code = if code.is_empty() {
            Value::Null
        } else {
            json!(code)
        };
        check(
            &door,
            with(ask("hi"), json!({ "input": input })),
            &[],
            text,
            code,
        )
        .await;
    }
}

/// A good first item, so that the bad one is `input[1]`.
fn second(item: &Value) -> Value {
    json!([{"role": "user", "content": "hi"}, item])
}

fn part(role: &str, part: &Value) -> Value {
    json!([{"type": "message", "role": role, "content": [part]}])
}

#[tokio::test]
async fn unknown_keys_and_types() {
    table(&[
        (
            second(&json!({"role": "assistant", "content": [{"type": "output_text", "text": "x"}], "reasoning_content": "y"})),
            "Unknown parameter: 'input[1].reasoning_content'.",
            "unknown_parameter",
        ),
        (second(&json!({"role": "user", "content": "x", "name": "bob"})), "Unknown parameter: 'input[1].name'.", "unknown_parameter"),
        (second(&json!({"role": "user", "content": "x", "_key": 1})), "Unknown parameter: 'input[1]._key'.", "unknown_parameter"),
        (second(&json!({"role": "user", "content": "x", "cache_control": {}})), "Unknown parameter: 'input[1].cache_control'.", "unknown_parameter"),
        (
            second(&json!({"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}", "namespace": "n"})),
            "Unknown parameter: 'input[1].namespace'.",
            "unknown_parameter",
        ),
        (second(&json!("text")), "Invalid type for 'input[1]': expected an object, but got a string instead.", "invalid_type"),
        (second(&json!({"content": "x"})), "Missing required parameter: 'input[1].type'.", "missing_required_parameter"),
        (second(&json!({"role": "tool", "content": "x"})), "Invalid value: 'tool'. Supported values are: 'assistant', 'developer', and 'user'.", "invalid_value"),
        (second(&json!({"role": "user"})), "Missing required parameter: 'input[1].content'.", "missing_required_parameter"),
        (
            json!([{"role": "assistant", "content": [{"type": "output_text", "text": "x"}], "status": "finalizing"}]),
            "Invalid value: 'finalizing'. Supported values are: 'in_progress', 'completed', 'incomplete', 'failed', 'searching', and 'generating'.",
            "invalid_value",
        ),
    ])
    .await;
    let got = Door::open()
        .await
        .post(&with(ask(""), json!({"input": [{"type": "novelty"}]})))
        .await;
    assert!(
        got.text()
            .contains("Invalid value: 'novelty'. Supported values are: 'message', 'reasoning', ")
    );
}

#[tokio::test]
async fn names_and_ids() {
    let long = "x".repeat(65);
    let too_long = |at: &str| {
        format!(
            "Invalid '{at}': string too long. Expected a string with maximum length 64, but got a string with length 65 instead."
        )
    };
    let call = |name: &str, id: &str| json!([{"type": "function_call", "call_id": id, "name": name, "arguments": "{}"}]);
    let empty = |at: &str| {
        format!(
            "Invalid '{at}': empty string. Expected a string with minimum length 1, but got an empty string instead."
        )
    };
    table(&[
        (call("", "c"), &empty("input[0].name"), "empty_string"),
        (call("f", ""), &empty("input[0].call_id"), "empty_string"),
        (call(&long, "c"), &too_long("input[0].name"), "string_above_max_length"),
        (call("f", &long), &too_long("input[0].call_id"), "string_above_max_length"),
        (
            call("a.b", "c"),
            "Invalid 'input[0].name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
            "invalid_value",
        ),
        (
            json!([{"role": "user", "content": "x", "id": "item_1"}]),
            "Invalid 'input[0].id': 'item_1'. Expected an ID that begins with 'msg'.",
            "invalid_value",
        ),
        (
            json!([{"type": "function_call", "call_id": "c", "name": "f", "arguments": {}}]),
            "Invalid type for 'input[0].arguments': expected a string, but got an object instead.",
            "invalid_type",
        ),
    ])
    .await;
}

#[tokio::test]
async fn nothing_is_persisted() {
    let gone = |id: &str| {
        format!(
            "Item with id '{id}' not found. Items are not persisted when `store` is set to false. Try again with `store` set to true, or remove this item from your input."
        )
    };
    table(&[
        (json!([{"type": "reasoning", "id": "rs_1", "summary": []}]), &gone("rs_1"), ""),
        (json!([{"type": "item_reference", "id": "msg_7"}]), &gone("msg_7"), ""),
        (
            json!([{"id": "msg_1", "role": "assistant", "content": [{"type": "output_text", "text": "x"}]}]),
            &gone("msg_1"),
            "",
        ),
    ])
    .await;
    // The official client holds its items in full and may name them.
    let door = Door::open().await;
    let body = json!({"client_metadata": {"session_id": "s"}, "input": [{"id": "msg_1", "role": "user", "content": "hi"}]});
    assert_eq!(door.post(&with(ask(""), body)).await.said(), "You said: hi");
}

#[tokio::test]
async fn reasoning_and_sealed_contents() {
    let sealed = seal("acct_plus", "5.5", "x");
    let reasoning =
        |content: &str| json!([{"type": "reasoning", "summary": [], "encrypted_content": content}]);
    let unverified = "The encrypted content gAAA... could not be verified.";
    table(&[
        (
            second(&json!({"type": "reasoning"})),
            "Missing required parameter: 'input[1].summary'.",
            "missing_required_parameter",
        ),
        (
            reasoning(&seal("acct_pro", "5.5", "x")),
            unverified,
            "invalid_encrypted_content",
        ),
        (
            reasoning(&seal("acct_plus", "5.6", "x")),
            unverified,
            "invalid_encrypted_content",
        ),
        (
            reasoning("made up"),
            "The encrypted content made... could not be verified.",
            "invalid_encrypted_content",
        ),
        (
            json!([{"type": "compaction", "encrypted_content": seal("acct_pro", "5.5", "x")}]),
            unverified,
            "invalid_encrypted_content",
        ),
    ])
    .await;
    let door = Door::open().await;
    let input = json!([{"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": sealed}, {"role": "user", "content": "hi"}]);
    assert_eq!(
        door.post(&with(ask(""), json!({ "input": input })))
            .await
            .said(),
        "You said: hi"
    );
}

#[tokio::test]
async fn pairs() {
    let call = json!({"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"});
    let output = json!({"type": "function_call_output", "call_id": "c1", "output": "x"});
    let custom = json!({"type": "custom_tool_call", "call_id": "c2", "name": "f", "input": "x"});
    let custom_output = json!({"type": "custom_tool_call_output", "call_id": "c2", "output": "x"});
    let no_call = "No tool call found for function call output with call_id c1.";
    let no_output = "No tool output found for function call c1.";
    table(&[
        (json!([output]), no_call, ""),
        (json!([output, call]), no_call, ""),
        (json!([call, output, output]), no_call, ""),
        (json!([call]), no_output, ""),
        (json!([call, call, output]), no_output, ""),
        (json!([custom]), "No tool output found for custom tool call c2.", ""),
        (json!([custom_output]), "No tool call found for custom tool call output with call_id c2.", ""),
        (
            json!([{"type": "tool_search_call", "call_id": "s", "execution": "client", "arguments": {}}]),
            "No tool output found for tool search call s.",
            "",
        ),
    ])
    .await;
    let door = Door::open().await;
    let good = json!({"input": [call, custom, custom_output, output]});
    assert_eq!(door.post(&with(ask(""), good)).await.status, 200);
}

#[tokio::test]
async fn contents() {
    let legal = "'input_text', 'input_image', 'output_text', 'refusal', 'input_file', 'computer_screenshot', and 'summary_text'";
    table(&[
        (
            part("assistant", &json!({"type": "input_text", "text": "x"})),
            "Invalid value: 'input_text'. Supported values are: 'output_text' and 'refusal'.",
            "invalid_value",
        ),
        (
            part("user", &json!({"type": "text", "text": "x"})),
            &format!("Invalid value: 'text'. Supported values are: {legal}."),
            "invalid_value",
        ),
        (
            part(
                "user",
                &json!({"type": "input_audio", "data": "", "format": "wav"}),
            ),
            &format!("Invalid value: 'input_audio'. Supported values are: {legal}."),
            "invalid_value",
        ),
        (
            part(
                "user",
                &json!({"type": "input_text", "text": "x", "cache_control": {}}),
            ),
            "Unknown parameter: 'input[0].content[0].cache_control'.",
            "unknown_parameter",
        ),
        (
            part(
                "user",
                &json!({"type": "input_text", "text": "x", "prompt_cache_breakpoint": true}),
            ),
            "prompt_cache_breakpoint is not supported on this model",
            "unsupported_value",
        ),
        (
            part("user", &json!({"type": "input_image", "file_id": "file_1"})),
            "Unknown parameter: 'input[0].content[0].file_id'.",
            "unknown_parameter",
        ),
        (
            part("user", &json!({"type": "input_file", "file_id": "file_1"})),
            "The file with ID 'file_1' was not found.",
            "invalid_value",
        ),
    ])
    .await;
}

#[tokio::test]
async fn images() {
    let image = |url: &str| part("user", &json!({"type": "input_image", "image_url": url}));
    let expected = "Invalid 'input[0].content[0].image_url'. Expected a base64-encoded data URL with an image MIME type (e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU='), but got";
    let bad = "The image data you provided does not represent a valid image. Please check your input and try again with one of the supported image formats: ['image/jpeg','image/png','image/gif','image/webp'].";
    table(&[
        (image("data:text/plain;base64,aGk="), &format!("{expected} unsupported MIME type 'text/plain'."), "invalid_value"),
        (image("data:image/png,raw"), &format!("{expected} a value without base64 data."), "invalid_value"),
        (image("data:image/png;base64,aGk="), bad, "invalid_value"),
        (image("data:image/svg+xml;base64,aGk="), &format!("{expected} unsupported MIME type 'image/svg+xml'."), "invalid_value"),
        (
            image("sediment://file_1"),
            "Invalid 'input[0].content[0].image_url'. Expected a valid URL, but got a value with an invalid format.",
            "invalid_value",
        ),
    ])
    .await;
    let door = Door::open().await;
    let good = format!("data:image/png;base64,{}", STANDARD.encode(draw(4, 5, "x")));
    let got = door
        .post(&with(ask(""), json!({"input": image(&good)})))
        .await;
    assert_eq!(got.said(), "You said:  I see a PNG image, 4 by 5 pixels.");
    let spark = json!({"input": image(&good), "model": "gpt-5.3-codex-spark"});
    let text = "Unsupported value: 'input_image' is not supported with the 'gpt-5.3-codex-spark' model. Supported values are: 'input_text'.";
    check(
        &door,
        with(ask(""), spark),
        &[],
        text,
        json!("unsupported_value"),
    )
    .await;
}

#[tokio::test]
async fn the_rest_of_the_table() {
    table(&[
        (
            json!([
                {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
                {"type": "function_call_output", "call_id": "c", "output": [
                    {"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64,aGk="},
                ]},
            ]),
            "Missing required parameter: 'input[1].content[0]'",
            "missing_required_parameter",
        ),
        (
            json!([{"type": "compaction_trigger"}, {"role": "user", "content": "x"}]),
            "The 'compaction_trigger' item must be the final input item.",
            "invalid_value",
        ),
        (
            json!([{"type": "web_search_call", "status": "completed", "action": {"type": "other"}}]),
            "Invalid value: 'other'. Supported values are: 'search', 'open_page', and 'find_in_page'.",
            "invalid_value",
        ),
    ])
    .await;
}
