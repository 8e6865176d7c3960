//! Pictures that were made, and the one answer they make together.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use wire::pictures::Answer;
use wire::{Fault, Usage, Words};

use super::size::{format, size};
use super::usage::detailed;
use super::{Route, Shape};

/// What one request to the backend brought.
#[derive(Debug)]
pub struct Drawn {
    pub(super) created: i64,
    pub(super) pictures: Vec<Picture>,
    /// Token counts, where they were told.
    pub(super) usage: Option<Box<RawValue>>,
}

/// One picture.
#[derive(Debug)]
pub(super) struct Picture {
    /// `{"b64_json":…}`.
    pub(super) entry: Box<RawValue>,
    pub(super) size: Option<String>,
    /// Where it is known; otherwise as it was asked for.
    pub(super) format: Option<&'static str>,
    pub(super) quality: Option<String>,
    pub(super) background: Option<String>,
}

impl Drawn {
    /// What a dedicated endpoint answered.
    ///
    /// # Errors
    /// There is no picture in it.
    pub fn read(answer: Answer) -> Result<Self, Fault> {
        let picture = |entry: Box<RawValue>| {
            let base64 = base64_of(&entry).unwrap_or_default();
            Picture {
                size: size(&base64).or_else(|| answer.size.clone()),
                format: format(&base64),
                quality: answer.quality.clone(),
                background: answer.background.clone(),
                entry,
            }
        };
        let pictures: Vec<Picture> = answer.data.into_iter().map(picture).collect();
        match pictures.is_empty() {
            true => Err(none("the backend made no picture and gave no reason")),
            false => Ok(Self {
                created: answer.created,
                pictures,
                usage: answer.usage,
            }),
        }
    }

    /// Token counts as a client is told them.
    pub(super) fn cost(&self, route: Route) -> Option<Cow<'_, RawValue>> {
        Some(detailed(self.usage.as_deref()?, route))
    }

    /// Token counts, where they were told and can be read.
    pub fn tokens(&self) -> Option<Usage> {
        serde_json::from_str(self.usage.as_deref()?.get()).ok()
    }
}

/// The answer to a client that waits, and the fields that some picture does not honour. `drawn` is
/// what each of the requests brought; without any there is nothing to tell.
pub fn whole(drawn: Vec<Drawn>, shape: &Shape) -> (Vec<u8>, Vec<&'static str>) {
    let usage = added(drawn.iter().map(|drawn| drawn.cost(shape.route)));
    let created = drawn.first().map_or(0, |drawn| drawn.created);
    let pictures: Vec<Picture> = drawn.into_iter().flat_map(|drawn| drawn.pictures).collect();
    let first = pictures.first();
    let told = Told {
        created,
        data: pictures.iter().map(|picture| &*picture.entry).collect(),
        background: first.and_then(|picture| known(&picture.background)),
        output_format: first.map_or(shape.format, |picture| picture.format_or(shape)),
        quality: first.and_then(|picture| known(&picture.quality)),
        size: first.and_then(|picture| picture.size.as_deref()),
        usage,
    };
    let mut ignored = Vec::new();
    let has_size = |picture: &Picture| picture.size == shape.size;
    if shape.size.is_some() && !pictures.iter().all(has_size) {
        ignored.push("size");
    }
    let has_format = |picture: &Picture| picture.format_or(shape) == shape.format;
    if !pictures.iter().all(has_format) {
        ignored.push("output_format");
    }
    let json = serde_json::to_vec(&told);
    debug_assert!(json.is_ok(), "an answer serializes into memory");
    (json.unwrap_or_default(), ignored)
}

impl Picture {
    pub(super) fn format_or(&self, shape: &Shape) -> &'static str {
        self.format.unwrap_or(shape.format)
    }
}

/// The complaint that there is no picture. The same request would bring the same.
pub(super) fn none(why: impl Into<String>) -> Fault {
    Fault::Refused {
        status: 200,
        words: Box::new(Words {
            code: Some("no_image".to_owned()),
            ..Words::plain(why)
        }),
    }
}

