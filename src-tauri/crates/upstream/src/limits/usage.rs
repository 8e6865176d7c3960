//! The page `/wham/usage` (contract backend 6.1).

use base::Timestamp;
use serde_json::Value;
use wire::limits::{Limits, Window};

use super::{credits, flag, number, text, window};

/// Reads the page.
///
/// # Errors
/// It is no JSON object.
pub(crate) fn from_usage(body: &[u8], now: Timestamp) -> Result<Limits, serde_json::Error> {
    let page: serde_json::Map<String, Value> = serde_json::from_slice(body)?;
    let plan = page.get("rate_limit");
    let mut metered = Vec::new();
    let further = page.get("additional_rate_limits").and_then(Value::as_array);
    for further in further.into_iter().flatten() {
        let name = text(further.get("limit_name")).or_else(|| text(further.get("metered_feature")));
        let name = name.unwrap_or_else(|| "other".to_owned());
        metered.extend(windows(further.get("rate_limit"), Some(&name), now));
    }
    let spending = page.get("spend_control");
    metered.extend(spend(spending, now));
    let reached = |limit: Option<&Value>, key| flag(limit?.get(key));
    Ok(Limits {
        plan_type: text(page.get("plan_type")),
        windows: windows(plan, None, now),
        metered,
        credits: credits(page.get("credits")),
        limit_reached: reached(plan, "limit_reached").unwrap_or(false)
            || reached(spending, "reached").unwrap_or(false),
    }
    .sorted())
}

fn windows(limit: Option<&Value>, feature: Option<&str>, now: Timestamp) -> Vec<Window> {
    let slots = ["primary_window", "secondary_window"].iter();
    let windows = slots.filter_map(|slot| {
        let slot = limit?.get(slot)?;
        window(
            feature,
            number(slot.get("used_percent")),
            number(slot.get("limit_window_seconds")).map(|seconds| (seconds / 60.0).ceil()),
            number(slot.get("reset_at")),
            number(slot.get("reset_after_seconds")),
            now,
        )
    });
    windows.collect()
}

/// The bound that a workspace sets on one person's spending.
fn spend(control: Option<&Value>, now: Timestamp) -> Option<Window> {
    let limit = control?.get("individual_limit")?;
    window(
        Some("spend_control"),
        number(limit.get("used_percent")),
        None,
        number(limit.get("reset_at")),
        number(limit.get("reset_after_seconds")),
        now,
    )
}
