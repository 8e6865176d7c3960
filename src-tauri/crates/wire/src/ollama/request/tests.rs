use super::*;

fn chat(body: &str) -> Result<Request<'_>, Fault> {
    Request::read(Form::Chat, Object::body(body.as_bytes())?)
}

fn asked(field: &str) -> String {
    format!(r#"{{"model":"m","messages":[{{"role":"user","content":"x"}}],{field}}}"#)
}

#[test]
fn a_stream_is_asked_for_unless_it_is_declined() {
    for (field, stream) in [
        (r#""x":1"#, true),
        (r#""stream":true"#, true),
        (r#""stream":false"#, false),
        (r#""stream":null"#, true),
    ] {
        assert_eq!(chat(&asked(field)).unwrap().stream, stream, "{field}");
    }
}

#[test]
fn think_is_a_flag_or_a_level() {
    for (field, think) in [
        (r#""think":null"#, None),
        (r#""think":true"#, Some(Think::Yes)),
        (r#""think":false"#, Some(Think::No)),
        (r#""think":"high""#, Some(Think::Level(Effort::High))),
        (r#""think":"max""#, Some(Think::Level(Effort::Max))),
    ] {
        assert_eq!(chat(&asked(field)).unwrap().think, think, "{field}");
    }
    for field in [r#""think":"very""#, r#""think":1"#, r#""think":"""#] {
        let body = asked(field);
        let fault = chat(&body).unwrap_err();
        assert_eq!(fault.param(), Some("think"), "{field}");
    }
}

#[test]
fn a_format_is_json_or_a_schema() {
    let schema = asked(r#""format":{"type":"object"}"#);
    let Some(Format::Schema { schema, strict, .. }) = chat(&schema).unwrap().format else {
        panic!("no schema");
    };
    assert_eq!(
        (schema.get(), strict),
        (r#"{"type":"object"}"#, Some(false))
    );
    let json = asked(r#""format":"json""#);
    assert!(matches!(chat(&json).unwrap().format, Some(Format::Json)));
    let none = asked(r#""format":"""#);
    assert!(chat(&none).unwrap().format.is_none());
    for field in [r#""format":"xml""#, r#""format":[]"#] {
        let body = asked(field);
        assert_eq!(chat(&body).unwrap_err().param(), Some("format"), "{field}");
    }
}

#[test]
fn calls_come_with_objects_and_without_ids() {
    let body = r#"{"model":"m","messages":[
        {"role":"Assistant","content":"","thinking":"hm","tool_calls":[
            {"function":{"name":"f","arguments":{"a": 1}}},
            {"id":"c1","function":{"name":"g","arguments":"{\"b\":2}"}},
            {"function":{"name":"h"}}]},
        {"role":"tool","content":"1","tool_name":"f"},
        {"role":"tool","content":"2","tool_call_id":"c1"}]}"#;
    let messages = chat(body).unwrap().messages;
    let Said::Assistant(calls) = &messages[0].said else {
        panic!("{messages:?}");
    };
    let told: Vec<_> = calls
        .iter()
        .map(|call| {
            (
                call.id.as_deref(),
                call.name.as_ref(),
                call.arguments.as_ref(),
            )
        })
        .collect();
    let expected = [
        (None, "f", r#"{"a": 1}"#),
        (Some("c1"), "g", r#"{"b":2}"#),
        (None, "h", "{}"),
    ];
    assert_eq!(told, expected);
    assert_eq!(
        (&messages[0].text, messages[0].strangers.as_slice()),
        (&None, &["thinking".to_owned()][..])
    );
    let tool = |name: Option<&'static str>, id: Option<&'static str>| Said::Tool {
        name: name.map(Cow::Borrowed),
        call_id: id.map(Cow::Borrowed),
    };
    assert_eq!(messages[1].said, tool(Some("f"), None));
    assert_eq!(messages[2].said, tool(None, Some("c1")));
}

#[test]
fn a_prompt_is_a_short_conversation() {
    let body = r#"{"model":"m:latest","system":"s","prompt":"p","images":["iVBORw0KGgo="]}"#;
    let ask = Object::body(body.as_bytes()).unwrap();
    let ask = Request::read(Form::Generate, ask).unwrap();
    assert_eq!((ask.slug(), ask.model.as_ref()), ("m", "m:latest"));
    let said: Vec<_> = ask
        .messages
        .iter()
        .map(|message| (message.text.as_deref(), message.images.len(), &message.said))
        .collect();
    let expected = [(Some("s"), 0, &Said::Program), (Some("p"), 1, &Said::User)];
    assert_eq!(said, expected);
}

#[test]
fn a_request_that_says_nothing_is_known() {
    let rows = [
        (Form::Chat, r#"{"model":"m"}"#, true),
        (Form::Chat, r#"{"model":"m","messages":[ ]}"#, true),
        (Form::Chat, r#"{"model":"m","messages":[{}]}"#, false),
        (Form::Chat, r#"{"model":"m","messages":"x"}"#, false),
        (Form::Generate, r#"{"model":"m"}"#, true),
        (Form::Generate, r#"{"model":"m","prompt":""}"#, true),
        (
            Form::Generate,
            r#"{"model":"m","prompt":"","images":["x"]}"#,
            false,
        ),
        (Form::Generate, r#"{"model":"m","prompt":"p"}"#, false),
    ];
    for (form, body, nothing) in rows {
        let fields = Object::body(body.as_bytes()).unwrap();
        assert_eq!(Request::says_nothing(form, &fields), nothing, "{body}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    for (body, param) in [
        (r#"{"messages":[]}"#, "model"),
        (r#"{"model":"m"}"#, "messages"),
        (r#"{"model":"m","messages":7}"#, "messages"),
        (
            r#"{"model":"m","messages":[{"role":"boss"}]}"#,
            "messages[0].role",
        ),
        (
            r#"{"model":"m","messages":[{"role":"user","images":["x"]}]}"#,
            "messages[0].images[0]",
        ),
        (
            r#"{"model":"m","messages":[{"role":"assistant","tool_calls":[{}]}]}"#,
            "messages[0].tool_calls[0].function",
        ),
        (
            r#"{"model":"m","messages":[],"tools":[{"type":"function"}]}"#,
            "tools[0].function",
        ),
        (r#"{"model":"m","messages":[],"options":[]}"#, "options"),
    ] {
        assert_eq!(chat(body).unwrap_err().param(), Some(param), "{body}");
    }
}
