//! The plan's limits, classified by the length of their windows and never by their slot
//! (contract backend 3.3, 6.1; trap 12).

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Everything told about the limits of one account at one moment.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Limits {
    /// The plan, as the backend names it.
    pub plan_type: Option<String>,
    /// Windows of the plan itself, shortest first.
    pub windows: Vec<Window>,
    /// Windows of metered features such as images, shortest first.
    pub metered: Vec<Window>,
    /// Credits beside the plan.
    pub credits: Option<Credits>,
    /// True where the backend says that a limit is reached.
    pub limit_reached: bool,
}

/// One window: how much of it is used, and when it starts anew.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Window {
    /// The feature that is metered; `None` for the plan itself.
    pub feature: Option<String>,
    /// Used share, 0 to 100 and sometimes above.
    pub used_percent: f64,
    /// Length of the window in minutes, where it was told.
    pub window_minutes: Option<u64>,
    /// Start of the next window, in seconds since the epoch.
    pub resets_at: Option<i64>,
}

/// Credits that can be spent when the plan's windows are used up.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Credits {
    /// Any at all.
    pub has_credits: bool,
    /// No bound.
    pub unlimited: bool,
    /// What is left, in the backend's own notation.
    pub balance: Option<String>,
}

/// What people call a window of some length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// Five hours.
    Session,
    /// Seven days.
    Week,
    /// Four weeks and more.
    Month,
    /// Any other length, in minutes.
    Minutes(u64),
    /// Nobody told.
    Unknown,
}

impl Window {
    /// What people call it.
    pub fn span(&self) -> Span {
        match self.window_minutes {
            None | Some(0) => Span::Unknown,
            Some(300) => Span::Session,
            Some(10_080) => Span::Week,
            Some(minutes) if minutes >= 28 * 24 * 60 => Span::Month,
            Some(minutes) => Span::Minutes(minutes),
        }
    }

    /// A slot that says nothing: 0 %, no length, no reset (contract backend 3.3).
    pub fn is_absent(&self) -> bool {
        self.used_percent == 0.0
            && self.window_minutes.unwrap_or(0) == 0
            && self.resets_at.unwrap_or(0) == 0
    }
}

impl Limits {
    /// The window that will stop the person first: the one with the largest used share, and of
    /// equals the longest.
    pub fn binding(&self) -> Option<&Window> {
        self.windows.iter().max_by(|a, b| {
            let used = a.used_percent.total_cmp(&b.used_percent);
            used.then(a.window_minutes.cmp(&b.window_minutes))
        })
    }

    /// Orders the windows, shortest first, and drops the absent ones.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        for windows in [&mut self.windows, &mut self.metered] {
            windows.retain(|window| !window.is_absent());
            windows.sort_by_key(|window| window.window_minutes.unwrap_or(u64::MAX));
        }
        self
    }
}

/// How long a reading may be shown before it should be taken again.
pub const STALE_AFTER: Duration = Duration::from_secs(300);

#[cfg(test)]
mod tests {
    use super::*;

    fn window(used_percent: f64, window_minutes: u64) -> Window {
        Window {
            feature: None,
            used_percent,
            window_minutes: Some(window_minutes),
            resets_at: Some(1),
        }
    }

    #[test]
    fn a_window_is_called_by_its_length() {
        let rows = [
            (300, Span::Session),
            (10_080, Span::Week),
            (40_320, Span::Month),
            (43_200, Span::Month),
            (60, Span::Minutes(60)),
            (0, Span::Unknown),
        ];
        for (minutes, span) in rows {
            assert_eq!(window(1.0, minutes).span(), span, "{minutes}");
        }
    }

    #[test]
    fn the_fullest_window_binds_and_absent_ones_vanish() {
        let absent = Window {
            resets_at: None,
            ..window(0.0, 0)
        };
        let limits = Limits {
            windows: vec![window(40.0, 10_080), absent, window(12.0, 300)],
            ..Limits::default()
        }
        .sorted();
        assert_eq!(limits.windows.len(), 2);
        assert_eq!(limits.windows[0].span(), Span::Session);
        assert_eq!(limits.binding().map(Window::span), Some(Span::Week));
    }
}
