//! Records as bytes: one frame each, and the ways a frame can be cut into chunks.

use std::fmt::Write as _;

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::backend::events::Record;
use crate::backend::marks::Marks;

/// One frame per record, numbered from 0, with the oddities the markers ask for.
pub(crate) fn rendered(records: &[Record], marks: &Marks) -> Vec<Bytes> {
    let truncate = marks.number("truncate");
    let (comments, keepalives) = (marks.has("comments"), marks.has("keepalives"));
    let mut number = 0;
    let mut frames = Vec::with_capacity(records.len());
    for (index, record) in records.iter().enumerate() {
        let mut text = String::new();
        if comments {
            text.push_str(": still here\n\n");
        }
        if keepalives && index > 0 {
            text.push_str("event: keepalive\ndata: {\"type\":\"keepalive\"}\n\n");
        }
        let short = truncate == Some(index + 1);
        write(record, &mut number, short, marks, &mut text);
        frames.push(text);
    }
    if marks.has("no-blank")
        && let Some(last) = frames.last_mut()
    {
        last.pop();
    }
    let end = if marks.has("crlf") {
        Some("\r\n")
    } else if marks.has("cr") {
        Some("\r")
    } else {
        None
    };
    frames
        .into_iter()
        .map(|frame| match end {
            Some(end) => Bytes::from(frame.replace('\n', end)),
            None => Bytes::from(frame),
        })
        .collect()
}

fn write(record: &Record, number: &mut u64, short: bool, marks: &Marks, text: &mut String) {
    let (kind, data) = match record {
        Record::Event(kind, fields) => (*kind, json_of(kind, fields, number)),
        Record::Junk(junk) => ("response.junk", (*junk).to_owned()),
    };
    let mut end = data.len();
    if short {
        end /= 2;
        while !data.is_char_boundary(end) {
            end -= 1;
        }
    }
    if !marks.has("no-event-lines") {
        let _ = writeln!(text, "event: {kind}");
    }
    let _ = write!(text, "data: {}\n\n", &data[..end]);
}

/// The event as JSON. Events of the `codex.` family have no number.
fn json_of(kind: &str, fields: &Map<String, Value>, number: &mut u64) -> String {
    let mut event = Map::with_capacity(fields.len() + 2);
    event.insert("type".to_owned(), Value::from(kind));
    event.extend(fields.clone());
    if !kind.starts_with("codex.") {
        event.insert("sequence_number".to_owned(), Value::from(*number));
        *number += 1;
    }
    Value::Object(event).to_string()
}

/// A frame in chunks.
pub(super) fn pieces(frame: Bytes, marks: &Marks) -> Vec<Bytes> {
    if marks.has("split-utf8") {
        return inside_characters(&frame);
    }
    let size = match marks.has("bytewise") {
        true => Some(1),
        false => marks.number_or("chunk", 7).filter(|size| *size > 0),
    };
    let Some(size) = size else {
        return vec![frame];
    };
    let starts = (0..frame.len()).step_by(size);
    starts
        .map(|at| frame.slice(at..frame.len().min(at + size)))
        .collect()
}

/// Cuts behind the first byte of every character that has several.
fn inside_characters(frame: &Bytes) -> Vec<Bytes> {
    let mut cuts = vec![0];
    let wide = frame.iter().enumerate().filter(|(_, byte)| **byte >= 0xC0);
    cuts.extend(wide.map(|(at, _)| at + 1));
    cuts.push(frame.len());
    cuts.windows(2)
        .map(|cut| frame.slice(cut[0]..cut[1]))
        .collect()
}
