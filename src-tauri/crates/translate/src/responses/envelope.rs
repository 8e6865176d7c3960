//! The `response` object that several events carry: what official clients require of it is added
//! where the backend left it out; what is there is not touched.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Serialize;
use serde_json::value::RawValue;
use wire::Fault;
use wire::json::{Object, text};

use crate::edit::{self, Edit};
use crate::error::Complaint;
use crate::state::Keeping;
use crate::{Born, Echo, Shape};

/// Completes the envelopes of one answer.
#[derive(Debug)]
pub(super) struct Envelope {
    echo: Arc<Echo>,
    keeping: Arc<Keeping>,
    model: String,
    born: Born,
    /// The same in every envelope: clients compare it.
    id: Option<String>,
    /// The latest envelope, in case the answer fails without one.
    latest: Option<Box<RawValue>>,
}

/// The answer to a request that the backend has not answered yet, with this `status`.
pub fn standing(shape: &Shape, born: Born, status: &'static str) -> Box<RawValue> {
    let mut envelope = Envelope::new(shape, born);
    match crate::ending::object(b"{}") {
        Some(empty) => envelope.completed(&empty, status, None, None).into_owned(),
        None => RawValue::NULL.to_owned(),
    }
}

impl Envelope {
    pub(super) fn new(shape: &Shape, born: Born) -> Self {
        Self {
            echo: Arc::clone(&shape.echo),
            keeping: Arc::clone(&shape.keeping),
            model: shape.model.clone(),
            born,
            id: shape.keeping.id.clone(),
            latest: None,
        }
    }

    /// Seconds since the epoch at the answer's birth.
    pub(super) fn born_at(&self) -> i64 {
        self.born.created_at
    }

    /// The envelope of an answer that is being made.
    pub(super) fn begun<'a>(&mut self, response: &Object<'a>) -> Cow<'a, RawValue> {
        let whole = self.completed(response, "in_progress", None, None);
        self.latest = Some(whole.clone().into_owned());
        whole
    }

    /// The envelope of an answer of which nothing is known yet.
    pub(super) fn unknown(&mut self) -> Box<RawValue> {
        match crate::ending::object(b"{}") {
            Some(empty) => self.begun(&empty).into_owned(),
            None => RawValue::NULL.to_owned(),
        }
    }

    /// The envelope of an answer that has ended, with its items where the backend told none, and
    /// with `fault` as its error.
    pub(super) fn ended<'a>(
        &mut self,
        response: &Object<'a>,
        status: &'static str,
        items: &[&RawValue],
        fault: Option<&Fault>,
    ) -> Cow<'a, RawValue> {
        self.completed(response, status, Some(items), fault)
    }

    /// The envelope of an answer that failed without one.
    pub(super) fn failed(&mut self, fault: &Fault, items: &[&RawValue]) -> Box<RawValue> {
        let latest = self.latest.take().unwrap_or_else(|| self.unknown());
        match Object::at(&latest, String::new()) {
            Ok(latest) => self
                .completed(&latest, "failed", Some(items), Some(fault))
                .into_owned(),
            Err(_) => latest,
        }
    }

    /// The envelope of an answer that the client wanted no more of.
    pub(super) fn cancelled(&mut self, items: &[&RawValue]) -> Box<RawValue> {
        let latest = self.latest.take().unwrap_or_else(|| self.unknown());
        let Ok(object) = Object::at(&latest, String::new()) else {
            return latest;
        };
        let mut edit = Edit::new(&object);
        edit.set("status", edit::new("cancelled"));
        let cancelled = edit.finish();
        match Object::at(&cancelled, String::new()) {
            Ok(object) => self
                .completed(&object, "cancelled", Some(items), None)
                .into_owned(),
            Err(_) => latest,
        }
    }

    fn completed<'a>(
        &mut self,
        response: &Object<'a>,
        status: &'static str,
        items: Option<&[&RawValue]>,
        fault: Option<&Fault>,
    ) -> Cow<'a, RawValue> {
        let mut edit = Edit::new(response);
        self.identify(response, &mut edit);
        if fault.is_some() || response.get("status").is_none() {
            edit.set("status", edit::new(status));
        }
        let unlisted = response
            .get("output")
            .is_none_or(|output| output.get() == "[]");
        match items {
            Some(items) if unlisted && !items.is_empty() => edit.set("output", edit::new(items)),
            _ if response.get("output").is_none() => edit.set("output", edit::new(NO_ITEMS)),
            _ => {}
        }
        if let Some(fault) = fault {
            edit.set("error", edit::new(&Complaint::of_response(fault)));
        }
        if let Ok(Some(usage)) = response.object("usage") {
            edit.update("usage", whole_usage(&usage));
        }
        self.repeat(response, &mut edit);
        self.tell_keeping(&mut edit);
        edit.finish()
    }

    fn identify<'a>(&mut self, response: &Object<'a>, edit: &mut Edit<'a>) {
        let told = response.get("id").and_then(text).map(String::from);
        let id = self.id.get_or_insert_with(|| {
            told.clone()
                .unwrap_or_else(|| format!("resp_{}", self.born.id))
        });
        if told.as_ref() != Some(id) {
            edit.set("id", edit::new(id));
        }
        if response.get("object").is_none() {
            edit.set("object", edit::new("response"));
        }
        if response.get("created_at").is_none() {
            edit.set("created_at", edit::new(&self.born.created_at));
        }
        if response.get("model").is_none() {
            edit.set("model", edit::new(&self.model));
        }
    }

    /// What the backend cannot know, because it keeps nothing itself.
    fn tell_keeping(&self, edit: &mut Edit<'_>) {
        let Keeping {
            id: _,
            stored,
            previous_response_id,
            conversation,
            background,
        } = self.keeping.as_ref();
        if *stored {
            edit.set("store", edit::new(&true));
        }
        if *background {
            edit.set("background", edit::new(&true));
        }
        if let Some(id) = previous_response_id {
            edit.set("previous_response_id", edit::new(id));
        }
        if let Some(id) = conversation {
            edit.set("conversation", edit::new(&Named { id }));
        }
    }

    /// What the official API repeats of the request.
    fn repeat<'a>(&self, response: &Object<'a>, edit: &mut Edit<'a>) {
        let lacks = |name: &str| !response.entries().iter().any(|(known, _)| known == name);
        let echo = &self.echo;
        if lacks("error") && edit.get("error").is_none() {
            edit.set("error", NULL);
        }
        if lacks("incomplete_details") {
            edit.set("incomplete_details", NULL);
        }
        if lacks("instructions") {
            edit.set("instructions", edit::new(&echo.instructions));
        }
        if lacks("metadata") {
            let metadata = echo.metadata.clone();
            edit.set(
                "metadata",
                metadata.map_or_else(|| edit::new(&Empty {}), Cow::Owned),
            );
        }
        if response.get("parallel_tool_calls").is_none() {
            let parallel = echo.parallel_tool_calls.unwrap_or(true);
            edit.set("parallel_tool_calls", edit::new(&parallel));
        }
        if lacks("temperature") {
            edit.set("temperature", edit::new(&1.0));
        }
        if response.get("tool_choice").is_none() {
            let choice = echo.tool_choice.clone();
            edit.set(
                "tool_choice",
                choice.map_or_else(|| edit::new("auto"), Cow::Owned),
            );
        }
        if response.get("tools").is_none() {
            let tools = echo.tools.clone();
            edit.set(
                "tools",
                tools.map_or_else(|| edit::new(NO_ITEMS), Cow::Owned),
            );
        }
        if lacks("top_p") {
            edit.set("top_p", edit::new(&1.0));
        }
        if lacks("store") {
            edit.set("store", edit::new(&false));
        }
    }
}

