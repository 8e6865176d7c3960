//! Streams made ahead of time: `[[events N]]` costs one copy of a list of buffers per request.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use parking_lot::Mutex;
use serde_json::{Map, Value, json};

use crate::backend::ending::{self, Envelope, Finished};
use crate::backend::events::Record;
use crate::backend::marks::Marks;
use crate::backend::stream;

/// The streams made so far.
#[derive(Debug, Default)]
pub(crate) struct Prepared(Mutex<HashMap<Key, Arc<[Bytes]>>>);

/// Number of text deltas, and the model.
type Key = (usize, &'static str);

impl Prepared {
    /// The frames of an answer of `count` text deltas; made at the first request for it.
    pub(crate) fn frames(&self, count: usize, model: &'static str) -> Arc<[Bytes]> {
        let key = (count.min(MOST), model);
        let mut made = self.0.lock();
        if made.len() > KEPT {
            made.clear();
        }
        let frames = made
            .entry(key)
            .or_insert_with(|| frames(key.0, model).into());
        Arc::clone(frames)
    }
}

fn frames(count: usize, model: &str) -> Vec<Bytes> {
    let mut body = Map::new();
    body.insert("model".to_owned(), json!(model));
    let envelope = Envelope {
        id: "resp_prepared",
        created_at: 1_777_000_000,
        body: &body,
    };
    let text = PIECE.repeat(count);
    let at = |more: Value| {
        let mut fields = json!({"item_id": ID, "output_index": 0, "content_index": 0});
        if let (Value::Object(fields), Value::Object(more)) = (&mut fields, more) {
            fields.extend(more);
        }
        fields
    };
    let part = |text: &str| json!({"type": "output_text", "annotations": [], "logprobs": [], "text": text});
    let item = |status: &str, content: Value| json!({"id": ID, "type": "message", "status": status, "content": content, "role": "assistant"});
    let whole = item("completed", json!([part(&text)]));
    let mut records = ending::opening(&envelope);
    let opened = json!({"output_index": 0, "item": item("in_progress", json!([]))});
    records.push(Record::new("response.output_item.added", opened));
    records.push(Record::new(
        "response.content_part.added",
        at(json!({"part": part("")})),
    ));
    let delta = Record::new(
        "response.output_text.delta",
        at(json!({"delta": PIECE, "logprobs": []})),
    );
    records.extend(std::iter::repeat_n(delta, count));
    records.push(Record::new(
        "response.output_text.done",
        at(json!({"text": text, "logprobs": []})),
    ));
    records.push(Record::new(
        "response.content_part.done",
        at(json!({"part": part(&text)})),
    ));
    let closed = json!({"output_index": 0, "item": whole});
    records.push(Record::new("response.output_item.done", closed));
    let usage = json!({
        "input_tokens": 16,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": count,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": count + 16,
    });
    let finished = Finished {
        usage: &usage,
        tool_usage: None,
        items: &[],
        incomplete: None,
        full_output: false,
    };
    records.push(ending::terminal(&envelope, &finished));
    stream::rendered(&records, &Marks::default())
}

const ID: &str = "msg_prepared";
const PIECE: &str = "word ";
/// More than this nobody asks for on purpose.
const MOST: usize = 1_000_000;
const KEPT: usize = 16;
