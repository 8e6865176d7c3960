use super::*;

#[track_caller]
fn refused(body: &str, param: &str, message: &str) {
    let fault = Object::body(body.as_bytes())
        .and_then(Request::read)
        .unwrap_err();
    assert_eq!(fault.param(), Some(param), "{body}");
    assert!(fault.to_string().contains(message), "{fault} for {body}");
}

#[test]
fn a_wrong_field_is_named() {
    for (body, param, message) in WRONG {
        refused(body, param, message);
    }
}

#[test]
fn null_is_absent_in_every_optional_field() {
    let body = br#"{"model":"m","messages":[{"role":"assistant","content":null,"tool_calls":null,"function_call":null,
        "refusal":null,"name":null,"audio":null}],"tools":null,"functions":null,"tool_choice":null,"function_call":null,
        "response_format":null,"stream":null,"stream_options":null,"web_search_options":null}"#;
    let ask = Request::read(Object::body(body).unwrap()).unwrap();
    assert!(ask.tools.is_empty() && ask.tool_choice.is_none() && !ask.legacy_functions);
    assert!(ask.messages[0].strangers.is_empty());
}

/// Body, the field to be named, and a piece of the complaint.
const WRONG: &[(&str, &str, &str)] = &[
    (
        r#"{"messages":[]}"#,
        "model",
        "Missing required parameter: 'model'.",
    ),
    (
        r#"{"model":"m"}"#,
        "messages",
        "Missing required parameter: 'messages'.",
    ),
    (r#"{"model":"m","messages":[]}"#, "messages", "empty array"),
    (
        r#"{"model":"m","messages":"hi"}"#,
        "messages",
        "expected an array, but got a string",
    ),
    (
        r#"{"model":"m","messages":["hi"]}"#,
        "messages[0]",
        "expected an object, but got a string",
    ),
    (
        r#"{"model":"m","messages":[{}]}"#,
        "messages[0].role",
        "Missing required parameter",
    ),
    (
        r#"{"model":"m","messages":[{"role":"robot","content":"x"}]}"#,
        "messages[0].role",
        "Invalid value: 'robot'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.",
    ),
    (
        r#"{"model":"m","messages":[{"role":"user","content":null}]}"#,
        "messages[0].content",
        "Missing",
    ),
    (
        r#"{"model":"m","messages":[{"role":"user","content":[]}]}"#,
        "messages[0].content",
        "empty array",
    ),
    (
        r#"{"model":"m","messages":[{"role":"user","content":7}]}"#,
        "messages[0].content",
        "expected a string or an array of objects, but got an integer",
    ),
    (
        r#"{"model":"m","messages":[{"role":"user","content":[{"type":"text"}]}]}"#,
        "messages[0].content[0].text",
        "Missing",
    ),
    (
        r#"{"model":"m","messages":[{"role":"user","content":[{"type":"video"}]}]}"#,
        "messages[0].content[0].type",
        "Invalid value: 'video'",
    ),
    (
        r#"{"model":"m","messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{}}]}]}"#,
        "messages[0].content[0].type",
        "audio input is not understood",
    ),
    (
        r#"{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{}}]}]}"#,
        "messages[0].content[0].image_url.url",
        "Missing",
    ),
    (
        r#"{"model":"m","messages":[{"role":"user","content":[{"type":"file","file":{"filename":"a"}}]}]}"#,
        "messages[0].content[0].file.file_data",
        "Missing",
    ),
    (
        r#"{"model":"m","messages":[{"role":"tool","content":"x"}]}"#,
        "messages[0].tool_call_id",
        "Missing",
    ),
    (
        r#"{"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"a","type":"function"}]}]}"#,
        "messages[0].tool_calls[0].function",
        "Missing",
    ),
    (
        r#"{"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{}}]}"#,
        "tools[0].function.name",
        "Missing",
    ),
    (
        r#"{"model":"m","messages":[{"role":"user","content":"x"}],"tool_choice":"maybe"}"#,
        "tool_choice",
        "Invalid value: 'maybe'",
    ),
    (
        r#"{"model":"m","messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_schema","json_schema":{"schema":{}}}}"#,
        "response_format.json_schema.name",
        "Missing",
    ),
    (
        r#"{"model":"m","messages":[{"role":"user","content":"x"}],"stream":"yes"}"#,
        "stream",
        "expected a boolean, but got a string",
    ),
];
