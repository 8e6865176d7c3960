//! Laws that hold for any request and any sequence of events.
#![expect(
    clippy::unwrap_used,
    reason = "a test may fail by panicking, its helpers too"
)]

#[path = "laws/accumulate.rs"]
mod accumulate;
#[path = "laws/script.rs"]
mod script;
#[path = "laws/stored.rs"]
mod stored;

use std::collections::HashMap;

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};
use translate::messages::{self, Shown};
use translate::{
    Born, Collector, Dialect, Given, Measure, Shape, Writer, chat, completions, responses, state,
};
use wire::responses::{Event, Request};
use wire::sse::{Frame, Frames, Splitter};
use wire::{Fault, json};

use accumulate::accumulated;
use script::{cut_at, script, wire_of};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_whole_is_the_fold_of_the_stream(script in script(), usage in any::<bool>()) {
        let shape = Shape { model: "m".into(), include_usage: usage, ..Shape::default() };
        let events: Vec<Event> = script.iter().filter_map(event).collect();
        for dialect in [Dialect::Responses, Dialect::Chat, Dialect::Completions] {
            let mut collector = Collector::new(dialect, shape.clone(), born());
            events.iter().for_each(|event| collector.push(event));
            collector.fail(&Fault::CutShort);
            let stream = stream(dialect, &shape, &events);
            match (collector.finish(), dialect) {
                (Ok(whole), Dialect::Responses) => {
                    let whole: Value = serde_json::from_slice(&whole).unwrap();
                    prop_assert_eq!(&stream.last().unwrap()["response"], &whole);
                }
                (Ok(whole), Dialect::Chat | Dialect::Messages) => {
                    let whole: Value = serde_json::from_slice(&whole).unwrap();
                    prop_assert_eq!(fold(&stream, usage), choice_of(&whole, usage));
                }
                (Ok(whole), Dialect::Completions) => {
                    let whole: Value = serde_json::from_slice(&whole).unwrap();
                    prop_assert_eq!(continued(&stream, usage), continued(&[whole], usage));
                }
                (Err(fault), Dialect::Responses) => {
                    let last = stream.last().unwrap();
                    prop_assert_eq!(&last["type"], "response.failed");
                    prop_assert_eq!(&last["response"]["error"]["message"], &fault.to_string());
                }
                (Err(fault), Dialect::Chat | Dialect::Messages | Dialect::Completions) => {
                    prop_assert_eq!(&stream.last().unwrap()["error"]["message"], &fault.to_string());
                }
                (_, Dialect::Ollama(_)) => prop_assert!(false, "its laws are in `tests/ollama`"),
            }
        }
    }

    #[test]
    fn a_responses_stream_has_one_beginning_and_one_end(script in script()) {
        let events: Vec<Event> = script.iter().filter_map(event).collect();
        let stream = stream(Dialect::Responses, &Shape::default(), &events);
        let names: Vec<&str> = stream.iter().filter_map(|data| data["type"].as_str()).collect();
        let is_end = |name: &&str| ["response.completed", "response.incomplete", "response.failed"].contains(name);
        prop_assert_eq!(names.iter().filter(|name| is_end(name)).count(), 1);
        prop_assert!(is_end(names.last().unwrap()));
        prop_assert_eq!(names.iter().filter(|name| **name == "response.created").count(), 1);
        prop_assert_eq!(names[0], "response.created");
        prop_assert!(!names.iter().any(|name| name.starts_with("codex.") || *name == "error"));
        let numbers: Vec<u64> = stream.iter().filter_map(|data| data["sequence_number"].as_u64()).collect();
        prop_assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
        let ids: Vec<&Value> = stream.iter().filter_map(|data| data["response"].get("id")).collect();
        prop_assert!(ids.windows(2).all(|pair| pair[0] == pair[1]));
    }

    #[test]
    fn a_chat_stream_has_one_role_and_one_end(script in script()) {
        let events: Vec<Event> = script.iter().filter_map(event).collect();
        let stream = stream(Dialect::Chat, &Shape::default(), &events);
        let choices: Vec<&Value> = stream.iter().map(|chunk| &chunk["choices"][0]).collect();
        let roles = choices.iter().filter(|choice| choice["delta"]["role"] == "assistant");
        let ends = choices.iter().filter(|choice| choice["finish_reason"].is_string());
        let errors = stream.iter().filter(|chunk| chunk.get("error").is_some());
        prop_assert!(roles.count() <= 1);
        prop_assert_eq!(ends.count() + errors.count(), 1);
        prop_assert!(choices.iter().all(|choice| choice.is_null() || choice["delta"].is_object()));
        if let Some(first) = choices.first().filter(|choice| !choice.is_null()) {
            prop_assert_eq!(&first["delta"]["role"], "assistant");
        }
    }

    #[test]
    fn a_whole_message_is_the_fold_of_its_stream(script in script(), thinking in thinking()) {
        let shape = Shape { model: "m".into(), thinking, seal: "s:".into(), ..Shape::default() };
        let events: Vec<Event> = script.iter().filter_map(event).collect();
        let mut collector = Collector::new(Dialect::Messages, shape.clone(), born());
        events.iter().for_each(|event| collector.push(event));
        collector.fail(&Fault::CutShort);
        let stream = stream(Dialect::Messages, &shape, &events);
        match collector.finish() {
            Ok(whole) => {
                let whole: Value = serde_json::from_slice(&whole).unwrap();
                prop_assert_eq!(accumulated(&stream), whole);
            }
            Err(fault) => {
                let last = stream.last().unwrap();
                prop_assert_eq!(&last["type"], "error");
                prop_assert_eq!(&last["error"]["message"], &fault.to_string());
            }
        }
    }

    #[test]
    fn a_messages_stream_has_one_beginning_one_end_and_one_block_at_a_time(script in script()) {
        let shape = Shape { thinking: Shown::Summary, ..Shape::default() };
        let events: Vec<Event> = script.iter().filter_map(event).collect();
        let stream = stream(Dialect::Messages, &shape, &events);
        let names: Vec<&str> = stream.iter().filter_map(|data| data["type"].as_str()).collect();
        let is_end = |name: &&&str| matches!(**name, "message_stop" | "error");
        prop_assert_eq!(names.iter().filter(is_end).count(), 1);
        prop_assert!(is_end(&names.last().unwrap()));
        let failed = names.last() == Some(&"error");
        prop_assert!(names.iter().skip(1).all(|name| *name != "message_start"));
        prop_assert!(names[0] == "message_start" || (failed && names.len() == 1));
        let (mut open, mut next) = (None, 0);
        for told in &stream {
            match told["type"].as_str().unwrap() {
                "content_block_start" => {
                    prop_assert_eq!((open, &told["index"]), (None, &json!(next)));
                    (open, next) = (Some(next), next + 1);
                }
                "content_block_delta" => prop_assert_eq!(open.map(Value::from), Some(told["index"].clone())),
                "content_block_stop" => {
                    prop_assert_eq!(open.take().map(Value::from), Some(told["index"].clone()));
                }
                "message_delta" => prop_assert_eq!(open, None),
                _ => {}
            }
        }
    }

    #[test]
    fn nothing_follows_the_end(script in script(), late in script()) {
        let events: Vec<Event> = script.iter().filter_map(event).collect();
        for dialect in [Dialect::Responses, Dialect::Chat, Dialect::Messages, Dialect::Completions] {
            let mut writer = Writer::new(dialect, Shape::default(), born());
            let mut out = Frames::new();
            events.iter().for_each(|event| writer.write(event, &mut out));
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
        for dialect in [Dialect::Responses, Dialect::Chat, Dialect::Messages, Dialect::Completions] {
            let whole = written(dialect, std::iter::once(wire.clone()));
            prop_assert_eq!(written(dialect, cut_at(&wire, &cuts)), whole);
        }
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let given = Given::default();
        prop_assert!(json::read(&bytes, |ask| responses::request(ask, &given)).is_err());
        prop_assert!(json::read(&bytes, |ask| chat::request(ask, &given)).is_err());
        prop_assert!(json::read(&bytes, |ask| messages::request(ask, &given)).is_err());
        prop_assert!(messages::count(&bytes, Measure::Thumb).is_err());
        prop_assert!(json::read(&bytes, |ask| completions::request(ask, &given)).is_err());
    }

    #[test]
    fn no_json_makes_a_reader_panic(body in script::request(), field in "[a-zA-Z_ ,\r\n\u{e9}]{0,90}") {
        let given = Given::default();
        let mut body = body;
        body[field] = json!(1);
        let body = serde_json::to_vec(&body).unwrap();
        let said = json::read(&body, |ask| messages::request(ask, &given));
        prop_assert!(said.is_err() || messages::count(&body, Measure::Thumb).is_ok());
        for translated in [json::read(&body, |ask| responses::request(ask, &given)), json::read(&body, |ask| chat::request(ask, &given)), said].into_iter().flatten() {
            for name in &translated.ignored {
                prop_assert!(name.bytes().all(|b| b.is_ascii_graphic() && b != b','), "{name:?}");
            }
            prop_assert!(translated.request.instructions.is_some() || translated.lite);
        }
    }

    #[test]
    fn what_was_cleaned_once_is_clean(body in script::request()) {
        let given = Given::default();
        let body = serde_json::to_vec(&body).unwrap();
        if let Ok(once) = json::read(&body, |ask| responses::request(ask, &given)) {
            let sent = once.request.to_json(given.target);
            let twice = json::read(&sent, |ask| responses::request(ask, &given)).unwrap();
            prop_assert_eq!(twice.request.to_json(given.target), sent);
            prop_assert!(twice.ignored.is_empty(), "{:?}", twice.ignored);
        }
    }

    #[test]
    fn a_request_without_a_past_asks_the_same(body in script::request()) {
        let given = Given::default();
        let body = serde_json::to_vec(&body).unwrap();
        if let Ok(asked) = json::read(&body, |ask| responses::request(ask, &given)) {
            let alone = json::read(&body, |ask| state::continued(ask, &[], &HashMap::new(), &nobody(), "input")).unwrap();
            let again = json::read(&alone.body.unwrap_or(body), |ask| responses::request(ask, &given)).unwrap();
            prop_assert_eq!(again.request.to_json(given.target), asked.request.to_json(given.target));
        }
    }

    #[test]
    fn what_one_turn_keeps_is_what_the_next_one_says(body in script::request()) {
        let given = Given::default();
        let body = serde_json::to_vec(&body).unwrap();
        if let Ok(asked) = json::read(&body, |ask| responses::request(ask, &given)) {
            let kept = json::read(&body, |ask| state::continued(ask, &[], &HashMap::new(), &nobody(), "input")).unwrap().input;
            let past: Vec<_> = kept.into_iter().map(|item| state::Past { item: item.into(), by: None }).collect();
            let empty = br#"{"model":"m","input":[]}"#;
            let next = json::read(empty, |ask| state::continued(ask, &past, &HashMap::new(), &nobody(), "input")).unwrap();
            let next = next.body.unwrap_or_else(|| empty.to_vec());
            let next = json::read(&next, |ask| responses::request(ask, &given)).unwrap();
            let said = |request: &Request| serde_json::to_value(&request.input).unwrap();
            // A text is short for one message, which is kept as that.
            prop_assert_eq!(said(&next.request), said(&asked.request));
        }
    }

    #[test]
    fn no_bytes_make_a_reader_of_the_store_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(json::read(&bytes, state::Wish::read).is_err());
        prop_assert!(state::Described::read(&bytes).is_err());
        prop_assert!(json::read(&bytes, state::Compaction::read).is_err());
        prop_assert!(state::countable(&bytes).is_err());
        prop_assert!(state::Turn::read(&bytes).is_none());
    }
}

