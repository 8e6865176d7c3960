//! Events to the frames of a streaming client, or to what one request brought.

use serde::Serialize;
use serde_json::value::RawValue;
use wire::json::{Object, text};
use wire::responses::Event;
use wire::sse::Frames;
use wire::{Fault, Usage};

use super::drawn::{AUTO, Drawn, Picture};
use super::progress::{Progress, Seen};
use super::size::format;
use super::{Route, Shape};
use crate::{Born, Outcome, error};

/// Writes the stream. A finished picture waits for the end, which tells what it cost. A failure is
/// one `error` event, which the official SDKs raise; nothing follows it.
#[derive(Debug)]
pub struct Writer {
    progress: Progress,
    shape: Shape,
}

impl Writer {
    /// A writer for one answer.
    pub fn new(shape: Shape, born: Born) -> Self {
        Self {
            progress: Progress::new(born),
            shape,
        }
    }

    pub(crate) fn write(&mut self, event: &Event, out: &mut Frames) {
        match self.progress.step(event) {
            Seen::Nothing => {}
            Seen::Partial(partial) => self.partial(&partial, out),
            Seen::Whole(drawn) => self.completed(&drawn, out),
            Seen::Failed => self.complain(out),
        }
    }

    pub(crate) fn fail(&mut self, fault: &Fault, out: &mut Frames) {
        if self.progress.fail(fault) {
            self.complain(out);
        }
    }

    /// A comment, which every reader of this stream skips.
    pub(crate) fn keep_alive(&self, out: &mut Frames) {
        if self.progress.outcome() == Outcome::Open {
            out.comment("keep-alive");
        }
    }

    pub(crate) fn usage(&self) -> Option<Usage> {
        self.progress.usage()
    }

    pub(crate) fn outcome(&self) -> Outcome {
        self.progress.outcome()
    }

    pub(crate) fn fault(&self) -> Option<&Fault> {
        self.progress.fault()
    }

    fn partial(&self, partial: &Object<'_>, out: &mut Frames) {
        let Some(base64) = partial.get("partial_image_b64") else {
            return;
        };
        let told = |name| partial.get(name).and_then(text);
        let (size, quality, background) = (told("size"), told("quality"), told("background"));
        let format = text(base64).and_then(|base64| format(&base64));
        let name = self.name("partial_image");
        let event = Told {
            kind: &name,
            b64_json: base64,
            partial_image_index: partial.get("partial_image_index"),
            created_at: self.progress.created(),
            size: size.as_deref().unwrap_or(AUTO),
            quality: quality.as_deref().unwrap_or(AUTO),
            background: background.as_deref().unwrap_or(AUTO),
            output_format: format.unwrap_or(self.shape.format),
            usage: None,
        };
        out.event(&name, &event);
    }

    fn completed(&self, drawn: &Drawn, out: &mut Frames) {
        let name = self.name("completed");
        let last = drawn.pictures.len().saturating_sub(1);
        let cost = drawn.cost(self.shape.route);
        for (at, picture) in drawn.pictures.iter().enumerate() {
            let Some(base64) = base64_of(picture) else {
                continue;
            };
            let event = Told {
                kind: &name,
                b64_json: &base64,
                partial_image_index: None,
                created_at: drawn.created,
                size: picture.size.as_deref().unwrap_or(AUTO),
                quality: picture.quality.as_deref().unwrap_or(AUTO),
                background: picture.background.as_deref().unwrap_or(AUTO),
                output_format: picture.format_or(&self.shape),
                usage: cost.as_deref().filter(|_| at == last),
            };
            out.event(&name, &event);
        }
    }

    fn complain(&self, out: &mut Frames) {
        if let Some(fault) = self.progress.fault() {
            out.event_text("error", &error::openai(fault, None));
        }
    }

    fn name(&self, what: &str) -> String {
        match self.shape.route {
            Route::Generations => format!("image_generation.{what}"),
            Route::Edits => format!("image_edit.{what}"),
        }
    }
}

/// Collects what one request brings.
#[derive(Debug)]
pub struct Collector {
    progress: Progress,
    drawn: Option<Drawn>,
}

impl Collector {
    /// A collector for one answer.
    pub fn new(born: Born) -> Self {
        Self {
            progress: Progress::new(born),
            drawn: None,
        }
    }

    /// Takes the next event; nothing after the end.
    pub fn push(&mut self, event: &Event) {
        if let Seen::Whole(drawn) = self.progress.step(event) {
            self.drawn = Some(drawn);
        }
    }

    /// Ends the answer with a failure, unless it has ended.
    pub fn fail(&mut self, fault: &Fault) {
        self.progress.fail(fault);
    }

    /// True after the end.
    pub fn is_closed(&self) -> bool {
        self.progress.outcome() != Outcome::Open
    }

    /// Token counts of the model that called the tool, once the end has told them.
    pub fn usage(&self) -> Option<Usage> {
        self.progress.usage()
    }

    /// What was made.
    ///
    /// # Errors
    /// The answer failed, or the events ended before it did ([`Fault::CutShort`]).
    pub fn finish(self) -> Result<Drawn, Fault> {
        match (self.progress.fault(), self.drawn) {
            (Some(fault), _) => Err(fault.clone()),
            (None, Some(drawn)) => Ok(drawn),
            (None, None) => Err(Fault::CutShort),
        }
    }
}

/// One event of the stream.
#[derive(Serialize)]
struct Told<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    b64_json: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    partial_image_index: Option<&'a RawValue>,
    created_at: i64,
    size: &'a str,
    quality: &'a str,
    background: &'a str,
    output_format: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<&'a RawValue>,
}

/// The picture itself, as the JSON text it is.
fn base64_of(picture: &Picture) -> Option<Box<RawValue>> {
    let entry = Object::at(&picture.entry, String::new()).ok()?;
    entry.get("b64_json").map(ToOwned::to_owned)
}
