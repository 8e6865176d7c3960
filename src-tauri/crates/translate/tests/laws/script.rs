//! Arbitrary conversations: events as a backend might send them, in any order, and requests as a
//! client might.

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};

/// A sequence of events, often but not always with an end.
pub(crate) fn script() -> impl Strategy<Value = Vec<Value>> {
    let end = prop_oneof![4 => ending().prop_map(Some), 1 => Just(None)];
    let begins = any::<bool>();
    (begins, prop::collection::vec(event(), 0..14), end).prop_map(|(begins, mut events, end)| {
        if begins {
            events.insert(
                0,
                enveloped("response.created", json!({"status": "in_progress"})),
            );
        }
        events.extend(end);
        for (number, event) in events.iter_mut().enumerate() {
            // Some backends number their events, some begin anew.
            if number % 5 != 3 {
                event["sequence_number"] = (number % 7).into();
            }
        }
        events
    })
}

/// The script as bytes, in frames of several styles.
pub(crate) fn wire_of(script: &[Value]) -> Bytes {
    let mut wire = String::new();
    for (number, event) in script.iter().enumerate() {
        let name = event["type"].as_str().unwrap_or("x");
        wire += &match number % 4 {
            0 => format!("event: {name}\ndata: {event}\n\n"),
            1 => format!("event: {name}\r\ndata: {event}\r\n\r\n"),
            2 => format!(": ping\n\ndata: {event}\n\n"),
            _ => format!("data:{event}\n\n"),
        };
    }
    wire.into()
}

/// The same bytes in pieces.
pub(crate) fn cut_at(wire: &Bytes, cuts: &[f64]) -> Vec<Bytes> {
    let at = |cut: &f64| (cut * wire.len() as f64) as usize;
    let mut cuts: Vec<usize> = cuts.iter().map(at).collect();
    cuts.extend([0, wire.len()]);
    cuts.sort_unstable();
    let pieces = cuts.windows(2).map(|pair| wire.slice(pair[0]..pair[1]));
    pieces.collect()
}

/// A request of either dialect, with odd values here and there.
pub(crate) fn request() -> impl Strategy<Value = Value> {
    let fields = prop::collection::vec((prop::sample::select(FIELDS), odd()), 0..5);
    let items = prop::collection::vec(item(), 0..6);
    (items, fields).prop_map(|(items, fields)| {
        let mut body = json!({"model": "m", "input": items, "messages": items});
        for (name, value) in fields {
            body[name] = value;
        }
        body
    })
}

fn item() -> impl Strategy<Value = Value> {
    let id = prop::sample::select(&["a", "b"][..]);
    let content = prop_oneof![
        text().prop_map(Value::from),
        text().prop_map(|text| json!([{"type": "text", "text": text, "cache_control": 1}])),
        text().prop_map(|text| json!([{"type": "output_text", "text": text, "annotations": []}])),
        odd(),
    ];
    let role = prop::sample::select(&["system", "user", "assistant", "tool", "developer"][..]);
    prop_oneof![
        4 => (role, content, id.clone()).prop_map(|(role, content, id)| json!({
            "role": role, "content": content, "id": "msg_1", "name": null, "tool_call_id": id,
        })),
        1 => id.clone().prop_map(|id| json!({
            "type": "function_call", "call_id": id, "name": "f", "arguments": "{}", "status": "completed",
        })),
        1 => id.clone().prop_map(|id| json!({"type": "function_call_output", "call_id": id, "output": "x"})),
        1 => id.prop_map(|id| json!({"type": "custom_tool_call", "call_id": id, "name": "g", "input": ""})),
        1 => Just(json!({"type": "reasoning", "id": "rs_1", "encrypted_content": "gAAAA"})),
        1 => Just(json!({"type": "future_item", "z": [1, {}]})),
        1 => odd(),
    ]
}

fn odd() -> impl Strategy<Value = Value> {
    prop::sample::select(
        &[
            "null",
            "true",
            "0",
            "-1.5",
            "\"\"",
            "\"auto\"",
            "\"low\"",
            "[]",
            "{}",
            "[[]]",
            "[null]",
            r#"{"type":"function","name":"f"}"#,
            r#"[{"type":"function","name":"f"}]"#,
            r#"[{"type":"web_search_preview","x":1}]"#,
            r#"{"effort":"high","summary":"auto"}"#,
            r#"{"format":{"type":"json_object"},"verbosity":"low"}"#,
            r#"["reasoning.encrypted_content",7]"#,
        ][..],
    )
    .prop_map(|text| serde_json::from_str(text).unwrap())
}

