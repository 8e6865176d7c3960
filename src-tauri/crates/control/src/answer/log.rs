//! Asks about the request log.

use std::collections::BTreeMap;
use std::time::Duration;

use base::Timestamp;
use store::usage::{By, Narrow, Total};

use crate::ask::{AppUsage, RequestsAsked, RequestsPage, UsageDay};
use crate::engine::Engine;
use crate::view::RequestRow;

impl Engine {
    pub(super) fn requests(&self, asked: RequestsAsked) -> RequestsPage {
        let log = &self.core().log;
        let limit = usize::try_from(asked.limit.clamp(1, MOST_ROWS)).unwrap_or(1);
        let filter = asked.filter;
        let narrow = Narrow {
            failed: filter.errors,
            key: filter.app,
            model: filter.model,
            text: filter.text.filter(|text| !text.trim().is_empty()),
        };
        let page = log.page(&narrow, asked.before, limit);
        let next = page.rows.last().map(|(row, _)| *row);
        let names = |by| {
            let totals = log.totals(by, Timestamp::default()).into_iter();
            let names = totals.map(|total| total.name);
            names.filter(|name| !name.is_empty()).collect()
        };
        RequestsPage {
            next: next.filter(|_| page.rows.len() == limit),
            total: page.total,
            rows: page
                .rows
                .into_iter()
                .map(|(row, line)| RequestRow::new(row, line))
                .collect(),
            apps: names(By::Key),
            models: names(By::Model),
        }
    }

    pub(super) fn usage_by_day(&self, days: u32) -> Vec<UsageDay> {
        let days = days.clamp(1, MOST_DAYS);
        let core = self.core();
        let today = core.clock.now().millis().div_euclid(DAY_MS);
        let first = today - i64::from(days - 1);
        let since = Timestamp::from_millis(first * DAY_MS);
        let mut used: BTreeMap<String, Vec<AppUsage>> = BTreeMap::new();
        for (day, total) in core.log.daily(since) {
            used.entry(day).or_default().push(AppUsage::from(total));
        }
        (first..=today)
            .map(|day| {
                let at = Timestamp::from_millis(day * DAY_MS).to_string();
                let day = at.split('T').next().unwrap_or_default().to_owned();
                let apps = used.remove(&day).unwrap_or_default();
                UsageDay { day, apps }
            })
            .collect()
    }
}

impl From<Total> for AppUsage {
    fn from(total: Total) -> Self {
        Self {
            app: total.name,
            requests: total.requests,
            failed: total.failed,
            input_tokens: total.input_tokens,
            cached_tokens: total.cached_tokens,
            output_tokens: total.output_tokens,
        }
    }
}

/// More than any window shows at once.
const MOST_ROWS: u32 = 500;
/// The log keeps ten years at most.
const MOST_DAYS: u32 = 3660;
const DAY_MS: i64 = Duration::from_secs(24 * 60 * 60).as_millis() as i64;
