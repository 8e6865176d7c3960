//! What was received, as JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::Refused;
use crate::world::{Received, World};

/// Everything, or what `path=…` and `after=ID` select.
pub(super) fn list(world: &World, query: &str) -> Result<Value, Refused> {
    let (mut path, mut after) = (None, 0);
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "path" => path = Some(value.into_owned()),
            "after" => {
                let id = value.parse::<u64>();
                after = id.map_err(|_| Refused::Malformed("`after` is no id".into()))?;
            }
            _ => return Err(Refused::Malformed(format!("`{name}` is not known"))),
        }
    }
    let all = match path {
        Some(path) => world.received_at(&path),
        None => world.received(),
    };
    let later = all.iter().filter(|it| it.id > after);
    Ok(later.map(one).collect())
}

/// JSON bodies as JSON, other text as a string, the rest as base64.
fn one(received: &Received) -> Value {
    let mut headers = Map::new();
    for (name, value) in &received.headers {
        let value = json!(String::from_utf8_lossy(value.as_bytes()));
        match headers.get_mut(name.as_str()) {
            None => {
                headers.insert(name.as_str().into(), value);
            }
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = json!([first.take(), value]),
        }
    }
    let mut shown = json!({
        "id": received.id,
        "method": received.method.as_str(),
        "path": received.path,
        "query": received.query,
        "headers": headers,
        "compressed": received.compressed,
        "to": received.to.to_string(),
        "at": received.at.to_string(),
        "hung_up": received.hung_up,
    });
    let (name, body) = body(&received.body);
    if let Some(shown) = shown.as_object_mut() {
        shown.insert(name.into(), body);
    }
    shown
}

fn body(bytes: &[u8]) -> (&'static str, Value) {
    if let Ok(json) = serde_json::from_slice(bytes) {
        return ("json", json);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => ("text", json!(text)),
        Err(_) => ("base64", json!(STANDARD.encode(bytes))),
    }
}
