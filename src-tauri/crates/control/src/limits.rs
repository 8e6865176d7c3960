//! The plan's limits as they are kept and shown.

use base::Timestamp;
use serde::{Deserialize, Serialize};
use store::Snapshots;
use wire::limits::{Limits, Span, Window};

use crate::state::{Limit, LimitSpan};

/// A reading of the limits: what was told, of whom, and when.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Kept {
    pub(crate) limits: Limits,
    /// The workspace; `None` for a credential without one.
    pub(crate) workspace: Option<String>,
    pub(crate) at: Timestamp,
}

/// The same as JSON; the snapshot has the time.
#[derive(Serialize, Deserialize)]
struct Written {
    #[serde(default)]
    workspace: Option<String>,
    #[serde(flatten)]
    limits: Limits,
}

impl From<upstream::Reading> for Kept {
    fn from(reading: upstream::Reading) -> Self {
        Self {
            limits: reading.limits,
            workspace: reading.account_id,
            at: reading.at,
        }
    }
}

impl Kept {
    /// The last reading that any process took.
    pub(crate) fn read(snapshots: &Snapshots) -> Option<Self> {
        let (at, json) = snapshots.get(KEPT)?;
        let written: Written = serde_json::from_str(&json).ok()?;
        Some(Self {
            limits: written.limits,
            workspace: written.workspace,
            at,
        })
    }

    /// What is kept of it.
    pub(crate) fn json(&self) -> String {
        let written = Written {
            workspace: self.workspace.clone(),
            limits: self.limits.clone(),
        };
        serde_json::to_string(&written).unwrap_or_default()
    }

    /// Its windows as a person sees them: those of the plan first, shortest first.
    pub(crate) fn shown(&self) -> Vec<Limit> {
        let binding = self.limits.binding();
        let plan = self.limits.windows.iter();
        let windows = plan.map(|window| (window, Some(window) == binding));
        let metered = self.limits.metered.iter().map(|window| (window, false));
        windows
            .chain(metered)
            .map(|(window, binding)| self.limit(window, binding))
            .collect()
    }

    fn limit(&self, window: &Window, binding: bool) -> Limit {
        let used_percent = window.used_percent.clamp(0.0, 100.0);
        let span = match window.span() {
            Span::Session => LimitSpan::Session,
            Span::Week => LimitSpan::Week,
            Span::Month => LimitSpan::Month,
            Span::Minutes(_) | Span::Unknown => LimitSpan::Other,
        };
        Limit {
            span,
            minutes: window.window_minutes,
            feature: window.feature.clone(),
            left_percent: 100.0 - used_percent,
            used_percent,
            resets_at_ms: window
                .resets_at
                .map(|at| Timestamp::from_seconds(at).millis()),
            read_at_ms: self.at.millis(),
            binding,
        }
    }
}

/// The snapshot's name.
pub(crate) const KEPT: &str = "limits";

#[cfg(test)]
mod tests {
    use super::*;

    fn window(used_percent: f64, window_minutes: u64) -> Window {
        Window {
            feature: None,
            used_percent,
            window_minutes: Some(window_minutes),
            resets_at: Some(100),
        }
    }

    fn kept() -> Kept {
        Kept {
            limits: Limits {
                windows: vec![window(40.0, 300), window(103.0, 10_080)],
                metered: vec![Window {
                    feature: Some("images".into()),
                    ..window(99.0, 60)
                }],
                ..Limits::default()
            },
            workspace: Some("acct".into()),
            at: Timestamp::from_seconds(50),
        }
    }

    #[test]
    fn shares_stay_between_0_and_100_and_only_a_window_of_the_plan_binds() {
        let shown = kept().shown();
        let told: Vec<_> = shown
            .iter()
            .map(|limit| (limit.span, limit.left_percent, limit.binding))
            .collect();
        assert_eq!(
            told,
            [
                (LimitSpan::Session, 60.0, false),
                (LimitSpan::Week, 0.0, true),
                (LimitSpan::Other, 1.0, false),
            ]
        );
        assert_eq!(
            (shown[0].resets_at_ms, shown[0].read_at_ms),
            (Some(100_000), 50_000)
        );
    }

    #[test]
    fn what_was_kept_can_be_read_and_so_can_what_an_older_postern_kept() {
        let written: Written = serde_json::from_str(&kept().json()).unwrap();
        assert_eq!(
            (written.limits, written.workspace.as_deref()),
            (kept().limits, Some("acct"))
        );
        let old = serde_json::to_string(&kept().limits).unwrap();
        let written: Written = serde_json::from_str(&old).unwrap();
        assert_eq!((written.limits, written.workspace), (kept().limits, None));
    }
}
