//! What is not there: things that other servers add to a request or read into an answer, and that
//! spoil either (contract backend 12).
#![expect(
    clippy::unwrap_used,
    reason = "a test may fail by panicking, its helpers too"
)]

use bytes::Bytes;
use serde_json::{Value, json};
use translate::{
    Born, Collector, Dialect, Given, OllamaForm, Shape, Translated, chat, completions, messages,
    ollama, responses,
};
use wire::json;
use wire::responses::{Event, Target};

const DIALECTS: [Dialect; 6] = [
    Dialect::Responses,
    Dialect::Chat,
    Dialect::Messages,
    Dialect::Ollama(OllamaForm::Chat),
    Dialect::Ollama(OllamaForm::Generate),
    Dialect::Completions,
];

/// Trap 18: an explicit empty list can be refused, and nobody asked for pictures.
#[test]
fn no_tools_are_made_up() {
    for dialect in DIALECTS {
        for tools in [None, Some(json!([])), Some(Value::Null)] {
            let mut body = least(dialect);
            if let Some(tools) = &tools {
                body["tools"] = tools.clone();
            }
            let sent = sent(&translated(dialect, &body));
            for name in ["tools", "tool_choice", "parallel_tool_calls"] {
                assert_eq!(sent.get(name), None, "{dialect:?} with {tools:?}");
            }
        }
    }
}

/// Trap 19: inside the item `additional_tools` of a Lite request a hosted tool does nothing, and
/// choosing it there is refused. A request becomes Lite by nothing but a client's own item.
#[test]
fn a_web_search_is_offered_among_the_tools() {
    let offers = [
        (
            Dialect::Responses,
            json!({"tools": [{"type": "web_search_preview"}], "tool_choice": {"type": "web_search_preview"}}),
        ),
        (Dialect::Chat, json!({"web_search_options": {}})),
        (
            Dialect::Messages,
            json!({"tools": [{"type": "web_search_20250305", "name": "web_search"}],
                "tool_choice": {"type": "tool", "name": "web_search"}}),
        ),
    ];
    for (dialect, offer) in offers {
        let mut body = least(dialect);
        for (name, value) in offer.as_object().unwrap() {
            body[name] = value.clone();
        }
        let translated = translated(dialect, &body);
        assert!(!translated.lite, "{dialect:?}");
        let sent = sent(&translated);
        assert_eq!(sent["tools"][0]["type"], "web_search", "{sent}");
        let mut items = sent["input"].as_array().unwrap().iter();
        assert!(items.all(|item| item["type"] == "message"), "{sent}");
    }
}

/// Trap 20: what an answer says of its tier does not tell which one served it. It is passed on where
/// the dialect has a place for it, and nothing is made of it anywhere else.
#[test]
fn what_the_backend_repeats_of_a_tier_is_not_believed() {
    for dialect in DIALECTS {
        let silent = whole(dialect, None);
        assert_eq!(silent.get("service_tier"), None, "{dialect:?}");
        for tier in ["default", "priority", "auto"] {
            let told = whole(dialect, Some(tier));
            let mut expected = silent.clone();
            if dialect == Dialect::Responses {
                expected["service_tier"] = tier.into();
            }
            assert_eq!(told, expected, "{dialect:?}");
        }
    }
}

/// A whole answer whose last event repeats `tier`.
fn whole(dialect: Dialect, tier: Option<&str>) -> Value {
    let shape = Shape {
        model: "m".into(),
        ..Shape::default()
    };
    let item = json!({"id": "msg_1", "type": "message", "role": "assistant",
        "content": [{"type": "output_text", "text": "Hello", "annotations": []}]});
    let mut response = json!({"id": "resp_1", "model": "m", "created_at": 1, "status": "completed",
        "output": [item]});
    if let Some(tier) = tier {
        response["service_tier"] = tier.into();
    }
    let end = json!({"type": "response.completed", "response": response}).to_string();
    let mut collector = Collector::new(dialect, shape, Born::default());
    collector.push(&Event::from_json(Bytes::from(end)).unwrap());
    serde_json::from_slice(&collector.finish().unwrap()).unwrap()
}

fn least(dialect: Dialect) -> Value {
    let said = json!([{"role": "user", "content": "x"}]);
    match dialect {
        Dialect::Responses => json!({"model": "m", "input": "x"}),
        Dialect::Chat | Dialect::Messages | Dialect::Ollama(OllamaForm::Chat) => {
            json!({"model": "m", "messages": said})
        }
        Dialect::Ollama(OllamaForm::Generate) | Dialect::Completions => {
            json!({"model": "m", "prompt": "x"})
        }
    }
}

fn translated(dialect: Dialect, body: &Value) -> Translated {
    let body = serde_json::to_vec(body).unwrap();
    let given = Given::default();
    match dialect {
        Dialect::Responses => json::read(&body, |ask| responses::request(ask, &given)),
        Dialect::Chat => json::read(&body, |ask| chat::request(ask, &given)),
        Dialect::Messages => json::read(&body, |ask| messages::request(ask, &given)),
        Dialect::Ollama(form) => json::read(&body, |ask| ollama::request(form, ask, &given)),
        Dialect::Completions => json::read(&body, |ask| completions::request(ask, &given)),
    }
    .unwrap()
}

fn sent(translated: &Translated) -> Value {
    serde_json::from_slice(&translated.request.to_json(Target::Plan)).unwrap()
}
