//! Laws that hold for any request and any sequence of events.

use std::time::Duration;

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};
use translate::OllamaForm::{Chat, Generate};
use translate::{Collector, Dialect, Given, OllamaForm, Shape, Writer, ollama};
use wire::responses::Event;
use wire::sse::{Frames, Splitter};
use wire::{Fault, json};

use crate::born;
use crate::script::{self, cut_at, script, wire_of};

const FORMS: [OllamaForm; 2] = [Chat, Generate];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_whole_is_the_fold_of_the_stream(script in script()) {
        let events: Vec<Event> = script.iter().filter_map(event).collect();
        for form in FORMS {
            let mut collector = Collector::new(Dialect::Ollama(form), shape(), born());
            for (number, event) in (0..).zip(&events) {
                collector.taken(Duration::from_nanos(number));
                collector.push(event);
            }
            collector.fail(&Fault::CutShort);
            let lines = lines(form, &events);
            match collector.finish() {
                Ok(whole) => {
                    let whole: Value = serde_json::from_slice(&whole).unwrap();
                    prop_assert_eq!(fold(&lines), whole);
                }
                Err(fault) => {
                    let told = lines.last().unwrap()["error"].as_str().unwrap();
                    prop_assert!(told.starts_with(&fault.to_string()), "{told}");
                }
            }
        }
    }

    #[test]
    fn a_stream_has_one_end(script in script()) {
        let events: Vec<Event> = script.iter().filter_map(event).collect();
        for form in FORMS {
            let lines = lines(form, &events);
            let is_end = |line: &Value| line["done"] == true || line.get("error").is_some();
            prop_assert_eq!(lines.iter().filter(|line| is_end(line)).count(), 1);
            prop_assert!(is_end(lines.last().unwrap()));
            for line in lines.iter().filter(|line| line.get("error").is_none()) {
                let text = line["message"].get("content").or_else(|| line.get("response"));
                prop_assert!(text.is_some_and(Value::is_string), "{line}");
                prop_assert_eq!(&line["model"], "m:latest");
            }
        }
    }

    #[test]
    fn nothing_follows_the_end(script in script(), late in script()) {
        for form in FORMS {
            let mut writer = Writer::new(Dialect::Ollama(form), shape(), born());
            let mut out = Frames::new();
            script.iter().filter_map(event).for_each(|event| writer.write(&event, &mut out));
            writer.fail(&Fault::CutShort, &mut out);
            prop_assert!(writer.is_closed());
            let (outcome, written) = (writer.outcome(), out.len());
            late.iter().filter_map(event).for_each(|event| writer.write(&event, &mut out));
            writer.fail(&Fault::ShuttingDown, &mut out);
            writer.keep_alive(&mut out);
            prop_assert_eq!((writer.outcome(), out.len()), (outcome, written));
        }
    }

    #[test]
    fn where_the_bytes_are_cut_does_not_matter(script in script(), cuts in prop::collection::vec(0.0..1.0f64, 0..6)) {
        let wire = wire_of(&script);
        for form in FORMS {
            let whole = written(form, std::iter::once(wire.clone()));
            prop_assert_eq!(written(form, cut_at(&wire, &cuts)), whole);
        }
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for form in FORMS {
            prop_assert!(json::read(&bytes, |ask| ollama::request(form, ask, &Given::default())).is_err());
            prop_assert!(ollama::loaded(form, &bytes, &born()).is_none());
        }
    }

    #[test]
    fn no_json_makes_a_reader_panic(body in script::request(), field in "[a-zA-Z_ ,\r\n\u{e9}]{0,90}") {
        let mut body = body;
        body[field] = json!(1);
        body["prompt"] = json!("p");
        let body = serde_json::to_vec(&body).unwrap();
        for translated in FORMS.iter().filter_map(|form| json::read(&body, |ask| ollama::request(*form, ask, &Given::default())).ok()) {
            for name in &translated.ignored {
                prop_assert!(name.bytes().all(|b| b.is_ascii_graphic() && b != b','), "{name:?}");
            }
            prop_assert!(translated.request.instructions.is_some());
        }
    }
}

fn event(data: &Value) -> Option<Event> {
    Event::from_json(data.to_string())
}

/// Everything a streaming client is told, the end included.
fn lines(form: OllamaForm, events: &[Event]) -> Vec<Value> {
    let mut writer = Writer::new(Dialect::Ollama(form), shape(), born());
    let mut out = Frames::new();
    for (number, event) in (0..).zip(events) {
        writer.taken(Duration::from_nanos(number));
        writer.write(event, &mut out);
    }
    writer.fail(&Fault::CutShort, &mut out);
    let bytes = out.take();
    assert!(bytes.ends_with(b"\n"), "every line ends");
    let lines = bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty());
    lines
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect()
}

fn written(form: OllamaForm, chunks: impl IntoIterator<Item = Bytes>) -> Bytes {
    let mut writer = Writer::new(Dialect::Ollama(form), shape(), born());
    let mut splitter = Splitter::default();
    let mut out = Frames::new();
    let mut write = |frame: Bytes| {
        if let Some(event) = Event::from_frame(frame) {
            writer.write(&event, &mut out);
        }
    };
    for chunk in chunks {
        splitter.push(chunk, &mut write).unwrap();
    }
    splitter.finish().map(write);
    out.take()
}

/// What a client makes of a stream: texts joined, calls in order, the rest from the last line.
fn fold(lines: &[Value]) -> Value {
    let mut whole = lines.last().unwrap().clone();
    let is_chat = whole.get("message").is_some();
    let said = |line: &Value| {
        if is_chat {
            line["message"].clone()
        } else {
            line.clone()
        }
    };
    let mut calls = Vec::new();
    let (mut text, mut thinking) = (String::new(), String::new());
    for line in lines.iter().map(said) {
        text += line
            .get("content")
            .or_else(|| line.get("response"))
            .unwrap()
            .as_str()
            .unwrap();
        thinking += line["thinking"].as_str().unwrap_or_default();
        calls.extend(line["tool_calls"].as_array().into_iter().flatten().cloned());
    }
    let told = if is_chat {
        &mut whole["message"]
    } else {
        &mut whole
    };
    told[if is_chat { "content" } else { "response" }] = text.into();
    if !thinking.is_empty() {
        told["thinking"] = thinking.into();
    }
    if !calls.is_empty() {
        told["tool_calls"] = calls.into();
    }
    whole
}

fn shape() -> Shape {
    Shape {
        model: "m:latest".into(),
        ..Shape::default()
    }
}
