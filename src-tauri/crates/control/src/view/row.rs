//! Rows of a page's tables. Times are milliseconds since the epoch.

use serde::Serialize;
use store::Line;
use ts_rs::TS;

use crate::keys::Chosen;

/// One request of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RequestRow {
    /// Its number in the log; grows with every request.
    pub row: i64,
    /// The id in `x-postern-request-id`.
    pub id: String,
    /// When it arrived.
    pub at_ms: i64,
    /// The app, by its key's name; `null` where the key was wrong or missing.
    pub app: Option<String>,
    /// The id of the account that was asked.
    pub account: Option<String>,
    /// The dialect that was spoken.
    pub dialect: String,
    /// The path, without its query.
    pub path: String,
    /// True where the path shows that the app adds `/v1` to an address that has it already.
    pub odd_path: bool,
    /// The model that was asked for.
    pub model: Option<String>,
    /// True where the app asked for a stream.
    pub stream: bool,
    /// The HTTP status.
    pub status: u16,
    /// How it ended.
    #[ts(
        type = "'whole' | 'incomplete' | 'refused' | 'upstream_failed' | 'client_left' | 'shutdown'"
    )]
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
    /// Of those, from the backend's cache.
    pub cached_tokens: Option<u64>,
    /// Tokens written.
    pub output_tokens: Option<u64>,
    /// Of those, reasoning.
    pub reasoning_tokens: Option<u64>,
    /// Fields that could not be honoured.
    pub ignored: Vec<String>,
    /// The backend's own id for the request.
    pub upstream_request_id: Option<String>,
    /// The origin that was refused; `allowOrigin` lets it in.
    pub origin: Option<String>,
}

/// One local key, without its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyRow {
    /// The app's name.
    pub name: String,
    /// When it was made.
    pub created_at_ms: i64,
    /// When it was last used.
    pub last_used_at_ms: Option<i64>,
    /// What is chosen for it.
    pub chosen: Chosen,
}

/// One model of the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ModelRow {
    /// The id that requests name.
    pub id: String,
    /// Tokens it can read in one request.
    pub context_window: Option<u64>,
    /// Efforts it takes.
    pub efforts: Vec<String>,
}

impl RequestRow {
    /// `line` as row `row`.
    pub(crate) fn new(row: i64, line: Line) -> Self {
        Self {
            row,
            odd_path: is_odd(&line.path),
            id: line.request_id,
            at_ms: line.at.millis(),
            app: line.key_name,
            account: line.account,
            dialect: line.dialect,
            path: line.path,
            model: line.model,
            stream: line.stream,
            status: line.status,
            ended: line.ended.as_str(),
            fault: line.fault,
            attempts: line.attempts,
            first_byte_ms: line.first_byte_ms,
            total_ms: line.total_ms,
            input_tokens: line.input_tokens,
            cached_tokens: line.cached_tokens,
            output_tokens: line.output_tokens,
            reasoning_tokens: line.reasoning_tokens,
            ignored: line.ignored,
            upstream_request_id: line.upstream_request_id,
            origin: line.origin,
        }
    }
}

impl From<store::Key> for KeyRow {
    fn from(key: store::Key) -> Self {
        Self {
            name: key.name,
            created_at_ms: key.created_at.millis(),
            last_used_at_ms: key.last_used_at.map(base::Timestamp::millis),
            chosen: key.preferences.into(),
        }
    }
}

impl From<&wire::catalogue::Model> for ModelRow {
    fn from(model: &wire::catalogue::Model) -> Self {
        Self {
            id: model.slug.clone(),
            context_window: model.context_window,
            efforts: model
                .efforts
                .iter()
                .map(|effort| effort.as_str().to_owned())
                .collect(),
        }
    }
}

/// True where an app adds `/v1` to an address that has it already.
pub(crate) fn is_odd(path: &str) -> bool {
    path.starts_with("/v1/v1/")
}
