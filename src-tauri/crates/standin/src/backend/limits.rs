//! Rate limits: what the headers, the `codex.rate_limits` event and `/wham/usage` say (contract backend
//! 2.2, 3.3, 6.1).

use std::borrow::Cow;
use std::collections::HashMap;

use base::Timestamp;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::refusal::Refusal;

/// The windows and credits of one account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Windows {
    /// Percent of the first window that is used.
    pub primary_used: f64,
    /// Its length in minutes; 0 where there is no such window.
    pub primary_minutes: u64,
    /// Seconds until it starts anew.
    pub primary_resets_in: u64,
    /// The same for the second window.
    pub secondary_used: f64,
    /// Its length in minutes; 0 where there is no such window.
    pub secondary_minutes: u64,
    /// Seconds until it starts anew.
    pub secondary_resets_in: u64,
    /// Credits beside the plan; `None` where the account has none.
    pub credits: Option<Credits>,
}

/// Credits beside the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credits {
    /// There are some.
    pub has_credits: bool,
    /// There is no end of them.
    pub unlimited: bool,
    /// How many, as the backend writes it.
    pub balance: String,
}

/// 7 % of a week: the one window plans have had since July 2026.
impl Default for Windows {
    fn default() -> Self {
        Self {
            primary_used: 7.0,
            primary_minutes: 10_080,
            primary_resets_in: 500_000,
            secondary_used: 0.0,
            secondary_minutes: 0,
            secondary_resets_in: 0,
            credits: None,
        }
    }
}

/// What is known of all accounts.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    set: HashMap<String, (Windows, Timestamp)>,
    exhausted: HashMap<String, Timestamp>,
}

/// One account's limits at one moment.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reading {
    pub(crate) plan: String,
    windows: Windows,
    since: Timestamp,
    now: Timestamp,
}

impl Limits {
    pub(crate) fn set(&mut self, account: &str, windows: Windows, now: Timestamp) {
        self.set.insert(account.to_owned(), (windows, now));
    }

    pub(crate) fn exhaust(&mut self, account: &str, until: Timestamp) {
        self.exhausted.insert(account.to_owned(), until);
    }

    /// When an account that used everything up may ask again.
    pub(crate) fn exhausted_until(&self, account: &str, now: Timestamp) -> Option<Timestamp> {
        let until = self.exhausted.get(account).copied();
        until.filter(|until| *until > now)
    }

    pub(crate) fn reading(&self, account: &str, plan: &str, now: Timestamp) -> Reading {
        let (windows, since) = match self.set.get(account) {
            Some((windows, since)) => (windows.clone(), *since),
            None => (Windows::default(), now),
        };
        Reading {
            plan: plan.to_owned(),
            windows,
            since,
            now,
        }
    }
}

/// One window at one moment.
struct Window {
    used: f64,
    minutes: u64,
    resets_at: i64,
    resets_after: i64,
}

impl Reading {
    fn window(&self, used: f64, minutes: u64, resets_in: u64) -> Option<Window> {
        let resets_at = self.since.seconds() + i64::try_from(resets_in).unwrap_or(0);
        let resets_after = resets_at - self.now.seconds();
        (minutes > 0).then_some(Window {
            used: if resets_after > 0 { used } else { 0.0 },
            minutes,
            resets_at,
            resets_after: resets_after.max(0),
        })
    }

    fn primary(&self) -> Option<Window> {
        let it = &self.windows;
        self.window(it.primary_used, it.primary_minutes, it.primary_resets_in)
    }

    fn secondary(&self) -> Option<Window> {
        let it = &self.windows;
        self.window(
            it.secondary_used,
            it.secondary_minutes,
            it.secondary_resets_in,
        )
    }

    /// This account with everything used up until `resets_at` (seconds since 1970).
    pub(crate) fn used_up(mut self, resets_at: i64) -> Self {
        let seconds = resets_at - self.now.seconds();
        self.windows.primary_used = 100.0;
        self.windows.primary_resets_in = u64::try_from(seconds).unwrap_or(0);
        self.since = self.now;
        self
    }

