//! Items as JSON: whole, and as they are when they open.

use serde_json::{Value, json};

use super::Placed;
use crate::backend::compose::{Call, Cited, Made};

/// The complete item, as `response.output_item.done` carries it.
pub(super) fn whole(placed: Placed<'_>, status: &str) -> Value {
    let id = placed.id;
    match placed.made {
        Made::Reasoning { summary, sealed } => {
            let parts: Vec<Value> = summary.iter().map(|text| summary_part(text)).collect();
            let mut item = json!({"id": id, "type": "reasoning", "summary": parts});
            if let Some(sealed) = sealed {
                item["encrypted_content"] = json!(sealed);
            }
            item
        }
        Made::Message { text, phase, cited } => {
            let content = json!([text_part(text, cited.as_ref())]);
            message(id, status, *phase, &content)
        }
        Made::Refusal(text) => {
            let content = json!([{"type": "refusal", "refusal": text}]);
            message(id, status, None, &content)
        }
        Made::Function(call) => function(id, call, status, &call.input),
        Made::Custom(call) => custom(id, call, status, &call.input),
        Made::Search { query } => json!({
            "id": id,
            "type": "web_search_call",
            "status": status,
            "action": {"type": "search", "query": query},
        }),
        Made::Image(image) => json!({
            "id": id,
            "type": "image_generation_call",
            "status": status,
            "background": "opaque",
            "output_format": "png",
            "quality": "medium",
            "result": image.base64,
            "revised_prompt": image.prompt,
            "size": image.size,
        }),
        Made::Compaction { sealed } => {
            json!({"id": id, "type": "compaction", "encrypted_content": sealed})
        }
        Made::Future => json!({"id": id, "type": "future_item", "payload": {"answer": 42}}),
    }
}

/// A message with that content.
pub(super) fn message(id: &str, status: &str, phase: Option<&str>, content: &Value) -> Value {
    let mut item = json!({"id": id, "type": "message", "status": status, "content": content});
    if let Some(phase) = phase {
        item["phase"] = json!(phase);
    }
    item["role"] = json!("assistant");
    item
}

/// A function call with these arguments so far.
pub(super) fn function(id: &str, call: &Call, status: &str, arguments: &str) -> Value {
    let mut item = json!({
        "id": id,
        "type": "function_call",
        "status": status,
        "arguments": arguments,
        "call_id": call.id,
        "name": call.name,
    });
    if let Some(namespace) = &call.namespace {
        item["namespace"] = json!(namespace);
    }
    item
}

/// A custom call with this input so far.
pub(super) fn custom(id: &str, call: &Call, status: &str, input: &str) -> Value {
    let mut item = json!({
        "id": id,
        "type": "custom_tool_call",
        "status": status,
        "call_id": call.id,
        "input": input,
        "name": call.name,
    });
    if let Some(namespace) = &call.namespace {
        item["namespace"] = json!(namespace);
    }
    item
}

pub(super) fn summary_part(text: &str) -> Value {
    json!({"type": "summary_text", "text": text})
}

/// The whole text with what it cites.
pub(super) fn text_part(text: &str, cited: Option<&Cited>) -> Value {
    let annotations: Vec<Value> = cited.iter().map(|cited| annotation(text, cited)).collect();
    json!({"type": "output_text", "annotations": annotations, "logprobs": [], "text": text})
}

pub(super) fn annotation(text: &str, cited: &Cited) -> Value {
    json!({
        "type": "url_citation",
        "start_index": 0,
        "end_index": text.chars().count(),
        "title": cited.title,
        "url": cited.url,
    })
}
