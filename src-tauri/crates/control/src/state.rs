//! Everything a window, a tray or a page shows, as one value.
//!
//! [`AppState`] holds facts; what they mean together is [`headline`](crate::headline), a pure
//! function of them and of the time. No secret is ever part of it. Times are milliseconds since
//! the epoch.

#[cfg(test)]
pub(crate) mod sample;
mod vault;

use serde::Serialize;
use ts_rs::TS;

pub use self::vault::VaultView;
use crate::headline::Headline;
use crate::sign_in::SignInStep;
use crate::view::AccountView;

/// The one state of which everything visible is a function.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AppState {
    /// Grows with every change.
    pub revision: u64,
    /// What all of it means, first match wins.
    pub headline: Headline,
    /// The local server.
    pub proxy: Proxy,
    /// The account that requests use.
    pub account: Account,
    /// A sign-in under way, beside whatever account there is.
    pub signing_in: Option<SignInStep>,
    /// Windows of the limits, shortest first; empty where nothing is known.
    pub limits: Vec<Limit>,
    /// When requests are answered again after the plan refused one for its limit.
    pub stopped_until_ms: Option<i64>,
    /// How secrets are kept and whether they can be read.
    pub vault: VaultView,
    /// Apps that have a key, the one seen last first.
    pub clients: Vec<Client>,
    /// Whether this desktop shows a tray icon.
    pub tray: Tray,
    /// What is wrong with the settings file; the last good settings are in force.
    pub problems: Vec<String>,
    /// Requests being answered now.
    pub in_flight: usize,
    /// True until the first run was gone through.
    pub first_run: bool,
    /// Where a damaged database was moved to, for a new one to begin; `null` where none was, or an
    /// earlier Postern told it.
    pub damaged_database: Option<String>,
}

/// The local server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Proxy {
    /// Nothing listens.
    Off,
    /// It is about to listen.
    Starting,
    /// It listens.
    On {
        /// Where, as `127.0.0.1:7678`.
        address: String,
        /// What apps are given, as `http://127.0.0.1:7678/v1`.
        base_url: String,
    },
    /// It should listen and cannot.
    Blocked {
        /// Why.
        why: Blocked,
    },
}

/// Why the local server cannot listen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Blocked {
    /// Another program listens there.
    PortTaken {
        /// The port that was wanted.
        port: u16,
        /// Who has it, as `node (PID 4121)`, where the system tells.
        by: Option<String>,
        /// A port that is free, to offer.
        free: Option<u16>,
    },
    /// The system keeps the port to itself.
    PortReserved {
        /// The port that was wanted.
        port: u16,
        /// A port that is free, to offer.
        free: Option<u16>,
    },
    /// Another Postern serves the same folder.
    AlreadyRunning {
        /// Where it listens.
        address: Option<String>,
    },
    /// Anything else.
    Other {
        /// What happened.
        message: String,
    },
}

/// The account that requests use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Account {
    /// Nobody is signed in.
    None,
    /// It can be used.
    Ok {
        /// Who.
        account: AccountView,
    },
    /// It can be used only after signing in again.
    NeedsSignIn {
        /// Who.
        account: AccountView,
        /// What ended the sign-in, as a sentence.
        why: String,
    },
    /// It could be used if ChatGPT could be reached.
    Offline {
        /// Who.
        account: AccountView,
        /// The host that cannot be reached.
        host: String,
    },
}

/// One window of the limits.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Limit {
    /// Its length by name.
    pub span: LimitSpan,
    /// Its length in minutes, where it was told.
    pub minutes: Option<u64>,
    /// The metered feature; `null` for the plan itself.
    pub feature: Option<String>,
    /// What is left, in percent, 0 to 100.
    pub left_percent: f64,
    /// What is used, in percent, 0 to 100.
    pub used_percent: f64,
    /// When it starts anew.
    pub resets_at_ms: Option<i64>,
    /// When this was read.
    pub read_at_ms: i64,
    /// True for the window that stops the person first.
    pub binding: bool,
}

/// What people call a window of some length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum LimitSpan {
    /// Five hours.
    Session,
    /// Seven days.
    Week,
    /// Four weeks and more.
    Month,
    /// Some other length, or one nobody told.
    Other,
}

/// One app, recognised by its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Client {
    /// The name of its key.
    pub name: String,
    /// When its last request ended; `null` where there was none yet.
    pub last_seen_ms: Option<i64>,
    /// The model of its last request.
    pub last_model: Option<String>,
    /// How its last request ended.
    pub last_result: Option<ClientResult>,
}

/// How an app's last request ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClientResult {
    /// The HTTP status.
    pub status: u16,
    /// The fault's code, where there was one.
    pub fault: Option<String>,
    /// The path, where it shows that the app is set up oddly.
    pub odd_path: Option<String>,
}

/// Whether this desktop shows a tray icon. What closing the window does follows from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Tray {
    /// It does.
    Present,
    /// It does not.
    Absent {
        /// Why, as a sentence.
        why: String,
    },
    /// Nobody has looked, or nobody can tell.
    Unknown,
}

impl Proxy {
    /// True while it listens.
    pub fn is_on(&self) -> bool {
        matches!(self, Self::On { .. })
    }
}

impl Account {
    /// True where only reaching ChatGPT is missing.
    pub fn is_offline(&self) -> bool {
        matches!(self, Self::Offline { .. })
    }
}
