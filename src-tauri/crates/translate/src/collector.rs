//! Events to the one answer of a client that waits: a fold of the stream.

use std::time::Duration;

use wire::responses::Event;
use wire::{Fault, Usage};

use crate::{Born, Dialect, Outcome, Shape, chat, completions, messages, ollama, responses};

/// Collects one answer, by the same state machine that writes a stream.
#[derive(Debug)]
pub enum Collector {
    /// For `POST /v1/responses`.
    Responses(Box<responses::Collector>),
    /// For `POST /v1/chat/completions`.
    Chat(Box<chat::Collector>),
    /// For `POST /v1/messages`.
    Messages(Box<messages::Collector>),
    /// For `POST /api/chat` and `POST /api/generate`.
    Ollama(Box<ollama::Collector>),
    /// For `POST /v1/completions`.
    Completions(Box<completions::Collector>),
}

impl Collector {
    /// A collector for one answer.
    pub fn new(dialect: Dialect, shape: Shape, born: Born) -> Self {
        match dialect {
            Dialect::Responses => {
                Self::Responses(Box::new(responses::Collector::new(&shape, born)))
            }
            Dialect::Chat => Self::Chat(Box::new(chat::Collector::new(shape, born))),
            Dialect::Messages => Self::Messages(Box::new(messages::Collector::new(shape, born))),
            Dialect::Ollama(form) => {
                Self::Ollama(Box::new(ollama::Collector::new(form, shape, born)))
            }
            Dialect::Completions => {
                Self::Completions(Box::new(completions::Collector::new(shape, born)))
            }
        }
    }

    /// Takes the next event; nothing after the end.
    pub fn push(&mut self, event: &Event) {
        self.push_choice(0, event);
    }

    /// Takes the next event of one of the choices, of which only Chat has several.
    pub fn push_choice(&mut self, choice: usize, event: &Event) {
        match self {
            Self::Responses(collector) => collector.push(event),
            Self::Chat(collector) => collector.push(choice, event),
            Self::Messages(collector) => collector.push(event),
            Self::Ollama(collector) => collector.push(event),
            Self::Completions(collector) => collector.push(event),
        }
    }

    /// Ends the answer with a failure, unless it has ended.
    pub fn fail(&mut self, fault: &Fault) {
        match self {
            Self::Responses(collector) => collector.fail(fault),
            Self::Chat(collector) => collector.fail(fault),
            Self::Messages(collector) => collector.fail(fault),
            Self::Ollama(collector) => collector.fail(fault),
            Self::Completions(collector) => collector.fail(fault),
        }
    }

    /// Tells how much time has passed since the request came, which only Ollama's answers tell on.
    pub fn taken(&mut self, passed: Duration) {
        match self {
            Self::Ollama(collector) => collector.taken(passed),
            Self::Responses(_) | Self::Chat(_) | Self::Messages(_) | Self::Completions(_) => {}
        }
    }

    /// True once nothing more can come of one of the choices.
    pub fn has_ended(&self, choice: usize) -> bool {
        match self {
            Self::Chat(collector) => collector.has_ended(choice),
            Self::Responses(_) | Self::Messages(_) | Self::Ollama(_) | Self::Completions(_) => {
                self.is_closed()
            }
        }
    }

    /// True after the end.
    pub fn is_closed(&self) -> bool {
        self.outcome() != Outcome::Open
    }

    /// How far the answer came.
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Responses(collector) => collector.outcome(),
            Self::Chat(collector) => collector.outcome(),
            Self::Messages(collector) => collector.outcome(),
            Self::Ollama(collector) => collector.outcome(),
            Self::Completions(collector) => collector.outcome(),
        }
    }

    /// Token counts, once the end has told them.
    pub fn usage(&self) -> Option<Usage> {
        match self {
            Self::Responses(collector) => collector.usage(),
            Self::Chat(collector) => collector.usage(),
            Self::Messages(collector) => collector.usage(),
            Self::Ollama(collector) => collector.usage(),
            Self::Completions(collector) => collector.usage(),
        }
    }

    /// The whole answer as JSON.
    ///
    /// # Errors
    /// The answer failed, or the events ended before it did ([`Fault::CutShort`]).
    pub fn finish(self) -> Result<Vec<u8>, Fault> {
        match self {
            Self::Responses(collector) => collector.finish(),
            Self::Chat(collector) => collector.finish(),
            Self::Messages(collector) => collector.finish(),
            Self::Ollama(collector) => collector.finish(),
            Self::Completions(collector) => collector.finish(),
        }
    }
}