/// Token counts with every detail that clients require (contract backend 10.3).
fn whole_usage<'a>(usage: &Object<'a>) -> Cow<'a, RawValue> {
    let mut edit = Edit::new(usage);
    let count = |name: &str| usage.integer(name).ok().flatten().unwrap_or(0);
    for name in ["input_tokens", "output_tokens"] {
        if usage.get(name).is_none() {
            edit.set(name, edit::new(&0));
        }
    }
    if usage.get("total_tokens").is_none() {
        let total = count("input_tokens").saturating_add(count("output_tokens"));
        edit.set("total_tokens", edit::new(&total));
    }
    details(
        usage,
        &mut edit,
        "input_tokens_details",
        &["cached_tokens", "cache_write_tokens"],
    );
    details(
        usage,
        &mut edit,
        "output_tokens_details",
        &["reasoning_tokens"],
    );
    edit.finish()
}

fn details<'a>(
    usage: &Object<'a>,
    edit: &mut Edit<'a>,
    name: &'static str,
    counts: &[&'static str],
) {
    let Ok(Some(told)) = usage.object(name) else {
        let zeros = counts.iter().map(|count| (*count, 0));
        edit.set(
            name,
            edit::new(&zeros.collect::<std::collections::BTreeMap<_, _>>()),
        );
        return;
    };
    let mut inner = Edit::new(&told);
    for count in counts {
        if told.get(count).is_none() {
            inner.set(count, edit::new(&0));
        }
    }
    edit.update(name, inner.finish());
}

#[derive(Serialize)]
struct Empty {}

#[derive(Serialize)]
struct Named<'a> {
    id: &'a str,
}

const NO_ITEMS: &[&RawValue] = &[];

const NULL: Cow<'static, RawValue> = Cow::Borrowed(RawValue::NULL);
