//! Knobs: how the issuer behaves from now on, for everyone. What should go wrong only a few times
//! is a script instead.

use serde::{Deserialize, Serialize};

/// Every knob, as `GET /admin/knobs` shows them and `POST /admin/knobs` sets them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Knobs {
    /// Seconds an access token is good.
    pub access_lifetime_secs: u64,
    /// Seconds a refresh token is good.
    pub refresh_lifetime_secs: u64,
    /// What an access token looks like.
    pub access_form: AccessForm,
    /// What the id token says about the person.
    pub claims: Claims,
    /// Fields that the answer to a refresh leaves out; without `refresh_token` there is no rotation.
    pub refresh_omits: Vec<TokenField>,
    /// The status of the refusals of contract auth 3.4; 400 and 401 are both known.
    pub refresh_refusal_status: u16,
    /// What `GET /oauth/authorize` does without a person's answer in it.
    pub authorize: Authorize,
    /// What the issuer does with `allowed_workspace_id`.
    pub workspace_restriction: Restriction,
    /// Appends `.onboarding_entrypoint=life_sciences` to the state (contract auth 1.4).
    pub state_suffix: bool,
    /// Accepts any port in a loopback `redirect_uri`, so that parallel tests need not own 1455.
    pub any_loopback_port: bool,
    /// Client ids that are known besides Codex's own.
    pub extra_client_ids: Vec<String>,
    /// How a device code is decided.
    pub device: DeviceMode,
    /// What `deviceauth/usercode` answers.
    pub device_codes: DeviceCodes,
    /// How `interval` is written.
    pub device_interval: Interval,
    /// The seconds `interval` says.
    pub device_interval_secs: u64,
    /// The status of "not yet": 403 or 404.
    pub device_pending_status: u16,
    /// Answers 429 `slow_down` to a poll that comes sooner than the interval.
    pub device_enforce_interval: bool,
    /// Seconds a device code is good.
    pub device_lifetime_secs: u64,
    /// Who signs in where nobody is asked.
    pub auto_person: String,
    /// Whether `whoami` knows an e-mail address; it is null otherwise.
    pub whoami_email: bool,
    /// The form of `accounts` in `accounts/check`.
    pub accounts_form: AccountsForm,
}

impl Default for Knobs {
    fn default() -> Self {
        Self {
            access_lifetime_secs: 3600,
            refresh_lifetime_secs: 30 * 24 * 3600,
            access_form: AccessForm::Jwt,
            claims: Claims::Full,
            refresh_omits: Vec::new(),
            refresh_refusal_status: 401,
            authorize: Authorize::Ask,
            workspace_restriction: Restriction::Honoured,
            state_suffix: false,
            any_loopback_port: false,
            extra_client_ids: Vec::new(),
            device: DeviceMode::Ask,
            device_codes: DeviceCodes::Enabled,
            device_interval: Interval::Text,
            device_interval_secs: 5,
            device_pending_status: 403,
            device_enforce_interval: false,
            device_lifetime_secs: 900,
            auto_person: "plus@example.test".into(),
            whoami_email: true,
            accounts_form: AccountsForm::List,
        }
    }
}

/// What an access token looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessForm {
    /// A JWT with every claim of contract auth 4.
    Jwt,
    /// A JWT without `exp`.
    JwtWithoutExp,
    /// No JWT at all.
    Opaque,
}

/// What the id token says about the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claims {
    /// `email` at the top level, and the auth object.
    Full,
    /// The address only in `https://api.openai.com/profile`, and the auth object.
    ProfileEmail,
    /// The auth object without `chatgpt_account_id`.
    WithoutAccount,
    /// Neither the auth object nor an address.
    Bare,
}

/// One of the three fields of an answer of the token endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenField {
    /// `id_token`
    IdToken,
    /// `access_token`
    AccessToken,
    /// `refresh_token`
    RefreshToken,
}

/// What `GET /oauth/authorize` does without a person's answer in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authorize {
    /// Shows the page.
    Ask,
    /// Approves at once in the name of `auto_person`.
    Approve,
    /// `error=access_denied` with a description.
    Deny,
    /// `error=access_denied` without one.
    DenyPlain,
    /// `error=access_denied` with `missing_codex_entitlement` in the description.
    MissingEntitlement,
}

/// What the issuer does with `allowed_workspace_id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Restriction {
    /// Picks one of the person's allowed seats, and denies where there is none.
    Honoured,
    /// Ignores the parameter, so that the client's own check is what counts.
    Ignored,
}

/// How a device code is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceMode {
    /// A person decides, on the page or through the door of the administrator.
    Ask,
    /// The second poll succeeds by itself.
    Auto,
    /// Every poll is 401 `authorization_declined`.
    Declined,
    /// Every poll is 429 `slow_down`.
    Slow,
    /// Every poll is a 500.
    Broken,
}

/// What `deviceauth/usercode` answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceCodes {
    /// A code.
    Enabled,
    /// 404: not enabled for this server (contract auth 2).
    Disabled,
    /// 503.
    Unavailable,
}

/// How `interval` is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interval {
    /// A string of seconds, as the real one.
    Text,
    /// A number.
    Number,
    /// Left out.
    Missing,
}

/// The form of `accounts` in `accounts/check` (contract auth 9.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountsForm {
    /// A list of entries with `id`.
    List,
    /// The older map from id to `{"account": {"account_id", …}}`.
    Map,
}
