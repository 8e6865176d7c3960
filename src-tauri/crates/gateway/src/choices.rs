//! The answers that one request gets: one, unless several choices were asked for. The backend makes
//! one per request, so each further choice is a request of its own (contract backend 8.1, trap 23).
//!
//! Guarantees: events of each choice come in their order, and every choice that has something to say
//! gets its turn before another speaks twice; nothing is read ahead of the caller; a choice that has
//! ended has no connection. A single choice costs nothing for all of this.

use std::pin::pin;
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::future::select_all;
use futures_util::stream::FuturesUnordered;
use translate::{Cut, Ends, Shape};
use upstream::{Ask, Events};
use wire::Fault;
use wire::responses::Event;

use crate::exchange::Exchange;
use crate::lease::Lease;

/// The choices that have not ended, in the order in which they may speak.
pub(crate) struct Choices {
    speaking: Vec<Choice>,
}

struct Choice {
    /// Its place among all, as the client counts them.
    index: usize,
    events: Events,
    cut: Cut,
}

/// What a choice says next, as [`Events::next`] tells it.
pub(crate) struct Told {
    pub(crate) choice: usize,
    pub(crate) event: Option<Result<Event, Fault>>,
}

impl Told {
    /// The program is stopping.
    pub(crate) fn stopping() -> Self {
        Self {
            choice: 0,
            event: Some(Err(Fault::ShuttingDown)),
        }
    }
}

impl Choices {
    /// A single one, which ends where `ends` says.
    pub(crate) fn one(events: Events, ends: &Ends) -> Self {
        Self {
            speaking: vec![Choice::new(0, events, ends)],
        }
    }

    /// Beside the first, which has begun, asks for as many as `shape` wants, all at once, and waits
    /// until each has its first good event.
    ///
    /// # Errors
    /// One of them cannot be had, or the program is stopping. The others are hung up on.
    pub(crate) async fn open(
        exchange: &mut Exchange,
        first: Events,
        ask: &Ask,
        lease: &Lease,
        shape: &Shape,
    ) -> Result<Self, Fault> {
        let mut choices = Self::one(first, &shape.ends);
        if shape.more_choices == 0 {
            return Ok(choices);
        }
        let house = Arc::clone(&exchange.house);
        let one = async |index: usize, mut lease: Lease| {
            let mut attempts = 0;
            let client = &house.parts.upstream;
            let opened = lease.open(client, ask, &mut attempts).await;
            (index, attempts, opened)
        };
        let others = 1..=shape.more_choices;
        let opening = others.map(|index| one(index, lease.clone()));
        let mut opening = pin!(opening.collect::<FuturesUnordered<_>>());
        // Counted as they begin, so that the line is right also where the client leaves.
        *exchange.held.attempts() += u32::try_from(shape.more_choices).unwrap_or(u32::MAX);
        loop {
            let opened = tokio::select! {
                opened = opening.next() => opened,
                () = house.cut.cancelled() => return Err(Fault::ShuttingDown),
            };
            let Some((index, attempts, opened)) = opened else {
                choices.speaking.sort_by_key(|choice| choice.index);
                return Ok(choices);
            };
            *exchange.held.attempts() += attempts.saturating_sub(1);
            let choice = Choice::new(index, opened?.events, &shape.ends);
            choices.speaking.push(choice);
        }
    }

    /// What is said next. Nothing is lost where this is dropped and called again.
    pub(crate) async fn next(&mut self) -> Told {
        let (turn, told) = match self.speaking.as_mut_slice() {
            [] => {
                return Told {
                    choice: 0,
                    event: None,
                };
            }
            [only] => (0, only.next().await),
            several => {
                let waiting = several.iter_mut().map(|choice| Box::pin(choice.next()));
                let (told, turn, _) = select_all(waiting).await;
                (turn, told)
            }
        };
        // Whoever spoke is the last to be heard again.
        if let Some(rest) = self.speaking.get_mut(turn..) {
            rest.rotate_left(1);
        }
        told
    }

    /// What is said next of a single choice, where it has arrived already.
    pub(crate) fn ready(&mut self) -> Option<(usize, Event)> {
        match self.speaking.as_mut_slice() {
            [only] => Some((only.index, only.events.ready()?)),
            _ => None,
        }
    }

    /// Passes on what `event` of a choice becomes.
    pub(crate) fn push(&mut self, choice: usize, event: &Event, tell: impl FnMut(&Event)) {
        let mut speaking = self.speaking.iter_mut();
        if let Some(choice) = speaking.find(|it| it.index == choice) {
            choice.cut.push(event, tell);
        }
    }

    /// Passes on what was held back of every choice, before a failure ends the answer.
    pub(crate) fn flush(&mut self, mut tell: impl FnMut(usize, &Event)) {
        for choice in &mut self.speaking {
            let index = choice.index;
            choice.cut.flush(|event| tell(index, event));
        }
    }

    /// Hangs up on a choice.
    pub(crate) fn drop_one(&mut self, choice: usize) {
        self.speaking.retain(|it| it.index != choice);
    }
}

impl Choice {
    fn new(index: usize, events: Events, ends: &Ends) -> Self {
        Self {
            index,
            events,
            cut: Cut::new(ends),
        }
    }

    async fn next(&mut self) -> Told {
        Told {
            choice: self.index,
            event: self.events.next().await,
        }
    }
}
