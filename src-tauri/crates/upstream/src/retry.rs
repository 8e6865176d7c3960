//! Whether and when the same request is sent again. Pure; the caller waits.
//!
//! | fault | again | wait |
//! |---|---|---|
//! | unreachable, 5xx, cut or failed before the first event | twice | 200 ms, 400 ms, ±10 % |
//! | no capacity (503, 400 "at capacity", in the stream) | once | 5 s, +10 % at most |
//! | throttled, and the backend said at most 2 s | twice | what it said, +10 % at most |
//! | everything else: throttled without a wait, quota, 4xx, silence, a challenge | never | |
//!
//! What makes something ([`Deed::Making`]: a picture, a transcript, a file) is sent again only where
//! the backend cannot have begun: unreachable, no capacity, throttled.
//!
//! Never after an event was handed out: what a person has seen cannot be taken back
//! (contract backend 3.4).

use std::time::Duration;

use base::Chance;
use wire::Fault;

/// What a request does at the backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    /// Nothing that matters: twice is as good as once.
    Asking,
    /// It makes something, which is paid for each time (contract backend 3.4).
    Making,
}

impl Deed {
    /// True where sending again can do no harm.
    fn allows(self, fault: &Fault) -> bool {
        match self {
            Self::Asking => true,
            Self::Making => matches!(
                fault,
                Fault::Unreachable { .. } | Fault::Overloaded(_) | Fault::Throttled { .. }
            ),
        }
    }
}

/// How long to wait before the request that follows `done` failed ones; `None` gives up. At most
/// `most` requests follow the first.
pub(crate) fn wait(
    deed: Deed,
    fault: &Fault,
    done: u32,
    most: u32,
    chance: &Chance,
) -> Option<Duration> {
    if !fault.is_retryable() || !deed.allows(fault) || done > most {
        return None;
    }
    if let Fault::Overloaded(_) = fault {
        return (done == 1).then(|| later(OVERLOAD, chance));
    }
    if let Fault::Throttled { retry_after, .. } = fault {
        let told = Duration::from_secs((*retry_after)?);
        return (told <= LONGEST_TOLD).then(|| later(told.max(BASE), chance));
    }
    let doubled = BASE * 2_u32.saturating_pow(done.saturating_sub(1));
    Some(doubled.mul_f64(0.9 + 0.2 * share(chance)))
}

/// `wait` and up to a tenth more, so that many who were told the same do not come at once.
fn later(wait: Duration, chance: &Chance) -> Duration {
    wait.mul_f64(1.0 + 0.1 * share(chance))
}

/// Somewhere between 0 and 1.
fn share(chance: &Chance) -> f64 {
    let thousandths = u32::try_from(chance.below(1001)).unwrap_or(0);
    f64::from(thousandths) / 1000.0
}

const BASE: Duration = Duration::from_millis(200);

const OVERLOAD: Duration = Duration::from_secs(5);

/// A program would rather hear of a longer wait than sit through it.
const LONGEST_TOLD: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use wire::Words;

    use super::*;

    fn words() -> Box<Words> {
        Box::new(Words::plain("m"))
    }

    fn throttled(retry_after: Option<u64>) -> Fault {
        Fault::Throttled {
            words: words(),
            retry_after,
        }
    }

    #[test]
    fn every_fault_has_its_waits() {
        const TRANSIENT: &[u64] = &[200, 400];
        let unreachable = Fault::Unreachable {
            host: "h".into(),
            why: "w".into(),
        };
        let broken = |status| Fault::Broken {
            status,
            words: words(),
        };
        let refused = |status| Fault::Refused {
            status,
            words: words(),
        };
        let rows: Vec<(Fault, &[u64])> = vec![
            (unreachable, TRANSIENT),
            (broken(500), TRANSIENT),
            (broken(502), TRANSIENT),
            (broken(503), TRANSIENT),
            (broken(504), TRANSIENT),
            (Fault::Failed(words()), TRANSIENT),
            (Fault::CutShort, TRANSIENT),
            (Fault::Overloaded(words()), &[5000]),
            (throttled(Some(0)), &[200, 200]),
            (throttled(Some(2)), &[2000, 2000]),
            (throttled(Some(3)), &[]),
            (throttled(None), &[]),
            (Fault::Quota(Box::default()), &[]),
            (Fault::Unauthorized(words()), &[]),
            (refused(200), &[]),
            (refused(400), &[]),
            (refused(404), &[]),
            (refused(413), &[]),
            (Fault::Challenged { ray: None }, &[]),
            (Fault::Silent { seconds: 300 }, &[]),
            (Fault::Garbled { why: "w".into() }, &[]),
        ];
        for (fault, waits) in rows {
            for seed in 0..50 {
                check(&fault, waits, &Chance::seeded(seed));
            }
        }
    }

    #[track_caller]
    fn check(fault: &Fault, waits: &[u64], chance: &Chance) {
        for (done, expected) in (1..).zip(waits) {
            let told = wait(Deed::Asking, fault, done, 2, chance)
                .unwrap()
                .as_millis();
            let least = match fault {
                Fault::Overloaded(_) | Fault::Throttled { .. } => *expected,
                _ => expected - expected / 10,
            };
            let range = u128::from(least)..=u128::from(expected + expected / 10);
            assert!(range.contains(&told), "{fault:?} after {done}: {told} ms");
        }
        let done = u32::try_from(waits.len()).unwrap() + 1;
        let told = wait(Deed::Asking, fault, done, 2, chance);
        assert_eq!(told, None, "{fault:?} after {done}");
    }

    #[test]
    fn no_retries_means_none() {
        let chance = Chance::seeded(1);
        assert_eq!(wait(Deed::Asking, &Fault::CutShort, 1, 0, &chance), None);
    }

    #[test]
    fn what_makes_something_is_sent_again_only_where_nothing_can_have_begun() {
        let unreachable = Fault::Unreachable {
            host: "h".into(),
            why: "w".into(),
        };
        let broken = Fault::Broken {
            status: 502,
            words: words(),
        };
        for (fault, again) in [
            (unreachable, true),
            (Fault::Overloaded(words()), true),
            (throttled(Some(1)), true),
            (broken, false),
            (Fault::Failed(words()), false),
            (Fault::CutShort, false),
        ] {
            let wait = wait(Deed::Making, &fault, 1, 2, &Chance::seeded(1));
            assert_eq!(wait.is_some(), again, "{fault:?}");
        }
    }
}
