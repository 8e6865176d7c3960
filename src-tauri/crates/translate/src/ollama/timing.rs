//! Where the time of an answer went, as the caller tells it: nothing here has a clock.

use std::time::Duration;

use wire::ollama::End;
use wire::responses::{Event, Kind};

/// The time of one answer.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Timing {
    /// From the request to now.
    passed: Duration,
    /// From the request to the first thing that the model made.
    read: Option<Duration>,
}

impl Timing {
    /// So much time has passed since the request came.
    pub(super) fn pass(&mut self, passed: Duration) {
        self.passed = passed;
    }

    /// Notes the end of reading at the first event that is about the model's work.
    pub(super) fn see(&mut self, event: &Event) {
        let is_work = !matches!(
            event.kind(),
            Kind::Created
                | Kind::InProgress
                | Kind::Queued
                | Kind::Metadata
                | Kind::RateLimits
                | Kind::KeepAlive
                | Kind::Codex
                | Kind::Other
        );
        if is_work {
            self.read.get_or_insert(self.passed);
        }
    }

    /// The times of the last line.
    pub(super) fn end(&self, done_reason: &'static str) -> End {
        let read = self.read.unwrap_or(self.passed);
        End {
            done_reason,
            total_duration: nanoseconds(self.passed),
            prompt_eval_duration: nanoseconds(read),
            eval_duration: nanoseconds(self.passed.saturating_sub(read)),
            ..End::default()
        }
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