    /// The header families. An absent second window has empty and zero values, as seen live.
    pub(crate) fn headers(&self) -> Vec<(Cow<'static, str>, String)> {
        let mut headers: Vec<(Cow<'static, str>, String)> = vec![
            ("x-codex-plan-type".into(), self.plan.clone()),
            ("x-codex-active-limit".into(), "codex".into()),
            (
                "x-codex-primary-over-secondary-limit-percent".into(),
                "0".into(),
            ),
        ];
        for (slot, window) in [("primary", self.primary()), ("secondary", self.secondary())] {
            family(&mut headers, "codex", slot, window.as_ref());
        }
        if let Some(credits) = &self.windows.credits {
            let python = |yes: bool| if yes { "True" } else { "False" }.to_owned();
            headers.push((
                "x-codex-credits-has-credits".into(),
                python(credits.has_credits),
            ));
            headers.push((
                "x-codex-credits-unlimited".into(),
                python(credits.unlimited),
            ));
            headers.push(("x-codex-credits-balance".into(), credits.balance.clone()));
        }
        if self.plan == "pro" {
            let spark = Some(Window {
                used: 1.5,
                minutes: 300,
                resets_at: self.now.seconds() + 9_000,
                resets_after: 9_000,
            });
            family(&mut headers, "codex-bengalfox", "primary", spark.as_ref());
            headers.push((
                "x-codex-bengalfox-limit-name".into(),
                "GPT-5.3-Codex-Spark".into(),
            ));
        }
        headers
    }

    /// The fields of a `codex.rate_limits` event.
    pub(crate) fn event(&self, limit_reached: bool) -> Value {
        let window = |window: Option<Window>| {
            window.map_or(Value::Null, |it| {
                json!({"used_percent": it.used, "window_minutes": it.minutes, "reset_at": it.resets_at})
            })
        };
        json!({
            "plan_type": self.plan,
            "rate_limits": {
                "allowed": !limit_reached,
                "limit_reached": limit_reached,
                "primary": window(self.primary()),
                "secondary": window(self.secondary()),
            },
            "credits": self.credits(),
        })
    }

    /// The body of `/wham/usage`.
    pub(crate) fn usage(&self, account: &str, email: &str, reached: bool) -> Value {
        let window = |window: Option<Window>| {
            window.map_or(Value::Null, |it| {
                json!({
                    "used_percent": it.used,
                    "limit_window_seconds": it.minutes * 60,
                    "reset_after_seconds": it.resets_after,
                    "reset_at": it.resets_at,
                })
            })
        };
        json!({
            "user_id": format!("user-{account}"),
            "account_id": account,
            "email": email,
            "plan_type": self.plan,
            "rate_limit": {
                "allowed": !reached,
                "limit_reached": reached,
                "primary_window": window(self.primary()),
                "secondary_window": window(self.secondary()),
            },
            "code_review_rate_limit": null,
            "additional_rate_limits": null,
            "credits": self.credits(),
            "spend_control": {"reached": false, "individual_limit": null},
            "rate_limit_reached_type": if reached { json!({"type": "rate_limit_reached"}) } else { Value::Null },
            "rate_limit_reset_credits": {"available_count": 0},
        })
    }

    fn credits(&self) -> Value {
        self.windows
            .credits
            .as_ref()
            .map_or(Value::Null, |credits| {
                json!({
                    "has_credits": credits.has_credits,
                    "unlimited": credits.unlimited,
                    "balance": credits.balance,
                })
            })
    }

    /// The 429 of an account that used everything up, with every field or only some of them.
    pub(crate) fn refusal(&self, resets_at: i64) -> Refusal {
        let mut error = self.quota_error();
        error["resets_at"] = json!(resets_at);
        error["resets_in_seconds"] = json!((resets_at - self.now.seconds()).max(0));
        let full = self.clone().used_up(resets_at);
        Refusal::error(StatusCode::TOO_MANY_REQUESTS, &error)
            .with_all(full.headers())
            .with("x-codex-rate-limit-reached-type", "rate_limit_reached")
    }

    /// `usage_limit_reached` without any reset.
    pub(crate) fn quota_error(&self) -> Value {
        json!({
            "type": "usage_limit_reached",
            "message": "The usage limit has been reached",
            "plan_type": self.plan,
        })
    }
}

fn family(
    headers: &mut Vec<(Cow<'static, str>, String)>,
    limit: &str,
    slot: &str,
    window: Option<&Window>,
) {
    let values = match window {
        Some(it) => [
            it.used.to_string(),
            it.minutes.to_string(),
            it.resets_at.to_string(),
            it.resets_after.to_string(),
        ],
        None => [
            "0".to_owned(),
            "0".to_owned(),
            String::new(),
            "0".to_owned(),
        ],
    };
    let names = [
        "used-percent",
        "window-minutes",
        "reset-at",
        "reset-after-seconds",
    ];
    for (name, value) in names.into_iter().zip(values) {
        headers.push((format!("x-{limit}-{slot}-{name}").into(), value));
    }
}
