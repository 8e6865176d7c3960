use bytes::Bytes;
use serde_json::{Value, json};
use wire::responses::{Event, Kind};

use super::{Cut, Ends};
use crate::tokens::Tokens;

/// One message whose text comes in `pieces`, as the backend tells it.
fn told(pieces: &[&str]) -> Vec<Value> {
    let whole = pieces.concat();
    let part = json!({"type": "output_text", "text": whole, "annotations": []});
    let item = json!({"id": "msg_1", "type": "message", "role": "assistant", "content": [part]});
    let place = |kind: &str| json!({"type": kind, "item_id": "msg_1", "output_index": 0, "content_index": 0});
    let with = |mut event: Value, name: &str, value: Value| {
        event[name] = value;
        event
    };
    let mut events = vec![
        json!({"type": "response.created", "response": {"id": "resp_1", "status": "in_progress"}}),
        json!({"type": "response.output_item.added", "output_index": 0,
            "item": {"id": "msg_1", "type": "message", "role": "assistant", "content": []}}),
        with(
            place("response.content_part.added"),
            "part",
            json!({"type": "output_text", "text": ""}),
        ),
    ];
    for piece in pieces {
        events.push(with(
            place("response.output_text.delta"),
            "delta",
            json!(piece),
        ));
    }
    events.push(with(
        place("response.output_text.done"),
        "text",
        json!(whole),
    ));
    events.push(with(place("response.content_part.done"), "part", part));
    events.push(json!({"type": "response.output_item.done", "output_index": 0, "item": item}));
    events.push(json!({"type": "response.completed",
        "response": {"id": "resp_1", "status": "completed", "output": []}}));
    events
}

fn event(said: &Value) -> Event {
    Event::from_json(Bytes::from(said.to_string())).unwrap()
}

fn cut(ends: &Ends, events: &[Value]) -> Vec<Value> {
    let mut cut = Cut::new(ends);
    let mut out = Vec::new();
    for said in events {
        cut.push(&event(said), |event| {
            out.push(serde_json::from_slice(event.data()).unwrap());
        });
    }
    out
}

/// What a client has read when the answer ends.
fn text(events: &[Value]) -> String {
    let deltas = events
        .iter()
        .filter_map(|said| match said["type"].as_str() {
            Some("response.output_text.delta") => said["delta"].as_str(),
            _ => None,
        });
    deltas.collect()
}

fn after(most_tokens: u64) -> Ends {
    Ends {
        most_tokens: Some(most_tokens),
        ..Ends::default()
    }
}

fn at(stops: &[&str]) -> Ends {
    Ends {
        stops: stops.iter().map(ToString::to_string).collect(),
        ..Ends::default()
    }
}

/// The last two events: the item's end and the answer's.
#[track_caller]
fn ending(events: &[Value]) -> (&Value, &Value) {
    let [.., item, end] = events else {
        panic!("{events:?}");
    };
    assert_eq!(item["type"], "response.output_item.done", "{events:?}");
    (&item["item"], &end["response"])
}

#[test]
fn without_ends_every_event_goes_on() {
    let events = told(&["Hello ", "world"]);
    for ends in [Ends::default(), at(&[""]), after(1000), at(&["nowhere"])] {
        assert_eq!(cut(&ends, &events), events, "{ends:?}");
    }
}

#[test]
fn a_limit_cuts_between_tokens_whatever_the_script() {
    let tokens = Tokens::load().unwrap();
    for pieces in [
        &["The quick ", "brown fox", " jumps over", " the lazy dog"][..],
        &["春眠不觉晓，", "处处闻", "啼鸟。夜来", "风雨声"],
        &["🙂🙃", "👩‍👩‍👧‍👦 fam", "ily 🏳️‍🌈", "🏳️‍🌈🙂"],
    ] {
        let whole = pieces.concat();
        for most in 1..tokens.count(&whole) {
            let events = cut(&after(most), &told(pieces));
            let read = text(&events);
            let expected = tokens.first(&whole, most);
            let longest = pieces.iter().map(|piece| piece.len()).max().unwrap();
            assert!(whole.starts_with(&read));
            assert!(
                read.len().abs_diff(expected.len()) <= longest,
                "{most}: {read} for {expected}"
            );
            let (item, response) = ending(&events);
            assert_eq!(item["content"][0]["text"].as_str().unwrap_or(""), read);
            assert_eq!(item["status"], "incomplete");
            assert_eq!(response["status"], "incomplete");
            assert_eq!(
                response["incomplete_details"]["reason"],
                "max_output_tokens"
            );
            assert_eq!(response["id"], "resp_1");
        }
    }
}

