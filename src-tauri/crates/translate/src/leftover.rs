//! Fields that the plan's backend refuses: passed to the platform API where it takes them, named
//! otherwise (contract backend 1.5; trap 2: an allowlist, never a strip list).

use serde_json::value::RawValue;
use wire::json::Object;
use wire::responses::{Request, Target};

use crate::ignored::Ignored;

/// Deals with every field of `ask` that is not among `handled`. `platform` lists the names of
/// fields that the platform API takes, and their names there.
pub(crate) fn settle(
    ask: &Object<'_>,
    handled: &[&str],
    platform: &[(&str, &'static str)],
    target: Target,
    request: &mut Request,
    ignored: &mut Ignored,
) {
    for (name, raw) in ask.entries() {
        if handled.contains(&name.as_ref()) || raw.get() == "null" || is_honoured(name, raw) {
            continue;
        }
        let there = platform.iter().find(|(known, _)| known == name);
        match (target, there) {
            // Kept to here, by whoever reads the events.
            (Target::Plan, Some((_, LIMIT))) => {}
            (Target::Platform, Some((_, there))) => {
                request.platform.retain(|(known, _)| known != there);
                request.platform.push((there, (*raw).to_owned()));
            }
            (Target::Platform, None) | (Target::Plan, _) => ignored.add(name),
        }
    }
}

/// True where the field asks for what happens anyway.
fn is_honoured(name: &str, raw: &RawValue) -> bool {
    ANYWAY.contains(&(name, raw.get()))
}

/// The limit of an answer's length, as the platform API calls it.
pub(crate) const LIMIT: &str = "max_output_tokens";

const ANYWAY: &[(&str, &str)] = &[
    ("store", "false"),
    ("background", "false"),
    ("truncation", "\"disabled\""),
    ("n", "1"),
    ("logprobs", "false"),
    ("modalities", "[\"text\"]"),
    ("stop_sequences", "[]"),
];
