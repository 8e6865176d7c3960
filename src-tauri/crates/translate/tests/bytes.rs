//! What needs no change keeps its bytes, in both directions: the prompt cache compares what is sent,
//! and a Codex client sends back what it was told (contract backend 9, 10.3).

use bytes::Bytes;
use translate::{Born, Dialect, Given, Shape, Writer, chat, messages, responses};
use wire::json;
use wire::responses::{Event, Target};
use wire::sse::Frames;

#[test]
fn clean_items_are_sent_as_they_came() {
    let items = [
        r#"{"type" : "message","role":"user","content":[ {"text":"caf\u00e9 \/","type":"input_text"} ]}"#,
        r#"{"role":"user","content":"short"}"#,
        r#"{"type":"reasoning","id":"rs_07","summary":[],"encrypted_content":"gAAAA"}"#,
        r#"{"arguments":"{\"b\":1, \"a\":2}","type":"function_call","name":"f","call_id":"c1"}"#,
        r#"{"type":"function_call_output","call_id":"c1","output":[{"type":"input_text","text":"\u00e9"}]}"#,
        r#"{"type":"compaction","id":"cmp_1","encrypted_content":"gAAAA"}"#,
        r#"{"type":"future_item","payload":{"z":1.0,"a":[1e3,null]},"id":"x"}"#,
        r#"{"type":"message","role":"assistant","phase":"final_answer","content":[{"type":"output_text","text":"4"},{"type":"new_part","x":null}]}"#,
        r#"{"type":"web_search_call","status":"completed","action":{"type":"search","query":"q"}}"#,
        r#"{"type":"compaction_trigger"}"#,
    ];
    let body = format!(r#"{{"model":"m","input":[{}]}}"#, items.join(", "));
    let translated = json::read(body.as_bytes(), |ask| {
        responses::request(ask, &Given::default())
    })
    .unwrap();
    let sent = String::from_utf8(translated.request.to_json(Target::Plan)).unwrap();
    for item in items {
        assert!(sent.contains(item), "{item} in {sent}");
    }
    assert!(translated.ignored.is_empty());
}

#[test]
fn clean_tools_are_sent_as_they_came() {
    let tools = [
        r#"{"name":"f","type":"function","strict":false,"parameters":{"properties":{"a":{"type":"number","minimum":1.0}},"type":"object"}}"#,
        r#"{"type":"custom","name":"p","format":{"type":"grammar","syntax":"lark","definition":"start: \"\u0041\""}}"#,
        r#"{"type":"namespace","name":"n","description":"d","tools":[{"type":"function","name":"x"}]}"#,
        r#"{"type":"web_search","external_web_access":true}"#,
        r#"{"type":"local_shell"}"#,
    ];
    let body = format!(
        r#"{{"model":"m","input":"x","tools":[{}]}}"#,
        tools.join(" ,")
    );
    let translated = json::read(body.as_bytes(), |ask| {
        responses::request(ask, &Given::default())
    })
    .unwrap();
    let sent = String::from_utf8(translated.request.to_json(Target::Plan)).unwrap();
    for tool in tools {
        assert!(sent.contains(tool), "{tool} in {sent}");
    }
}

#[test]
fn half_a_character_is_replaced_wherever_it_stands() {
    let asked = [
        r#"{"model":"m","input":"cut \ud83d"}"#,
        r#"{"model":"m","input":[{"role":"user","content":[{"type":"input_text","text":"cut \ud83d"}]}]}"#,
        r#"{"model":"m","input":"x","instructions":"cut \ud83d"}"#,
        r#"{"model":"m","input":"x","tools":[{"type":"function","name":"f","description":"cut \ud83d"}]}"#,
    ];
    let chatted = [
        r#"{"model":"m","messages":[{"role":"user","content":"cut \ud83d"}]}"#,
        r#"{"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f","description":"cut \ud83d"}}]}"#,
    ];
    let said = [
        r#"{"model":"m","messages":[{"role":"user","content":"cut \ud83d"}]}"#,
        r#"{"model":"m","messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"cut \ud83d"},{"type":"text","text":"cut \ud83d"}]}]}"#,
        r#"{"model":"m","system":"cut \ud83d","messages":[{"role":"user","content":"x"}]}"#,
        r#"{"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"name":"f","description":"cut \ud83d","input_schema":{}}]}"#,
    ];
    let given = Given::default();
    let said = said.map(|body| json::read(body.as_bytes(), |ask| messages::request(ask, &given)));
    let asked =
        asked.map(|body| json::read(body.as_bytes(), |ask| responses::request(ask, &given)));
    let chatted = chatted.map(|body| json::read(body.as_bytes(), |ask| chat::request(ask, &given)));
    for translated in asked.into_iter().chain(chatted).chain(said) {
        let sent = translated.unwrap().request.to_json(Target::Plan);
        let sent: serde_json::Value = serde_json::from_slice(&sent).unwrap();
        assert!(sent.to_string().contains("cut \u{fffd}"), "{sent}");
    }
}

#[test]
fn the_same_request_is_sent_in_the_same_bytes() {
    let body = br#"{"model":"m","input":[{"role":"system","content":"s"}],"tools":[{"type":"function","name":"f"}]}"#;
    let once = json::read(body, |ask| responses::request(ask, &Given::default())).unwrap();
    let twice = json::read(body, |ask| responses::request(ask, &Given::default())).unwrap();
    assert_eq!(
        once.request.to_json(Target::Plan),
        twice.request.to_json(Target::Plan)
    );
}

#[test]
fn clean_events_are_passed_as_they_came() {
    let frames = [
        "event: response.created\ndata: {\"type\":\"response.created\",\"sequence_number\":0,\"response\":ENVELOPE}\n\n",
        "event: response.output_item.added\r\ndata: {\"type\":\"response.output_item.added\", \"sequence_number\":1,\"output_index\":0,\"item\":{\"id\":\"m\",\"type\":\"message\"}}\r\n\r\n",
        "event: response.content_part.added\ndata: {\"type\":\"response.content_part.added\",\"sequence_number\":2,\"output_index\":0,\"content_index\":0,\"item_id\":\"m\"}\n\n",
        "event: response.output_text.delta\nid: 7\ndata: {\"type\":\"response.output_text.delta\",\"sequence_number\":5,\"output_index\":0,\"content_index\":0,\"item_id\":\"m\",\"delta\":\"a\u{2028}\\u00e9\",\"logprobs\": []}\n\n",
        "event: response.new_thing\ndata: {\"type\":\"response.new_thing\",\"b\":1.0}\n\n",
        "event: response.completed\ndata: {\"type\":\"response.completed\",\"sequence_number\":9,\"response\":ENVELOPE}\n\n",
    ];
    let mut writer = Writer::new(Dialect::Responses, Shape::default(), Born::default());
    for frame in frames {
        let frame = Bytes::from(frame.replace("ENVELOPE", ENVELOPE));
        let mut out = Frames::new();
        writer.write(&Event::from_frame(frame.clone()).unwrap(), &mut out);
        assert_eq!(out.take(), frame);
    }
    assert!(writer.is_closed());
}

/// A `response` that lacks nothing.
const ENVELOPE: &str = r#"{"id":"resp_1","object":"response","created_at":1,"model":"m","status":"completed","output":[{"type":"message"}],"error":null,"incomplete_details":null,"instructions":null,"metadata":{},"parallel_tool_calls":true,"temperature":1.0,"tool_choice":"auto","tools":[],"top_p":0.98,"store":false,"usage":{"input_tokens":1,"input_tokens_details":{"cached_tokens":0,"cache_write_tokens":0},"output_tokens":1,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":2}}"#;
