//! Events to the frames of a streaming client.

use std::time::Duration;

use serde_json::value::RawValue;
use wire::responses::Event;
use wire::sse::Frames;
use wire::{Fault, Usage};

use crate::{Born, Dialect, Shape, chat, completions, messages, ollama, pictures, responses};

/// Writes one answer. The caller decides when to send, the writer what is legal.
#[derive(Debug)]
pub enum Writer {
    /// For `POST /v1/responses`.
    Responses(responses::Writer),
    /// For `POST /v1/chat/completions`.
    Chat(chat::Writer),
    /// For `POST /v1/images/…`. [`Writer::new`] makes none: it has a shape of its own.
    Pictures(pictures::Writer),
    /// For `POST /v1/messages`.
    Messages(messages::Writer),
    /// For `POST /api/chat` and `POST /api/generate`.
    Ollama(Box<ollama::Writer>),
    /// For `POST /v1/completions`.
    Completions(completions::Writer),
}

/// How far an answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Outcome {
    /// It has not ended.
    #[default]
    Open,
    /// It is whole.
    Whole,
    /// It ended early, by the backend's own word, such as at a token limit.
    Incomplete,
    /// It failed.
    Failed,
}

impl Writer {
    /// A writer for one answer.
    pub fn new(dialect: Dialect, shape: Shape, born: Born) -> Self {
        match dialect {
            Dialect::Responses => Self::Responses(responses::Writer::new(&shape, born)),
            Dialect::Chat => Self::Chat(chat::Writer::new(shape, born)),
            Dialect::Messages => Self::Messages(messages::Writer::new(shape, born)),
            Dialect::Ollama(form) => Self::Ollama(Box::new(ollama::Writer::new(form, shape, born))),
            Dialect::Completions => Self::Completions(completions::Writer::new(shape, born)),
        }
    }

    /// Writes what `event` means to the client; nothing after the end.
    pub fn write(&mut self, event: &Event, out: &mut Frames) {
        self.write_choice(0, event, out);
    }

    /// Writes what `event` means for one of the choices, of which only Chat has several.
    pub fn write_choice(&mut self, choice: usize, event: &Event, out: &mut Frames) {
        match self {
            Self::Responses(writer) => writer.write(event, out),
            Self::Chat(writer) => writer.write(choice, event, out),
            Self::Pictures(writer) => writer.write(event, out),
            Self::Messages(writer) => writer.write(event, out),
            Self::Ollama(writer) => writer.write(event, out),
            Self::Completions(writer) => writer.write(event, out),
        }
    }

    /// Ends the answer with a failure, unless it has ended.
    pub fn fail(&mut self, fault: &Fault, out: &mut Frames) {
        match self {
            Self::Responses(writer) => writer.fail(fault, out),
            Self::Chat(writer) => writer.fail(fault, out),
            Self::Pictures(writer) => writer.fail(fault, out),
            Self::Messages(writer) => writer.fail(fault, out),
            Self::Ollama(writer) => writer.fail(fault, out),
            Self::Completions(writer) => writer.fail(fault, out),
        }
    }

    /// Writes a sign of life that this dialect's clients count as one; nothing where there is none.
    pub fn keep_alive(&self, out: &mut Frames) {
        match self {
            Self::Responses(writer) => writer.keep_alive(out),
            Self::Chat(writer) => writer.keep_alive(out),
            Self::Pictures(writer) => writer.keep_alive(out),
            Self::Messages(writer) => writer.keep_alive(out),
            Self::Ollama(_) => {}
            Self::Completions(writer) => writer.keep_alive(out),
        }
    }

    /// Tells how much time has passed since the request came, which only Ollama's answers tell on.
    pub fn taken(&mut self, passed: Duration) {
        match self {
            Self::Ollama(writer) => writer.taken(passed),
            Self::Responses(_)
            | Self::Chat(_)
            | Self::Pictures(_)
            | Self::Messages(_)
            | Self::Completions(_) => {}
        }
    }

    /// True once nothing more can come of one of the choices: close its connection.
    pub fn has_ended(&self, choice: usize) -> bool {
        match self {
            Self::Chat(writer) => writer.has_ended(choice),
            Self::Responses(_)
            | Self::Pictures(_)
            | Self::Messages(_)
            | Self::Ollama(_)
            | Self::Completions(_) => self.is_closed(),
        }
    }

    /// True after the end: close the connection.
    pub fn is_closed(&self) -> bool {
        self.outcome() != Outcome::Open
    }

    /// Token counts, once the end has told them.
    pub fn usage(&self) -> Option<Usage> {
        match self {
            Self::Responses(writer) => writer.usage(),
            Self::Chat(writer) => writer.usage(),
            Self::Pictures(writer) => writer.usage(),
            Self::Messages(writer) => writer.usage(),
            Self::Ollama(writer) => writer.usage(),
            Self::Completions(writer) => writer.usage(),
        }
    }

    /// How far the answer came.
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Responses(writer) => writer.outcome(),
            Self::Chat(writer) => writer.outcome(),
            Self::Pictures(writer) => writer.outcome(),
            Self::Messages(writer) => writer.outcome(),
            Self::Ollama(writer) => writer.outcome(),
            Self::Completions(writer) => writer.outcome(),
        }
    }

    /// What a waiting client of the Responses dialect would get, or one of the Chat dialect where
    /// that is stored, once it has ended.
    pub fn take_whole(&mut self) -> Option<Box<RawValue>> {
        match self {
            Self::Responses(writer) => writer.take_whole(),
            Self::Chat(writer) => writer.take_whole(),
            Self::Pictures(_) | Self::Messages(_) | Self::Ollama(_) | Self::Completions(_) => None,
        }
    }

    /// Why the answer failed, where it did.
    pub fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Responses(writer) => writer.fault(),
            Self::Chat(writer) => writer.fault(),
            Self::Pictures(writer) => writer.fault(),
            Self::Messages(writer) => writer.fault(),
            Self::Ollama(writer) => writer.fault(),
            Self::Completions(writer) => writer.fault(),
        }
    }
}
