//! A state for tests: everything is well, nobody has called yet.

use super::*;
use crate::headline::{Level, Sentence};

/// Signed in, on, no limits known, one key that nobody used.
pub(crate) fn ready() -> AppState {
    AppState {
        revision: 1,
        headline: Headline {
            level: Level::On,
            says: Sentence::Ready,
            action: None,
        },
        proxy: Proxy::On {
            address: "127.0.0.1:7678".into(),
            base_url: "http://127.0.0.1:7678/v1".into(),
        },
        account: Account::Ok { account: person() },
        signing_in: None,
        limits: Vec::new(),
        stopped_until_ms: None,
        vault: VaultView::Ok { kind: "keyring" },
        clients: vec![client("editor", None)],
        tray: Tray::Present,
        problems: Vec::new(),
        in_flight: 0,
        first_run: false,
        damaged_database: None,
    }
}

/// The same, and an app was seen.
pub(crate) fn on() -> AppState {
    AppState {
        clients: vec![client("editor", Some(1_000))],
        ..ready()
    }
}

pub(crate) fn person() -> AccountView {
    AccountView {
        id: "0123456789abcdef".into(),
        kind: "chatgpt",
        email: Some("plus@example.test".into()),
        plan: Some("Plus".into()),
        workspace: None,
        active: true,
        problem: None,
    }
}

pub(crate) fn client(name: &str, last_seen_ms: Option<i64>) -> Client {
    Client {
        name: name.into(),
        last_seen_ms,
        last_model: None,
        last_result: None,
    }
}

/// A window of the plan, with its reset in milliseconds since the epoch.
pub(crate) fn limit(span: LimitSpan, left_percent: f64, resets_at_ms: Option<i64>) -> Limit {
    Limit {
        span,
        minutes: match span {
            LimitSpan::Session => Some(300),
            LimitSpan::Week => Some(10_080),
            LimitSpan::Month => Some(43_200),
            LimitSpan::Other => None,
        },
        feature: None,
        left_percent,
        used_percent: 100.0 - left_percent,
        resets_at_ms,
        read_at_ms: 0,
        binding: false,
    }
}

pub(crate) fn step() -> SignInStep {
    SignInStep {
        way: crate::ask::Way::Browser,
        url: "https://auth.example.test/authorize".into(),
        code: None,
        expires_at_ms: None,
        since_ms: 0,
        opened: true,
    }
}
