//! What asks take.

use std::fmt;

use base::Secret;
use serde::{Deserialize, Deserializer};
use ts_rs::TS;

use super::told::SettingValue;
use crate::keys::Chosen;

/// Ways to sign in with ChatGPT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Way {
    /// The browser on this computer.
    Browser,
    /// A code, typed in on any device.
    Device,
    /// A browser anywhere, and its last address pasted here.
    Paste,
}

/// Text on its way in that must not be printed: a token, a passphrase, an address with a code.
#[derive(Clone, TS)]
#[ts(type = "string")]
pub struct Hidden(pub Secret);

impl<'de> Deserialize<'de> for Hidden {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self(Secret::new(String::deserialize(from)?)))
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden(..)")
    }
}

/// A credential that is typed in.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NewToken {
    /// Of which kind it is.
    pub kind: CredentialKind,
    /// Its text.
    pub text: Hidden,
}

/// Kinds of credential that can be typed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CredentialKind {
    /// A Codex access token, `at-…`.
    AccessToken,
    /// A platform API key, billed by the platform.
    ApiKey,
}

/// Which part of the request log.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct RequestsAsked {
    /// Only rows older than this `row`; `null` begins with the newest.
    pub before: Option<i64>,
    /// How many at most; 500 is the most.
    pub limit: u32,
    /// Which rows count.
    pub filter: Filter,
}

/// Which rows of the request log count; what is `null` or false does not narrow.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Filter {
    /// Only requests that did not end well.
    pub errors: bool,
    /// Only requests of the app with this name.
    pub app: Option<String>,
    /// Only requests for this model.
    pub model: Option<String>,
    /// Only requests with this text in path, fault, app, model, origin, status or id.
    pub text: Option<String>,
}

/// One setting to write.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// Its name in the settings file.
    pub key: String,
    /// Its new value; `null` sets it back to its default.
    pub value: Option<SettingValue>,
}

/// What to choose for the key of one app.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyChoice {
    /// The app's name.
    pub name: String,
    /// All that is chosen for it from now on.
    pub chosen: Chosen,
}

/// How secrets are to be kept.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VaultAsked {
    /// The way.
    pub kind: VaultWord,
    /// The passphrase, where the way needs one.
    #[serde(default)]
    pub passphrase: Option<Hidden>,
}

/// Ways to keep secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum VaultWord {
    /// A key in the system's keyring.
    Keyring,
    /// A key made from a passphrase.
    Passphrase,
    /// A file only its owner may read.
    Plain,
    /// Memory only.
    Session,
}

/// One prompt for `tryIt`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Prompt {
    /// What to say.
    pub prompt: String,
    /// To which model; `null` leaves it to Postern.
    #[serde(default)]
    pub model: Option<String>,
}

/// Pages that can be opened: a closed list, so that no page can send a person anywhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Place {
    /// The page of the sign-in that is under way.
    SignIn,
    /// ChatGPT's settings, where codes are allowed.
    SecuritySettings,
    /// ChatGPT's own page of the plan's usage.
    Usage,
    /// The folder of the settings file.
    SettingsFolder,
    /// The folder of the program's own log.
    LogsFolder,
}

/// How to end the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Quit {
    /// End it although requests are being answered.
    pub force: bool,
}
