//! What the events of one answer say about pictures (contract backend 2.2, 7.4 B).

use serde::Serialize;
use serde_json::value::RawValue;
use wire::json::{Object, text};
use wire::responses::{Event, Kind};
use wire::{Fault, Usage};

use super::drawn::{Drawn, Picture, none};
use super::size::{format, size};
use crate::edit::raw;
use crate::ending::{self, Last, Word};
use crate::{Born, Outcome};

/// One answer, as far as it has come.
#[derive(Debug)]
pub(super) struct Progress {
    born: Born,
    outcome: Outcome,
    fault: Option<Fault>,
    usage: Option<Usage>,
    pictures: Vec<Picture>,
    /// What the model said instead of drawing, or beside it.
    words: String,
}

/// What one event brought.
#[derive(Debug)]
pub(super) enum Seen<'a> {
    Nothing,
    /// A picture that is not finished.
    Partial(Object<'a>),
    /// All is made.
    Whole(Drawn),
    /// It has failed; [`Progress::fault`] says why.
    Failed,
}

impl Progress {
    pub(super) fn new(born: Born) -> Self {
        Self {
            born,
            outcome: Outcome::Open,
            fault: None,
            usage: None,
            pictures: Vec::new(),
            words: String::new(),
        }
    }

    /// Takes the next event; nothing after the end.
    pub(super) fn step<'a>(&mut self, event: &'a Event) -> Seen<'a> {
        if self.outcome != Outcome::Open {
            return Seen::Nothing;
        }
        match event.kind() {
            Kind::ItemDone => {
                if let Some(Ok(Some(item))) =
                    ending::object(event.data()).map(|data| data.object("item"))
                {
                    self.item(&item);
                }
                Seen::Nothing
            }
            Kind::Other if event.name() == PARTIAL => match ending::object(event.data()) {
                Some(partial) => Seen::Partial(partial),
                None => Seen::Nothing,
            },
            kind if kind.is_terminal() => self.end(event),
            _ => Seen::Nothing,
        }
    }

    /// Ends the answer with a failure, unless it has ended. True where it did.
    pub(super) fn fail(&mut self, fault: &Fault) -> bool {
        if self.outcome != Outcome::Open {
            return false;
        }
        self.outcome = Outcome::Failed;
        self.fault = Some(fault.clone());
        true
    }

    pub(super) fn outcome(&self) -> Outcome {
        self.outcome
    }

    pub(super) fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    pub(super) fn usage(&self) -> Option<Usage> {
        self.usage
    }

    pub(super) fn created(&self) -> i64 {
        self.born.created_at
    }

    fn item(&mut self, item: &Object<'_>) {
        let kind = item.get("type").and_then(text);
        match kind.as_deref() {
            Some("image_generation_call") => self.pictures.extend(picture(item)),
            Some("message") => {
                for part in item.objects("content").ok().flatten().unwrap_or_default() {
                    let said = part.get("text").or_else(|| part.get("refusal"));
                    self.words
                        .push_str(said.and_then(text).as_deref().unwrap_or_default());
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, event: &Event) -> Seen<'static> {
        let last = Last::of(event);
        let ending = last.ending(self.born.created_at);
        self.usage = ending.usage;
        let why = match ending.word {
            Word::Failed(fault) => fault,
            Word::Whole | Word::Truncated(_) if !self.pictures.is_empty() => {
                self.outcome = Outcome::Whole;
                return Seen::Whole(Drawn {
                    created: self.born.created_at,
                    pictures: std::mem::take(&mut self.pictures),
                    usage: tool_usage(&last),
                });
            }
            Word::Truncated(reason) => none(format!("no picture was made: {reason}")),
            Word::Whole => none(self.instead()),
        };
        self.fail(&why);
        Seen::Failed
    }

    /// The complaint about an answer in words.
    fn instead(&self) -> String {
        match self.words.trim() {
            "" => "no picture was made and no reason was given; a free plan has none".to_owned(),
            words => {
                let words: String = words.chars().take(WORDS).collect();
                format!("no picture was made; the model said: {words}")
            }
        }
    }
}

/// A finished picture; `None` where the call brought none.
fn picture(item: &Object<'_>) -> Option<Picture> {
    let result = item.get("result").and_then(text)?;
    let told = |name| item.get(name).and_then(text);
    let prompt = told("revised_prompt");
    Some(Picture {
        size: size(&result).or_else(|| told("size").map(String::from)),
        format: format(&result),
        quality: told("quality").map(String::from),
        background: told("background").map(String::from),
        entry: raw(&Entry {
            b64_json: &result,
            revised_prompt: prompt.as_deref(),
        }),
    })
}

#[derive(Serialize)]
struct Entry<'a> {
    b64_json: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    revised_prompt: Option<&'a str>,
}

/// What the tool itself cost (contract backend 2.4).
fn tool_usage(last: &Last<'_>) -> Option<Box<RawValue>> {
    let response = last.response.as_ref()?;
    let usage = response.object("tool_usage").ok()??;
    usage.get("image_gen").map(ToOwned::to_owned)
}

const PARTIAL: &str = "response.image_generation_call.partial_image";

/// Characters of what the model said that an error repeats.
const WORDS: usize = 300;
