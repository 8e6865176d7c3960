//! Reasoning, text and refusals.

use serde_json::{Value, json};

use super::item::{annotation, message, summary_part, text_part};
use super::{Placed, Stages, pieces};
use crate::backend::compose::{Cited, Made};
use crate::backend::marks::Marks;

/// A reasoning item; its summary streams where there is one.
pub(super) fn reasoning(placed: Placed<'_>, summary: Option<&str>, whole: &Value) -> Stages {
    let opening = json!({"id": placed.id, "type": "reasoning", "summary": []});
    let mut stages = Stages {
        open: vec![placed.added(&opening)],
        ..Stages::default()
    };
    if let Some(text) = summary {
        let part = |text: &str| json!({"summary_index": 0, "part": summary_part(text)});
        stages
            .open
            .push(placed.event("response.reasoning_summary_part.added", part("")));
        stages.deltas.extend(pieces(text).into_iter().map(|piece| {
            let fields = json!({"summary_index": 0, "delta": piece});
            placed.event("response.reasoning_summary_text.delta", fields)
        }));
        let whole_text = json!({"summary_index": 0, "text": text});
        stages
            .close
            .push(placed.event("response.reasoning_summary_text.done", whole_text));
        stages
            .close
            .push(placed.event("response.reasoning_summary_part.done", part(text)));
    }
    stages.close.push(placed.done(whole));
    stages
}

/// A message of one text part.
pub(super) fn text(
    placed: Placed<'_>,
    text: &str,
    cited: Option<&Cited>,
    marks: &Marks,
    whole: &Value,
) -> Stages {
    let mut stages = opened(placed);
    if marks.has("text-in-item") {
        stages.close.push(placed.done(whole));
        return stages;
    }
    let part = |part: Value| json!({"content_index": 0, "part": part});
    let opening = part(text_part("", None));
    stages
        .open
        .push(placed.event("response.content_part.added", opening));
    let pieces = match (marks.has("text-in-done"), marks.has("big")) {
        (true, _) => Vec::new(),
        (false, true) => vec![text],
        (false, false) => pieces(text),
    };
    stages.deltas.extend(pieces.into_iter().map(|piece| {
        let fields = json!({"content_index": 0, "delta": piece, "logprobs": []});
        placed.event("response.output_text.delta", fields)
    }));
    stages.deltas.extend(cited.map(|cited| {
        let fields = json!({
            "content_index": 0,
            "annotation_index": 0,
            "annotation": annotation(text, cited),
        });
        placed.event("response.output_text.annotation.added", fields)
    }));
    let done = json!({"content_index": 0, "text": text, "logprobs": []});
    stages
        .close
        .push(placed.event("response.output_text.done", done));
    let closing = part(text_part(text, cited));
    stages
        .close
        .push(placed.event("response.content_part.done", closing));
    stages.close.push(placed.done(whole));
    stages
}

/// A message of one refusal part.
pub(super) fn refusal(placed: Placed<'_>, text: &str, whole: &Value) -> Stages {
    let mut stages = opened(placed);
    let part =
        |text: &str| json!({"content_index": 0, "part": {"type": "refusal", "refusal": text}});
    stages
        .open
        .push(placed.event("response.content_part.added", part("")));
    stages.deltas.extend(pieces(text).into_iter().map(|piece| {
        let fields = json!({"content_index": 0, "delta": piece});
        placed.event("response.refusal.delta", fields)
    }));
    let done = json!({"content_index": 0, "refusal": text});
    stages
        .close
        .push(placed.event("response.refusal.done", done));
    stages
        .close
        .push(placed.event("response.content_part.done", part(text)));
    stages.close.push(placed.done(whole));
    stages
}

fn opened(placed: Placed<'_>) -> Stages {
    let phase = match placed.made {
        Made::Message { phase, .. } => *phase,
        _ => None,
    };
    let opening = message(placed.id, "in_progress", phase, &json!([]));
    Stages {
        open: vec![placed.added(&opening)],
        ..Stages::default()
    }
}
