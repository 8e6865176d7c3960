//! How many tokens a request is. Texts are counted as the plan's models count them; the rest is an
//! estimate, because the backend counts nothing before it is asked (contract backend 7.8, 8.3).
//!
//! - What stands around a message, a call, a result or a tool is [`TURN`] tokens, and what comes
//!   before the answer [`PRIMING`].
//! - Tools and schemas count as their JSON, which is about as long as what the backend writes.
//! - A picture is [`IMAGE`] tokens, however large. So is a file that is only named.
//! - A file that is there counts as its text where it is one, else a token for
//!   [`FILE`] characters of its base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use wire::responses::{Request, Target};

use crate::tokens::Tokens;

/// What texts are measured by.
#[derive(Debug, Clone, Copy)]
pub enum Measure<'t> {
    /// The models' own tokens.
    Tokens(&'t Tokens),
    /// A rule of thumb, where unpacking a vocabulary is not worth it: four ASCII characters are a
    /// token, any other character is one.
    Thumb,
}

impl Measure<'_> {
    /// How many tokens `text` is.
    pub(crate) fn text(self, text: &str) -> u64 {
        match self {
            Self::Tokens(tokens) => tokens.count(text),
            Self::Thumb => {
                let quarters = |c: char| if c.is_ascii() { 1 } else { 4 };
                text.chars().map(quarters).sum::<u64>().div_ceil(4)
            }
        }
    }

    /// How many tokens a file is that was sent within the request.
    pub(crate) fn file(self, media_type: &str, data: &str) -> u64 {
        let is_text = media_type.starts_with("text/") || media_type.contains("json");
        let decoded = is_text.then(|| STANDARD.decode(data).ok()).flatten();
        match decoded.and_then(|bytes| String::from_utf8(bytes).ok()) {
            Some(text) => self.text(&text),
            None => data.len() as u64 / FILE,
        }
    }
}

/// About as many tokens as the model will read.
pub fn input_tokens(request: &Request, measure: Measure<'_>) -> u64 {
    let Ok(body) = serde_json::from_slice::<Value>(&request.to_json(Target::Plan)) else {
        return 0;
    };
    let each = |name: &str, count: &dyn Fn(&Value) -> u64| -> u64 {
        let list = body.get(name).and_then(Value::as_array);
        list.map_or(0, |list| list.iter().map(|one| TURN + count(one)).sum())
    };
    let instructions = body.get("instructions").and_then(Value::as_str);
    let instructions = match instructions.unwrap_or_default() {
        "" => 0,
        text => TURN + measure.text(text),
    };
    let said = each("input", &|item| value(item, measure));
    let tools = each("tools", &|tool| measure.text(&tool.to_string()));
    let form = body.pointer("/text/format/schema");
    let form = form.map_or(0, |schema| measure.text(&schema.to_string()));
    PRIMING + instructions + said + tools + form
}

/// What of `value` the model reads.
fn value(value: &Value, measure: Measure<'_>) -> u64 {
    match value {
        Value::Null | Value::Bool(_) => 0,
        Value::Number(number) => measure.text(&number.to_string()),
        Value::String(string) => measure.text(string),
        Value::Array(list) => list.iter().map(|one| self::value(one, measure)).sum(),
        Value::Object(fields) => {
            let fields = fields.iter();
            fields
                .map(|(name, inner)| field(name, inner, measure))
                .sum()
        }
    }
}

fn field(name: &str, inner: &Value, measure: Measure<'_>) -> u64 {
    match (name, inner) {
        (_, Value::Null) => 0,
        ("image_url" | "file_url" | "file_id" | "result", Value::String(_)) => IMAGE,
        ("file_data", Value::String(url)) => {
            let split = url
                .strip_prefix("data:")
                .and_then(|url| url.split_once(','));
            let (media_type, data) = split.unwrap_or_default();
            measure.file(media_type, data)
        }
        // What sealed reasoning stood for was shorter than its base64 by a quarter.
        ("encrypted_content", Value::String(sealed)) => sealed.len() as u64 * 3 / 16,
        ("tools" | "parameters" | "action", structured) => measure.text(&structured.to_string()),
        (unread, _) if UNREAD.contains(&unread) => 0,
        _ => value(inner, measure),
    }
}

/// What names and orders items, and is not read as text.
const UNREAD: [&str; 10] = [
    "type",
    "id",
    "call_id",
    "role",
    "status",
    "phase",
    "detail",
    "annotations",
    "logprobs",
    "internal_chat_message_metadata_passthrough",
];

