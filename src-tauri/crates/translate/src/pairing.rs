//! Calls and their outputs: every call has exactly one output behind it, and every output its call
//! (contract backend 1.5, 1.9).

use std::collections::HashMap;

use wire::responses::{Item, Output};

use crate::ignored::Ignored;

/// An item, and whether it is one half of a pair.
#[derive(Debug)]
pub(crate) struct Linked {
    /// The item.
    pub(crate) item: Item,
    /// Its part in a pair.
    pub(crate) link: Link,
    /// Where it stood, as a path.
    pub(crate) at: String,
}

/// An item's part in a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Link {
    /// None.
    Free,
    /// It asks for a tool.
    Call(Tool, String),
    /// It answers such an item.
    Output(Tool, String),
}

/// Which kind of call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Tool {
    /// `function_call`, and the old `local_shell_call`, which functions' outputs answer too.
    Function,
    /// `custom_tool_call`.
    Custom,
}

/// The items with every pair complete: an output without its call is left out and named, a call
/// without an output gets one that says so, right behind it.
pub(crate) fn paired(items: Vec<Linked>, ignored: &mut Ignored) -> Vec<Item> {
    let mut open: HashMap<(Tool, String), usize> = HashMap::new();
    let mut fate: Vec<Fate> = Vec::with_capacity(items.len());
    for (index, linked) in items.iter().enumerate() {
        let own = match &linked.link {
            Link::Free => Fate::Stays,
            Link::Call(tool, id) => {
                open.insert((*tool, id.clone()), index);
                Fate::NeedsOutput
            }
            Link::Output(tool, id) => match open.remove(&(*tool, id.clone())) {
                Some(call) => {
                    fate[call] = Fate::Stays;
                    Fate::Stays
                }
                None => Fate::Goes,
            },
        };
        fate.push(own);
    }
    let mut whole = Vec::with_capacity(items.len());
    for (Linked { item, link, at }, fate) in items.into_iter().zip(fate) {
        match fate {
            Fate::Stays => whole.push(item),
            Fate::Goes => ignored.add(&at),
            Fate::NeedsOutput => {
                whole.push(item);
                whole.extend(aborted(link));
            }
        }
    }
    whole
}

enum Fate {
    Stays,
    Goes,
    NeedsOutput,
}

/// What a call gets that nobody answered.
fn aborted(link: Link) -> Option<Item> {
    let output = Output::Text("aborted".into());
    match link {
        Link::Free | Link::Output(..) => None,
        Link::Call(Tool::Function, call_id) => Some(Item::FunctionCallOutput { call_id, output }),
        Link::Call(Tool::Custom, call_id) => Some(Item::CustomToolCallOutput { call_id, output }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::raw;

    fn linked(at: usize, word: &str) -> Linked {
        let (kind, id) = word.split_once(' ').unwrap_or((word, ""));
        let link = match kind {
            "call" => Link::Call(Tool::Function, id.into()),
            "out" => Link::Output(Tool::Function, id.into()),
            "custom" => Link::Call(Tool::Custom, id.into()),
            _ => Link::Free,
        };
        Linked {
            item: Item::Raw(raw(word)),
            link,
            at: format!("input[{at}]"),
        }
    }

    #[track_caller]
    fn check(words: &[&str], expected: &[&str], dropped: &[&str]) {
        let items = words.iter().enumerate().map(|(at, word)| linked(at, word));
        let mut ignored = Ignored::default();
        let whole = paired(items.collect(), &mut ignored);
        let told: Vec<String> = whole
            .iter()
            .map(|item| serde_json::to_string(item).unwrap())
            .map(|text| text.trim_matches('"').to_owned())
            .collect();
        assert_eq!(told, expected);
        assert_eq!(ignored.into_names(), dropped);
    }

    #[test]
    fn pairs_are_completed_and_orphans_are_named() {
        let aborted = |kind: &str, id: &str| {
            format!(r#"{{"type":"{kind}_output","call_id":"{id}","output":"aborted"}}"#)
        };
        check(
            &["call a", "call b", "out b", "out a"],
            &["call a", "call b", "out b", "out a"],
            &[],
        );
        check(&["out a", "x"], &["x"], &["input[0]"]);
        check(
            &["out a", "call a"],
            &["call a", &aborted("function_call", "a")],
            &["input[0]"],
        );
        check(
            &["call a", "out a", "out a"],
            &["call a", "out a"],
            &["input[2]"],
        );
        check(
            &["custom a", "out a"],
            &["custom a", &aborted("custom_tool_call", "a")],
            &["input[1]"],
        );
        check(
            &["call a", "call a", "out a"],
            &["call a", &aborted("function_call", "a"), "call a", "out a"],
            &[],
        );
    }
}
