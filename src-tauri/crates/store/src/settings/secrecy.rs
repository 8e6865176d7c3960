//! The settings file cannot hold a secret: what looks like one is a problem, and no problem
//! ever quotes it.

use toml_edit::{Item, Value};

/// Why a secret is refused.
pub(super) const NOT_HERE: &str =
    "secrets do not belong in this file; use `postern login` or `postern keys`";

/// Why `item` is refused, if it holds what looks like a secret.
pub(super) fn leak(item: &Item) -> Option<&'static str> {
    let leaks = match item {
        Item::None => false,
        Item::Value(value) => value_leaks(value),
        Item::Table(table) => table.iter().any(|(_, item)| leak(item).is_some()),
        Item::ArrayOfTables(tables) => tables
            .iter()
            .flat_map(toml_edit::Table::iter)
            .any(|(_, item)| leak(item).is_some()),
    };
    leaks.then_some(NOT_HERE)
}

/// True for a key that asks for a secret.
pub(super) fn is_named_like_one(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    NAMES.iter().any(|name| key.contains(name))
}

/// True for text that looks like a token or a key.
pub(super) fn is_one(text: &str) -> bool {
    let text = text.trim();
    let text = text.strip_prefix("Bearer ").unwrap_or(text);
    let solid = !text.contains(char::is_whitespace);
    solid && text.len() >= SHORTEST && MARKS.iter().any(|mark| text.starts_with(mark))
}

fn value_leaks(value: &Value) -> bool {
    match value {
        Value::String(text) => is_one(text.value()),
        Value::Array(list) => list.iter().any(value_leaks),
        Value::InlineTable(table) => table.iter().any(|(_, value)| value_leaks(value)),
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => false,
    }
}

const NAMES: [&str; 6] = [
    "secret",
    "token",
    "password",
    "passphrase",
    "key",
    "credential",
];
/// Platform keys, local keys, access tokens, refresh tokens, JSON Web Tokens.
const MARKS: [&str; 5] = ["sk-", "pk-postern-", "at-", "rt_", "eyJ"];
/// Shorter texts with such a beginning are words.
const SHORTEST: usize = 20;