#[test]
fn a_stop_word_cuts_before_itself_however_it_comes() {
    for (pieces, stop, expected) in [
        (&["one END two"][..], "END", "one "),
        (&["one E", "N", "D two"], "END", "one "),
        (&["一。", "终", "了。"], "。终", "一"),
        (&["a🙂", "🙃b"], "🙂🙃", "a"),
        (&["END"], "END", ""),
    ] {
        let events = cut(&at(&[stop]), &told(pieces));
        assert_eq!(text(&events), expected, "{pieces:?}");
        let (item, response) = ending(&events);
        assert_eq!(item["content"][0]["text"].as_str().unwrap_or(""), expected);
        assert_eq!(response["status"], "completed");
        assert_eq!(response["stop_sequence"], stop);
    }
}

#[test]
fn what_only_looked_like_a_stop_word_is_not_lost() {
    let events = cut(&at(&["END"]), &told(&["one E", "N", " two EN"]));
    assert_eq!(text(&events), "one EN two EN");
    assert_eq!(events.last().unwrap()["type"], "response.completed");
    let mut cut = Cut::new(&at(&["END"]));
    let mut out = Vec::new();
    for said in told(&["one EN"]).iter().take(4) {
        cut.push(&event(said), |event| out.push(event.clone()));
    }
    cut.flush(|event| out.push(event.clone()));
    let last: Value = serde_json::from_slice(out.last().unwrap().data()).unwrap();
    assert_eq!(last["delta"], "EN");
}

#[test]
fn a_text_that_comes_only_whole_is_cut_too() {
    let whole = told(&["one END two"]);
    let is_delta = |said: &&Value| said["type"] == "response.output_text.delta";
    let without: Vec<Value> = whole
        .iter()
        .filter(|said| !is_delta(said))
        .cloned()
        .collect();
    assert_eq!(text(&cut(&at(&["END"]), &without)), "one ");
    // Not even its item came before the end.
    let mut end = whole.last().unwrap().clone();
    end["response"]["output"] = json!([whole[whole.len() - 2]["item"]]);
    let only_the_end = [whole[0].clone(), end];
    let events = cut(&at(&["END"]), &only_the_end);
    assert_eq!(text(&events), "one ");
    assert_eq!(ending(&events).0["content"][0]["text"], "one ");
}

#[test]
fn calls_count_and_are_cut() {
    let head = json!({"id": "fc_1", "type": "function_call", "call_id": "call_1", "name": "f", "arguments": ""});
    let delta = |delta: &str| {
        json!({"type": "response.function_call_arguments.delta", "item_id": "fc_1", "output_index": 0,
            "delta": delta})
    };
    let events = [
        json!({"type": "response.created", "response": {"id": "resp_1"}}),
        json!({"type": "response.output_item.added", "output_index": 0, "item": head}),
        delta("{\"city\": "),
        delta("\"Paris, the capital of France\"}"),
    ];
    let events = cut(&after(4), &events);
    let (item, response) = ending(&events);
    assert_eq!(item["name"], "f");
    let arguments = item["arguments"].as_str().unwrap();
    assert!(
        arguments.starts_with("{\"city\": ") && arguments.len() < 30,
        "{arguments}"
    );
    assert_eq!(response["status"], "incomplete");
}

