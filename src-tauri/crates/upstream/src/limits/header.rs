//! The rate-limit headers of an answer or a refusal (contract backend 3.3).

use std::collections::BTreeSet;

use base::Timestamp;
use http::HeaderMap;
use wire::limits::{Credits, Limits, Window};

use super::{PLAN, parsed, told, truth, window};
use crate::head::text;

/// Reads every family of headers; `None` where there is none.
pub(crate) fn from_headers(headers: &HeaderMap, now: Timestamp) -> Option<Limits> {
    let mut limits = Limits {
        plan_type: text(headers, "x-codex-plan-type").map(str::to_owned),
        credits: credits(headers),
        limit_reached: text(headers, "x-codex-rate-limit-reached-type").is_some(),
        ..Limits::default()
    };
    for family in families(headers) {
        let windows = windows(headers, &family, now);
        if family == PLAN {
            limits.windows.extend(windows);
        } else {
            limits.metered.extend(windows);
        }
    }
    told(limits)
}

/// True for every header that tells about limits.
pub(crate) fn is_header(name: &str) -> bool {
    family(name).is_some()
        || name.starts_with("x-codex-credits-")
        || name.starts_with("x-codex-promo-")
        || OTHERS.contains(&name)
}

/// These headers, and no others, as names and texts, as a quota fault carries them.
pub(crate) fn listed(headers: &HeaderMap) -> Vec<(String, String)> {
    let about = headers.iter().filter(|(name, _)| is_header(name.as_str()));
    about
        .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
        .collect()
}

/// When the limit that was hit ends, in seconds since the epoch: of the active limit's windows
/// the latest that is full, else the earliest of all.
pub(crate) fn resets_at(headers: &HeaderMap, now: Timestamp) -> Option<i64> {
    let active = text(headers, "x-codex-active-limit").map(|limit| limit.replace('_', "-"));
    let active = active.filter(|limit| families(headers).contains(limit));
    let windows = windows(headers, active.as_deref().unwrap_or(PLAN), now);
    let full = windows.iter().filter(|window| window.used_percent >= 100.0);
    let latest = full.filter_map(|window| window.resets_at).max();
    latest.or_else(|| windows.iter().filter_map(|window| window.resets_at).min())
}

/// Ids of the limits that the headers speak of, as they stand in the names.
fn families(headers: &HeaderMap) -> BTreeSet<String> {
    let used = headers.keys().filter_map(|name| {
        let name = name.as_str();
        name.ends_with("-used-percent").then(|| family(name))?
    });
    used.map(str::to_owned).collect()
}

/// The limit's id, where `name` is one of its windows' headers or its name.
fn family(name: &str) -> Option<&str> {
    let rest = name.strip_prefix("x-")?;
    let mut ids = SUFFIXES.iter().filter_map(|end| rest.strip_suffix(end));
    ids.next().filter(|id| !id.is_empty())
}

fn windows(headers: &HeaderMap, family: &str, now: Timestamp) -> Vec<Window> {
    let feature = (family != PLAN).then(|| {
        let name = text(headers, &format!("x-{family}-limit-name"));
        name.map_or_else(|| family.replace('-', "_"), str::to_owned)
    });
    let slots = ["primary", "secondary"].iter().filter_map(|slot| {
        let number = |what| parsed(text(headers, &format!("x-{family}-{slot}-{what}"))?);
        window(
            feature.as_deref(),
            number("used-percent"),
            number("window-minutes"),
            number("reset-at"),
            number("reset-after-seconds"),
            now,
        )
    });
    slots.filter(|window| !window.is_absent()).collect()
}

fn credits(headers: &HeaderMap) -> Option<Credits> {
    let has_credits = text(headers, "x-codex-credits-has-credits").and_then(truth);
    let unlimited = text(headers, "x-codex-credits-unlimited").and_then(truth);
    let balance = text(headers, "x-codex-credits-balance").map(str::to_owned);
    if has_credits.is_none() && unlimited.is_none() && balance.is_none() {
        return None;
    }
    Some(Credits {
        has_credits: has_credits.unwrap_or(false),
        unlimited: unlimited.unwrap_or(false),
        balance,
    })
}

const SUFFIXES: &[&str] = &[
    "-primary-used-percent",
    "-primary-window-minutes",
    "-primary-reset-at",
    "-primary-reset-after-seconds",
    "-primary-over-secondary-limit-percent",
    "-secondary-used-percent",
    "-secondary-window-minutes",
    "-secondary-reset-at",
    "-secondary-reset-after-seconds",
    "-limit-name",
];

const OTHERS: &[&str] = &[
    "x-codex-plan-type",
    "x-codex-active-limit",
    "x-codex-rate-limit-reached-type",
];
