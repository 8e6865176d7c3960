//! The event `codex.rate_limits` (contract backend 2.2).

use base::Timestamp;
use serde_json::Value;
use wire::limits::Limits;

use super::{PLAN, credits, flag, number, text, told, window};

/// Reads the data of the event; `None` where it tells nothing.
pub(crate) fn from_event(data: &[u8], now: Timestamp) -> Option<Limits> {
    let event: Value = serde_json::from_slice(data).ok()?;
    let limits = event.get("rate_limits");
    let id = text(event.get("metered_limit_name")).or_else(|| text(event.get("limit_name")));
    let id = id.filter(|id| id != PLAN);
    let slots = ["primary", "secondary"].iter().filter_map(|slot| {
        let slot = limits?.get(slot)?;
        window(
            id.as_deref(),
            number(slot.get("used_percent")),
            number(slot.get("window_minutes")),
            number(slot.get("reset_at")),
            number(slot.get("reset_after_seconds")),
            now,
        )
    });
    let windows: Vec<_> = slots.collect();
    let reached = limits.and_then(|limits| flag(limits.get("limit_reached")));
    let mut all = Limits {
        plan_type: text(event.get("plan_type")),
        credits: credits(event.get("credits")),
        limit_reached: id.is_none() && reached.unwrap_or(false),
        ..Limits::default()
    };
    if id.is_none() {
        all.windows = windows;
    } else {
        all.metered = windows;
    }
    told(all)
}
