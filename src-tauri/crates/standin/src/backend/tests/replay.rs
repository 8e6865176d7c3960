//! The law of replay: what the backend handed out, it takes back once its id is gone.

use serde_json::{Value, json};

use super::{Door, ask, with};

/// The items as a careful client replays them: ids only where the content is sealed, and an output
/// behind every call.
fn replayed(items: &[Value]) -> Vec<Value> {
    let mut input = vec![json!({"role": "user", "content": "before"})];
    for item in items {
        let mut item = item.clone();
        if item.get("encrypted_content").is_none() {
            item.as_object_mut().unwrap().shift_remove("id");
        }
        let kind = item["type"].as_str().unwrap().to_owned();
        let id = item["call_id"].clone();
        input.push(item);
        if matches!(kind.as_str(), "function_call" | "custom_tool_call") {
            input.push(json!({"type": format!("{kind}_output"), "call_id": id, "output": "done"}));
        }
    }
    input.push(json!({"role": "user", "content": "after"}));
    input
}

#[tokio::test]
async fn every_item_comes_back() {
    let door = Door::open().await;
    let fields = json!({
        "tools": [
            {"type": "function", "name": "f", "parameters": {"type": "object", "properties": {}}},
            {"type": "custom", "name": "c"},
            {"type": "web_search"},
            {"type": "image_generation", "size": "16x16"},
        ],
        "reasoning": {"effort": "low", "summary": "auto"},
        "include": ["reasoning.encrypted_content"],
    });
    for text in [
        "plain",
        "[[commentary looking]] [[annotate]] x",
        "[[refuse]]",
        "[[call f]] [[call c]]",
        "[[search cats]]",
        "[[image a cat]]",
        "[[incomplete max_output_tokens]] x",
        "[[unknown-items]] x",
    ] {
        let first = door.post(&with(ask(text), fields.clone())).await;
        let input = json!({ "input": replayed(&first.items()) });
        let second = door.post(&with(with(ask(""), fields.clone()), input)).await;
        assert_eq!(second.said(), "You said: after", "{text}");
    }
}

#[tokio::test]
async fn a_compaction_stands_for_what_was_before() {
    let door = Door::open().await;
    let trigger =
        json!({"input": [{"role": "user", "content": "hi"}, {"type": "compaction_trigger"}]});
    let items = door.post(&with(ask(""), trigger)).await.items();
    assert_eq!((items.len(), &items[0]["type"]), (1, &json!("compaction")));
    let next = json!({"input": [items[0], {"role": "user", "content": "go on"}]});
    assert_eq!(
        door.post(&with(ask(""), next.clone())).await.said(),
        "You said: go on"
    );
    let other = Door::of("pro@example.test").await;
    let got = other.post(&with(ask(""), next)).await;
    assert_eq!(got.json()["error"]["code"], "invalid_encrypted_content");
}

#[tokio::test]
async fn reasoning_belongs_to_its_model_family() {
    let door = Door::open().await;
    let thinking = json!({
        "model": "gpt-5.6-luna",
        "reasoning": {"effort": "low"},
        "include": ["reasoning.encrypted_content"],
    });
    let items = door.post(&with(ask("why"), thinking)).await.items();
    let input = json!([items[0], {"role": "user", "content": "and"}]);
    let again = |model: &str| with(ask(""), json!({"model": model, "input": input}));
    assert_eq!(door.post(&again("gpt-5.6-terra")).await.status, 200);
    let got = door.post(&again("gpt-5.5")).await;
    assert_eq!(got.json()["error"]["code"], "invalid_encrypted_content");
}
