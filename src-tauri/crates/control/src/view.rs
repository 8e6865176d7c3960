//! What is shown: plain values without secrets, the same for people and for scripts.

mod row;

use serde::Serialize;
use store::{Line, Settings, VaultState};
use ts_rs::TS;
use wire::limits::Span;

pub(crate) use self::row::is_odd;
pub use self::row::{KeyRow, ModelRow, RequestRow};
use crate::keys::Chosen;
use crate::limits::Kept;
use crate::{Complaint, Core, Instance};

/// Everything at a glance.
#[derive(Debug, Clone, Serialize)]
pub struct StatusView {
    /// The running server; `null` where none runs.
    pub server: Option<Instance>,
    /// The base URL that apps use.
    pub base_url: Option<String>,
    /// `ok`, `locked`, `missing`, `denied`, `key_gone`, `damaged` or `session_only`.
    pub vault: &'static str,
    /// The active account.
    pub account: Option<AccountView>,
    /// The plan's limits, shortest window first.
    pub limits: Vec<LimitView>,
    /// When the limits were read, in milliseconds since the epoch.
    pub limits_read_at_ms: Option<i64>,
    /// When requests are answered again after a quota stop, in milliseconds since the epoch.
    pub stopped_until_ms: Option<i64>,
    /// How many local keys there are.
    pub keys: usize,
    /// What is wrong with the settings file; the last good settings are in force.
    pub settings_problems: Vec<String>,
    /// Addresses that the settings name in place of ChatGPT's own.
    pub elsewhere: Vec<String>,
    /// Where a damaged database was moved to; `null` where none was, or a person was told.
    pub damaged_database: Option<String>,
}

/// One account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct AccountView {
    /// Names the account in commands.
    pub id: String,
    /// `chatgpt`, `access_token`, `api_key` or `codex_cli`.
    #[ts(type = "'chatgpt' | 'access_token' | 'api_key' | 'codex_cli'")]
    pub kind: &'static str,
    /// Who, where it is known.
    pub email: Option<String>,
    /// The plan, as the backend names it.
    pub plan: Option<String>,
    /// The workspace's name or id.
    pub workspace: Option<String>,
    /// True for the account that requests use.
    pub active: bool,
    /// Why it cannot be used; `null` where it can.
    pub problem: Option<String>,
}

/// How a sign-out went.
#[derive(Debug, Clone, Serialize)]
pub struct SignedOutView {
    /// Who was signed out.
    pub account: AccountView,
    /// True where the issuer confirmed that the sign-in is worthless now.
    pub revoked: bool,
}

/// One local key, without its text.
#[derive(Debug, Clone, Serialize)]
pub struct KeyView {
    /// The app's name.
    pub name: String,
    /// When it was made, in milliseconds since the epoch.
    pub created_at_ms: i64,
    /// When it was last used, in milliseconds since the epoch.
    pub last_used_at_ms: Option<i64>,
    /// What is chosen for it.
    #[serde(flatten)]
    pub chosen: Chosen,
}

/// One window of the limits.
#[derive(Debug, Clone, Serialize)]
pub struct LimitView {
    /// What people call it: `5 h`, `Week`, `Month`, or its length.
    pub name: String,
    /// The metered feature; `null` for the plan itself.
    pub feature: Option<String>,
    /// What is left, in percent, never below zero.
    pub left_percent: f64,
    /// When it starts anew, in seconds since the epoch.
    pub resets_at: Option<i64>,
}

/// One model of the account.
#[derive(Debug, Clone, Serialize)]
pub struct ModelView {
    /// The id that requests name.
    pub id: String,
    /// Tokens it can read in one request.
    pub context_window: Option<u64>,
    /// Efforts it takes.
    pub efforts: Vec<&'static str>,
    /// Service tiers it offers.
    pub service_tiers: Vec<String>,
}

/// One request of the log.
#[derive(Debug, Clone, Serialize)]
pub struct RequestView {
    /// The id in `x-postern-request-id`.
    pub id: String,
    /// When it arrived, in milliseconds since the epoch.
    pub at_ms: i64,
    /// The app, by its key's name.
    pub app: Option<String>,
    /// The path.
    pub path: String,
    /// The model.
    pub model: Option<String>,
    /// The HTTP status.
    pub status: u16,
    /// How it ended: `whole`, `incomplete`, `refused`, `upstream_failed`, `client_left` or `shutdown`.
    pub ended: &'static str,
    /// The fault's code.
    pub fault: Option<String>,
    /// How often the backend was asked.
    pub attempts: u32,
    /// Milliseconds to the first byte.
    pub first_byte_ms: Option<u32>,
    /// Milliseconds to the end.
    pub total_ms: u32,
    /// Tokens read.
    pub input_tokens: Option<u64>,
    /// Of those, cached ones.
    pub cached_tokens: Option<u64>,
    /// Tokens written.
    pub output_tokens: Option<u64>,
    /// Fields that could not be honoured.
    pub ignored: Vec<String>,
}

impl Core {
    /// Everything at a glance. Needs no running server, and no open vault.
    pub async fn status(&self) -> StatusView {
        let server = Instance::find(&self.paths);
        let accounts = self.list_accounts().await.unwrap_or_default();
        let account = accounts.into_iter().find(|account| account.active);
        let stop = account
            .as_ref()
            .and_then(|account| self.cooldowns.of(&account.id))
            .filter(|stop| stop.holds_at(self.clock.now()));
        let (limits, read_at) = self.last_limits();
        StatusView {
            base_url: server.as_ref().map(Instance::base_url),
            server,
            vault: vault_word(self.vault.state()),
            account,
            limits,
            limits_read_at_ms: read_at,
            stopped_until_ms: stop.map(|stop| stop.until.millis()),
            keys: self.list_keys().len(),
            settings_problems: self
                .settings
                .problems()
                .iter()
                .map(|problem| format!("`{}`: {}", problem.key, problem.why))
                .collect(),
            elsewhere: self.elsewhere(),
            damaged_database: self.damaged_database(),
        }
    }

