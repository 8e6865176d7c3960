//! A body, read a little ahead of whoever wants it.
//!
//! The connection hands over one piece at a time and only after it was asked for it, and a backend
//! that writes event by event makes every event a piece. Asking from where the client is answered
//! would cost a round through the client's connection for each. A task of its own asks, and what it
//! gets is taken in one go.
//!
//! Guarantees: at most [`AHEAD`] bytes wait, so a client that reads slowly slows the backend down;
//! the body is dropped with its owner.

use std::io;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, ReadHalf, SimplexStream, WriteHalf};
use tokio::task::JoinSet;

/// The bytes of a body.
#[derive(Debug)]
pub(super) struct Ahead {
    waiting: ReadHalf<SimplexStream>,
    /// The one that reads; ends with whether the body came to its end.
    reading: JoinSet<Result<(), Broken>>,
    buffer: BytesMut,
}

/// The connection broke before the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Broken;

impl Ahead {
    pub(super) fn new(body: reqwest::Response) -> Self {
        let (waiting, room) = tokio::io::simplex(AHEAD);
        let mut reading = JoinSet::new();
        reading.spawn(read(body, room));
        Self {
            waiting,
            reading,
            buffer: BytesMut::new(),
        }
    }

    /// What has arrived since; `None` at the end. May be dropped and called again.
    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, Broken> {
        self.buffer.reserve(ROOM);
        match self.waiting.read_buf(&mut self.buffer).await {
            Ok(0) => match self.reading.join_next().await {
                Some(Ok(ended)) => ended.map(|()| None),
                Some(Err(_)) | None => Err(Broken),
            },
            Ok(_) => Ok(Some(self.buffer.split().freeze())),
            Err(_) => Err(Broken),
        }
    }
}

async fn read(
    mut body: reqwest::Response,
    mut room: WriteHalf<SimplexStream>,
) -> Result<(), Broken> {
    let read = pass(&mut body, &mut room).await;
    // Nobody reads any more; then nobody wants to know either.
    let _ = room.shutdown().await;
    read
}

async fn pass(
    body: &mut reqwest::Response,
    room: &mut WriteHalf<SimplexStream>,
) -> Result<(), Broken> {
    while let Some(piece) = body.chunk().await.map_err(|_| Broken)? {
        room.write_all(&piece)
            .await
            .map_err(|_: io::Error| Broken)?;
    }
    Ok(())
}

/// Bytes that may wait: about a hundred events.
const AHEAD: usize = 16 * 1024;

/// Bytes to take at once.
const ROOM: usize = 16 * 1024;