fn text() -> impl Strategy<Value = String> {
    "[a-c \"\\\\\n\u{e9}\u{1f600}]{0,6}"
}

fn event() -> impl Strategy<Value = Value> {
    let place = (0..3u32, 0..2u32);
    let said = (place, text(), prop::sample::select(DELTAS));
    prop_oneof![
        6 => said.prop_map(|((item, inner), text, (name, field))| json!({
            "type": name, "item_id": format!("i{item}"), "output_index": item,
            "content_index": inner, "summary_index": inner, field: text,
        })),
        2 => (0..3u32, call()).prop_map(|(index, item)| itemed("response.output_item.added", index, item)),
        2 => (0..3u32, call()).prop_map(|(index, item)| itemed("response.output_item.done", index, item)),
        2 => (0..3u32, text(), any::<bool>()).prop_map(|(index, text, comments)| itemed(
            "response.output_item.done", index, json!({
                "type": "message", "role": "assistant", "phase": comments.then_some("commentary"),
                "content": [{"type": "output_text", "text": text, "annotations": [
                    {"type": "url_citation", "url": "u", "title": "t", "start_index": 0, "end_index": 1}]}],
            }))),
        1 => Just(json!({"type": "codex.rate_limits", "rate_limits": {"limit_reached": true}})),
        1 => Just(json!({"type": "response.new_thing", "x": 1})),
        1 => Just(json!({"type": "keepalive"})),
        1 => Just(enveloped("response.in_progress", json!({"status": "in_progress"}))),
        1 => Just(json!({"type": "response.output_item.done", "output_index": "wrong"})),
    ]
}

fn call() -> impl Strategy<Value = Value> {
    (0..3u32, any::<bool>(), text()).prop_map(|(id, custom, payload)| match custom {
        true => json!({
            "type": "custom_tool_call", "id": format!("i{id}"), "call_id": format!("c{id}"), "name": "g", "input": payload,
        }),
        false => json!({
            "type": "function_call", "id": format!("i{id}"), "call_id": format!("c{id}"), "name": "f", "arguments": payload,
        }),
    })
}

fn ending() -> impl Strategy<Value = Value> {
    let usage = json!({"input_tokens": 3, "output_tokens": 4, "total_tokens": 7});
    let text = json!({"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "late"}]});
    prop::sample::select(vec![
        enveloped(
            "response.completed",
            json!({"status": "completed", "output": [], "usage": usage}),
        ),
        enveloped(
            "response.completed",
            json!({"status": "completed", "output": [text]}),
        ),
        enveloped(
            "response.incomplete",
            json!({"incomplete_details": {"reason": "max_output_tokens"}}),
        ),
        enveloped(
            "response.failed",
            json!({"error": {"code": "server_error", "message": "m"}}),
        ),
        enveloped("response.failed", json!({})),
        enveloped("response.cancelled", json!({})),
        json!({"type": "response.done", "response": {"id": "resp_2"}}),
        json!({"type": "response.completed"}),
        json!({"type": "error", "code": "x", "message": "m"}),
        json!({"type": "error", "error": {"type": "usage_limit_reached", "message": "m", "resets_at": 5}}),
    ])
}

fn itemed(name: &str, index: u32, item: impl Into<Value>) -> Value {
    json!({"type": name, "output_index": index, "item": item.into()})
}

fn enveloped(name: &str, mut response: Value) -> Value {
    response["id"] = "resp_1".into();
    json!({"type": name, "response": response})
}

const DELTAS: &[(&str, &str)] = &[
    ("response.output_text.delta", "delta"),
    ("response.output_text.done", "text"),
    ("response.refusal.delta", "delta"),
    ("response.refusal.done", "refusal"),
    ("response.reasoning_summary_text.delta", "delta"),
    ("response.reasoning_summary_text.done", "text"),
    ("response.reasoning_text.delta", "delta"),
    ("response.function_call_arguments.delta", "delta"),
    ("response.function_call_arguments.done", "arguments"),
    ("response.custom_tool_call_input.delta", "delta"),
    ("response.custom_tool_call_input.done", "input"),
];

const FIELDS: &[&str] = &[
    "input",
    "instructions",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "reasoning",
    "include",
    "service_tier",
    "prompt_cache_key",
    "text",
    "stream",
    "stream_options",
    "client_metadata",
    "messages",
    "functions",
    "function_call",
    "response_format",
    "reasoning_effort",
    "verbosity",
    "web_search_options",
    "temperature",
    "n",
    "stop",
    "background",
    "conversation",
];
