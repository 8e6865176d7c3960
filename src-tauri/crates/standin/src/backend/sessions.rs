//! The prompt cache: what of a request's prefix was seen before in the same session (contract backend 9).
//!
//! A prefix is remembered as one running hash per 128 tokens, so a session costs a few bytes per
//! block, whatever was in it. Without a `session-id` nothing is remembered and nothing is found.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde_json::{Map, Value};

/// The sessions seen so far, the oldest forgotten first.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    seen: HashMap<String, HashSet<u64>>,
    order: VecDeque<String>,
}

/// Tokens of a request: all of them, and those found in the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) input: u64,
    pub(crate) cached: u64,
}

impl Sessions {
    /// Counts a request and remembers its prefix under `session`.
    pub(crate) fn count(&mut self, session: Option<&str>, body: &Map<String, Value>) -> Counted {
        let (input, prefixes) = prefixes(body);
        let Some(session) = session else {
            return Counted { input, cached: 0 };
        };
        if !self.seen.contains_key(session) {
            self.order.push_back(session.to_owned());
            if self.order.len() > KEPT
                && let Some(oldest) = self.order.pop_front()
            {
                self.seen.remove(&oldest);
            }
        }
        let seen = self.seen.entry(session.to_owned()).or_default();
        let known = prefixes
            .iter()
            .take_while(|hash| seen.contains(hash))
            .count();
        let cached = u64::try_from(known).unwrap_or(0) * BLOCK_TOKENS;
        seen.extend(prefixes);
        Counted {
            input,
            cached: if cached < LEAST { 0 } else { cached },
        }
    }
}

/// About four characters a token.
pub(crate) fn tokens(text: &str) -> u64 {
    u64::try_from(text.len().div_ceil(4)).unwrap_or(u64::MAX)
}

/// The tokens of a request, and a running hash at the end of each block of its prefix.
fn prefixes(body: &Map<String, Value>) -> (u64, Vec<u64>) {
    let mut text = String::new();
    for field in ["model", "tools", "instructions"] {
        if let Some(value) = body.get(field) {
            text.push_str(&value.to_string());
        }
    }
    let mut images = 0;
    match body.get("input") {
        Some(Value::Array(items)) => {
            for item in items {
                images += write(item, &mut text);
            }
        }
        Some(other) => text.push_str(&other.to_string()),
        None => {}
    }
    let mut running = DefaultHasher::new();
    let blocks = text.as_bytes().chunks_exact(BLOCK_BYTES).map(|block| {
        block.hash(&mut running);
        running.finish()
    });
    let blocks = blocks.collect();
    (tokens(&text) + images * IMAGE_TOKENS, blocks)
}

/// Writes an item without the contents of its images; returns how many there were.
fn write(item: &Value, text: &mut String) -> u64 {
    match item {
        Value::Object(fields) => fields
            .iter()
            .map(|(key, value)| {
                text.push_str(key);
                match value.as_str() {
                    Some(data) if data.starts_with("data:") => {
                        let mut hash = DefaultHasher::new();
                        data.hash(&mut hash);
                        text.push_str(&hash.finish().to_string());
                        1
                    }
                    _ => write(value, text),
                }
            })
            .sum(),
        Value::Array(items) => items.iter().map(|item| write(item, text)).sum(),
        Value::String(said) => {
            text.push_str(said);
            0
        }
        other => {
            text.push_str(&other.to_string());
            0
        }
    }
}

const BLOCK_TOKENS: u64 = 128;
const BLOCK_BYTES: usize = 512;
/// The smallest prefix worth caching, in tokens (contract backend 9.5).
const LEAST: u64 = 1024;
/// What an image costs.
const IMAGE_TOKENS: u64 = 765;
/// How many sessions are remembered.
const KEPT: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn body(instructions: &str, said: &[&str]) -> Map<String, Value> {
        let input: Vec<Value> = said
            .iter()
            .map(|text| json!({"role": "user", "content": text}))
            .collect();
        let body = json!({"model": "m", "instructions": instructions, "input": input});
        body.as_object().unwrap().clone()
    }

    #[test]
    fn a_hit_needs_the_same_session_and_a_long_common_prefix() {
        let long = "x".repeat(6000);
        let mut sessions = Sessions::default();
        let first = sessions.count(Some("a"), &body(&long, &["one"]));
        assert_eq!(first.cached, 0);
        let again = sessions.count(Some("a"), &body(&long, &["one", "two"]));
        assert!(
            again.cached >= LEAST && again.cached <= again.input,
            "{again:?}"
        );
        assert_eq!(sessions.count(Some("b"), &body(&long, &["one"])).cached, 0);
        assert_eq!(sessions.count(None, &body(&long, &["one"])).cached, 0);
    }

    #[test]
    fn a_changed_start_or_a_short_prefix_finds_nothing() {
        let mut sessions = Sessions::default();
        let (long, other) = ("x".repeat(6000), format!("y{}", "x".repeat(5999)));
        sessions.count(Some("a"), &body(&long, &[]));
        assert_eq!(sessions.count(Some("a"), &body(&other, &[])).cached, 0);
        sessions.count(Some("s"), &body("short", &["hello"]));
        assert_eq!(
            sessions.count(Some("s"), &body("short", &["hello"])).cached,
            0
        );
    }
}
