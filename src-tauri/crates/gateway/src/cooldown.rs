//! After a quota 429 the backend is left alone until the limit ends (contract backend 3.1).
//!
//! The stop belongs to the account, is kept, and is shared with other processes. While it lasts,
//! requests get the same words and headers with the time that is left; when its time has come by
//! the wall clock, or a person lifts it, requests go out again by themselves.

use std::time::Duration;

use base::{Clock, Timestamp};
use serde_json::{Value, json};
use store::{Cooldown, Cooldowns};
use wire::{Fault, Quota};

/// Stops one account, and says whether it is stopped.
#[derive(Debug, Clone)]
pub(crate) struct Brake {
    cooldowns: Cooldowns,
    clock: Clock,
    account: String,
}

impl Brake {
    pub(crate) fn new(cooldowns: Cooldowns, clock: Clock, account: &str) -> Self {
        Self {
            cooldowns,
            clock,
            account: account.to_owned(),
        }
    }

    /// The stop in force, as the fault that a request meets.
    pub(crate) fn check(&self) -> Result<(), Fault> {
        let now = self.clock.now();
        match self.cooldowns.of(&self.account) {
            Some(stop) if stop.holds_at(now) => Err(Fault::Quota(Box::new(told(stop, now)))),
            Some(_) | None => Ok(()),
        }
    }

    /// Stops the account where `fault` says that its limit is reached, and completes the fault with
    /// the reset that was found.
    pub(crate) fn pull(&self, fault: Fault) -> Fault {
        let Fault::Quota(mut quota) = fault else {
            return fault;
        };
        let now = self.clock.now();
        let until = reset(&quota, now);
        if let Some(until) = until {
            quota.resets_at = Some(until.seconds());
            quota.resets_in_seconds = Some(seconds_left(until, now));
        }
        if is_of_the_plan(&quota) {
            let until = until.unwrap_or_else(|| now.plus(UNTOLD));
            tracing::warn!(name: "quota.reached", account = self.account, %until);
            let stop = Cooldown {
                until,
                since: now,
                body: body(&quota).to_string(),
                headers: quota.headers.clone(),
            };
            self.cooldowns.set(&self.account, stop);
        }
        Fault::Quota(quota)
    }
}

/// The words of the stop, with the time that is left now.
fn told(stop: Cooldown, now: Timestamp) -> Quota {
    let body: Value = serde_json::from_str(&stop.body).unwrap_or_default();
    let mut quota = Quota::from_error(&body["error"], now.seconds());
    quota.resets_at = Some(stop.until.seconds());
    quota.resets_in_seconds = Some(seconds_left(stop.until, now));
    quota.headers = stop.headers;
    quota
}

fn body(quota: &Quota) -> Value {
    let words = &quota.words;
    json!({ "error": {
        "message": words.message,
        "type": words.kind,
        "code": words.code,
        "plan_type": quota.plan_type,
        "resets_at": quota.resets_at,
        "resets_in_seconds": quota.resets_in_seconds,
    }})
}

/// When the limit ends: as the body tells, else as the headers do.
fn reset(quota: &Quota, now: Timestamp) -> Option<Timestamp> {
    let told = quota.resets_at.map(Timestamp::from_seconds);
    let distance = || quota.resets_in_seconds.map(|wait| later(now, wait));
    told.or_else(distance).or_else(|| from_headers(quota, now))
}

/// The latest reset of a window that is used up (contract backend 3.3).
fn from_headers(quota: &Quota, now: Timestamp) -> Option<Timestamp> {
    let value = |name: &str| {
        let found = quota
            .headers
            .iter()
            .find(|(it, _)| it.eq_ignore_ascii_case(name));
        found.and_then(|(_, value)| value.trim().parse::<f64>().ok())
    };
    let window = |slot: &str| {
        let used = value(&format!("x-codex-{slot}-used-percent"))?;
        if used < 100.0 {
            return None;
        }
        let at = value(&format!("x-codex-{slot}-reset-at")).map(whole);
        let after = || value(&format!("x-codex-{slot}-reset-after-seconds")).map(whole);
        at.map(Timestamp::from_seconds)
            .or_else(|| after().map(|wait| later(now, wait)))
    };
    ["primary", "secondary"]
        .into_iter()
        .filter_map(window)
        .max()
}

/// A limit of images or of one model does not stop everything else the account may do.
fn is_of_the_plan(quota: &Quota) -> bool {
    let active = quota
        .headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(ACTIVE_LIMIT));
    active.is_none_or(|(_, limit)| matches!(limit.as_str(), "" | "codex" | "premium"))
}

fn later(now: Timestamp, seconds: i64) -> Timestamp {
    now.plus(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

/// Rounded up: asking a moment early is refused again.
fn seconds_left(until: Timestamp, now: Timestamp) -> i64 {
    i64::try_from(until.since(now).as_millis().div_ceil(1000)).unwrap_or(i64::MAX)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "saturates; a time is no fraction"
)]
fn whole(value: f64) -> i64 {
    value as i64
}

/// How long nobody asks when nobody said how long.
const UNTOLD: Duration = Duration::from_secs(60);
const ACTIVE_LIMIT: &str = "x-codex-active-limit";

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_000);

    fn quota(resets_at: Option<i64>, headers: &[(&str, &str)]) -> Quota {
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Quota {
            resets_at,
            headers: headers.iter().map(pair).collect(),
            ..Quota::default()
        }
    }

    #[test]
    fn the_reset_is_found_wherever_it_was_told() {
        let full = ("x-codex-primary-used-percent", "100.0");
        let half = ("x-codex-secondary-used-percent", "50");
        let rows = [
            (quota(Some(1_500), &[full]), Some(1_500)),
            (
                quota(None, &[full, ("x-codex-primary-reset-at", "1700")]),
                Some(1_700),
            ),
            (
                quota(None, &[full, ("x-codex-primary-reset-after-seconds", "30")]),
                Some(1_030),
            ),
            (
                quota(None, &[half, ("x-codex-secondary-reset-at", "1700")]),
                None,
            ),
            (quota(None, &[full, ("x-codex-primary-reset-at", "")]), None),
            (quota(None, &[]), None),
        ];
        for (quota, expected) in rows {
            let found = reset(&quota, NOW).map(Timestamp::seconds);
            assert_eq!(found, expected, "{quota:?}");
        }
    }

    #[test]
    fn a_limit_of_images_stops_nothing_else() {
        for (limit, plan) in [("codex", true), ("premium", true), ("image_gen", false)] {
            let quota = quota(None, &[("x-codex-active-limit", limit)]);
            assert_eq!(is_of_the_plan(&quota), plan, "{limit}");
        }
        assert!(is_of_the_plan(&quota(None, &[])));
    }
}
