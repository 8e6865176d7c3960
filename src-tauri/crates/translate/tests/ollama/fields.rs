//! Each field: what is named, what is refused, what is sent, and what passes silently because it asks
//! for what happens anyway. A field is a row.

use serde_json::{Value, json};
use translate::OllamaForm::{Chat, Generate};
use translate::{Given, OllamaForm, Translated, ollama};
use wire::catalogue::Catalogue;
use wire::responses::Target;
use wire::{Fault, json};

use crate::born;

/// What becomes of a field beside the least request.
#[derive(Debug)]
enum Fate {
    /// It is named, and nothing of it is sent.
    Named(&'static str),
    /// It is neither named nor sent.
    Silent,
    /// It is sent under this name.
    Sent(&'static str),
    /// The request is refused, and this field named.
    Refused(&'static str),
}

use Fate::{Named, Refused, Sent, Silent};

const FIELDS: &[(OllamaForm, &str, Fate)] = &[
    (
        Chat,
        r#"{"options":{"temperature":0.2}}"#,
        Named("options.temperature"),
    ),
    (Chat, r#"{"options":{"num_predict":9}}"#, Silent),
    (
        Chat,
        r#"{"options":{"num_predict":"x"}}"#,
        Refused("options.num_predict"),
    ),
    (Chat, r#"{"options":{"stop":["x"]}}"#, Silent),
    (Chat, r#"{"options":{"stop":[7]}}"#, Refused("options.stop")),
    (Chat, r#"{"options":{"num_predict":-1}}"#, Silent),
    (Chat, r#"{"options":{"seed":null}}"#, Silent),
    (Chat, r#"{"options":{}}"#, Silent),
    (Chat, r#"{"options":7}"#, Refused("options")),
    (Chat, r#"{"keep_alive":"5m"}"#, Silent),
    (Chat, r#"{"keep_alive":0}"#, Silent),
    (Chat, r#"{"logprobs":true}"#, Named("logprobs")),
    (Chat, r#"{"logprobs":false}"#, Silent),
    (Chat, r#"{"top_logprobs":2}"#, Named("top_logprobs")),
    (Chat, r#"{"truncate":true}"#, Named("truncate")),
    (Chat, r#"{"shift":true}"#, Named("shift")),
    (
        Chat,
        r#"{"_debug_render_only":true}"#,
        Named("_debug_render_only"),
    ),
    (Chat, r#"{"tool_choice":"required"}"#, Named("tool_choice")),
    (Chat, r#"{"prompt":"x"}"#, Named("prompt")),
    (Chat, r#"{"tools":[]}"#, Silent),
    (
        Chat,
        r#"{"tools":[{"type":"function","function":{"name":"f"}}]}"#,
        Sent("tools"),
    ),
    (
        Chat,
        r#"{"tools":[{"type":"mcp"}]}"#,
        Refused("tools[0].type"),
    ),
    (Chat, r#"{"tools":7}"#, Refused("tools")),
    (Chat, r#"{"think":"low"}"#, Sent("reasoning")),
    (Chat, r#"{"think":false}"#, Named("think")),
    (Chat, r#"{"think":"max"}"#, Named("think")),
    (Chat, r#"{"think":"warp"}"#, Refused("think")),
    (Chat, r#"{"format":""}"#, Silent),
    (Chat, r#"{"format":"json"}"#, Sent("text")),
    (Chat, r#"{"format":{"type":"object"}}"#, Sent("text")),
    (Chat, r#"{"format":"xml"}"#, Refused("format")),
    (Chat, r#"{"stream":"yes"}"#, Refused("stream")),
    (Chat, r#"{"model":""}"#, Refused("model")),
    (Chat, r#"{"messages":null}"#, Refused("messages")),
    (
        Chat,
        r#"{"messages":[{"role":"boss","content":"x"}]}"#,
        Refused("messages[0].role"),
    ),
    (
        Chat,
        r#"{"messages":[{"role":"user","content":7}]}"#,
        Refused("messages[0].content"),
    ),
    (
        Chat,
        r#"{"messages":[{"role":"user","images":["x"]}]}"#,
        Refused("messages[0].images[0]"),
    ),
    (
        Chat,
        r#"{"messages":[{"role":"user","content":"x","name":"n"}]}"#,
        Named("messages[0].name"),
    ),
    (
        Chat,
        r#"{"messages":[{"role":"tool","content":"x","tool_name":"gone"}]}"#,
        Named("messages[0]"),
    ),
    (
        Chat,
        r#"{"messages":[{"role":"assistant","content":"x","thinking":"t"}]}"#,
        Named("messages[0].thinking"),
    ),
    (Generate, r#"{"suffix":"x"}"#, Refused("suffix")),
    (Generate, r#"{"suffix":""}"#, Silent),
    (Generate, r#"{"template":"t"}"#, Named("template")),
    (Generate, r#"{"context":[1]}"#, Named("context")),
    (Generate, r#"{"raw":true}"#, Named("raw")),
    (Generate, r#"{"width":9}"#, Named("width")),
    (Generate, r#"{"system":"s"}"#, Sent("instructions")),
    (Generate, r#"{"images":["x"]}"#, Refused("images[0]")),
    (Generate, r#"{"messages":[]}"#, Silent),
];

#[test]
fn each_field_has_its_fate() {
    for (form, field, fate) in FIELDS {
        check(*form, field, fate);
    }
}

#[track_caller]
fn check(form: OllamaForm, field: &str, fate: &Fate) {
    let field: Value = serde_json::from_str(field).unwrap();
    let name = field.as_object().unwrap().keys().next().unwrap();
    let translated = translated(form, &field, Target::Plan);
    let told = match (&translated, fate) {
        (Err(fault), Refused(param)) => return assert_eq!(fault.param(), Some(*param), "{field}"),
        (Err(fault), _) => panic!("{field} is refused: {fault}"),
        (Ok(told), _) => told,
    };
    let sent: Value = serde_json::from_slice(&told.request.to_json(Target::Plan)).unwrap();
    match fate {
        Named(path) => assert_eq!(told.ignored, [*path], "{field}"),
        Silent => assert!(
            told.ignored.is_empty() && sent.get(name).is_none(),
            "{field}: {sent}"
        ),
        Sent(there) => {
            assert!(told.ignored.is_empty(), "{field}: {:?}", told.ignored);
            assert!(sent.get(there).is_some(), "{field}: {sent}");
        }
        Refused(param) => panic!("{field} is not refused for {param}"),
    }
}

#[test]
fn the_platform_is_told_what_it_understands() {
    let rows = [
        ("temperature", "temperature"),
        ("top_p", "top_p"),
        ("num_predict", "max_output_tokens"),
    ];
    for (asked, there) in rows {
        let field = json!({"options": {asked: 7}});
        let translated = translated(Chat, &field, Target::Platform).unwrap();
        let sent = |target| -> Value {
            serde_json::from_slice(&translated.request.to_json(target)).unwrap()
        };
        assert_eq!(sent(Target::Platform)[there], 7, "{asked}");
        assert_eq!(
            sent(Target::Plan).get(there),
            None,
            "{asked} never reaches the plan"
        );
        assert!(translated.ignored.is_empty(), "{asked}");
    }
    let no_limit = json!({"options": {"num_predict": -1}});
    let no_limit = translated(Chat, &no_limit, Target::Platform).unwrap();
    assert!(no_limit.request.platform.is_empty() && no_limit.ignored.is_empty());
}

#[test]
fn who_says_nothing_is_told_that_the_model_is_ready() {
    let told = |form, body: Value| -> Value {
        let loaded = ollama::loaded(form, body.to_string().as_bytes(), &born());
        loaded.map_or(Value::Null, |loaded| {
            serde_json::from_slice(&loaded).unwrap()
        })
    };
    let chat = told(Chat, json!({"model": "m:latest", "messages": []}));
    assert_eq!(
        (&chat["model"], &chat["done"], &chat["done_reason"]),
        (&json!("m:latest"), &json!(true), &json!("load"))
    );
    assert_eq!(chat["message"], json!({"role": "assistant", "content": ""}));
    for (keep_alive, reason) in [
        (json!(0), "unload"),
        (json!(0.0), "unload"),
        (json!("0s"), "unload"),
        (json!("5m"), "load"),
        (json!(-1), "load"),
    ] {
        let generate = told(Generate, json!({"model": "m", "keep_alive": keep_alive}));
        assert_eq!(
            (&generate["response"], &generate["done_reason"]),
            (&json!(""), &json!(reason))
        );
    }
    assert_eq!(
        told(Generate, json!({"model": "m", "prompt": "p"})),
        Value::Null
    );
    assert_eq!(told(Chat, json!({"messages": []})), Value::Null);
}

fn translated(form: OllamaForm, fields: &Value, target: Target) -> Result<Translated, Fault> {
    let catalogue = include_bytes!("../../fixtures/catalogue.json");
    let catalogue = Catalogue::read(catalogue, None).unwrap();
    let given = Given {
        catalogue: Some(&catalogue),
        chat_reasoning: translate::ChatReasoning::Hidden,
        target,
        ..Given::default()
    };
    let mut body = json!({"model": "gpt-5.6-terra"});
    match form {
        Chat => body["messages"] = json!([{"role": "user", "content": "x"}]),
        Generate => body["prompt"] = "x".into(),
    }
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    json::read(&serde_json::to_vec(&body).unwrap(), |ask| {
        ollama::request(form, ask, &given)
    })
}
