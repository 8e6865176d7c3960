//! What the backend tells about the plan's limits, wherever it tells it (contract backend 3.3,
//! 2.2 and 6.1). Numbers come as integers, floats, texts or not at all; one odd element hides
//! nothing else.

mod event;
mod header;
mod noted;
mod usage;

use base::Timestamp;
use serde_json::Value;
use wire::limits::{Credits, Limits, Window};

pub(crate) use event::from_event;
pub(crate) use header::{from_headers, is_header, listed, resets_at};
pub(crate) use noted::Noted;
pub(crate) use usage::from_usage;

/// Limits, with whose they are and when they were told.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// What was told, joined with what was told before of other features.
    pub limits: Limits,
    /// When.
    pub at: Timestamp,
    /// The workspace; `None` for a credential without one.
    pub account_id: Option<String>,
}

impl Reading {
    /// This reading, completed by what an older one of the same account knows: headers tell of
    /// the plan and of the feature that was used, and are silent about the others.
    pub(crate) fn joined(mut self, older: Option<&Self>) -> Self {
        let Some(older) = older.filter(|older| older.account_id == self.account_id) else {
            return self;
        };
        let known = &older.limits;
        let new = &mut self.limits;
        if new.windows.is_empty() {
            new.windows.clone_from(&known.windows);
        }
        let now = self.at.seconds();
        for window in &known.metered {
            let told = new
                .metered
                .iter()
                .any(|told| told.feature == window.feature);
            let over = window.resets_at.is_some_and(|reset| reset <= now);
            if !told && !over {
                new.metered.push(window.clone());
            }
        }
        new.credits = new.credits.take().or_else(|| known.credits.clone());
        new.plan_type = new.plan_type.take().or_else(|| known.plan_type.clone());
        self.limits = self.limits.sorted();
        self
    }
}

/// `None` where nothing at all was told.
fn told(limits: Limits) -> Option<Limits> {
    let limits = limits.sorted();
    (limits != Limits::default()).then_some(limits)
}

/// A number, however it is written.
fn number(value: Option<&Value>) -> Option<f64> {
    match value? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => parsed(text),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn parsed(text: &str) -> Option<f64> {
    let number: f64 = text.trim().parse().ok()?;
    number.is_finite().then_some(number)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "saturates; a time is no fraction"
)]
fn whole(number: f64) -> i64 {
    number as i64
}

fn flag(value: Option<&Value>) -> Option<bool> {
    match value? {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => truth(text),
        Value::Number(number) => number.as_f64().map(|number| number != 0.0),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn truth(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            None
        }
    }
}

/// `{has_credits, unlimited, balance}`, as events and the usage page have it.
fn credits(value: Option<&Value>) -> Option<Credits> {
    let value = value.filter(|value| value.is_object())?;
    Some(Credits {
        has_credits: flag(value.get("has_credits")).unwrap_or(false),
        unlimited: flag(value.get("unlimited")).unwrap_or(false),
        balance: text(value.get("balance")),
    })
}

/// One window out of numbers that may be missing. Lengths are in minutes, `reset_after` and
/// `resets_at` in seconds.
fn window(
    feature: Option<&str>,
    used: Option<f64>,
    minutes: Option<f64>,
    resets_at: Option<f64>,
    reset_after: Option<f64>,
    now: Timestamp,
) -> Option<Window> {
    let used_percent = used?;
    let resets_at = resets_at.filter(|at| *at > 0.0).map(whole);
    let after = || {
        let after = reset_after.filter(|after| *after > 0.0)?;
        Some(now.seconds().saturating_add(whole(after)))
    };
    Some(Window {
        feature: feature.map(str::to_owned),
        used_percent,
        window_minutes: minutes
            .filter(|minutes| *minutes > 0.0)
            .and_then(|minutes| u64::try_from(whole(minutes)).ok()),
        resets_at: resets_at.or_else(after),
    })
}

/// The limit that is the plan itself, in every place that names it.
const PLAN: &str = "codex";

#[cfg(test)]
mod tests;
