//! How a stream begins and ends: the response object, the terminal events, and failures (contract
//! backend 2.2, 2.3, 3.2).

use serde_json::{Map, Value, json};

use super::events::Record;
use super::faults;
use super::marks::{Marks, option};

/// What the response object says of itself.
#[derive(Debug)]
pub(crate) struct Envelope<'a> {
    pub(crate) id: &'a str,
    /// Seconds since 1970.
    pub(crate) created_at: i64,
    pub(crate) body: &'a Map<String, Value>,
}

impl Envelope<'_> {
    /// The response object with that status; `output` is empty whatever was made (2.3.1).
    pub(crate) fn response(&self, status: &str, output: &[Value], usage: &Value) -> Value {
        let echo = |field: &str| self.body.get(field).cloned().unwrap_or(Value::Null);
        let or = |field: &str, default: Value| match echo(field) {
            Value::Null => default,
            given => given,
        };
        // The echo tells nothing about the tier that served (contract backend 1.6).
        let tier = if status == "completed" {
            "default"
        } else {
            "auto"
        };
        json!({
            "id": self.id,
            "object": "response",
            "created_at": self.created_at,
            "status": status,
            "background": false,
            "error": null,
            "incomplete_details": null,
            "instructions": echo("instructions"),
            "max_output_tokens": null,
            "max_tool_calls": null,
            "model": echo("model"),
            "output": output,
            "parallel_tool_calls": or("parallel_tool_calls", json!(true)),
            "previous_response_id": null,
            "prompt_cache_key": echo("prompt_cache_key"),
            "reasoning": or("reasoning", json!({"effort": null, "summary": null})),
            "safety_identifier": null,
            "service_tier": tier,
            "store": false,
            "temperature": 1.0,
            "text": or("text", json!({"format": {"type": "text"}, "verbosity": "medium"})),
            "tool_choice": or("tool_choice", json!("auto")),
            "tools": or("tools", json!([])),
            "top_logprobs": 0,
            "top_p": 1.0,
            "truncation": "disabled",
            "usage": usage,
            "user": null,
            "metadata": {},
        })
    }

    fn at_start(&self) -> Value {
        self.response("in_progress", &[], &Value::Null)
    }
}

/// The two events before the first item.
pub(crate) fn opening(envelope: &Envelope<'_>) -> Vec<Record> {
    ["response.created", "response.in_progress"]
        .map(|kind| Record::new(kind, json!({"response": envelope.at_start()})))
        .to_vec()
}

/// How the answer ends when nothing breaks it off.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Finished<'a> {
    pub(crate) usage: &'a Value,
    pub(crate) tool_usage: Option<&'a Value>,
    /// The finished items, for the departure that sends them again.
    pub(crate) items: &'a [Value],
    /// Why it is incomplete, if it is.
    pub(crate) incomplete: Option<&'a str>,
    pub(crate) full_output: bool,
}

/// `response.completed` or `response.incomplete`.
pub(crate) fn terminal(envelope: &Envelope<'_>, finished: &Finished<'_>) -> Record {
    let status = finished.incomplete.map_or("completed", |_| "incomplete");
    let output = if finished.full_output {
        finished.items
    } else {
        &[]
    };
    let mut response = envelope.response(status, output, finished.usage);
    if let Some(tool_usage) = finished.tool_usage {
        response["tool_usage"] = tool_usage.clone();
    }
    match finished.incomplete {
        Some(reason) => {
            response["incomplete_details"] = json!({ "reason": reason });
            Record::new("response.incomplete", json!({ "response": response }))
        }
        None => Record::new("response.completed", json!({ "response": response })),
    }
}

/// Where a failure strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strikes {
    /// Before any other event.
    First,
    /// So many text deltas later; 0 is right behind `response.created`.
    After(usize),
}

/// The failure the markers ask for: its event, and where it strikes.
pub(crate) fn failure(
    marks: &Marks,
    envelope: &Envelope<'_>,
    resets_at: i64,
) -> Option<(Strikes, Record)> {
    let strikes = |words: &str| match words.split_whitespace().any(|word| word == "first") {
        true => Strikes::First,
        false => Strikes::After(number(words, "after")),
    };
    if let Some(words) = marks.words("failed") {
        let code = words.split_whitespace().next().unwrap_or("server_error");
        let error = failed(code, words, resets_at);
        return Some((strikes(words), failed_event(envelope, &error)));
    }
    let words = marks.words("error-event")?;
    let message = "The server had an error while processing your request.";
    let event = if words.split_whitespace().any(|word| word == "nested") {
        let error = json!({"type": "server_error", "code": "server_error", "message": message, "param": null});
        json!({"status": 500, "error": error, "headers": {}})
    } else {
        json!({"code": "server_error", "message": message, "param": null})
    };
    Some((strikes(words), Record::new("error", event)))
}

/// `response.failed` with that error.
pub(crate) fn failed_event(envelope: &Envelope<'_>, error: &Value) -> Record {
    let mut response = envelope.response("failed", &[], &Value::Null);
    response["error"] = error.clone();
    Record::new("response.failed", json!({ "response": response }))
}

/// The error of a code of contract backend 3.2, or of any other code.
fn failed(code: &str, words: &str, resets_at: i64) -> Value {
    let usual = match code {
        "context_length_exceeded" => faults::TOO_LONG,
        "insufficient_quota" => {
            "You exceeded your current quota, please check your plan and billing details."
        }
        "usage_not_included" => {
            "To use Codex with your ChatGPT plan, upgrade to Plus: https://chatgpt.com/explore/plus."
        }
        "cyber_policy" => faults::CYBER,
        "misalignment_policy_violation" => faults::MISALIGNED,
        "invalid_prompt" => {
            "Invalid prompt: your prompt was flagged as potentially violating our usage policy."
        }
        "bio_policy" => "This request has been flagged for possible biological risk.",
        "server_is_overloaded" | "overloaded_error" => faults::OVERLOADED,
        "slow_down" => faults::SLOW_DOWN,
        "rate_limit_exceeded" => "Rate limit reached for this model. Please try again in 1.5s.",
        "usage_limit_reached" => "The usage limit has been reached",
        _ => "An error occurred while processing your request.",
    };
    let message = option(words, "message").unwrap_or(usual);
    let mut error = json!({"code": code, "message": message});
    if code == "usage_limit_reached" {
        error["type"] = json!(code);
        error["plan_type"] = json!("plus");
        error["resets_at"] = json!(resets_at);
    }
    error
}

fn number(words: &str, key: &str) -> usize {
    option(words, key)
        .and_then(|value| value.parse().ok())
        .unwrap_or(0)
}
