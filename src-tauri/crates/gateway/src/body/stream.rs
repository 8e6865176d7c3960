//! Events to bytes, as fast as the client reads and no faster.
//!
//! - Each piece is whole events.
//! - After [`Streaming::keep_alive`] without a byte a sign of life goes out; the headers are sent by
//!   then, so it cannot get in the way of a status.
//! - After the end nothing follows, whatever the backend still says: the connection to it is
//!   dropped before the last piece goes out.
//! - Dropped in the middle, it drops the connection to the backend at once.

use std::pin::pin;
use std::time::Duration;

use base::Clock;
use bytes::Bytes;
use futures_util::{FutureExt as _, Stream, stream};
use store::Ended;
use tokio_util::sync::CancellationToken;
use translate::{Outcome, Writer};
use wire::Fault;
use wire::responses::Event;
use wire::sse::Frames;

use super::Held;
use super::turn::Turn;
use crate::choices::{Choices, Told};
use crate::cooldown::Brake;
use crate::state::Keep;

/// One streamed answer.
pub(crate) struct Streaming {
    pub(crate) choices: Choices,
    pub(crate) writer: Writer,
    pub(crate) held: Held,
    pub(crate) brake: Brake,
    /// Keeps the answer, if it is to be kept.
    pub(crate) keeper: Option<Keep>,
    pub(crate) clock: Clock,
    /// When the request arrived, by the clock's `passed`.
    pub(crate) began: Duration,
    pub(crate) keep_alive: Duration,
    pub(crate) cut: CancellationToken,
}

/// Whether a piece may wait until everybody else had a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Haste {
    /// The first piece: whatever is there goes out with the head of the answer, in one write.
    Great,
    Usual,
}

/// The state behind a piece; `None` behind the last. Boxed, because it moves with each piece, and a
/// future that moves it keeps room for it twice.
type Next = Option<(Box<Streaming>, Frames, Haste)>;

/// What the wait for the next piece ended with.
enum Happened {
    Told(Told),
    Silence,
    Cut,
}

impl Streaming {
    /// The pieces of the body.
    pub(crate) fn pieces(self) -> impl Stream<Item = Bytes> + Send + 'static {
        let first = (Box::new(self), Frames::new(), Haste::Great);
        stream::unfold(Some(first), |state| async {
            let (streaming, frames, haste) = state?;
            streaming.piece(frames, haste).await
        })
    }

    async fn piece(mut self: Box<Self>, mut frames: Frames, haste: Haste) -> Option<(Bytes, Next)> {
        let clock = self.clock.clone();
        let mut silence = pin!(clock.sleep(self.keep_alive));
        while frames.is_empty() && !self.writer.is_closed() {
            let happened = tokio::select! {
                biased;
                told = self.choices.next() => Happened::Told(told),
                () = self.cut.cancelled() => Happened::Cut,
                () = silence.as_mut() => Happened::Silence,
            };
            match happened {
                Happened::Told(told) => self.write(told, &mut frames),
                Happened::Cut => self.fail(&Fault::ShuttingDown, &mut frames),
                Happened::Silence => {
                    self.writer.keep_alive(&mut frames);
                    // A dialect without signs of life goes on waiting.
                    silence.set(clock.sleep(self.keep_alive));
                }
            }
        }
        self.write_what_waits(&mut frames, haste).await;
        self.held.first_byte();
        let piece = frames.take();
        if self.writer.is_closed() {
            self.end();
            return (!piece.is_empty()).then_some((piece, None));
        }
        Some((piece, Some((self, frames, Haste::Usual))))
    }

    /// Takes along what has arrived already: one piece for many small events. The connection to the
    /// backend hands over the next only after it was given a turn.
    async fn write_what_waits(&mut self, frames: &mut Frames, haste: Haste) {
        let (turn, mut was_given) = (Turn::default(), haste == Haste::Great);
        while !self.writer.is_closed() && frames.len() < PIECE {
            if let Some((choice, event)) = self.choices.ready() {
                self.write_event(choice, &event, frames);
                continue;
            }
            match self.choices.next().now_or_never() {
                Some(told) => {
                    self.write(told, frames);
                    was_given = false;
                }
                None if was_given => return,
                None => {
                    turn.give().await;
                    was_given = true;
                }
            }
        }
    }

    fn write(&mut self, told: Told, frames: &mut Frames) {
        let Told { choice, event } = told;
        match event {
            Some(Ok(event)) => self.write_event(choice, &event, frames),
            Some(Err(fault)) => self.fail(&fault, frames),
            None => self.fail(&Fault::CutShort, frames),
        }
    }

    fn write_event(&mut self, choice: usize, event: &Event, frames: &mut Frames) {
        if !event.kind().is_delta() {
            let passed = self.clock.passed();
            self.writer.taken(passed.saturating_sub(self.began));
        }
        let (writer, choices) = (&mut self.writer, &mut self.choices);
        choices.push(choice, event, |event| {
            writer.write_choice(choice, event, frames);
        });
        if writer.has_ended(choice) {
            choices.drop_one(choice);
        }
    }

    /// Ends the answer with a failure. What was held back goes out first.
    fn fail(&mut self, fault: &Fault, frames: &mut Frames) {
        let writer = &mut self.writer;
        self.choices
            .flush(|choice, event| writer.write_choice(choice, event, frames));
        writer.fail(fault, frames);
    }

    fn end(self: Box<Self>) {
        let Self {
            choices,
            mut writer,
            mut held,
            brake,
            keeper,
            ..
        } = *self;
        drop(choices);
        if let Some((keeper, whole)) = keeper.zip(writer.take_whole()) {
            keeper.keep(writer.outcome(), whole);
        }
        let usage = writer.usage();
        let fault = writer.fault();
        held.note(|line| {
            crate::exchange::note_usage(line, usage);
            line.fault = fault.map(|fault| fault.code().to_owned());
        });
        if let Some(fault) = fault {
            brake.pull(fault.clone());
        }
        held.finish(ended(writer.outcome(), fault));
    }
}

/// How a request ended whose answer had begun.
pub(crate) fn ended(outcome: Outcome, fault: Option<&Fault>) -> Ended {
    match (outcome, fault) {
        (Outcome::Whole, _) => Ended::Whole,
        (Outcome::Incomplete, _) => Ended::Incomplete,
        (Outcome::Failed | Outcome::Open, Some(Fault::ShuttingDown)) => Ended::Shutdown,
        (Outcome::Failed | Outcome::Open, _) => Ended::UpstreamFailed,
    }
}

/// Enough for one write to the socket.
const PIECE: usize = 16 * 1024;
