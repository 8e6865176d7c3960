//! Moments as people read them: local time, to the second.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A moment given in milliseconds since the epoch.
pub(crate) fn millis(at: i64) -> String {
    Timestamp::from_millisecond(at)
        .map_or_else(|_| "—".to_owned(), |at| local(at, &TimeZone::system()))
}

/// A moment given in seconds since the epoch.
pub(crate) fn seconds(at: i64) -> String {
    millis(at.saturating_mul(1000))
}

fn local(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone())
        .strftime("%Y-%m-%d %H:%M:%S")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_to_the_second() {
        let at = Timestamp::from_millisecond(1_775_317_531_250).unwrap();
        assert_eq!(local(at, &TimeZone::UTC), "2026-04-04 15:45:31");
        assert_eq!(millis(i64::MAX), "—");
    }
}
