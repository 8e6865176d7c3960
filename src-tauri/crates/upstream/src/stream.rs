//! The body of an answer: chunks in, events out.
//!
//! Guarantees: events come in the backend's order and nothing comes after the first terminal one;
//! the connection is closed as soon as it is there, or when this is dropped; a stream that ends,
//! breaks or falls silent without one yields exactly one fault. Little is read ahead of the
//! caller. [`Events::next`] may be dropped and called again: no event is lost, and time that was
//! waited still counts.

mod ahead;
mod intake;

use std::time::Duration;

use bytes::Bytes;
use wire::Fault;
use wire::responses::{Event, Kind, Said};

use crate::client::{Observer, Place};
use ahead::{Ahead, Broken};
use intake::{Intake, Step};

/// The events of one answer.
#[derive(Debug)]
pub struct Events {
    /// `None` once there is nothing more to read.
    body: Option<Body>,
    /// Held as long as there is a body.
    place: Option<Place>,
    intake: Intake,
    observer: Observer,
    idle: Duration,
    /// When the wait for the next event began, on the clock's count of time passed.
    waiting_since: Option<Duration>,
}

impl Events {
    pub(crate) fn new(
        body: reqwest::Body,
        place: Option<Place>,
        observer: Observer,
        idle: Duration,
    ) -> Self {
        Self {
            body: Some(Body::Asked(body)),
            place,
            intake: Intake::default(),
            observer,
            idle,
            waiting_since: None,
        }
    }

    /// The next event. `None` only after a terminal event or a fault was yielded.
    ///
    /// # Errors
    /// The stream was silent for too long, broke, ended early, or is no stream of events.
    pub async fn next(&mut self) -> Option<Result<Event, Fault>> {
        if let Some(event) = self.ready() {
            return Some(Ok(event));
        }
        let clock = self.observer.clock().clone();
        let since = *self.waiting_since.get_or_insert_with(|| clock.passed());
        let waited = clock.passed().saturating_sub(since);
        let left = self.idle.saturating_sub(waited);
        let read = clock.timeout(left, self.read()).await;
        self.waiting_since = None;
        if let Some(read) = read {
            return read;
        }
        let seconds = self.idle.as_secs();
        self.end(Fault::Silent { seconds });
        self.read().await
    }

    /// The next event, where it was read already.
    pub fn ready(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.intake.ready() {
                return Some(self.observer.passed(event));
            }
            let Some(Body::Ahead(body)) = &mut self.body else {
                return None;
            };
            let chunk = body.taken()?;
            self.take(Ok(Some(chunk)));
        }
    }

    fn take(&mut self, chunk: Result<Option<Bytes>, Broken>) {
        let saw = |event: &Event| self.observer.saw(event);
        match chunk {
            Ok(Some(chunk)) => self.intake.push(chunk, saw),
            Ok(None) => self.intake.finish(saw),
            Err(_) => self.intake.break_off(Fault::CutShort),
        }
        if !self.intake.is_running() {
            self.hang_up();
        }
    }

    /// Waits until the first standard event is known to be good; everything up to it is yielded
    /// again by [`Events::next`]. There is no deadline here.
    pub(crate) async fn gate(&mut self) -> Result<(), Fault> {
        let mut held = Vec::new();
        loop {
            let event = self.read().await.unwrap_or(Err(Fault::CutShort))?;
            let verdict = verdict(&event);
            match verdict {
                Verdict::Bad => return Err(self.fault_of(&event)),
                Verdict::Open | Verdict::Good => held.push(event),
            }
            if verdict == Verdict::Good {
                self.intake.put_back(held);
                self.body = self.body.take().map(Body::ahead);
                return Ok(());
            }
        }
    }

    /// The next event off the wire. May be dropped at any await.
    async fn read(&mut self) -> Option<Result<Event, Fault>> {
        loop {
            match self.intake.step() {
                Step::Event(event) => return Some(Ok(self.observer.passed(event))),
                Step::Fault(fault) => return Some(Err(fault)),
                Step::End => return None,
                Step::Hungry => {}
            }
            let chunk = match &mut self.body {
                Some(body) => body.chunk().await,
                None => Ok(None),
            };
            self.take(chunk);
        }
    }

    fn end(&mut self, fault: Fault) {
        self.intake.break_off(fault);
        self.hang_up();
    }

    fn hang_up(&mut self) {
        self.body = None;
        self.place = None;
    }

    fn fault_of(&self, event: &Event) -> Fault {
        let null = serde_json::Value::Null;
        let error = match event.said() {
            Ok(Said::Done(done)) => done
                .error
                .and_then(|raw| serde_json::from_str(raw.get()).ok()),
            Ok(Said::Error(raw)) => serde_json::from_str(raw.get()).ok(),
            Ok(_) | Err(_) => None,
        };
        let now = self.observer.clock().now().seconds();
        let fault = Fault::from_failed(error.as_ref().unwrap_or(&null), now);
        self.observer.signed(fault)
    }
}

/// Where the bytes come from.
#[derive(Debug)]
enum Body {
    /// The connection itself, until the first event is there: nothing is handed over faster.
    Asked(reqwest::Body),
    Ahead(Ahead),
}

impl Body {
    fn ahead(self) -> Self {
        match self {
            Self::Asked(body) => Self::Ahead(Ahead::new(body)),
            Self::Ahead(_) => self,
        }
    }

    /// What has arrived since; `None` at the end. May be dropped and called again.
    async fn chunk(&mut self) -> Result<Option<Bytes>, Broken> {
        match self {
            Self::Asked(body) => ahead::next(body).await,
            Self::Ahead(body) => body.chunk().await,
        }
    }
}

/// What an event says about the answer's chances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// Nothing yet: it is none of the public API's.
    Open,
    Good,
    Bad,
}

fn verdict(event: &Event) -> Verdict {
    match event.kind() {
        Kind::Failed | Kind::Error => Verdict::Bad,
        Kind::RateLimits | Kind::Codex | Kind::KeepAlive | Kind::Metadata => Verdict::Open,
        Kind::Created
        | Kind::InProgress
        | Kind::Queued
        | Kind::ItemAdded
        | Kind::ItemDone
        | Kind::PartAdded
        | Kind::PartDone
        | Kind::TextDelta
        | Kind::TextDone
        | Kind::Annotation
        | Kind::RefusalDelta
        | Kind::RefusalDone
        | Kind::ArgumentsDelta
        | Kind::ArgumentsDone
        | Kind::InputDelta
        | Kind::InputDone
        | Kind::SummaryPartAdded
        | Kind::SummaryPartDone
        | Kind::SummaryDelta
        | Kind::SummaryDone
        | Kind::ReasoningDelta
        | Kind::ReasoningDone
        | Kind::Completed
        | Kind::Incomplete
        | Kind::Cancelled
        | Kind::Other => Verdict::Good,
    }
}
