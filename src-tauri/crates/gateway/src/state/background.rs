//! Answers made in the background: their makers outlive the request.

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, StatusCode};
use store::Ended;
use translate::state::Turn;
use translate::{Cut, Outcome, Shape, responses};
use upstream::{Ask, Events};
use wire::Fault;
use wire::sse::Frames;

use super::{Keeper, Run};
use crate::body;
use crate::cooldown::Brake;
use crate::exchange::{self, Exchange};
use crate::lease::Lease;
use crate::respond::{Answer, Content};
use crate::speak;

/// What it takes to make an answer.
pub(crate) struct Work {
    pub(crate) ask: Ask,
    pub(crate) lease: Lease,
    pub(crate) brake: Brake,
    pub(crate) keeper: Keeper,
}

/// Begins to make an answer, and says so; a client that wants a stream follows it.
pub(crate) fn begin(exchange: &mut Exchange, work: Work, shape: &Shape, stream: bool) -> Answer {
    let born = exchange.born();
    let standing = |status| responses::standing(shape, born.clone(), status);
    let queued = standing("queued");
    let run = Arc::new(Run::new(queued.clone(), standing("in_progress")));
    let (key, id) = (work.keeper.key_id.clone(), shape.keeping.id.clone());
    let id = id.unwrap_or_default();
    work.keeper.note(&queued);
    let house = Arc::clone(&exchange.house);
    house.parts.runs.add(&key, &id, &run);
    let mut maker = Maker {
        ends: Cut::new(&shape.ends),
        writer: responses::Writer::new(shape, born.clone()),
        exchange: exchange.apart(),
        run: Arc::clone(&run),
    };
    let followed = Arc::clone(&run);
    house
        .parts
        .tasks
        .clone()
        .spawn("background", |stop| async move {
            let has_stopped = tokio::select! {
                () = maker.make(&work) => false,
                () = stop.cancelled() => true,
            };
            if has_stopped {
                maker.fail(&Fault::ShuttingDown);
            }
            maker.end(work);
            // Who lost the stream has a while to come back for what was missed.
            let linger = match followed.size() {
                ..=MOST_HELD => LINGER,
                _ => Duration::ZERO,
            };
            house.parts.runs.note_end(&key, &id);
            tokio::select! {
                () = house.parts.clock.sleep(linger) => {}
                () = followed.let_go.cancelled() => {}
                () = stop.cancelled() => {}
            }
            house.parts.runs.remove(&key, &id);
        });
    match stream {
        true => Answer {
            headers: HeaderMap::new(),
            content: Content::Follow { run, seen: 0 },
        },
        false => super::answer::json_of(queued),
    }
}

struct Maker {
    exchange: Exchange,
    ends: Cut,
    writer: responses::Writer,
    run: Arc<Run>,
}

impl Maker {
    async fn make(&mut self, work: &Work) {
        self.exchange
            .held
            .note(|line| line.status = StatusCode::OK.as_u16());
        let stop = self.run.stop.clone();
        let mut lease = work.lease.clone();
        let opened = tokio::select! {
            opened = speak::open(&mut self.exchange, &work.ask, &mut lease) => opened,
            () = stop.cancelled() => return self.cancel(),
        };
        match opened {
            Ok(opened) => {
                let id = opened.head.request_id;
                self.exchange
                    .held
                    .note(|line| line.upstream_request_id = id);
                self.write(opened.events).await;
            }
            Err(fault) => self.fail(&work.brake.pull(fault)),
        }
    }

    async fn write(&mut self, mut events: Events) {
        let cut = self.exchange.house.cut.clone();
        let stop = self.run.stop.clone();
        let mut frames = Frames::new();
        while self.writer.outcome() == Outcome::Open {
            let told = tokio::select! {
                told = events.next() => told,
                () = cut.cancelled() => Some(Err(Fault::ShuttingDown)),
                () = stop.cancelled() => return self.cancel(),
            };
            match told {
                Some(Ok(event)) => {
                    let writer = &mut self.writer;
                    self.ends
                        .push(&event, |event| writer.write(event, &mut frames));
                }
                Some(Err(fault)) => self.writer.fail(&fault, &mut frames),
                None => self.writer.fail(&Fault::CutShort, &mut frames),
            }
            self.exchange.held.first_byte();
            self.run.tell(frames.take());
        }
    }

    fn cancel(&mut self) {
        let mut frames = Frames::new();
        self.writer.cancel(&mut frames);
        self.run.tell(frames.take());
    }

    fn fail(&mut self, fault: &Fault) {
        let mut frames = Frames::new();
        self.writer.fail(fault, &mut frames);
        self.run.tell(frames.take());
    }

    /// Keeps the answer before anyone hears that it has ended.
    fn end(self, work: Work) {
        let Self {
            exchange,
            mut writer,
            run,
            ..
        } = self;
        let (outcome, usage) = (writer.outcome(), writer.usage());
        let whole = writer.take_whole();
        let whole = whole.filter(|_| !run.is_forgotten());
        if let Some(whole) = whole.clone() {
            match outcome {
                Outcome::Whole | Outcome::Incomplete => work.keeper.keep(whole),
                Outcome::Open | Outcome::Failed => work.keeper.note(&whole),
            }
        }
        let fault = writer.fault();
        let ended = match (fault, run.stop.is_cancelled()) {
            (None, true) => Ended::ClientLeft,
            (fault, _) => body::ended(outcome, fault),
        };
        let mut held = exchange.held;
        held.note(|line| {
            exchange::note_usage(line, usage);
            line.fault = fault.map(|fault| fault.code().to_owned());
        });
        if let Some(fault) = fault {
            work.brake.pull(fault.clone());
        }
        run.end(whole);
        held.finish(ended);
    }
}

/// What is told to who comes back when nothing but the end is known any more.
pub(super) fn last_of(turn: &Turn, after: Option<u64>) -> Content {
    let number = after.map_or(0, |after| after.saturating_add(1));
    let (name, event) = turn.last_event(number);
    let mut frames = Frames::new();
    frames.event_text(name, &event);
    let run = Run::new(turn.response.clone(), turn.response.clone());
    run.tell(frames.take());
    run.end(None);
    Content::Follow {
        run: Arc::new(run),
        seen: 0,
    }
}

/// How long the events of an answer are held after its end.
const LINGER: Duration = Duration::from_secs(10 * 60);
/// What is larger is not held, so that many pictures do not fill the memory.
const MOST_HELD: usize = 8 * 1024 * 1024;