/// What stands around a message, a call, a result or a tool.
pub(crate) const TURN: u64 = 4;
/// What stands before the answer.
pub(crate) const PRIMING: u64 = 3;
/// A picture of about a thousand pixels each way, at patches of 32 pixels.
pub(crate) const IMAGE: u64 = 1024;
/// Characters of base64 that make a token, in a file that is no text.
const FILE: u64 = 24;

#[cfg(test)]
mod tests {
    use serde_json::json;
    use wire::json;
    use wire::responses::Item;

    use super::*;
    use crate::edit;

    fn request(item: &Value) -> Request {
        Request {
            input: vec![Item::Raw(edit::raw(item))],
            ..Request::default()
        }
    }

    fn thumb(item: &Value) -> u64 {
        input_tokens(&request(item), Measure::Thumb)
    }

    #[test]
    fn more_is_more_and_pictures_are_not_read_letter_by_letter() {
        let message = |text: &str| json!({ "role": "user", "content": text });
        let short = thumb(&message("hello"));
        assert!((1..20).contains(&short), "{short}");
        let long = thumb(&message(&"hello ".repeat(1000)));
        assert!((1500..1600).contains(&long), "{long}");
        let other = thumb(&message(&"門".repeat(1000)));
        assert!((1000..1100).contains(&other), "{other}");
        let url = format!("data:image/png;base64,{}", "A".repeat(1_000_000));
        let part = json!([{ "type": "input_image", "image_url": url }]);
        let image = thumb(&json!({ "role": "user", "content": part }));
        assert!((1024..1100).contains(&image), "{image}");
    }

    /// Each row with what it adds to [`PRIMING`] and [`TURN`].
    #[test]
    fn what_the_model_reads_is_counted_in_its_own_tokens() {
        let tokens = Tokens::load().unwrap();
        let text = "春眠不觉晓，处处闻啼鸟。 It's twelve o'clock.";
        let of = |text: &str| tokens.count(text);
        let parameters = json!({ "type": "object", "properties": { "city": {} } });
        let base64 = STANDARD.encode(text);
        for (item, expected) in [
            (json!({ "role": "user", "content": text }), of(text)),
            (
                json!({ "type": "message", "id": "msg_1", "role": "assistant", "status": "completed",
                        "content": [{ "type": "output_text", "text": text, "annotations": [] }] }),
                of(text),
            ),
            (
                json!({ "type": "function_call", "call_id": "call_1", "name": "weather",
                        "arguments": "{\"city\":\"Paris\"}" }),
                of("weather") + of("{\"city\":\"Paris\"}"),
            ),
            (
                json!({ "type": "function_call_output", "call_id": "call_1", "output": text }),
                of(text),
            ),
            (
                json!({ "type": "additional_tools", "role": "developer",
                        "tools": [{ "type": "function", "parameters": parameters }] }),
                of(&json!([{ "type": "function", "parameters": parameters }]).to_string()),
            ),
            (
                json!({ "role": "user", "content": [{ "type": "input_file",
                        "filename": "poem.txt", "file_data": format!("data:text/plain;base64,{base64}") }] }),
                of("poem.txt") + of(text),
            ),
            (
                json!({ "role": "user", "content": [{ "type": "input_file",
                        "file_data": format!("data:application/pdf;base64,{}", "A".repeat(240)) }] }),
                10,
            ),
            (
                json!({ "role": "user", "content": [{ "type": "input_image", "detail": "high",
                        "image_url": "https://example.com/a.png" }] }),
                IMAGE,
            ),
        ] {
            let counted = input_tokens(&request(&item), Measure::Tokens(&tokens));
            assert_eq!(counted, PRIMING + TURN + expected, "{item}");
        }
    }

    #[test]
    fn instructions_tools_and_schemas_are_read_too() {
        let tokens = Tokens::load().unwrap();
        let count = |body: &str| {
            let asked = json::read(body.as_bytes(), |ask| {
                crate::responses::request(ask, &crate::Given::default())
            });
            input_tokens(&asked.unwrap().request, Measure::Tokens(&tokens))
        };
        let alone = count(r#"{"model":"m","input":"hello"}"#);
        for more in [
            r#""instructions":"Be brief.""#,
            r#""tools":[{"type":"function","name":"weather","description":"Tells it.","parameters":{"type":"object"}}]"#,
            r#""text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object"}}}"#,
        ] {
            let with = count(&format!(r#"{{"model":"m","input":"hello",{more}}}"#));
            assert!(with > alone + 2, "{more}: {with} for {alone}");
        }
    }

    #[test]
    fn nothing_is_still_something() {
        assert_eq!(input_tokens(&Request::default(), Measure::Thumb), PRIMING);
    }
}
