//! A moment near enough to be told by the clock on the wall.

use base::Timestamp;
use jiff::tz::TimeZone;
use jiff::{Zoned, civil};

/// A moment as a person would say it now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// Today.
    Clock(civil::Time),
    /// Within a week.
    Day(civil::Weekday, civil::Time),
    /// Farther away.
    Date(civil::Date),
}

impl Moment {
    /// How to say `at_ms` at `now` in `zone`.
    pub(super) fn of(at_ms: i64, now: Timestamp, zone: &TimeZone) -> Option<Self> {
        let local = |ms: i64| -> Option<Zoned> {
            let at = jiff::Timestamp::from_millisecond(ms).ok()?;
            Some(at.to_zoned(zone.clone()))
        };
        let (at, now) = (local(at_ms)?, local(now.millis())?);
        let days = (at.date() - now.date()).get_days();
        Some(match days {
            0 => Self::Clock(at.time()),
            1..=6 => Self::Day(at.weekday(), at.time()),
            _ => Self::Date(at.date()),
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz;

    use super::*;

    #[test]
    fn nearness_decides_how_it_is_said_and_the_zone_what_day_it_is() {
        // 2026-11-21 is a Saturday; 11:00 UTC.
        let now = Timestamp::from_seconds(1_795_258_800);
        let in_hours = |hours: i64, zone: &TimeZone| {
            Moment::of(now.millis() + hours * 3_600_000, now, zone).unwrap()
        };
        let utc = TimeZone::UTC;
        let east = TimeZone::fixed(tz::offset(8));
        let time = |hour| civil::time(hour, 0, 0, 0);
        assert_eq!(in_hours(3, &utc), Moment::Clock(time(14)));
        assert_eq!(in_hours(3, &east), Moment::Clock(time(22)));
        assert_eq!(
            in_hours(6, &east),
            Moment::Day(civil::Weekday::Sunday, time(1))
        );
        assert_eq!(
            in_hours(48, &utc),
            Moment::Day(civil::Weekday::Monday, time(11))
        );
        assert_eq!(
            in_hours(24 * 7, &utc),
            Moment::Date(civil::date(2026, 11, 28))
        );
        assert_eq!(Moment::of(i64::MAX, now, &utc), None);
    }
}
