//! Every folder below `fixtures/pictures/` is a case: what a client sent, what we ask of the
//! backend, what it said (`upstream.json` from a dedicated endpoint, `upstream.sse` with the hosted
//! tool), and what a streaming and a waiting client got. A new case is a folder; no code is needed.
#![expect(
    clippy::unwrap_used,
    reason = "a test may fail by panicking, its helpers too"
)]

use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};
use translate::pictures::{self, Asked, Attached, Collector, Drawn, Order, Route, Shape, whole};
use translate::{Born, Dialect, Outcome, Writer, error_body};
use wire::Fault;
use wire::catalogue::Catalogue;
use wire::pictures::Answer;
use wire::responses::{Event, Target};
use wire::sse::{Frame, Frames, Splitter};

#[test]
fn every_case_is_as_recorded() {
    let mut cases: Vec<PathBuf> = fs::read_dir(root().join("pictures"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    cases.sort();
    assert!(cases.len() >= 20, "only {} cases", cases.len());
    for case in cases {
        check(&case);
    }
}

/// The only place that knows how a case is driven.
fn check(case: &Path) {
    let given = fs::read(case.join("given.json")).unwrap_or_else(|_| b"{}".to_vec());
    let given: Value = serde_json::from_slice(&given).unwrap();
    let body = fs::read(case.join("request.json")).unwrap();
    let order = match order(&given, &body) {
        Ok(order) => order,
        Err(fault) => return snap(case, "canonical", &refused(&fault)),
    };
    snap(case, "canonical", &asked(&order));
    if let Ok(answer) = fs::read(case.join("upstream.json")) {
        let drawn = Drawn::read(Answer::read(&answer).unwrap());
        snap(case, "whole", &waited(drawn, &order.shape));
    }
    let Ok(upstream) = fs::read(case.join("upstream.sse")) else {
        return;
    };
    let events = events(upstream);
    let (stream, outcome) = streamed(&order.shape, &events);
    snap(case, "stream", &stream);
    let drawn = collected(&events);
    assert_eq!(
        drawn.is_ok(),
        outcome == Outcome::Whole,
        "{}",
        case.display()
    );
    snap(case, "whole", &waited(drawn, &order.shape));
}

fn order(given: &Value, body: &[u8]) -> Result<Order, Fault> {
    let catalogue = fs::read(root().join("catalogue.json")).unwrap();
    let catalogue = Catalogue::read(&catalogue, None).unwrap();
    let route = match given["route"].as_str() {
        Some("edits") => Route::Edits,
        _ => Route::Generations,
    };
    let images = given["images"].as_array().cloned().unwrap_or_default();
    let attached = Attached {
        images: images
            .iter()
            .map(|url| url.as_str().unwrap().into())
            .collect(),
        mask: given["mask"].as_str().map(str::to_owned),
    };
    let known = given["catalogue"].as_bool().unwrap_or(true);
    pictures::request(route, body, attached, known.then_some(&catalogue))
}

fn asked(order: &Order) -> String {
    let Order {
        asked,
        count,
        stream,
        model,
        ignored,
        shape,
    } = order;
    let (way, body) = match asked {
        Asked::Dedicated(request) => ("dedicated", request.to_json()),
        Asked::Hosted(request) => ("hosted", request.to_json(Target::Plan)),
    };
    format!(
        "{way}, count {count}, stream {stream}, model {model}\nignored {ignored:?}\n{shape:?}\n{}",
        pretty(&body)
    )
}

fn waited(drawn: Result<Drawn, Fault>, shape: &Shape) -> String {
    match drawn {
        Ok(drawn) => {
            let (json, ignored) = whole(vec![drawn], shape);
            format!("ignored {ignored:?}\n{}", pretty(&json))
        }
        Err(fault) => refused(&fault),
    }
}

fn streamed(shape: &Shape, events: &[Event]) -> (String, Outcome) {
    let mut writer = Writer::Pictures(pictures::Writer::new(shape.clone(), born()));
    let mut out = Frames::new();
    writer.keep_alive(&mut out);
    events
        .iter()
        .for_each(|event| writer.write(event, &mut out));
    writer.fail(&Fault::CutShort, &mut out);
    writer.keep_alive(&mut out);
    let text = String::from_utf8(out.take().to_vec()).unwrap();
    (text, writer.outcome())
}

fn collected(events: &[Event]) -> Result<Drawn, Fault> {
    let mut collector = Collector::new(born());
    events.iter().for_each(|event| collector.push(event));
    collector.fail(&Fault::CutShort);
    assert!(collector.is_closed());
    collector.finish()
}

fn born() -> Born {
    Born {
        id: "0198f6c2".into(),
        created_at: 1_790_000_000,
    }
}

fn refused(fault: &Fault) -> String {
    let body = error_body(Dialect::Responses, fault, "req_1");
    format!("refused\n{}", pretty(&body))
}

fn pretty(json: &[u8]) -> String {
    let value: Value = serde_json::from_slice(json).unwrap();
    serde_json::to_string_pretty(&value).unwrap()
}

fn events(upstream: Vec<u8>) -> Vec<Event> {
    let frames = frames(upstream.into());
    frames.into_iter().filter_map(Event::from_frame).collect()
}

fn frames(bytes: Bytes) -> Vec<Bytes> {
    let mut splitter = Splitter::default();
    let mut frames = Vec::new();
    splitter.push(bytes, |frame| frames.push(frame)).unwrap();
    frames.extend(splitter.finish());
    frames
}

fn snap(case: &Path, name: &str, text: &str) {
    insta::with_settings!({
        snapshot_path => case,
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!(name, text);
    });
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// What the backend may say, in any order and number.
fn event() -> impl Strategy<Value = Value> {
    let item = |item: Value| json!({"type": "response.output_item.done", "item": item});
    prop_oneof![
        Just(json!({"type": "response.created", "response": {}})),
        "[A-Za-z]{0,8}".prop_map(move |result| item(
            json!({"type": "image_generation_call", "result": result, "size": "1x1"})
        )),
        Just(item(
            json!({"type": "image_generation_call", "result": null})
        )),
        Just(item(
            json!({"type": "message", "content": [{"type": "refusal", "refusal": "no"}]})
        )),
        (0..4_u8).prop_map(|index| json!({
            "type": "response.image_generation_call.partial_image",
            "partial_image_b64": "AA==", "partial_image_index": index,
        })),
        Just(json!({"type": "response.image_generation_call.partial_image"})),
        Just(json!({"type": "response.completed", "response": {"output": []}})),
        Just(json!({"type": "response.incomplete", "response": {}})),
        Just(json!({"type": "response.failed", "response": {"error": {"code": "x"}}})),
        Just(json!({"type": "error", "message": "m"})),
        Just(json!({"type": "codex.rate_limits"})),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// The whole is the fold of the stream; a failure is one event, and nothing follows it.
    #[test]
    fn the_whole_is_the_fold_of_the_stream(script in prop::collection::vec(event(), 0..8)) {
        let script = script.iter().filter_map(|event| Event::from_json(event.to_string()));
        let events: Vec<Event> = script.collect();
        let shape = Shape { route: Route::Edits, size: None, format: "png" };
        let (text, _) = streamed(&shape, &events);
        let stream: Vec<Value> = frames(Bytes::from(text))
            .iter()
            .filter_map(|frame| Frame::read(frame).data.map(|data| serde_json::from_slice(&data).unwrap()))
            .collect();
        let errors = stream.iter().filter(|event| event.get("error").is_some()).count();
        match collected(&events) {
            Ok(drawn) => {
                let (json, _) = whole(vec![drawn], &shape);
                let answer: Value = serde_json::from_slice(&json).unwrap();
                let images = |from: &[Value]| -> Vec<Value> {
                    from.iter().map(|picture| picture["b64_json"].clone()).collect()
                };
                let completed: Vec<Value> = stream
                    .iter()
                    .filter(|event| event["type"] == "image_edit.completed")
                    .cloned()
                    .collect();
                prop_assert_eq!(images(&completed), images(answer["data"].as_array().unwrap()));
                prop_assert_eq!(errors, 0);
                prop_assert_eq!(&stream.last().unwrap()["type"], "image_edit.completed");
            }
            Err(fault) => {
                prop_assert_eq!(errors, 1);
                prop_assert_eq!(&stream.last().unwrap()["error"]["message"], &fault.to_string());
            }
        }
    }

    /// Whatever the body is, it is answered with a request or with a reason.
    #[test]
    fn no_body_is_too_odd(name in "[a-z_]{1,12}", value in "[\\PC]{0,16}", route in any::<bool>()) {
        let route = if route { Route::Edits } else { Route::Generations };
        let body = pictures::body_of_form([("prompt", value.as_str()), (name.as_str(), value.as_str())]);
        let _ = pictures::request(route, &body, Attached::default(), None);
        let _ = pictures::request(route, value.as_bytes(), Attached::default(), None);
    }
}
