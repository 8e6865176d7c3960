//! Time as an argument: the system's clock in the product, one moved by hand in tests.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::sync::watch;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// From seconds since the epoch, the unit of `exp` and `resets_at`.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This moment moved into the future; saturates.
    #[must_use]
    pub fn plus(self, by: Duration) -> Self {
        Self(self.0.saturating_add(millis(by)))
    }

    /// This moment moved into the past; saturates.
    #[must_use]
    pub fn minus(self, by: Duration) -> Self {
        Self(self.0.saturating_sub(millis(by)))
    }

    /// Time from `earlier` to this moment; zero when `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

/// RFC 3339 in UTC, to the millisecond.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(at) => write!(f, "{at:.3}"),
            Err(_) => write!(f, "{} ms after 1970", self.0),
        }
    }
}

/// Tells the time and waits. Clones tell the same time.
#[derive(Clone)]
pub struct Clock(Kind);

#[derive(Clone)]
enum Kind {
    System(SystemClock),
    Manual(Arc<Manual>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Kind::System(SystemClock::start()))
    }

    /// A clock that stands at `at` until its hand moves it.
    pub fn manual(at: Timestamp) -> (Self, Hand) {
        let manual = Arc::new(Manual {
            origin: watch::Sender::new(at),
            passed: watch::Sender::new(Duration::ZERO),
            sleepers: watch::Sender::new(0),
        });
        (Self(Kind::Manual(Arc::clone(&manual))), Hand(manual))
    }

    /// The wall clock. It may jump; use [`Clock::passed`] to measure.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Kind::System(system) => system.now(),
            Kind::Manual(manual) => manual.origin.borrow().plus(*manual.passed.borrow()),
        }
    }

    /// Time since this clock was made; never goes back.
    pub fn passed(&self) -> Duration {
        match &self.0 {
            Kind::System(system) => system.passed(),
            Kind::Manual(manual) => *manual.passed.borrow(),
        }
    }

    /// Waits for `wait` to pass on this clock.
    pub async fn sleep(&self, wait: Duration) {
        match &self.0 {
            Kind::System(_) => sleep(wait).await,
            Kind::Manual(manual) => manual.sleep(wait).await,
        }
    }

    /// What `work` yields, or `None` when `limit` passes first.
    pub fn timeout<F: Future>(
        &self,
        limit: Duration,
        work: F,
    ) -> impl Future<Output = Option<F::Output>> {
        let limit = self.sleep(limit);
        Within { work, limit }
    }
}

pin_project! {
    /// What [`Clock::timeout`] waits for. An `async fn` would have room for `work` twice, and so would
    /// each around it.
    struct Within<F, S> {
        #[pin]
        work: F,
        #[pin]
        limit: S,
    }
}

impl<F: Future, S: Future<Output = ()>> Future for Within<F, S> {
    type Output = Option<F::Output>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        match this.work.poll(cx) {
            Poll::Ready(out) => Poll::Ready(Some(out)),
            Poll::Pending => this.limit.poll(cx).map(|()| None),
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

/// Moves a manual clock.
#[derive(Clone)]
pub struct Hand(Arc<Manual>);

impl Hand {
    /// Lets `by` pass and wakes whoever slept no longer than that.
    pub fn advance(&self, by: Duration) {
        self.0.passed.send_modify(|passed| *passed += by);
    }

    /// Jumps the wall clock, as a person or a time server does; nobody wakes.
    pub fn set_wall(&self, at: Timestamp) {
        let passed = *self.0.passed.borrow();
        self.0.origin.send_replace(at.minus(passed));
    }

    /// Waits until at least `count` sleepers wait on this clock.
    pub async fn until_sleeping(&self, count: usize) {
        let mut sleepers = self.0.sleepers.subscribe();
        let _ = sleepers.wait_for(|now| *now >= count).await;
    }
}

impl fmt::Debug for Hand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hand(..)")
    }
}

struct Manual {
    origin: watch::Sender<Timestamp>,
    passed: watch::Sender<Duration>,
    sleepers: watch::Sender<usize>,
}

impl Manual {
    async fn sleep(&self, wait: Duration) {
        let until = *self.passed.borrow() + wait;
        let mut passed = self.passed.subscribe();
        let _counted = Sleeper::count(&self.sleepers);
        let _ = passed.wait_for(|passed| *passed >= until).await;
    }
}

/// Counts itself among the sleepers for as long as it lives.
struct Sleeper<'a>(&'a watch::Sender<usize>);

impl<'a> Sleeper<'a> {
    fn count(sleepers: &'a watch::Sender<usize>) -> Self {
        sleepers.send_modify(|count| *count += 1);
        Self(sleepers)
    }
}

impl Drop for Sleeper<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

#[derive(Clone, Copy)]
struct SystemClock(std::time::Instant);

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the clock"
)]
impl SystemClock {
    fn start() -> Self {
        Self(std::time::Instant::now())
    }

    fn now(&self) -> Timestamp {
        std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map(|since| Timestamp(millis(since)))
            .unwrap_or_default()
    }

    fn passed(&self) -> Duration {
        self.0.elapsed()
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that waits")]
async fn sleep(wait: Duration) {
    tokio::time::sleep(wait).await;
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_sleeper_wakes_when_the_hand_has_moved_far_enough() {
        let (clock, hand) = Clock::manual(Timestamp::from_seconds(100));
        let sleeping = clock.sleep(Duration::from_secs(10));
        tokio::pin!(sleeping);
        assert!(futures_poll_once(sleeping.as_mut()).await.is_none());
        hand.until_sleeping(1).await;
        hand.advance(Duration::from_secs(9));
        assert!(futures_poll_once(sleeping.as_mut()).await.is_none());
        hand.advance(Duration::from_secs(1));
        sleeping.await;
        assert_eq!(clock.now().seconds(), 110);
    }

    #[tokio::test]
    async fn a_wall_jump_wakes_nobody_and_moves_nothing_else() {
        let (clock, hand) = Clock::manual(Timestamp::from_seconds(100));
        hand.advance(Duration::from_secs(5));
        hand.set_wall(Timestamp::from_seconds(10));
        assert_eq!((clock.now().seconds(), clock.passed().as_secs()), (10, 5));
    }

    #[test]
    fn timestamps_read_as_rfc_3339() {
        assert_eq!(
            Timestamp::from_millis(1_775_317_531_250).to_string(),
            "2026-04-04T15:45:31.250Z"
        );
        assert_eq!(Timestamp::from_millis(-1).seconds(), -1);
    }

    async fn futures_poll_once<F: Future + Unpin>(future: F) -> Option<F::Output> {
        tokio::select! {
            biased;
            out = future => Some(out),
            () = std::future::ready(()) => None,
        }
    }
}
