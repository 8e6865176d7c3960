//! hyper's deadlines on our clock, so that a test can move them.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use base::Clock;
use hyper::rt::{Sleep, Timer};
use parking_lot::Mutex;

/// Tells hyper the time of a [`Clock`].
#[derive(Debug, Clone)]
pub struct ClockTimer {
    clock: Clock,
    /// hyper counts in instants; only their differences mean anything here.
    origin: Instant,
}

impl ClockTimer {
    /// A timer that begins now.
    #[expect(
        clippy::disallowed_methods,
        reason = "an origin to count from; the clock says how far"
    )]
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            origin: Instant::now(),
        }
    }
}

impl Timer for ClockTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        let clock = self.clock.clone();
        Box::pin(Sleeping(Mutex::new(Box::pin(async move {
            clock.sleep(duration).await;
        }))))
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        self.sleep(deadline.saturating_duration_since(self.now()))
    }

    fn now(&self) -> Instant {
        self.origin + self.clock.passed()
    }
}

/// hyper wants a sleep that is `Sync`; the lock makes it so and is never waited for.
struct Sleeping(Mutex<Pin<Box<dyn Future<Output = ()> + Send>>>);

impl Future for Sleeping {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.0.get_mut().as_mut().poll(cx)
    }
}

impl Sleep for Sleeping {}
