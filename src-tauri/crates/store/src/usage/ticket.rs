//! What writes exactly one line, however the request ends.

use std::time::Duration;

use super::line::{Ended, Line};
use super::log::Log;

/// One request's line while the request runs. It rides on the answer's body; dropping it writes
/// the line too, as [`Ended::ClientLeft`].
#[derive(Debug)]
#[must_use = "dropping it ends the line"]
pub struct Ticket {
    log: Log,
    arrived: Duration,
    line: Line,
    withdrawn: bool,
}

impl Ticket {
    pub(super) fn new(log: Log, mut line: Line, arrived: Duration) -> Self {
        line.ended = Ended::ClientLeft;
        Self {
            log,
            arrived,
            line,
            withdrawn: false,
        }
    }

    /// The line so far.
    pub fn line(&self) -> &Line {
        &self.line
    }

    /// The line, to fill in what becomes known. How it ended and its total time are set at the
    /// end.
    pub fn line_mut(&mut self) -> &mut Line {
        &mut self.line
    }

    /// Notes that the first byte of the answer's body goes out now; later calls change nothing.
    pub fn first_byte(&mut self) {
        let now = self.elapsed_ms();
        self.line.first_byte_ms.get_or_insert(now);
    }

    /// Milliseconds since the request arrived.
    pub fn elapsed_ms(&self) -> u32 {
        let elapsed = self.log.clock().passed().saturating_sub(self.arrived);
        u32::try_from(elapsed.as_millis()).unwrap_or(u32::MAX)
    }

    /// Writes the line.
    pub fn finish(mut self, ended: Ended) {
        self.line.ended = ended;
    }

    /// Writes no line: what comes of the request leaves lines of its own.
    pub fn withdraw(mut self) {
        self.withdrawn = true;
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if self.withdrawn {
            return;
        }
        self.line.total_ms = self.elapsed_ms();
        self.line.bound();
        self.log.append(std::mem::take(&mut self.line));
    }
}
