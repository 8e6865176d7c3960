//! Strings and numbers.

use serde_json::{Map, Number, Value};

use super::{Place, pattern};

/// A string: its format, its pattern, or its hint within the lengths.
pub(super) fn text(schema: &Map<String, Value>, place: &Place) -> Value {
    if let Some(format) = schema.get("format").and_then(Value::as_str)
        && let Some(text) = formatted(format, place.turn)
    {
        return Value::String(text);
    }
    let least = bound(schema, "minLength").unwrap_or(0);
    let most = bound(schema, "maxLength").unwrap_or(usize::MAX);
    if let Some(wanted) = schema.get("pattern").and_then(Value::as_str)
        && let Some(text) = pattern::matching(wanted, least)
    {
        return Value::String(text);
    }
    let mut text = if place.hint.is_empty() {
        "text".to_owned()
    } else {
        place.hint.clone()
    };
    if place.turn > 0 {
        text.push_str(&format!("_{}", place.turn + 1));
    }
    let length = text.chars().count();
    if length < least {
        text.extend(std::iter::repeat_n('x', least - length));
    } else if length > most {
        // The end is kept: it tells the turns apart.
        text = text.chars().skip(length - most).collect();
    }
    Value::String(text)
}

/// A number within the bounds, as near to 1 as they allow; each turn is another one.
pub(super) fn number(schema: &Map<String, Value>, place: &Place, whole: bool) -> Value {
    let read = |key: &str| schema.get(key).and_then(Value::as_f64);
    let step = read("multipleOf").unwrap_or(if whole { 1.0 } else { 0.5 });
    let step = if whole && step < 1.0 { 1.0 } else { step };
    let low = match (read("minimum"), read("exclusiveMinimum")) {
        (Some(low), None) => Some(low),
        (low, Some(above)) => Some(low.unwrap_or(above).max(next_above(above, step))),
        (None, None) => None,
    };
    let high = match (read("maximum"), read("exclusiveMaximum")) {
        (Some(high), None) => Some(high),
        (high, Some(below)) => Some(high.unwrap_or(below).min(next_below(below, step))),
        (None, None) => None,
    };
    let turn = f64::from(u32::try_from(place.turn).unwrap_or(0));
    let wanted = match (low, high) {
        (Some(low), _) if low > 1.0 || schema.contains_key("multipleOf") => low,
        (_, Some(high)) if high < 1.0 => low.unwrap_or(high),
        (_, _) => 1.0,
    };
    let mut value = (wanted / step).ceil() * step + turn * step;
    if high.is_some_and(|high| value > high) {
        // The step is too coarse for a narrow range of plain numbers.
        value = match (low, high) {
            (Some(low), Some(high)) if !whole => f64::midpoint(low, high),
            (_, Some(high)) => (high / step).floor() * step,
            (_, None) => value,
        };
    }
    as_json(value, whole)
}

/// A bound that counts something.
pub(super) fn bound(schema: &Map<String, Value>, key: &str) -> Option<usize> {
    schema.get(key)?.as_u64()?.try_into().ok()
}

fn next_above(bound: f64, step: f64) -> f64 {
    let next = (bound / step).floor() * step + step;
    if next > bound { next } else { bound + step }
}

fn next_below(bound: f64, step: f64) -> f64 {
    let next = (bound / step).ceil() * step - step;
    if next < bound { next } else { bound - step }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "checked to be a small whole number"
)]
fn as_json(value: f64, whole: bool) -> Value {
    if whole || (value.fract() == 0.0 && value.abs() < 1e15) {
        return Value::Number(Number::from(value as i64));
    }
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}

fn formatted(format: &str, turn: usize) -> Option<String> {
    let turn = turn % 10;
    Some(match format {
        "date-time" => format!("2026-11-2{turn}T12:00:00Z"),
        "date" => format!("2026-11-2{turn}"),
        "time" => format!("12:0{turn}:00Z"),
        "duration" => format!("PT{}M", turn + 1),
        "email" | "idn-email" => format!("person{turn}@example.test"),
        "hostname" | "idn-hostname" => format!("host{turn}.example.test"),
        "uuid" => format!("0190f3a0-0000-7000-8000-00000000000{turn}"),
        "uri" | "url" | "iri" => format!("https://example.test/{turn}"),
        "uri-reference" | "iri-reference" => format!("/{turn}"),
        "ipv4" => format!("192.0.2.{}", turn + 1),
        "ipv6" => format!("2001:db8::{}", turn + 1),
        "byte" | "base64" => "dGV4dA==".to_owned(),
        "json-pointer" => format!("/{turn}"),
        _ => return None,
    })
}