#[test]
fn what_the_model_thinks_does_not_count() {
    let thought = json!({"type": "response.reasoning_summary_text.delta", "item_id": "rs_1",
        "output_index": 1, "summary_index": 0, "delta": "one END two three four five six seven"});
    let mut events = told(&["Hello"]);
    events.insert(1, thought);
    let mut ends = after(1);
    ends.stops = vec!["END".into()];
    assert_eq!(cut(&ends, &events), events);
}

#[test]
fn stop_words_count_in_texts_only() {
    for kind in [
        "response.refusal.delta",
        "response.function_call_arguments.delta",
        "response.custom_tool_call_input.delta",
        "response.reasoning_text.delta",
    ] {
        let said = json!({"type": kind, "item_id": "x", "output_index": 0, "content_index": 0,
            "delta": "one END two"});
        assert_eq!(
            cut(&at(&["END"]), std::slice::from_ref(&said)),
            [said],
            "{kind}"
        );
    }
    let mut parts = told(&["one EN", "D two"]);
    parts.truncate(5);
    parts[4]["content_index"] = 1.into();
    assert_eq!(text(&cut(&at(&["END"]), &parts)), "one END two");
}

#[test]
fn nothing_follows_a_cut() {
    let mut cut = Cut::new(&at(&["b"]));
    let mut count = 0;
    for said in told(&["a", "b", "c"]) {
        cut.push(&event(&said), |event| {
            count += usize::from(event.kind().is_terminal() || event.kind() == Kind::ItemDone);
        });
    }
    assert_eq!(count, 2);
    cut.flush(|event| panic!("{event:?} follows"));
}

#[test]
fn an_envelope_that_is_no_object_costs_only_its_fields() {
    for odd in [
        json!({"type": "response.created", "response": "x"}),
        json!({"type": "response.created", "response": [1]}),
        json!({"type": "response.created"}),
    ] {
        let mut events = told(&["one END two"]);
        events[0] = odd;
        let events = cut(&at(&["END"]), &events);
        assert_eq!(ending(&events).1["status"], "completed");
    }
}

#[test]
fn a_stop_word_is_found_around_what_is_no_text() {
    for between in [
        json!({"type": "codex.rate_limits", "plan_type": "plus"}),
        json!({"type": "keepalive"}),
        json!({"type": "response.metadata", "x": 1}),
        json!({"type": "something.new"}),
        json!({"type": "response.in_progress", "response": {"id": "resp_1"}}),
    ] {
        let mut events = told(&["one EN", "D two"]);
        events.insert(4, between.clone());
        assert_eq!(text(&cut(&at(&["END"]), &events)), "one ", "{between}");
    }
}

#[test]
fn an_end_that_reads_badly_loses_nothing() {
    let mut events = told(&["one EN"]);
    events.drain(4..7);
    let end = events.last_mut().unwrap();
    end["response"]["usage"] = json!({"input_tokens": null});
    assert_eq!(text(&cut(&at(&["END"]), &events)), "one EN");
}

#[test]
fn parts_keep_their_places() {
    let mut events = told(&["one END two"]);
    for event in &mut events {
        if event.get("content_index").is_some() {
            event["content_index"] = 1.into();
        }
    }
    let events = cut(&at(&["END"]), &events);
    let content = &ending(&events).0["content"];
    assert_eq!(
        (&content[0]["text"], &content[1]["text"]),
        (&json!(""), &json!("one "))
    );
}

#[test]
fn what_a_cut_answer_cost_is_estimated() {
    let ends = Ends {
        input_tokens: 7,
        ..after(2)
    };
    let events = cut(&ends, &told(&["one two three four"]));
    let usage = &ending(&events).1["usage"];
    assert_eq!(
        (&usage["input_tokens"], &usage["output_tokens"]),
        (&json!(7), &json!(2))
    );
    assert_eq!(usage["total_tokens"], 9);
    let events = cut(&at(&["three"]), &told(&["one two three four"]));
    assert_eq!(ending(&events).1["usage"]["output_tokens"], 2);
}
