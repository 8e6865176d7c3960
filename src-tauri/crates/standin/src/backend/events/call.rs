//! Calls of functions and custom tools, and the hosted tools' progress.

use serde_json::{Value, json};

use super::{Placed, Stages, item, pieces};
use crate::backend::compose::{Call, Image};
use crate::backend::marks::Marks;

/// A function call: the ids stand in the opening event, the deltas have only the arguments.
pub(super) fn function(placed: Placed<'_>, call: &Call, marks: &Marks, whole: &Value) -> Stages {
    let opening = item::function(placed.id, call, "in_progress", "");
    let kinds = (
        "response.function_call_arguments.delta",
        "response.function_call_arguments.done",
    );
    let done = json!({"arguments": call.input});
    called(placed, &opening, call, kinds, &done, marks, whole)
}

/// A call of a custom tool with free input.
pub(super) fn custom(placed: Placed<'_>, call: &Call, marks: &Marks, whole: &Value) -> Stages {
    let opening = item::custom(placed.id, call, "in_progress", "");
    let kinds = (
        "response.custom_tool_call_input.delta",
        "response.custom_tool_call_input.done",
    );
    let done = json!({"input": call.input});
    called(placed, &opening, call, kinds, &done, marks, whole)
}

fn called(
    placed: Placed<'_>,
    opening: &Value,
    call: &Call,
    (delta, done): (&'static str, &'static str),
    whole_input: &Value,
    marks: &Marks,
    whole: &Value,
) -> Stages {
    let only_item = marks.has("args-in-item");
    let mut stages = Stages {
        open: vec![placed.added(opening)],
        is_call: true,
        ..Stages::default()
    };
    if !only_item && !marks.has("args-in-done") {
        let deltas = pieces(&call.input).into_iter();
        let deltas = deltas.map(|piece| placed.event(delta, json!({ "delta": piece })));
        stages.deltas.extend(deltas);
    }
    if !only_item {
        stages.close.push(placed.event(done, whole_input.clone()));
    }
    stages.close.push(placed.done(whole));
    stages
}

/// A web search the server runs itself.
pub(super) fn search(placed: Placed<'_>, whole: &Value) -> Stages {
    let opening = json!({"id": placed.id, "type": "web_search_call", "status": "in_progress"});
    let progress = |kind: &'static str| placed.event(kind, json!({}));
    Stages {
        open: vec![
            placed.added(&opening),
            progress("response.web_search_call.in_progress"),
            progress("response.web_search_call.searching"),
        ],
        close: vec![
            progress("response.web_search_call.completed"),
            placed.done(whole),
        ],
        ..Stages::default()
    }
}

/// A picture the server makes itself, with the partial pictures that were asked for.
pub(super) fn image(placed: Placed<'_>, image: &Image, whole: &Value) -> Stages {
    let opening =
        json!({"id": placed.id, "type": "image_generation_call", "status": "in_progress"});
    let progress = |kind: &'static str| placed.event(kind, json!({}));
    let partial = |index: u64| {
        let fields = json!({
            "partial_image_index": index,
            "partial_image_b64": image.base64,
            "size": image.size,
            "quality": "medium",
            "background": "opaque",
            "output_format": "png",
        });
        placed.event("response.image_generation_call.partial_image", fields)
    };
    Stages {
        open: vec![
            placed.added(&opening),
            progress("response.image_generation_call.in_progress"),
            progress("response.image_generation_call.generating"),
        ],
        deltas: (0..image.partial).map(partial).collect(),
        close: vec![
            progress("response.image_generation_call.completed"),
            placed.done(whole),
        ],
        is_call: false,
    }
}
