//! The rate-limit headers of an answer or a refusal (contract backend 3.3).

use std::collections::BTreeMap;

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
    for (id, family) in families(headers) {
        let windows = family.windows(id, now);
        if id == PLAN {
            limits.windows.extend(windows);
        } else {
            limits.metered.extend(windows);
        }
    }
    told(limits)
}

/// True for every header that tells about limits.
pub(crate) fn is_header(name: &str) -> bool {
    part(name).is_some()
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
    let families = families(headers);
    let active = text(headers, "x-codex-active-limit").map(|limit| limit.replace('_', "-"));
    let active = active.and_then(|limit| families.get_key_value(limit.as_str()));
    let active = active.filter(|(_, family)| family.tells_of_use());
    let (id, family) = active.or_else(|| families.get_key_value(PLAN))?;
    let windows = family.windows(id, now);
    let full = windows.iter().filter(|window| window.used_percent >= 100.0);
    let latest = full.filter_map(|window| window.resets_at).max();
    latest.or_else(|| windows.iter().filter_map(|window| window.resets_at).min())
}

/// What the headers of one limit say, each as it is written.
#[derive(Debug, Default)]
struct Family<'a> {
    name: Option<&'a str>,
    slots: [Slot<'a>; 2],
}

/// One of a limit's two windows.
#[derive(Debug, Default)]
struct Slot<'a> {
    used: Option<&'a str>,
    minutes: Option<&'a str>,
    resets_at: Option<&'a str>,
    reset_after: Option<&'a str>,
}

impl Family<'_> {
    fn tells_of_use(&self) -> bool {
        self.slots.iter().any(|slot| slot.used.is_some())
    }

    /// The windows of the limit `id`.
    fn windows(&self, id: &str, now: Timestamp) -> Vec<Window> {
        let feature = (id != PLAN).then(|| {
            self.name
                .map_or_else(|| id.replace('-', "_"), str::to_owned)
        });
        let windows = self.slots.iter().filter_map(|slot| {
            window(
                feature.as_deref(),
                slot.used.and_then(parsed),
                slot.minutes.and_then(parsed),
                slot.resets_at.and_then(parsed),
                slot.reset_after.and_then(parsed),
                now,
            )
        });
        windows.filter(|window| !window.is_absent()).collect()
    }
}

/// The limits that the headers speak of, by their ids as they stand in the names.
fn families(headers: &HeaderMap) -> BTreeMap<&str, Family<'_>> {
    let mut families = BTreeMap::<_, Family<'_>>::new();
    for name in headers.keys() {
        let Some((id, part)) = part(name.as_str()) else {
            continue;
        };
        let Some(said) = text(headers, name) else {
            continue;
        };
        let family = families.entry(id).or_default();
        match part {
            Part::Name => family.name = Some(said),
            Part::Used(slot) => family.slots[slot].used = Some(said),
            Part::Minutes(slot) => family.slots[slot].minutes = Some(said),
            Part::ResetAt(slot) => family.slots[slot].resets_at = Some(said),
            Part::ResetAfter(slot) => family.slots[slot].reset_after = Some(said),
            Part::Other => {}
        }
    }
    families
}

/// What a header says of a limit; a number is that of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Name,
    Used(usize),
    Minutes(usize),
    ResetAt(usize),
    ResetAfter(usize),
    Other,
}

/// The limit's id, and which of its headers `name` is.
fn part(name: &str) -> Option<(&str, Part)> {
    let rest = name.strip_prefix("x-")?;
    let mut ids = PARTS
        .iter()
        .filter_map(|(end, part)| Some((rest.strip_suffix(end)?, *part)));
    ids.next().filter(|(id, _)| !id.is_empty())
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

/// How a limit's headers end.
const PARTS: &[(&str, Part)] = &[
    ("-primary-used-percent", Part::Used(0)),
    ("-primary-window-minutes", Part::Minutes(0)),
    ("-primary-reset-at", Part::ResetAt(0)),
    ("-primary-reset-after-seconds", Part::ResetAfter(0)),
    ("-primary-over-secondary-limit-percent", Part::Other),
    ("-secondary-used-percent", Part::Used(1)),
    ("-secondary-window-minutes", Part::Minutes(1)),
    ("-secondary-reset-at", Part::ResetAt(1)),
    ("-secondary-reset-after-seconds", Part::ResetAfter(1)),
    ("-limit-name", Part::Name),
];

const OTHERS: &[&str] = &[
    "x-codex-plan-type",
    "x-codex-active-limit",
    "x-codex-rate-limit-reached-type",
];
