//! The grammar every well-behaved stream keeps (contract backend 2.2), checked for a table of answers.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::client::Got;
use super::{Door, ask, with};

/// What a stream must look like: order, numbers, and that deltas add up to what the items say.
#[track_caller]
pub(super) fn check(got: &Got) {
    let events = got.events();
    for (number, event) in events.iter().enumerate() {
        assert_eq!(event["sequence_number"], number, "{event}");
    }
    assert_eq!(events[0]["type"], "response.created");
    assert_eq!(events[1]["type"], "response.in_progress");
    let last = events.last().unwrap();
    assert_eq!(
        (&last["type"], &last["response"]["output"]),
        (&json!("response.completed"), &json!([]))
    );
    assert_eq!(events[0]["response"]["id"], last["response"]["id"]);
    assert_eq!(got.text().matches("event: ").count(), events.len());
    items_are_whole(&events);
}

/// Items open in order, take only their own events, and close with what their deltas add up to.
#[track_caller]
fn items_are_whole(events: &[Value]) {
    let mut open: HashMap<u64, (String, String)> = HashMap::new();
    let mut next = 0;
    for event in events {
        let Some(index) = event["output_index"].as_u64() else {
            continue;
        };
        match event["type"].as_str().unwrap() {
            "response.output_item.added" => {
                assert_eq!(index, next, "items open in order");
                next += 1;
                let id = event["item"]["id"].as_str().unwrap().to_owned();
                open.insert(index, (id, String::new()));
            }
            "response.output_item.done" => {
                let id = &event["item"]["id"];
                // A compaction closes without having opened.
                let unopened = (id.as_str().unwrap().to_owned(), String::new());
                let (opened, deltas) = open.remove(&index).unwrap_or(unopened);
                assert_eq!(
                    (id, whole(&event["item"])),
                    (&json!(opened), deltas.as_str())
                );
            }
            _ => {
                let (id, deltas) = open.get_mut(&index).expect("an event inside its item");
                assert_eq!(event["item_id"], id.as_str());
                deltas.push_str(event["delta"].as_str().unwrap_or(""));
            }
        }
    }
    assert!(open.is_empty());
}

/// What the deltas of an item add up to.
fn whole(item: &Value) -> &str {
    match item["type"].as_str().unwrap() {
        "message" => {
            let part = &item["content"][0];
            part["text"]
                .as_str()
                .or_else(|| part["refusal"].as_str())
                .unwrap()
        }
        "reasoning" => item["summary"][0]["text"].as_str().unwrap_or(""),
        "function_call" => item["arguments"].as_str().unwrap(),
        "custom_tool_call" => item["input"].as_str().unwrap(),
        _ => "",
    }
}

#[tokio::test]
async fn every_kind_of_answer_keeps_it() {
    let door = Door::open().await;
    let tools = json!({"tools": [
        {"type": "function", "name": "f", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}},
        {"type": "custom", "name": "c"},
        {"type": "web_search"},
        {"type": "image_generation", "partial_images": 2, "size": "64x32"},
    ]});
    let thinking = json!({"reasoning": {"effort": "low", "summary": "auto"}, "include": ["reasoning.encrypted_content"]});
    for (text, fields) in [
        ("hello there, how are you", json!({})),
        ("hello", thinking.clone()),
        ("[[call f]]", tools.clone()),
        ("free text [[call c]]", tools.clone()),
        ("[[call f]] [[call c]] [[call f]]", tools.clone()),
        (
            "[[call f {\"city\":\"Paris\"}]] [[call f]] [[interleave]]",
            tools.clone(),
        ),
        ("[[search cats]]", tools.clone()),
        ("[[image a cat]]", tools),
        ("[[refuse]]", json!({})),
        ("[[commentary looking]] done", thinking),
        ("[[words 50]]", json!({})),
        ("[[events 50]]", json!({})),
        ("[[annotate]] x", json!({})),
    ] {
        check(&door.post(&with(ask(text), fields)).await);
    }
    let compaction =
        json!({"input": [{"role": "user", "content": "hi"}, {"type": "compaction_trigger"}]});
    let got = door.post(&with(ask(""), compaction)).await;
    check(&got);
    assert_eq!(got.items().len(), 1);
}

#[tokio::test]
async fn the_head_has_what_is_read_once() {
    let door = Door::open().await;
    let got = door.post(&ask("hi")).await;
    assert_eq!(got.header("content-type"), Some("text/event-stream"));
    for name in [
        "x-codex-turn-state",
        "x-models-etag",
        "x-request-id",
        "x-codex-plan-type",
        "x-codex-primary-used-percent",
        "x-codex-primary-window-minutes",
        "x-codex-primary-reset-at",
        "x-codex-secondary-used-percent",
        "x-codex-active-limit",
    ] {
        assert!(got.header(name).is_some(), "{name}");
    }
    assert_eq!(got.header("x-codex-secondary-reset-at"), Some(""));
    assert_eq!(got.header("openai-model"), None);
    let rerouted = door.post(&ask("[[reroute gpt-5.2]] hi")).await;
    assert_eq!(rerouted.header("openai-model"), Some("gpt-5.2"));
}

#[tokio::test]
async fn usage_has_all_its_details() {
    let door = Door::open().await;
    let usage = door.post(&ask("hi")).await.last()["usage"].clone();
    let number = |pointer: &str| usage.pointer(pointer).and_then(Value::as_u64).unwrap();
    assert_eq!(
        number("/total_tokens"),
        number("/input_tokens") + number("/output_tokens")
    );
    assert_eq!(number("/input_tokens_details/cached_tokens"), 0);
    assert_eq!(number("/output_tokens_details/reasoning_tokens"), 0);
    let told = "[[usage input=10 cached=4 output=5 reasoning=3 cache_write=2]]";
    let usage = door.post(&ask(told)).await.last()["usage"].clone();
    let wanted = json!({
        "input_tokens": 10,
        "input_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 2},
        "output_tokens": 5,
        "output_tokens_details": {"reasoning_tokens": 3},
        "total_tokens": 15,
    });
    assert_eq!(usage, wanted);
    assert_eq!(
        door.post(&ask("[[usage none]]")).await.last()["usage"],
        Value::Null
    );
    let bare = door.post(&ask("[[usage bare]]")).await.last()["usage"].clone();
    assert_eq!(bare.as_object().unwrap().len(), 3);
}
