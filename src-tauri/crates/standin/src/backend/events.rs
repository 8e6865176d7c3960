//! Items spread over events, in the order and with the payloads of contract backend 2.2, and the
//! departures of 2.3.

mod call;
mod item;
mod message;

use serde_json::{Map, Value, json};

use super::compose::Made;
use super::marks::Marks;

/// One record of the stream before it is rendered.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Record {
    /// An event: its type, its fields besides `type` and `sequence_number`.
    Event(&'static str, Map<String, Value>),
    /// `data` that is no JSON.
    Junk(&'static str),
}

impl Record {
    /// An event with the fields of a JSON object.
    pub(crate) fn new(kind: &'static str, fields: Value) -> Self {
        match fields {
            Value::Object(fields) => Self::Event(kind, fields),
            _ => Self::Event(kind, Map::new()),
        }
    }

    /// True for a delta of visible text.
    pub(crate) fn is_text_delta(&self) -> bool {
        match self {
            Self::Event(kind, _) => *kind == "response.output_text.delta",
            Self::Junk(_) => false,
        }
    }
}

/// The events of one item: those that open it, its deltas, those that close it.
#[derive(Debug, Default)]
struct Stages {
    open: Vec<Record>,
    deltas: Vec<Record>,
    close: Vec<Record>,
    /// May take turns with its neighbours.
    is_call: bool,
}

/// An item with its place and its id.
#[derive(Debug, Clone, Copy)]
struct Placed<'a> {
    index: usize,
    id: &'a str,
    made: &'a Made,
}

impl Placed<'_> {
    /// The fields every event of the item has, and `more`.
    fn event(&self, kind: &'static str, more: Value) -> Record {
        let mut fields = Map::new();
        fields.insert("item_id".to_owned(), json!(self.id));
        fields.insert("output_index".to_owned(), json!(self.index));
        if let Value::Object(more) = more {
            fields.extend(more);
        }
        Record::Event(kind, fields)
    }

    fn added(&self, item: &Value) -> Record {
        let fields = json!({"output_index": self.index, "item": item});
        Record::new("response.output_item.added", fields)
    }

    fn done(&self, item: &Value) -> Record {
        let fields = json!({"output_index": self.index, "item": item});
        Record::new("response.output_item.done", fields)
    }
}

/// All events of all items, and the finished items themselves.
///
/// `incomplete` closes the last message with that status. `ids` gives each item's id.
pub(crate) fn spread(
    items: &[Made],
    ids: &[String],
    marks: &Marks,
    incomplete: bool,
) -> (Vec<Record>, Vec<Value>) {
    let last = items.len().saturating_sub(1);
    let mut stages = Vec::new();
    let mut finished = Vec::new();
    for (index, (made, id)) in items.iter().zip(ids).enumerate() {
        let placed = Placed { index, id, made };
        let status = match marks.has("odd-status") {
            true => "finalizing",
            false if incomplete && index == last => "incomplete",
            false => "completed",
        };
        let whole = item::whole(placed, status);
        stages.push(staged(placed, marks, &whole));
        finished.push(whole);
    }
    let mut out = Vec::new();
    let interleave = marks.has("interleave");
    let mut rest = stages.into_iter().peekable();
    while let Some(first) = rest.next() {
        let mut together = vec![first];
        while interleave && together[0].is_call {
            match rest.next_if(|next| next.is_call) {
                Some(next) => together.push(next),
                None => break,
            }
        }
        take_turns(together, &mut out);
    }
    if marks.has("unknown-events") {
        strangers(&mut out);
    }
    (out, finished)
}

fn staged(placed: Placed<'_>, marks: &Marks, whole: &Value) -> Stages {
    match placed.made {
        Made::Reasoning { summary, .. } => message::reasoning(placed, summary.as_deref(), whole),
        Made::Message { text, cited, .. } => {
            message::text(placed, text, cited.as_ref(), marks, whole)
        }
        Made::Refusal(text) => message::refusal(placed, text, whole),
        Made::Function(call) => call::function(placed, call, marks, whole),
        Made::Custom(call) => call::custom(placed, call, marks, whole),
        Made::Search { .. } => call::search(placed, whole),
        Made::Image(image) => call::image(placed, image, whole),
        Made::Compaction { .. } => Stages {
            close: vec![placed.done(whole)],
            ..Stages::default()
        },
        Made::Future => Stages {
            open: vec![placed.added(whole)],
            deltas: vec![placed.event("response.future_item.delta", json!({"delta": "?"}))],
            close: vec![placed.done(whole)],
            is_call: false,
        },
    }
}

/// All open, the deltas take turns, all close.
fn take_turns(mut together: Vec<Stages>, out: &mut Vec<Record>) {
    for stages in &mut together {
        out.append(&mut stages.open);
    }
    let mut deltas: Vec<_> = together
        .iter_mut()
        .map(|stages| std::mem::take(&mut stages.deltas).into_iter())
        .collect();
    loop {
        let before = out.len();
        out.extend(deltas.iter_mut().filter_map(Iterator::next));
        if out.len() == before {
            break;
        }
    }
    for stages in &mut together {
        out.append(&mut stages.close);
    }
}

/// Events nobody knows and `data` nobody can read, before the first and behind the last item.
fn strangers(out: &mut Vec<Record>) {
    let unknown = json!({"novelty": {"level": 7}, "output_index": 99});
    out.insert(0, Record::new("response.novelty.delta", unknown.clone()));
    out.insert(1, Record::Junk("{this is no JSON"));
    out.push(Record::new("codex.novelty", unknown));
}

/// A text in pieces: after each blank, and no piece longer than 24 characters.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    for word in text.split_inclusive([' ', '\n']) {
        let mut rest = word;
        while let Some((end, _)) = rest.char_indices().nth(LONGEST) {
            let (piece, tail) = rest.split_at(end);
            pieces.push(piece);
            rest = tail;
        }
        pieces.push(rest);
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

const LONGEST: usize = 24;
