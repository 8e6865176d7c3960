//! A body, read a little ahead of whoever wants it.
//!
//! The connection hands over one piece at a time and only after it was asked for it, and a backend
//! that writes event by event makes every event a piece. Asking from where the client is answered
//! would cost a round through the client's connection for each. A task of its own asks, and what it
//! gets is taken in one go.
//!
//! Guarantees: once [`AHEAD`] bytes wait no more is asked for, so a client that reads slowly slows
//! the backend down; the body is dropped with its owner.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http_body_util::BodyExt as _;
use parking_lot::Mutex;
use tokio::task::JoinSet;

/// The bytes of a body.
#[derive(Debug)]
pub(super) struct Ahead {
    taken: VecDeque<Bytes>,
    shelf: Arc<Mutex<Shelf>>,
    _reading: JoinSet<()>,
}

/// The connection broke before the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Broken;

/// What has arrived, and who waits for what.
#[derive(Debug, Default)]
struct Shelf {
    pieces: VecDeque<Bytes>,
    bytes: usize,
    /// Whether the body came to its end, once nothing more will arrive.
    ended: Option<Result<(), Broken>>,
    who_wants_more: Option<Waker>,
    who_wants_room: Option<Waker>,
}

impl Ahead {
    pub(super) fn new(body: reqwest::Body) -> Self {
        let shelf = Arc::default();
        let filling = Filling(Arc::clone(&shelf));
        let mut reading = JoinSet::new();
        reading.spawn(filling.read(body));
        Self {
            taken: VecDeque::new(),
            shelf,
            _reading: reading,
        }
    }

    /// What has arrived since; `None` at the end. May be dropped and called again.
    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, Broken> {
        poll_fn(|cx| self.poll_chunk(cx)).await
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Broken>> {
        if let Some(piece) = self.taken() {
            return Poll::Ready(Ok(Some(piece)));
        }
        let mut shelf = self.shelf.lock();
        if shelf.pieces.is_empty() {
            if let Some(ended) = shelf.ended {
                return Poll::Ready(ended.map(|()| None));
            }
            wait(&mut shelf.who_wants_more, cx);
            return Poll::Pending;
        }
        std::mem::swap(&mut shelf.pieces, &mut self.taken);
        shelf.bytes = 0;
        let woken = shelf.who_wants_room.take();
        drop(shelf);
        woken.inspect(Waker::wake_by_ref);
        Poll::Ready(Ok(self.taken()))
    }

    /// The next piece of what was taken last. The shelf is not looked at, so that what fills it can put
    /// down several before somebody comes.
    pub(super) fn taken(&mut self) -> Option<Bytes> {
        self.taken.pop_front()
    }
}

/// The next piece of `body` as the connection hands it over; `None` at the end. May be dropped and
/// called again.
pub(super) async fn next(body: &mut reqwest::Body) -> Result<Option<Bytes>, Broken> {
    loop {
        match body.frame().await {
            None => return Ok(None),
            Some(Err(_)) => return Err(Broken),
            Some(Ok(frame)) => {
                if let Ok(piece) = frame.into_data() {
                    return Ok(Some(piece));
                }
            }
        }
    }
}

/// The side that fills the shelf. Dropped before the end, it says that the body broke.
struct Filling(Arc<Mutex<Shelf>>);

impl Filling {
    async fn read(self, mut body: reqwest::Body) {
        loop {
            match next(&mut body).await {
                Ok(Some(piece)) => self.put(piece).await,
                Ok(None) => return self.end(Ok(())),
                Err(_) => return,
            }
        }
    }

    /// Hands over, and waits for room.
    async fn put(&self, piece: Bytes) {
        if self.shelve(piece) {
            poll_fn(|cx| self.poll_room(cx)).await;
        }
    }

    /// Hands over. True where the shelf is full now.
    fn shelve(&self, piece: Bytes) -> bool {
        let mut shelf = self.0.lock();
        shelf.bytes += piece.len();
        shelf.pieces.push_back(piece);
        let woken = shelf.who_wants_more.take();
        let is_full = shelf.bytes >= AHEAD;
        drop(shelf);
        woken.inspect(Waker::wake_by_ref);
        is_full
    }

    fn poll_room(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut shelf = self.0.lock();
        if shelf.bytes < AHEAD {
            return Poll::Ready(());
        }
        wait(&mut shelf.who_wants_room, cx);
        Poll::Pending
    }

    fn end(&self, ended: Result<(), Broken>) {
        let mut shelf = self.0.lock();
        shelf.ended.get_or_insert(ended);
        let woken = shelf.who_wants_more.take();
        drop(shelf);
        woken.inspect(Waker::wake_by_ref);
    }
}

impl Drop for Filling {
    fn drop(&mut self) {
        self.end(Err(Broken));
    }
}

fn wait(slot: &mut Option<Waker>, cx: &Context<'_>) {
    match slot {
        Some(waker) => waker.clone_from(cx.waker()),
        None => *slot = Some(cx.waker().clone()),
    }
}

/// Bytes that may wait: about a hundred events.
const AHEAD: usize = 16 * 1024;
