//! The fold of a Messages stream.

use serde_json::{Value, json};

/// What the official SDK makes of a Messages stream.
pub(crate) fn accumulated(stream: &[Value]) -> Value {
    let mut message = Value::Null;
    let mut partial: Vec<String> = Vec::new();
    for told in stream {
        let index = told["index"].as_u64().unwrap_or_default() as usize;
        match told["type"].as_str().unwrap() {
            "message_start" => message = told["message"].clone(),
            "content_block_start" => {
                let content = message["content"].as_array_mut().unwrap();
                content.push(told["content_block"].clone());
                partial.push(String::new());
            }
            "content_block_delta" => {
                let (block, delta) = (&mut message["content"][index], &told["delta"]);
                match delta["type"].as_str().unwrap() {
                    "text_delta" => joined(&mut block["text"], &delta["text"]),
                    "thinking_delta" => joined(&mut block["thinking"], &delta["thinking"]),
                    "signature_delta" => block["signature"] = delta["signature"].clone(),
                    "input_json_delta" => partial[index] += delta["partial_json"].as_str().unwrap(),
                    "citations_delta" => {
                        let mut citations = block["citations"].take();
                        if citations.is_null() {
                            citations = json!([]);
                        }
                        citations
                            .as_array_mut()
                            .unwrap()
                            .push(delta["citation"].clone());
                        block["citations"] = citations;
                    }
                    other => unreachable!("{other}"),
                }
            }
            "content_block_stop" => {
                let input: Option<Value> = serde_json::from_str(&partial[index]).ok();
                if let Some(input) = input.filter(Value::is_object) {
                    message["content"][index]["input"] = input;
                }
            }
            "message_delta" => {
                message["stop_reason"] = told["delta"]["stop_reason"].clone();
                message["usage"] = told["usage"].clone();
            }
            _ => {}
        }
    }
    message
}

fn joined(before: &mut Value, more: &Value) {
    let text = format!("{}{}", before.as_str().unwrap(), more.as_str().unwrap());
    *before = text.into();
}
