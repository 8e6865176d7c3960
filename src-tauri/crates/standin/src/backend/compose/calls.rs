//! The calls of an answer: those a marker names, else the one the tool choice demands.

use serde_json::Value;

use super::{Asked, Call, Made};
use crate::backend::instance::instance;
use crate::backend::tools;

/// The calls to make; none once the tool outputs have arrived.
pub(super) fn made(asked: &Asked<'_>) -> Vec<Made> {
    let body = asked.conversation.body;
    let choice = body.get("tool_choice").unwrap_or(&Value::Null);
    if !asked.conversation.outputs.is_empty() || choice == "none" {
        return Vec::new();
    }
    let mut made: Vec<Made> = asked
        .marks
        .all("call")
        .filter_map(|words| marked(asked, words))
        .collect();
    if made.is_empty() {
        made.extend(demanded(asked, choice));
    }
    if body.get("parallel_tool_calls") == Some(&Value::Bool(false)) {
        made.truncate(1);
    }
    made
}

/// `NAME` or `NAME {json}`, where the name may be `namespace.name`.
fn marked(asked: &Asked<'_>, words: &str) -> Option<Made> {
    let (name, input) = match words.find([' ', '{']) {
        Some(end) => (&words[..end], Some(words[end..].trim())),
        None => (words, None),
    };
    let offered = tools::offered(asked.conversation.body);
    let (namespace, tool) = offered.into_iter().find(|(namespace, tool)| {
        let plain = tool["name"].as_str().unwrap_or_default();
        plain == name || namespace.is_some_and(|it| format!("{it}.{plain}") == name)
    })?;
    call(asked, namespace, tool, input)
}

fn demanded(asked: &Asked<'_>, choice: &Value) -> Option<Made> {
    let named = choice["name"].as_str();
    if named.is_none() && choice != "required" {
        return None;
    }
    let offered = tools::offered(asked.conversation.body);
    let (namespace, tool) = offered.into_iter().find(|(_, tool)| {
        let is_callable = tool["type"] == "function" || tool["type"] == "custom";
        is_callable && named.is_none_or(|named| tool["name"] == named)
    })?;
    call(asked, namespace, tool, None)
}

fn call(
    asked: &Asked<'_>,
    namespace: Option<&str>,
    tool: &Value,
    input: Option<&str>,
) -> Option<Made> {
    let call = |input: String| Call {
        id: format!("call_{}", asked.chance.alphanumeric(24)),
        name: tool["name"].as_str().unwrap_or_default().to_owned(),
        namespace: namespace.map(str::to_owned),
        input,
    };
    let said = asked.marks.text();
    match tool["type"].as_str()? {
        "function" => Some(Made::Function(call(match input {
            Some(given) => given.to_owned(),
            None => instance(&tool["parameters"], said).to_string(),
        }))),
        "custom" => Some(Made::Custom(call(input.unwrap_or(said).to_owned()))),
        _ => None,
    }
}
