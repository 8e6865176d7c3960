//! Chance that can be had again.

use std::time::Duration;

use base::{Chance, Clock};

/// Random numbers from a seed, which is told where the test fails.
pub(crate) struct Dice {
    seed: u64,
    chance: Chance,
}

impl Dice {
    /// With a seed of its own, or with the one in `POSTERN_SEED`.
    #[expect(
        clippy::disallowed_methods,
        reason = "a failure is looked for again with its seed"
    )]
    pub(crate) fn new() -> Self {
        let given = std::env::var("POSTERN_SEED").ok();
        let given = given.and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| Chance::system().below(1 << 32));
        Self {
            seed,
            chance: Chance::seeded(seed),
        }
    }

    /// A number below `limit`.
    pub(crate) fn below(&self, limit: u64) -> u64 {
        self.chance.below(limit)
    }

    /// A time of less than `limit` milliseconds.
    pub(crate) fn moment(&self, limit: u64) -> Duration {
        Duration::from_micros(self.below(limit * 1000))
    }

    /// Lets such a time pass.
    pub(crate) async fn pause(&self, limit: u64) {
        Clock::system().sleep(self.moment(limit)).await;
    }
}

impl Drop for Dice {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the same moments again: POSTERN_SEED={}", self.seed);
        }
    }
}
