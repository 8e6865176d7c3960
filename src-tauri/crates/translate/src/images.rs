//! Pictures that a request refers to by address: which they are, and the same request with their
//! bytes instead. Fetching is for someone who may open sockets.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::value::RawValue;
use wire::json::{Object, text};
use wire::responses::{Item, Output, Part, Request};

use crate::edit::{self, Edit};

/// The addresses of pictures, each once, in the order they are met.
pub fn remote(request: &Request) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut note = |url: &str| {
        if is_remote(url) && !found.iter().any(|known| known == url) {
            found.push(url.to_owned());
        }
    };
    for item in &request.input {
        match item {
            Item::Message { content: parts, .. }
            | Item::FunctionCallOutput {
                output: Output::Parts(parts),
                ..
            }
            | Item::CustomToolCallOutput {
                output: Output::Parts(parts),
                ..
            } => parts.iter().filter_map(address).for_each(&mut note),
            Item::Raw(raw) => raw_addresses(raw, &mut note),
            Item::FunctionCall { .. }
            | Item::CustomToolCall { .. }
            | Item::FunctionCallOutput { .. }
            | Item::CustomToolCallOutput { .. } => {}
        }
    }
    found
}

/// Puts `data:` URLs in the place of addresses. An address that is not in `fetched` stays.
pub fn replace(request: &mut Request, fetched: &HashMap<String, String>) {
    for item in &mut request.input {
        match item {
            Item::Message { content: parts, .. }
            | Item::FunctionCallOutput {
                output: Output::Parts(parts),
                ..
            }
            | Item::CustomToolCallOutput {
                output: Output::Parts(parts),
                ..
            } => {
                for part in parts {
                    if let Part::InputImage { image_url, .. } = part
                        && let Some(data) = fetched.get(image_url.as_str())
                    {
                        image_url.clone_from(data);
                    }
                }
            }
            Item::Raw(raw) => {
                if let Some(new) = raw_replaced(raw, fetched) {
                    *raw = new;
                }
            }
            Item::FunctionCall { .. }
            | Item::CustomToolCall { .. }
            | Item::FunctionCallOutput { .. }
            | Item::CustomToolCallOutput { .. } => {}
        }
    }
}

fn address(part: &Part) -> Option<&str> {
    match part {
        Part::InputImage { image_url, .. } => Some(image_url),
        Part::InputText { .. }
        | Part::OutputText { .. }
        | Part::Refusal { .. }
        | Part::InputFile { .. } => None,
    }
}

fn is_remote(url: &str) -> bool {
    let scheme = url.get(..8).unwrap_or(url).to_ascii_lowercase();
    scheme.starts_with("https://") || scheme.starts_with("http://")
}

fn raw_addresses(raw: &RawValue, note: &mut impl FnMut(&str)) {
    let Some(item) = with_images(raw) else { return };
    for list in LISTS {
        for part in item.objects(list).ok().flatten().unwrap_or_default() {
            if let Some(url) = image_url(&part) {
                note(&url);
            }
        }
    }
}

fn raw_replaced(raw: &RawValue, fetched: &HashMap<String, String>) -> Option<Box<RawValue>> {
    let item = with_images(raw)?;
    let mut edit = Edit::new(&item);
    for list in LISTS {
        let Ok(Some(parts)) = item.objects(list) else {
            continue;
        };
        let parts: Vec<Cow<'_, RawValue>> = parts
            .iter()
            .map(|part| {
                let mut edit = Edit::new(part);
                if let Some(data) = image_url(part).and_then(|url| fetched.get(url.as_ref())) {
                    edit.set("image_url", edit::new(data));
                }
                edit.finish()
            })
            .collect();
        if let Some(whole) = item.get(list) {
            edit.update(list, edit::list(whole, &parts));
        }
    }
    match edit.finish() {
        Cow::Borrowed(_) => None,
        Cow::Owned(new) => Some(new),
    }
}

/// The item, where it may have pictures at all: most have none, and need no reading.
fn with_images(raw: &RawValue) -> Option<Object<'_>> {
    memchr::memmem::find(raw.get().as_bytes(), b"input_image")?;
    Object::at(raw, String::new()).ok()
}

fn image_url<'a>(part: &Object<'a>) -> Option<Cow<'a, str>> {
    let kind = part.get("type").and_then(text)?;
    (kind == "input_image").then(|| part.get("image_url").and_then(text))?
}

/// The fields of an item that have parts.
const LISTS: [&str; 2] = ["content", "output"];

#[cfg(test)]
mod tests {
    use wire::responses::Target;

    use super::*;
    use crate::{Given, chat, responses};

    #[test]
    fn pictures_are_found_and_replaced_in_both_dialects() {
        let bodies = [
            r#"{"model":"m","input":[{"role":"user","content":[{"type":"input_image","image_url":"https://a.test/1.png","detail":"low"},
                {"type":"input_image","image_url":"data:image/png;base64,AA=="},{"type":"input_text","text":"https://a.test/1.png"}]},
                {"type":"function_call","call_id":"c","name":"f","arguments":"{}"},
                {"type":"function_call_output","call_id":"c","output":[{"type":"input_image","image_url":"HTTP://b.test/2"},{"type":"input_image","image_url":"https://a.test/1.png"}]}]}"#,
            r#"{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://a.test/1.png","detail":"low"}},
                {"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}},{"type":"text","text":"https://a.test/1.png"}]},
                {"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},
                {"role":"tool","tool_call_id":"c","content":[{"type":"image_url","image_url":{"url":"HTTP://b.test/2"}},{"type":"image_url","image_url":{"url":"https://a.test/1.png"}}]}]}"#,
        ];
        let given = Given::default();
        for (body, read) in bodies.iter().zip([responses::request, chat::request]) {
            let ask = Object::body(body.as_bytes()).unwrap();
            let mut request = read(&ask, &given).unwrap().request;
            assert_eq!(
                remote(&request),
                ["https://a.test/1.png", "HTTP://b.test/2"]
            );
            let fetched = "data:image/png;base64,BB==".to_owned();
            replace(
                &mut request,
                &HashMap::from([("https://a.test/1.png".into(), fetched)]),
            );
            assert_eq!(remote(&request), ["HTTP://b.test/2"]);
            let sent = String::from_utf8(request.to_json(Target::Plan)).unwrap();
            assert_eq!(sent.matches("base64,BB==").count(), 2, "{sent}");
            assert_eq!(
                sent.matches("https://a.test/1.png").count(),
                1,
                "the text stays"
            );
            assert!(sent.contains(r#""detail":"low""#) && sent.contains("base64,AA=="));
        }
    }
}
