//! Each field that cannot be honoured: what is named, what is refused, and what passes silently
//! because it asks for what happens anyway. A field is a row.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fail by panicking, its helpers too"
)]

#[path = "ignored/messages.rs"]
mod messages_rows;
#[path = "ignored/rows.rs"]
mod rows;

use serde_json::{Value, json};
use translate::{Dialect, Given, Translated, chat, completions, messages, responses};
use wire::catalogue::Catalogue;
use wire::responses::Target;
use wire::{Fault, json};

use messages_rows::MESSAGES;
use rows::Fate::{self, Named, Refused, Sent, Silent};
use rows::{CHAT, COMPLETIONS, EVERY_FIELD, RESPONSES, WITHIN_CHAT};

#[test]
fn each_responses_field_has_its_fate() {
    RESPONSES
        .iter()
        .for_each(|(field, fate)| check(Dialect::Responses, field, fate));
}

#[test]
fn each_chat_field_has_its_fate() {
    CHAT.iter()
        .for_each(|(field, fate)| check(Dialect::Chat, field, fate));
}

#[test]
fn strangers_within_chat_fields_are_named() {
    WITHIN_CHAT
        .iter()
        .for_each(|(field, fate)| check(Dialect::Chat, field, fate));
    let tools = json!([
        {"type": "function", "strict": true, "function": {"name": "f", "examples": []}},
        {"type": "function", "name": "g", "examples": []},
        {"type": "custom", "custom": {"name": "h", "strict": true}},
    ]);
    let told = translated(Dialect::Chat, &json!({"tools": tools}), Target::Plan).unwrap();
    let named = [
        "tools[0].strict",
        "tools[0].function.examples",
        "tools[1].examples",
        "tools[2].custom.strict",
    ];
    assert_eq!(told.ignored, named);
}

#[test]
fn each_messages_field_has_its_fate() {
    MESSAGES
        .iter()
        .for_each(|(field, fate)| check(Dialect::Messages, field, fate));
}

#[test]
fn each_completions_field_has_its_fate() {
    COMPLETIONS
        .iter()
        .for_each(|(field, fate)| check(Dialect::Completions, field, fate));
}

#[test]
fn null_says_nothing_in_any_field() {
    for dialect in [
        Dialect::Responses,
        Dialect::Chat,
        Dialect::Messages,
        Dialect::Completions,
    ] {
        let plain = translated(dialect, &json!({}), Target::Plan).unwrap();
        let mut nulls = json!({});
        // The one field of the list that one dialect cannot do without.
        let is_needed = |name: &str| dialect == Dialect::Completions && name == "prompt";
        for name in EVERY_FIELD.iter().filter(|name| !is_needed(name)) {
            nulls[*name] = Value::Null;
        }
        let with_nulls = translated(dialect, &nulls, Target::Plan).unwrap();
        assert!(with_nulls.ignored.is_empty(), "{:?}", with_nulls.ignored);
        assert_eq!(
            with_nulls.request.to_json(Target::Plan),
            plain.request.to_json(Target::Plan)
        );
    }
}

#[test]
fn the_platform_is_told_what_it_understands() {
    let rows = [
        (Dialect::Responses, "temperature", "temperature"),
        (Dialect::Responses, "top_p", "top_p"),
        (Dialect::Responses, "max_output_tokens", "max_output_tokens"),
        (Dialect::Responses, "metadata", "metadata"),
        (Dialect::Responses, "user", "user"),
        (Dialect::Responses, "safety_identifier", "safety_identifier"),
        (Dialect::Responses, "truncation", "truncation"),
        (Dialect::Responses, "top_logprobs", "top_logprobs"),
        (Dialect::Chat, "max_tokens", "max_output_tokens"),
        (Dialect::Chat, "max_completion_tokens", "max_output_tokens"),
        (Dialect::Chat, "temperature", "temperature"),
        (Dialect::Messages, "max_tokens", "max_output_tokens"),
        (Dialect::Messages, "temperature", "temperature"),
        (Dialect::Messages, "top_p", "top_p"),
        (Dialect::Completions, "temperature", "temperature"),
        (Dialect::Completions, "top_p", "top_p"),
        (Dialect::Completions, "max_tokens", "max_output_tokens"),
        (Dialect::Completions, "user", "user"),
    ];
    for (dialect, asked, there) in rows {
        let translated = translated(dialect, &json!({asked: 7}), Target::Platform).unwrap();
        let sent: Value =
            serde_json::from_slice(&translated.request.to_json(Target::Platform)).unwrap();
        assert_eq!(sent[there], 7, "{asked}");
        assert!(translated.ignored.is_empty(), "{asked}");
        let plan: Value =
            serde_json::from_slice(&translated.request.to_json(Target::Plan)).unwrap();
        assert_eq!(plan.get(there), None, "{asked} never reaches the plan");
    }
}

#[track_caller]
fn check(dialect: Dialect, field: &str, fate: &Fate) {
    let field: Value = serde_json::from_str(field).unwrap();
    let name = field.as_object().unwrap().keys().next().unwrap();
    let translated = translated(dialect, &field, Target::Plan);
    let told = match (&translated, fate) {
        (Err(fault), Refused(param)) => {
            assert_eq!(fault.param(), Some(*param), "{field}");
            assert!(matches!(fault, Fault::Invalid { .. }), "{fault:?}");
            return;
        }
        (Err(fault), _) => panic!("{field} is refused: {fault}"),
        (Ok(translated), _) => translated,
    };
    let sent: Value = serde_json::from_slice(&told.request.to_json(Target::Plan)).unwrap();
    match fate {
        Named(path) => assert_eq!(told.ignored, [*path], "{field}"),
        Silent => assert!(
            told.ignored.is_empty() && untold(&sent, name),
            "{field}: {sent}"
        ),
        Sent(there) => {
            assert!(told.ignored.is_empty(), "{field}: {:?}", told.ignored);
            assert!(sent.get(there).is_some(), "{field}: {sent}");
        }
        Refused(param) => panic!("{field} is not refused for {param}"),
    }
}

/// True where nothing of the field is sent but what is always sent.
fn untold(sent: &Value, name: &str) -> bool {
    matches!(name, "store" | "stream") || sent.get(name).is_none()
}

fn translated(dialect: Dialect, fields: &Value, target: Target) -> Result<Translated, Fault> {
    let catalogue = include_bytes!("../fixtures/catalogue.json");
    let catalogue = Catalogue::read(catalogue, None).unwrap();
    let given = Given {
        catalogue: Some(&catalogue),
        chat_reasoning: translate::ChatReasoning::Hidden,
        target,
        ..Given::default()
    };
    let mut body = json!({"model": "gpt-5.6-terra"});
    match dialect {
        Dialect::Responses => body["input"] = "x".into(),
        Dialect::Chat | Dialect::Messages => {
            body["messages"] = json!([{"role": "user", "content": "x"}]);
        }
        Dialect::Ollama(_) => panic!("its fields are in `tests/ollama`"),
        Dialect::Completions => body["prompt"] = "x".into(),
    }
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    let body = serde_json::to_vec(&body).unwrap();
    match dialect {
        Dialect::Responses => json::read(&body, |ask| responses::request(ask, &given)),
        Dialect::Chat => json::read(&body, |ask| chat::request(ask, &given)),
        Dialect::Messages => json::read(&body, |ask| messages::request(ask, &given)),
        Dialect::Ollama(form) => {
            json::read(&body, |ask| translate::ollama::request(form, ask, &given))
        }
        Dialect::Completions => json::read(&body, |ask| completions::request(ask, &given)),
    }
}