#[derive(Serialize)]
struct Told<'a> {
    created: i64,
    data: Vec<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    background: Option<&'a str>,
    output_format: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    quality: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Value>,
}

/// What a picture is; `auto` says nothing of it, and is no answer in the dialect.
fn known(told: &Option<String>) -> Option<&str> {
    told.as_deref().filter(|told| *told != AUTO)
}

fn base64_of(entry: &RawValue) -> Option<Cow<'_, str>> {
    #[derive(Deserialize)]
    struct Entry<'a> {
        #[serde(borrow)]
        b64_json: Cow<'a, str>,
    }
    let entry: Entry<'_> = serde_json::from_str(entry.get()).ok()?;
    Some(entry.b64_json)
}

/// All counts together; none where one of the requests told none.
fn added<'a>(counts: impl Iterator<Item = Option<Cow<'a, RawValue>>>) -> Option<Value> {
    let mut sum = None;
    for count in counts {
        let count: Value = serde_json::from_str(count?.get()).ok()?;
        sum = Some(match sum {
            None => count,
            Some(sum) => plus(sum, count),
        });
    }
    sum
}

fn plus(one: Value, other: Value) -> Value {
    match (one, other) {
        (Value::Object(mut one), Value::Object(other)) => {
            for (name, more) in other {
                let sum = match one.remove(&name) {
                    Some(value) => plus(value, more),
                    None => more,
                };
                one.insert(name, sum);
            }
            Value::Object(sorted(one))
        }
        (one, other) => match (one.as_u64(), other.as_u64()) {
            (Some(a), Some(b)) => a.saturating_add(b).into(),
            _ => one,
        },
    }
}

/// Names in one order, whichever request told first.
fn sorted(map: Map<String, Value>) -> Map<String, Value> {
    let mut entries: Vec<_> = map.into_iter().collect();
    entries.sort_by(|(a, _), (b, _)| a.cmp(b));
    entries.into_iter().collect()
}

/// What is asked for by default, and told where nobody knows better.
pub(super) const AUTO: &str = "auto";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn drawn(answer: &Value) -> Drawn {
        Drawn::read(Answer::read(answer.to_string().as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn several_requests_make_one_answer() {
        let shape = Shape {
            route: Route::Generations,
            size: Some("64x64".into()),
            format: "png",
        };
        let told = |size: &str, tokens: u64| {
            drawn(&json!({
                "created": 7, "data": [{"b64_json": "AA=="}], "size": size, "quality": "low",
                "background": "auto",
                "usage": {"total_tokens": tokens, "input_tokens_details": {"text_tokens": 1}},
            }))
        };
        let (json, ignored) = whole(vec![told("64x64", 2), told("64x64", 3)], &shape);
        let answer: Value = serde_json::from_slice(&json).unwrap();
        assert!(ignored.is_empty());
        assert_eq!(
            answer,
            json!({
                "created": 7, "data": [{"b64_json": "AA=="}, {"b64_json": "AA=="}],
                "output_format": "png", "quality": "low", "size": "64x64",
                "usage": {"input_tokens_details": {"text_tokens": 2}, "total_tokens": 5},
            })
        );
        let (_, ignored) = whole(vec![told("64x64", 2), told("32x32", 3)], &shape);
        assert_eq!(ignored, ["size"], "one of them is smaller");
        let silent = drawn(&json!({"created": 7, "data": [{"b64_json": "AA=="}]}));
        let (json, _) = whole(vec![told("64x64", 2), silent], &shape);
        let answer: Value = serde_json::from_slice(&json).unwrap();
        assert_eq!(answer.get("usage"), None, "half of a sum is none");
    }

    #[test]
    fn an_answer_without_a_picture_is_refused() {
        let empty = Answer::read(br#"{"created":1,"data":[]}"#).unwrap();
        assert_eq!(Drawn::read(empty).unwrap_err().code(), "no_image");
    }
}