fn nobody() -> state::Origin {
    state::Origin {
        account: String::new(),
        model: String::new(),
    }
}

fn event(data: &Value) -> Option<Event> {
    Event::from_json(data.to_string())
}

/// Everything a streaming client is told, the end included.
fn stream(dialect: Dialect, shape: &Shape, events: &[Event]) -> Vec<Value> {
    let mut writer = Writer::new(dialect, shape.clone(), born());
    let mut out = Frames::new();
    events
        .iter()
        .for_each(|event| writer.write(event, &mut out));
    writer.fail(&Fault::CutShort, &mut out);
    let mut told = Vec::new();
    let mut splitter = Splitter::default();
    let read = |frame: Bytes| {
        let data = Frame::read(&frame).data.unwrap().into_owned();
        told.extend(serde_json::from_slice::<Value>(&data).ok());
    };
    splitter.push(out.take(), read).unwrap();
    told
}

fn written(dialect: Dialect, chunks: impl IntoIterator<Item = Bytes>) -> Bytes {
    let mut writer = Writer::new(dialect, Shape::default(), born());
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

/// What the official SDKs make of a stream: texts joined, calls merged by their index.
fn fold(stream: &[Value], usage: bool) -> Value {
    let mut message = json!({"annotations": []});
    let mut finish = Value::Null;
    for choice in stream.iter().filter_map(|chunk| chunk["choices"].get(0)) {
        for name in ["content", "reasoning_content", "refusal"] {
            if let Some(text) = choice["delta"][name].as_str() {
                let before = message[name].as_str().unwrap_or_default();
                message[name] = format!("{before}{text}").into();
            }
        }
        let new = choice["delta"]["annotations"]
            .as_array()
            .into_iter()
            .flatten();
        message["annotations"]
            .as_array_mut()
            .unwrap()
            .extend(new.cloned());
        for call in choice["delta"]["tool_calls"]
            .as_array()
            .into_iter()
            .flatten()
        {
            merge(&mut message["tool_calls"], call);
        }
        if choice["finish_reason"].is_string() {
            finish = choice["finish_reason"].clone();
        }
    }
    let says_else = !message["refusal"].is_null() || !message["tool_calls"].is_null();
    if message["content"].is_null() && !says_else {
        message["content"] = "".into();
    }
    let told = stream.iter().rev().find(|chunk| chunk["usage"].is_object());
    let told = told.filter(|_| usage).map(|chunk| chunk["usage"].clone());
    message
        .as_object_mut()
        .unwrap()
        .retain(|_, value| !value.is_null());
    json!([message, finish, told])
}

fn thinking() -> impl Strategy<Value = Shown> {
    prop::sample::select(&[Shown::Nothing, Shown::Seal, Shown::Summary][..])
}

fn merge(calls: &mut Value, call: &Value) {
    if calls.is_null() {
        *calls = json!([]);
    }
    let index = call["index"].as_u64().unwrap() as usize;
    let calls = calls.as_array_mut().unwrap();
    if index == calls.len() {
        let mut new = call.clone();
        new.as_object_mut().unwrap().remove("index");
        calls.push(new);
        return;
    }
    for (kind, payload) in [("function", "arguments"), ("custom", "input")] {
        if let Some(more) = call[kind][payload].as_str() {
            let before = calls[index][kind][payload].as_str().unwrap();
            calls[index][kind][payload] = format!("{before}{more}").into();
        }
    }
}

/// What the old endpoint's clients make of a stream, or of one whole answer.
fn continued(chunks: &[Value], usage: bool) -> Value {
    let choices = || chunks.iter().filter_map(|chunk| chunk["choices"].get(0));
    let text: String = choices()
        .filter_map(|choice| choice["text"].as_str())
        .collect();
    let reason = choices().find_map(|choice| choice["finish_reason"].as_str());
    let told = chunks.iter().rev().find(|chunk| chunk["usage"].is_object());
    let told = told.filter(|_| usage).map(|chunk| chunk["usage"].clone());
    json!([chunks[0]["id"], chunks[0]["object"], text, reason, told])
}

/// The same facts of a whole completion.
fn choice_of(whole: &Value, usage: bool) -> Value {
    let choice = &whole["choices"][0];
    let mut message = choice["message"].clone();
    let fields = message.as_object_mut().unwrap();
    assert_eq!(fields.remove("role"), Some("assistant".into()));
    fields.retain(|_, value| !value.is_null());
    let usage = whole.get("usage").filter(|_| usage);
    json!([message, choice["finish_reason"], usage])
}

fn born() -> Born {
    Born {
        id: "0198f6c2".into(),
        created_at: 1_790_000_000,
    }
}
