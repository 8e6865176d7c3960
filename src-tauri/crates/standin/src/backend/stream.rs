//! The stream as bytes over time: rendering, misbehaviour, and who noticed that the client left.
//!
//! A stream is a list of steps. It waits on the world's clock only, and a stalled or lingering one
//! ends when the client leaves or [`World::resume`] is called.

mod bytes_of;

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;

use super::events::Record;
use super::marks::Marks;
use crate::body::Body;
use crate::world::World;

pub(crate) use bytes_of::rendered;

/// One step of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Send(Bytes),
    Wait(Duration),
    /// Until the client leaves or someone says so.
    Gate,
    /// The connection breaks.
    Break,
}

/// The steps of a stream of `records`, as the markers want them.
pub(crate) fn steps(records: &[Record], marks: &Marks) -> VecDeque<Step> {
    let mut frames = rendered(records, marks);
    if marks.has("safety") {
        // A buffered turn arrives in one piece once it is whole (contract backend 2.3.6).
        let held = frames.split_off(frames.len().min(1));
        frames.push(held.concat().into());
    }
    let slow = marks.number("slow");
    let slow = slow.map(|millis| Duration::from_millis(u64::try_from(millis).unwrap_or(0)));
    let stop_at = |name| marks.number_or(name, 3).unwrap_or(usize::MAX);
    let (eof, cut, stall) = (stop_at("eof"), stop_at("cut"), stop_at("stall"));
    let end = frames.len().min(eof).min(cut);
    let mut steps = VecDeque::new();
    for (index, frame) in frames.into_iter().take(end).enumerate() {
        if index == stall {
            steps.push_back(Step::Gate);
        }
        steps.extend(slow.map(Step::Wait));
        steps.extend(bytes_of::pieces(frame, marks).into_iter().map(Step::Send));
    }
    if stall != usize::MAX && stall >= end {
        steps.push_back(Step::Gate);
    }
    if marks.has("linger") {
        steps.push_back(Step::Gate);
    }
    if cut != usize::MAX && cut <= eof {
        steps.push_back(Step::Break);
    }
    steps
}

/// The body that takes these steps; it tells the world when the client leaves before the last one.
pub(crate) fn body(world: &World, request: Option<u64>, steps: VecDeque<Step>) -> Body {
    let watch = Watch {
        world: world.clone(),
        request,
    };
    Body::stream(stream::unfold(
        (watch, steps),
        |(mut watch, mut steps)| async move {
            loop {
                match steps.pop_front() {
                    Some(Step::Send(bytes)) => return Some((Ok(bytes), (watch, steps))),
                    Some(Step::Wait(wait)) => watch.world.clock().sleep(wait).await,
                    Some(Step::Gate) => watch.world.backend().gate.pass().await,
                    Some(Step::Break) => {
                        watch.end();
                        let broken =
                            io::Error::new(io::ErrorKind::ConnectionReset, "cut on purpose");
                        return Some((Err(broken), (watch, steps)));
                    }
                    None => {
                        watch.end();
                        return None;
                    }
                }
            }
        },
    ))
}

/// Says that the client left when it is dropped with its request still in it.
#[derive(Debug)]
struct Watch {
    world: World,
    request: Option<u64>,
}

impl Watch {
    /// The last step is done; whoever leaves now missed nothing.
    fn end(&mut self) {
        self.request = None;
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(id) = self.request {
            self.world.mark_hung_up(id);
        }
    }
}

/// Where streams stall until someone lets them go on.
#[derive(Debug)]
pub(crate) struct Gate {
    opened: tokio::sync::watch::Sender<u64>,
    waiting: tokio::sync::watch::Sender<usize>,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            opened: tokio::sync::watch::Sender::new(0),
            waiting: tokio::sync::watch::Sender::new(0),
        }
    }
}

impl Gate {
    /// Lets everyone who waits now go on.
    pub(crate) fn open(&self) {
        self.opened.send_modify(|count| *count += 1);
    }

    /// Waits until at least `count` streams wait here.
    pub(crate) async fn until_waiting(&self, count: usize) {
        let mut waiting = self.waiting.subscribe();
        let _ = waiting.wait_for(|now| *now >= count).await;
    }

    async fn pass(&self) {
        let mut opened = self.opened.subscribe();
        let _counted = Waiting::count(&self.waiting);
        let _ = opened.changed().await;
    }
}

struct Waiting<'a>(&'a tokio::sync::watch::Sender<usize>);

impl<'a> Waiting<'a> {
    fn count(waiting: &'a tokio::sync::watch::Sender<usize>) -> Self {
        waiting.send_modify(|count| *count += 1);
        Self(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}
