//! What a client of each dialect makes of an answer. What no client could read is a failed test.

use serde_json::Value;

use crate::way::{Dialect, Way};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Heard {
    /// A whole answer, as its end says, and its text.
    Answer(String),
    /// A status and the reason, and nothing else.
    Refusal(u16, Complaint),
    /// An answer that had begun, and the reason as its last word.
    Broken(Complaint),
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Complaint {
    /// The word for programs; Ollama's dialect has none.
    pub(crate) code: Option<String>,
    pub(crate) message: String,
}

/// Reads an answer as the dialect's clients do, and strictly.
pub(crate) fn read(way: Way, status: u16, media: &str, body: &str) -> Heard {
    if status != 200 {
        assert!(media.starts_with("application/json"), "{way:?}: {media}");
        return Heard::Refusal(status, complaint(way.dialect, &json(body)));
    }
    let expected = match (way.stream, way.dialect) {
        (false, _) => "application/json",
        (true, Dialect::Ollama) => "application/x-ndjson",
        (true, _) => "text/event-stream",
    };
    assert!(media.starts_with(expected), "{way:?}: {media}");
    match (way.dialect, way.stream) {
        (_, false) => whole(way.dialect, &json(body)),
        (Dialect::Ollama, true) => ollama(&body.lines().map(json).collect::<Vec<_>>()),
        (Dialect::Responses, true) => responses(&events(body)),
        (Dialect::Chat, true) => chat(&events(body)),
        (Dialect::Messages, true) => messages(&events(body)),
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|why| panic!("{why}: {text}"))
}

/// The data of each event; the end of a chat is text.
fn events(body: &str) -> Vec<Value> {
    let body = body.replace("\r\n", "\n").replace('\r', "\n");
    let records = body.strip_suffix("\n\n");
    let records = records.unwrap_or_else(|| panic!("the last event is not whole: {body}"));
    let data = |record: &str| {
        let lines = record.lines().filter(|line| !line.starts_with(':'));
        let (names, data): (Vec<_>, Vec<_>) = lines.partition(|line| line.starts_with("event: "));
        let [data] = data.as_slice() else {
            assert!(names.is_empty() && data.is_empty(), "{record}");
            return None;
        };
        let data = data.strip_prefix("data: ").unwrap();
        let data = if data == "[DONE]" {
            data.into()
        } else {
            json(data)
        };
        for name in names {
            assert_eq!(Some(&name["event: ".len()..]), data["type"].as_str());
        }
        Some(data)
    };
    records.split("\n\n").filter_map(data).collect()
}

fn complaint(dialect: Dialect, body: &Value) -> Complaint {
    let error = &body["error"];
    let text = |value: &Value| {
        let text = value.as_str().unwrap_or_else(|| panic!("{body}"));
        assert!(!text.is_empty(), "{body}");
        text.to_owned()
    };
    let (code, message) = match dialect {
        Dialect::Ollama => (None, error),
        Dialect::Responses | Dialect::Chat => (Some(&error["code"]), &error["message"]),
        Dialect::Messages => {
            assert_eq!(body["type"], "error", "{body}");
            text(&error["type"]);
            (Some(&error["details"]["error_code"]), &error["message"])
        }
    };
    Complaint {
        code: code.map(text),
        message: text(message),
    }
}

fn whole(dialect: Dialect, body: &Value) -> Heard {
    let (end, text) = match dialect {
        Dialect::Responses => (&body["status"], output_text(body)),
        Dialect::Chat => {
            let choice = &body["choices"][0];
            let text = choice["message"]["content"].as_str().unwrap_or_default();
            (&choice["finish_reason"], text.to_owned())
        }
        Dialect::Messages => {
            let blocks = body["content"].as_array().unwrap().iter();
            let texts = blocks.filter(|block| block["type"] == "text");
            let texts = texts.map(|block| block["text"].as_str().unwrap());
            (&body["stop_reason"], texts.collect())
        }
        Dialect::Ollama => {
            let text = body["message"]["content"].as_str().unwrap();
            assert_eq!(body["done"], true, "{body}");
            (&body["done_reason"], text.to_owned())
        }
    };
    let good = ["completed", "stop", "end_turn"];
    assert!(good.iter().any(|good| end == good), "{body}");
    Heard::Answer(text)
}

fn output_text(response: &Value) -> String {
    let items = response["output"].as_array().unwrap().iter();
    let messages = items.filter(|item| item["type"] == "message");
    let parts = messages.flat_map(|item| item["content"].as_array().unwrap());
    parts.map(|part| part["text"].as_str().unwrap()).collect()
}

/// All text that came in pieces under `pointer`.
fn joined(events: &[Value], pointer: &str) -> String {
    let pieces = events.iter().filter_map(|event| event.pointer(pointer));
    pieces.filter_map(Value::as_str).collect()
}

fn responses(events: &[Value]) -> Heard {
    let is_end = |event: &Value| {
        let ends = [
            "response.completed",
            "response.failed",
            "response.incomplete",
            "error",
        ];
        ends.iter().any(|end| event["type"] == *end)
    };
    let (last, before) = events.split_last().unwrap();
    assert!(is_end(last) && !before.iter().any(is_end), "{events:#?}");
    assert_eq!(events[0]["type"], "response.created", "{events:#?}");
    let numbers = events
        .iter()
        .filter_map(|event| event["sequence_number"].as_u64());
    assert!(numbers.is_sorted_by(|one, next| one < next), "{events:#?}");
    if last["type"] == "response.failed" {
        assert_eq!(last["response"]["status"], "failed", "{last}");
        return Heard::Broken(complaint(Dialect::Responses, &last["response"]));
    }
    assert_eq!(last["type"], "response.completed", "{last}");
    let told: Vec<Value> = before
        .iter()
        .filter(|event| event["type"] == TEXT)
        .cloned()
        .collect();
    let text = output_text(&last["response"]);
    assert_eq!(joined(&told, "/delta"), text, "{events:#?}");
    Heard::Answer(text)
}

fn chat(events: &[Value]) -> Heard {
    let (last, before) = events.split_last().unwrap();
    let reasons = before
        .iter()
        .filter(|event| event["choices"][0]["finish_reason"].is_string());
    let errors = before.iter().filter(|event| event.get("error").is_some());
    assert_eq!(errors.count(), 0, "{events:#?}");
    if last != "[DONE]" {
        assert_eq!(reasons.count(), 0, "{events:#?}");
        return Heard::Broken(complaint(Dialect::Chat, last));
    }
    assert_eq!(reasons.count(), 1, "{events:#?}");
    Heard::Answer(joined(before, "/choices/0/delta/content"))
}

fn messages(events: &[Value]) -> Heard {
    let (last, before) = events.split_last().unwrap();
    let is_end = |event: &Value| {
        let ends = ["message_delta", "message_stop", "error"];
        ends.iter().any(|end| event["type"] == *end)
    };
    let ends = before.iter().filter(|event| is_end(event)).count();
    assert_eq!(events[0]["type"], "message_start", "{events:#?}");
    if last["type"] == "error" {
        assert_eq!(ends, 0, "{events:#?}");
        return Heard::Broken(complaint(Dialect::Messages, last));
    }
    assert_eq!(
        (&last["type"], ends),
        (&"message_stop".into(), 1),
        "{events:#?}"
    );
    Heard::Answer(joined(before, "/delta/text"))
}

fn ollama(lines: &[Value]) -> Heard {
    let (last, before) = lines.split_last().unwrap();
    let going_on = |line: &Value| line["done"] == false;
    assert!(before.iter().all(going_on), "{lines:#?}");
    if last.get("error").is_some() {
        return Heard::Broken(complaint(Dialect::Ollama, last));
    }
    assert_eq!(
        (&last["done"], &last["done_reason"]),
        (&true.into(), &"stop".into())
    );
    Heard::Answer(joined(lines, "/message/content"))
}

const TEXT: &str = "response.output_text.delta";
