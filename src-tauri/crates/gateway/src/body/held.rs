//! What an answer holds until it has ended: its line in the log, and its place among the running.

use store::{Ended, Line, Ticket};

use crate::flights::Permit;
use crate::server::Call;

/// Dropped without an end, the line says that the client left, because nothing else drops it.
#[derive(Debug)]
#[must_use = "dropping it ends the request"]
pub(crate) struct Held {
    ticket: Option<Ticket>,
    /// What is counted where no line is kept.
    uncounted: u32,
    /// Keeps the connection from being taken for a quiet one.
    call: Option<Call>,
    _permit: Permit,
}

impl Held {
    /// `ticket` is `None` for requests that the log does not name.
    pub(crate) fn new(ticket: Option<Ticket>, permit: Permit) -> Self {
        Self {
            ticket,
            uncounted: 0,
            call: None,
            _permit: permit,
        }
    }

    /// The same as the answer to `call`.
    pub(crate) fn answering(self, call: Option<Call>) -> Self {
        Self { call, ..self }
    }

    /// What it answers, which something else will.
    pub(crate) fn take_call(&mut self) -> Option<Call> {
        self.call.take()
    }

    /// Changes the line, where there is one.
    pub(crate) fn note(&mut self, change: impl FnOnce(&mut Line)) {
        if let Some(ticket) = &mut self.ticket {
            change(ticket.line_mut());
        }
    }

    /// How often the backend was asked, to count on.
    pub(crate) fn attempts(&mut self) -> &mut u32 {
        match &mut self.ticket {
            Some(ticket) => &mut ticket.line_mut().attempts,
            None => &mut self.uncounted,
        }
    }

    /// Notes the moment of the first byte; only the first call counts.
    pub(crate) fn first_byte(&mut self) {
        if let Some(ticket) = &mut self.ticket {
            ticket.first_byte();
        }
    }

    /// Writes no line.
    pub(crate) fn withdraw(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            ticket.withdraw();
        }
    }

    /// Writes the line.
    pub(crate) fn finish(self, ended: Ended) {
        if let Some(ticket) = self.ticket {
            let line = ticket.line();
            tracing::info!(
                name: "request.ended",
                request_id = line.request_id,
                dialect = line.dialect,
                path = line.path,
                status = line.status,
                %ended,
                fault = line.fault,
                attempts = line.attempts,
            );
            ticket.finish(ended);
        }
    }
}
