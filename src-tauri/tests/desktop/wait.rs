//! Waiting for what comes in its own time.

use std::time::Duration;

use super::Outcome;

/// Looks again until there is something; a quarter of a minute and more is never needed.
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> Outcome<T> {
    for _ in 0..1500 {
        if let Some(found) = look() {
            return Ok(found);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Err(format!("this did not happen: {what}").into())
}
