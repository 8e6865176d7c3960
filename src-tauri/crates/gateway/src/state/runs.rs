//! Answers that are made in the background: what was told of them so far, for whoever follows.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::{Bytes, BytesMut};
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use wire::sse::{Frame, Splitter};

/// Answers that are made in the background, by key and id. Clones are the same ones: who listens
/// elsewhere from now on hands them on.
#[derive(Debug, Default, Clone)]
pub struct Runs(Arc<Mutex<Held>>);

#[derive(Debug, Default)]
struct Held {
    runs: HashMap<Place, Arc<Run>>,
    /// Those that have ended, the oldest first.
    ended: VecDeque<Place>,
}

/// A key, and the id of an answer.
type Place = (String, String);

/// One of them.
pub(crate) struct Run {
    told: Mutex<Told>,
    /// How many events were told, and whether there will be more.
    grown: watch::Sender<(usize, bool)>,
    /// Cancelled when nobody wants the answer any more.
    pub(super) stop: CancellationToken,
    /// Cancelled when it is held no longer.
    pub(super) let_go: CancellationToken,
    forgotten: AtomicBool,
}

struct Told {
    events: Vec<(Option<u64>, Bytes)>,
    /// Of the events.
    bytes: usize,
    /// The answer as it stands, before and after the first event, and after the last.
    queued: Box<RawValue>,
    begun: Box<RawValue>,
    last: Option<Box<RawValue>>,
}

impl Runs {
    pub(super) fn add(&self, key: &str, id: &str, run: &Arc<Run>) {
        let mut held = self.0.lock();
        held.runs.insert(place(key, id), Arc::clone(run));
        held.trim();
    }

    pub(super) fn find(&self, key: &str, id: &str) -> Option<Arc<Run>> {
        self.0.lock().runs.get(&place(key, id)).cloned()
    }

    /// Notes that it has ended: it is held no longer than there is room.
    pub(super) fn note_end(&self, key: &str, id: &str) {
        let mut held = self.0.lock();
        let place = place(key, id);
        if held.runs.contains_key(&place) {
            held.ended.push_back(place);
            held.trim();
        }
    }

    pub(super) fn remove(&self, key: &str, id: &str) {
        self.0.lock().remove(&place(key, id));
    }
}

impl Held {
    fn remove(&mut self, place: &Place) -> Option<Arc<Run>> {
        self.ended.retain(|ended| ended != place);
        let run = self.runs.remove(place)?;
        run.let_go.cancel();
        Some(run)
    }

    /// Lets the oldest of those that have ended go until the rest is no more than [`MOST_BYTES`].
    fn trim(&mut self) {
        let mut bytes: usize = self.runs.values().map(|run| run.size()).sum();
        while bytes > MOST_BYTES
            && let Some(oldest) = self.ended.pop_front()
            && let Some(run) = self.remove(&oldest)
        {
            bytes = bytes.saturating_sub(run.size());
        }
    }
}

fn place(key: &str, id: &str) -> Place {
    (key.to_owned(), id.to_owned())
}

impl Run {
    pub(super) fn new(queued: Box<RawValue>, begun: Box<RawValue>) -> Self {
        Self {
            told: Mutex::new(Told {
                events: Vec::new(),
                bytes: 0,
                queued,
                begun,
                last: None,
            }),
            grown: watch::Sender::new((0, false)),
            stop: CancellationToken::new(),
            let_go: CancellationToken::new(),
            forgotten: AtomicBool::new(false),
        }
    }

    /// Notes whole events.
    pub(super) fn tell(&self, bytes: Bytes) {
        let mut told = self.told.lock();
        told.bytes += bytes.len();
        let mut splitter = Splitter::default();
        // What the writer made is short enough to be split.
        let _ = splitter.push(bytes, |frame| told.events.push((number(&frame), frame)));
        let count = told.events.len();
        drop(told);
        self.grown.send_modify(|grown| grown.0 = count);
    }

    /// Says that nothing more is told, and how the answer stands now, for who asks before it can be
    /// read elsewhere.
    pub(super) fn end(&self, last: Option<Box<RawValue>>) {
        self.told.lock().last = last;
        self.grown.send_modify(|grown| grown.1 = true);
    }

    /// The answer as it stands; `None` where nobody wants it any more, or how it ended is not known
    /// here.
    pub(super) fn standing(&self) -> Option<Box<RawValue>> {
        if self.is_forgotten() {
            return None;
        }
        let (count, has_ended) = *self.grown.borrow();
        let told = self.told.lock();
        match (has_ended, count) {
            (true, _) => told.last.clone(),
            (false, 0) => Some(told.queued.clone()),
            (false, _) => Some(told.begun.clone()),
        }
    }

    /// How many events come before the one behind number `after`.
    pub(super) fn place(&self, after: u64) -> usize {
        let told = self.told.lock();
        let mut seen = told.events.iter();
        let last = seen.rposition(|(number, _)| number.is_some_and(|number| number <= after));
        last.map_or(0, |last| last + 1)
    }

    /// The events behind the first `seen`, how many there are in all, and whether that is the end.
    pub(crate) fn told_after(&self, seen: usize) -> (Bytes, usize, bool) {
        // Looked at first: what is told between the two looks is told again to nobody.
        let (_, has_ended) = *self.grown.borrow();
        let told = self.told.lock();
        let mut piece = BytesMut::new();
        for (_, frame) in told.events.iter().skip(seen) {
            piece.extend_from_slice(frame);
        }
        (piece.freeze(), told.events.len().max(seen), has_ended)
    }

    /// Bytes of what was told and of what stands at the end.
    pub(super) fn size(&self) -> usize {
        let told = self.told.lock();
        told.bytes + told.last.as_ref().map_or(0, |last| last.get().len())
    }

    /// Waits until more than `seen` events were told, or the end.
    pub(crate) async fn until_more_than(&self, seen: usize) {
        let mut grown = self.grown.subscribe();
        let _ = grown
            .wait_for(|(count, has_ended)| *has_ended || *count > seen)
            .await;
    }

    pub(super) async fn until_ended(&self) {
        let mut grown = self.grown.subscribe();
        let _ = grown.wait_for(|(_, has_ended)| *has_ended).await;
    }

    /// Nobody will want the answer, not even when it has ended.
    pub(super) fn forget(&self) {
        self.forgotten.store(true, Ordering::Release);
        self.stop.cancel();
    }

    pub(super) fn is_forgotten(&self) -> bool {
        self.forgotten.load(Ordering::Acquire)
    }
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, has_ended) = *self.grown.borrow();
        write!(f, "Run({count} events, ended {has_ended})")
    }
}

fn number(frame: &[u8]) -> Option<u64> {
    #[derive(Deserialize)]
    struct Numbered {
        sequence_number: u64,
    }
    let data = Frame::read(frame).data?;
    let numbered: Numbered = serde_json::from_slice(&data).ok()?;
    Some(numbered.sequence_number)
}

/// What all of them may hold together, but for those that are not made yet.
const MOST_BYTES: usize = 64 * 1024 * 1024;

#[cfg(test)]
mod tests;
