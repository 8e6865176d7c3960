//! Puts load on a target and takes the time.

use std::io::{self, Read};
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use super::process;
use super::target::Target;
use crate::http::{Ask, Connection, Reply};

/// Some streams at once, read to their ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Burst {
    events: usize,
    took: Duration,
    spent: Duration,
}

impl Burst {
    /// Events a second, over all streams.
    #[expect(clippy::cast_precision_loss, reason = "counts of events are small")]
    pub(super) fn rate(&self) -> f64 {
        self.events as f64 / self.took.as_secs_f64()
    }

    /// Seconds of the target's processor for one event.
    #[expect(clippy::cast_precision_loss, reason = "counts of events are small")]
    pub(super) fn cost(&self) -> f64 {
        self.spent.as_secs_f64() / self.events as f64
    }
}

/// Reads `streams` streams of `events` events each.
pub(super) fn burst(target: &Target, streams: usize, events: usize) -> io::Result<Burst> {
    // Connected before the clock starts: the work is what counts.
    let connections: io::Result<Vec<_>> = (0..streams)
        .map(|_| Connection::open(target.address()))
        .collect();
    let connections = connections?;
    let spent = process::spent(target.process())?;
    let began = now();
    thread::scope(|scope| {
        let one = |mut connection: Connection| {
            let ended = move || target.asked(events, |ask| read(connection.send(ask)?, events));
            scope.spawn(ended)
        };
        let running: Vec<_> = connections.into_iter().map(one).collect();
        let broken = |_| Err(io::Error::other("a stream's thread broke"));
        running
            .into_iter()
            .try_for_each(|stream| stream.join().unwrap_or_else(broken))
    })?;
    Ok(Burst {
        events: events * streams,
        took: began.elapsed(),
        spent: process::spent(target.process())?.saturating_sub(spent),
    })
}

/// Times to the first byte of an answer's body at each target, which are asked in turn.
pub(super) fn first_bytes(targets: &[Target], asks: usize) -> io::Result<Vec<Vec<Duration>>> {
    let connections: io::Result<Vec<_>> = targets
        .iter()
        .map(|target| Connection::open(target.address()))
        .collect();
    let mut connections = connections?;
    let mut times: Vec<Vec<Duration>> = targets.iter().map(|_| Vec::new()).collect();
    for _ in 0..asks {
        for ((target, connection), times) in targets.iter().zip(&mut connections).zip(&mut times) {
            times.push(target.asked(1, |ask| first_byte(connection, ask))?);
        }
    }
    Ok(times)
}

/// Asks, and reads the answer to its end.
fn first_byte(connection: &mut Connection, ask: &Ask<'_>) -> io::Result<Duration> {
    let began = now();
    let mut reply = connection.send(ask)?;
    reply.read_exact(&mut [0])?;
    let took = began.elapsed();
    read(reply, 1)?;
    Ok(took)
}

/// Times to the first byte of the body where so many ask at once, each by a connection of its own.
pub(super) fn first_bytes_of_crowd(target: &Target, crowd: usize) -> io::Result<Vec<Duration>> {
    let connections: io::Result<Vec<_>> = (0..crowd)
        .map(|_| Connection::open(target.address()))
        .collect();
    let connections = connections?;
    let together = Barrier::new(crowd);
    thread::scope(|scope| {
        let one = |mut connection: Connection| {
            let together = &together;
            scope.spawn(move || {
                target.asked(1, |ask| {
                    together.wait();
                    first_byte(&mut connection, ask)
                })
            })
        };
        let running: Vec<_> = connections.into_iter().map(one).collect();
        let broken = |_| Err(io::Error::other("a request's thread broke"));
        running
            .into_iter()
            .map(|request| request.join().unwrap_or_else(broken))
            .collect()
    })
}

/// What `process` takes more, in bytes for each, once so many streams are open and silent.
#[expect(clippy::cast_precision_loss, reason = "no program has 2^52 bytes")]
pub(super) fn memory_of_silent(target: &Target, streams: usize) -> io::Result<f64> {
    let before = process::memory(target.process())?;
    let mut open = Vec::new();
    for _ in 0..streams {
        let mut connection = Connection::open(target.address())?;
        target.asked_to_wait(|ask| connection.send(ask)?.read_exact(&mut [0]))?;
        open.push(connection);
    }
    let with = process::memory(target.process())?;
    drop(open);
    Ok(with.saturating_sub(before) as f64 / streams as f64)
}

/// Reads a stream to its end; fewer frames than events is an error, whatever the status was.
fn read(mut reply: Reply<'_>, events: usize) -> io::Result<()> {
    let status = reply.status;
    let mut buffer = vec![0; 64 * 1024];
    let mut frames = 0;
    let mut last = 0;
    loop {
        let piece = match reply.read(&mut buffer)? {
            0 => break,
            read => &buffer[..read],
        };
        for byte in piece {
            frames += usize::from(*byte == b'\n' && last == b'\n');
            last = *byte;
        }
    }
    if status == 200 && frames >= events {
        return Ok(());
    }
    let tail = String::from_utf8_lossy(&buffer[..200]).into_owned();
    Err(io::Error::other(format!(
        "status {status} with {frames} frames instead of {events} events: {tail}"
    )))
}

#[expect(
    clippy::disallowed_methods,
    reason = "a bench measures the clock's own time"
)]
fn now() -> Instant {
    Instant::now()
}
