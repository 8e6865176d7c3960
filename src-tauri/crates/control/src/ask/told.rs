//! What asks give, where no view of the state is enough.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::AccountView;
use crate::host::Shell;
use crate::view::RequestRow;

/// How a sign-out went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "SignedOut")]
pub struct SignedOutReply {
    /// Who was signed out.
    pub account: AccountView,
    /// True where the issuer confirmed that the sign-in is worthless now.
    pub revoked: bool,
}

/// A local key with its text, which is for one app and for nobody else.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NewKey {
    /// The app's name.
    pub name: String,
    /// The key's text, `pk-postern-…`.
    pub secret: String,
}

impl fmt::Debug for NewKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewKey({})", self.name)
    }
}

/// A page of the request log.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RequestsPage {
    /// The rows, newest first.
    pub rows: Vec<RequestRow>,
    /// How many rows the filter lets through in all.
    pub total: u64,
    /// What to ask `before` for the next page; `null` at the end.
    pub next: Option<i64>,
    /// Every app in the log, for the filter.
    pub apps: Vec<String>,
    /// Every model in the log, for the filter.
    pub models: Vec<String>,
}

/// The settings as a person may change them.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SettingsView {
    /// Every setting, in the order of the file.
    pub settings: Vec<Setting>,
    /// What is wrong with the file; the last good settings are in force.
    pub problems: Vec<String>,
    /// Where the file is.
    pub file: String,
}

/// One setting.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Setting {
    /// Its name in the file.
    pub key: String,
    /// Where it belongs.
    pub group: SettingGroup,
    /// What is in force; `null` where nothing is and nothing has to be.
    pub value: Option<SettingValue>,
    /// What is in force where nothing is written.
    pub default: Option<SettingValue>,
    /// The words it may be, where there are only a few.
    pub choices: Vec<String>,
    /// True where the command line says it, so that a change counts only after the next start.
    pub fixed: bool,
}

/// Where a setting belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum SettingGroup {
    /// How the program behaves.
    General,
    /// Ports, names, proxies, deadlines.
    Network,
    /// What is kept, and for how long.
    Privacy,
    /// What requests look like to the backend. Few people have a reason to touch it.
    Expert,
}

/// The value of a setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(untagged)]
pub enum SettingValue {
    /// True or false.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// Text.
    Text(String),
    /// A list of texts.
    List(Vec<String>),
}

/// What was used on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UsageDay {
    /// The day in UTC, as `2026-04-04`.
    pub day: String,
    /// Each app that was used that day, by name.
    pub apps: Vec<AppUsage>,
}

/// What one app used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AppUsage {
    /// The app's name; empty for calls without a good key.
    pub app: String,
    /// Requests.
    pub requests: u64,
    /// Of those, requests that did not end well.
    pub failed: u64,
    /// Tokens read.
    pub input_tokens: u64,
    /// Of those, from the backend's cache.
    pub cached_tokens: u64,
    /// Tokens written.
    pub output_tokens: u64,
}

/// Which Postern this is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Version {
    /// Its version.
    pub version: &'static str,
    /// Where the page is shown.
    pub shell: Shell,
    /// `linux`, `macos` or `windows`.
    pub system: &'static str,
}

/// What became of a `quit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Leaving {
    /// The program is about to end.
    Now,
    /// Requests are being answered; a forced quit would cut them.
    Busy {
        /// How many.
        in_flight: usize,
    },
}

/// Whether Postern starts when the person logs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Autostart {
    /// It does.
    On,
    /// It does not.
    Off,
    /// This Postern cannot do that.
    Unavailable,
}
