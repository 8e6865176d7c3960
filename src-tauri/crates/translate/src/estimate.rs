//! How many tokens a request is, without a tokenizer: an estimate, as nobody publishes the one of
//! the plan's models and the backend does not count (contract backend 7.8).
//!
//! - Four ASCII characters are a token, as OpenAI's own rule of thumb has it; any other character is one.
//! - An image is [`IMAGE`] tokens, however large; a file counts by its bytes as if it were text.
//! - Keys and punctuation of JSON count as text, in place of what the backend writes between items.

use serde_json::Value;
use wire::responses::{Request, Target};

/// About as many tokens as the model will read.
pub fn input_tokens(request: &Request) -> u64 {
    let Ok(body) = serde_json::from_slice::<Value>(&request.to_json(Target::Plan)) else {
        return 0;
    };
    let quarters: u64 = READ
        .iter()
        .filter_map(|name| body.get(name))
        .map(value)
        .sum();
    quarters.div_ceil(4).max(1)
}

/// About as many tokens as `string` is.
pub(crate) fn tokens(string: &str) -> u64 {
    text(string).div_ceil(4)
}

/// In quarters of a token.
fn value(value: &Value) -> u64 {
    match value {
        Value::Null | Value::Bool(_) => 2,
        Value::Number(number) => text(&number.to_string()),
        Value::String(string) => content(string),
        Value::Array(list) => list.iter().map(self::value).sum(),
        Value::Object(fields) => fields.iter().map(|(name, inner)| field(name, inner)).sum(),
    }
}

fn field(name: &str, inner: &Value) -> u64 {
    match (name, inner) {
        // What sealed reasoning stood for was shorter than its base64 by a quarter.
        ("encrypted_content", Value::String(sealed)) => sealed.len() as u64 * 3 / 4,
        ("id" | "call_id" | "status", _) => 0,
        _ => text(name) + value(inner),
    }
}

fn content(string: &str) -> u64 {
    match string.strip_prefix("data:") {
        Some(data) if data.starts_with("image/") => IMAGE * 4,
        Some(data) => data.split_once(',').map_or(0, |(_, data)| data.len()) as u64 * 3 / 4,
        None => text(string),
    }
}

fn text(string: &str) -> u64 {
    let quarters = |c: char| if c.is_ascii() { 1 } else { 4 };
    string.chars().map(quarters).sum()
}

/// What the model reads.
const READ: [&str; 4] = ["instructions", "input", "tools", "text"];

/// Tokens of an image of about a thousand pixels each way, at patches of 32 pixels.
const IMAGE: u64 = 1024;

#[cfg(test)]
mod tests {
    use serde_json::json;
    use wire::responses::Item;

    use super::*;
    use crate::edit;

    fn tokens(item: &Value) -> u64 {
        input_tokens(&Request {
            input: vec![Item::Raw(edit::raw(item))],
            ..Request::default()
        })
    }

    #[test]
    fn more_is_more_and_pictures_are_not_read_letter_by_letter() {
        let message = |text: &str| json!({ "role": "user", "content": text });
        let short = tokens(&message("hello"));
        assert!((1..20).contains(&short), "{short}");
        let long = tokens(&message(&"hello ".repeat(1000)));
        assert!((1500..1600).contains(&long), "{long}");
        let other = tokens(&message(&"門".repeat(1000)));
        assert!((1000..1100).contains(&other), "{other}");
        let url = format!("data:image/png;base64,{}", "A".repeat(1_000_000));
        let part = json!([{ "type": "input_image", "image_url": url }]);
        let image = tokens(&json!({ "role": "user", "content": part }));
        assert!((1024..1100).contains(&image), "{image}");
    }

    #[test]
    fn nothing_is_still_something() {
        assert_eq!(input_tokens(&Request::default()), 1);
    }
}
