//! Calls and their outputs: each call has exactly one output behind it, and each output its call
//! (contract backend 1.5, 1.9).

use serde_json::Value;

use super::refusal::Refusal;

/// Checks the pairs of the whole input.
pub(crate) fn check(input: &[Value]) -> Result<(), Refusal> {
    let mut open: Vec<(Kind, &str)> = Vec::new();
    for item in input {
        let Some(id) = item.get("call_id").and_then(Value::as_str) else {
            continue;
        };
        if let Some(kind) = Kind::of_call(item) {
            if open.contains(&(kind, id)) {
                return Err(no_output(kind, id));
            }
            open.push((kind, id));
        } else if let Some(kinds) = kinds_of_output(item) {
            let call = open
                .iter()
                .position(|(kind, open)| *open == id && kinds.contains(kind));
            match call {
                Some(at) => drop(open.remove(at)),
                None => return Err(no_call(kinds[0], id)),
            }
        }
    }
    match open.first() {
        Some((kind, id)) => Err(no_output(*kind, id)),
        None => Ok(()),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Function,
    Custom,
    ToolSearch,
    LocalShell,
}

impl Kind {
    fn of_call(item: &Value) -> Option<Self> {
        match item["type"].as_str()? {
            "function_call" => Some(Self::Function),
            "custom_tool_call" => Some(Self::Custom),
            // A search the server ran itself has no output of the client's.
            "tool_search_call" if item["execution"] != "server" => Some(Self::ToolSearch),
            "local_shell_call" => Some(Self::LocalShell),
            _ => None,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Function => "function call",
            Self::Custom => "custom tool call",
            Self::ToolSearch => "tool search call",
            Self::LocalShell => "local shell call",
        }
    }
}

/// The calls an output may belong to; a legacy shell call is answered by a function's output.
fn kinds_of_output(item: &Value) -> Option<&'static [Kind]> {
    match item["type"].as_str()? {
        "function_call_output" => Some(&[Kind::Function, Kind::LocalShell]),
        "custom_tool_call_output" => Some(&[Kind::Custom]),
        "tool_search_output" if item["execution"] != "server" => Some(&[Kind::ToolSearch]),
        "local_shell_call_output" => Some(&[Kind::LocalShell]),
        _ => None,
    }
}

fn no_call(kind: Kind, id: &str) -> Refusal {
    let words = kind.words();
    let text = format!("No tool call found for {words} output with call_id {id}.");
    Refusal::invalid(text, Some("input"), None)
}

fn no_output(kind: Kind, id: &str) -> Refusal {
    let text = format!("No tool output found for {} {id}.", kind.words());
    Refusal::invalid(text, Some("input"), None)
}
