//! How many wrong keys were sent lately.
//!
//! No number of guesses finds a key: it has 238 random bits. But a program that tries is told to stop,
//! and the log says once a window that one does. A good key opens the door all the while, so nobody
//! can lock a person's own apps out.

use std::time::Duration;

use parking_lot::Mutex;
use wire::Fault;

/// The wrong keys of the running window. All who come over loopback look the same, so they share it.
#[derive(Debug, Default)]
pub(crate) struct Guesses(Mutex<Window>);

#[derive(Debug, Default)]
struct Window {
    /// When it began, by the clock's `passed`.
    began: Duration,
    wrong: u32,
}

impl Guesses {
    /// Counts a wrong key that came when the clock's `passed` said `now`, and says what it gets.
    pub(crate) fn wrong(&self, now: Duration) -> Fault {
        let mut window = self.0.lock();
        let age = now.saturating_sub(window.began);
        if age >= LENGTH {
            *window = Window {
                began: now,
                wrong: 0,
            };
        }
        window.wrong = window.wrong.saturating_add(1);
        if window.wrong <= MOST {
            return Fault::WrongKey;
        }
        if window.wrong == MOST + 1 {
            tracing::warn!(name: "keys.guessed", "a program sends one wrong key after the other");
        }
        let left = LENGTH.saturating_sub(now.saturating_sub(window.began));
        Fault::WrongKeys {
            seconds: left.as_secs().max(1),
        }
    }
}

const LENGTH: Duration = Duration::from_secs(60);
/// More than an app with an old key sends in a minute when a person tries what is the matter.
const MOST: u32 = 30;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_so_many_are_looked_at_in_a_window() {
        let guesses = Guesses::default();
        let start = Duration::from_secs(1000);
        for _ in 0..MOST {
            assert_eq!(guesses.wrong(start), Fault::WrongKey);
        }
        let later = start + Duration::from_secs(15);
        assert_eq!(guesses.wrong(later), Fault::WrongKeys { seconds: 45 });
        let last = start + LENGTH - Duration::from_millis(1);
        assert_eq!(guesses.wrong(last), Fault::WrongKeys { seconds: 1 });
        assert_eq!(guesses.wrong(start + LENGTH), Fault::WrongKey);
    }

    #[test]
    fn the_first_window_begins_with_the_first_guess() {
        let guesses = Guesses::default();
        assert_eq!(guesses.wrong(Duration::ZERO), Fault::WrongKey);
    }
}