    /// Where a damaged database was moved to, as long as no person was told.
    pub(crate) fn damaged_database(&self) -> Option<String> {
        let moved = self.database.damage()?;
        Some(moved.display().to_string())
    }

    /// A person was told of the damaged database; nobody is told again.
    pub fn damage_was_told(&self) {
        if self.database.damage().is_some() {
            self.database.damage_was_told();
        }
    }

    /// Who is asked in place of ChatGPT, and so gets what is meant for it.
    fn elsewhere(&self) -> Vec<String> {
        let (now, usual) = (self.settings.current(), Settings::default());
        [
            (&now.issuer, &usual.issuer),
            (&now.upstream, &usual.upstream),
            (&now.platform_base, &usual.platform_base),
        ]
        .into_iter()
        .filter(|(now, usual)| now != usual)
        .map(|(now, _)| now.to_string())
        .collect()
    }

    /// The models that the active account may use.
    ///
    /// # Errors
    /// Nobody is signed in, or the backend cannot be asked.
    pub async fn models(&self) -> Result<Vec<ModelView>, Complaint> {
        let credential = self.credential().await?;
        let catalogue = self.upstream.catalogue(&credential).await?;
        let listed = catalogue.models.iter().filter(|model| model.listed);
        Ok(listed.map(ModelView::from).collect())
    }

    /// What a request would carry.
    pub(crate) async fn credential(&self) -> Result<upstream::Credential, Complaint> {
        Ok(gateway::credential(&self.accounts.pass().await?))
    }

    fn last_limits(&self) -> (Vec<LimitView>, Option<i64>) {
        let Some(kept) = Kept::read(&self.snapshots) else {
            return (Vec::new(), None);
        };
        let windows = kept.limits.windows.iter().chain(&kept.limits.metered);
        (
            windows.map(LimitView::from).collect(),
            Some(kept.at.millis()),
        )
    }
}

impl From<auth::Account> for AccountView {
    fn from(account: auth::Account) -> Self {
        Self {
            id: account.id.as_str().to_owned(),
            kind: account.kind.as_str(),
            email: account.email,
            plan: account.plan.map(|plan| plan.to_string()),
            workspace: account.workspace_name.or(account.workspace_id),
            active: account.active,
            problem: account.state.problem(),
        }
    }
}

impl SignedOutView {
    pub(crate) fn new(account: AccountView, signed_out: &auth::SignedOut) -> Self {
        Self {
            account,
            revoked: signed_out.revoked(),
        }
    }
}

impl From<store::Key> for KeyView {
    fn from(key: store::Key) -> Self {
        Self {
            name: key.name,
            created_at_ms: key.created_at.millis(),
            last_used_at_ms: key.last_used_at.map(base::Timestamp::millis),
            chosen: key.preferences.into(),
        }
    }
}

impl From<&wire::limits::Window> for LimitView {
    fn from(window: &wire::limits::Window) -> Self {
        Self {
            name: span_name(window.span()),
            feature: window.feature.clone(),
            left_percent: (100.0 - window.used_percent).max(0.0),
            resets_at: window.resets_at,
        }
    }
}

impl From<&wire::catalogue::Model> for ModelView {
    fn from(model: &wire::catalogue::Model) -> Self {
        Self {
            id: model.slug.clone(),
            context_window: model.context_window,
            efforts: model.efforts.iter().map(|effort| effort.as_str()).collect(),
            service_tiers: model.service_tiers.clone(),
        }
    }
}

impl From<Line> for RequestView {
    fn from(line: Line) -> Self {
        Self {
            id: line.request_id,
            at_ms: line.at.millis(),
            app: line.key_name,
            path: line.path,
            model: line.model,
            status: line.status,
            ended: line.ended.as_str(),
            fault: line.fault,
            attempts: line.attempts,
            first_byte_ms: line.first_byte_ms,
            total_ms: line.total_ms,
            input_tokens: line.input_tokens,
            cached_tokens: line.cached_tokens,
            output_tokens: line.output_tokens,
            ignored: line.ignored,
        }
    }
}

fn vault_word(state: VaultState) -> &'static str {
    match state {
        VaultState::Ok(_) => "ok",
        VaultState::Locked => "locked",
        VaultState::Missing => "missing",
        VaultState::Denied => "denied",
        VaultState::KeyGone => "key_gone",
        VaultState::Damaged => "damaged",
        VaultState::SessionOnly => "session_only",
    }
}

fn span_name(span: Span) -> String {
    match span {
        Span::Session => "5 h".to_owned(),
        Span::Week => "Week".to_owned(),
        Span::Month => "Month".to_owned(),
        Span::Minutes(minutes) if minutes % 1440 == 0 => format!("{} d", minutes / 1440),
        Span::Minutes(minutes) if minutes % 60 == 0 => format!("{} h", minutes / 60),
        Span::Minutes(minutes) => format!("{minutes} min"),
        Span::Unknown => "Limit".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_named_by_its_length() {
        let rows = [
            (Span::Session, "5 h"),
            (Span::Week, "Week"),
            (Span::Minutes(2880), "2 d"),
            (Span::Minutes(180), "3 h"),
            (Span::Minutes(7), "7 min"),
            (Span::Unknown, "Limit"),
        ];
        for (span, name) in rows {
            assert_eq!(span_name(span), name);
        }
    }
}
