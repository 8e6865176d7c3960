//! Every image address in a request, wherever it stands.

use serde_json::Value;
use serde_json::value::RawValue;
use wire::responses::{Item, Output, Part, Request, Tool};

/// Shows each address to `see`; what it returns takes the address's place.
pub(super) fn each(request: &mut Request, mut see: impl FnMut(&str) -> Option<String>) {
    for item in &mut request.input {
        match item {
            Item::Message { content, .. } => parts(content, &mut see),
            Item::FunctionCallOutput { output, .. } | Item::CustomToolCallOutput { output, .. } => {
                match output {
                    Output::Parts(content) => parts(content, &mut see),
                    Output::Text(_) => {}
                }
            }
            Item::Raw(json) => raw(json, &mut see),
            Item::FunctionCall { .. } | Item::CustomToolCall { .. } => {}
        }
    }
    for tool in request.tools.iter_mut().flatten() {
        if let Tool::Raw(json) = tool {
            mask(json, &mut see);
        }
    }
}

fn parts(content: &mut [Part], see: &mut impl FnMut(&str) -> Option<String>) {
    for part in content {
        if let Part::InputImage { image_url, .. } = part
            && let Some(new) = see(image_url)
        {
            *image_url = new;
        }
    }
}

/// The mask of the picture tool; any other tool keeps its bytes.
fn mask(json: &mut Box<RawValue>, see: &mut impl FnMut(&str) -> Option<String>) {
    if !json.get().contains("\"input_image_mask\"") {
        return;
    }
    let Ok(mut tool) = serde_json::from_str::<Value>(json.get()) else {
        return;
    };
    if let Some(Value::String(url)) = tool.pointer_mut("/input_image_mask/image_url")
        && let Some(new) = see(url)
    {
        *url = new;
        if let Ok(new) = RawValue::from_string(tool.to_string()) {
            *json = new;
        }
    }
}

/// An item that came as JSON keeps its bytes unless one of its addresses is replaced.
fn raw(json: &mut Box<RawValue>, see: &mut impl FnMut(&str) -> Option<String>) {
    if !json.get().contains("\"input_image\"") {
        return;
    }
    let Ok(mut item) = serde_json::from_str::<Value>(json.get()) else {
        return;
    };
    if value(&mut item, see)
        && let Ok(new) = RawValue::from_string(item.to_string())
    {
        *json = new;
    }
}

/// True where something was replaced. The depth is bounded by the parser that made the value.
fn value(at: &mut Value, see: &mut impl FnMut(&str) -> Option<String>) -> bool {
    match at {
        Value::Array(list) => list
            .iter_mut()
            .fold(false, |any, one| value(one, see) | any),
        Value::Object(map) => {
            let is_image = map.get("type").is_some_and(|kind| kind == "input_image");
            let mut replaced = false;
            if is_image
                && let Some(Value::String(url)) = map.get_mut("image_url")
                && let Some(new) = see(url)
            {
                *url = new;
                replaced = true;
            }
            let rest = map
                .values_mut()
                .fold(false, |any, one| value(one, see) | any);
            replaced | rest
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}
