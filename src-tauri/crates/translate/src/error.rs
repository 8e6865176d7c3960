//! A fault as the body of an error answer, in the shape of the dialect that was spoken.
//!
//! Both OpenAI dialects share `{"error":{"message","type","param","code"}}`. The message is the
//! fault's own; advice, the request's id and a quota's reset stand beside it under their own keys
//! (contract backend 3.1).

use serde::Serialize;
use wire::{Blame, Fault};

use crate::Dialect;

/// The body of an error answer. `request_id` is ours, for a report.
pub fn error_body(dialect: Dialect, fault: &Fault, request_id: &str) -> Vec<u8> {
    match dialect {
        Dialect::Responses | Dialect::Chat => openai(fault, Some(request_id)),
    }
}

/// The OpenAI shape, as a body or as the data of an error chunk.
pub(crate) fn openai(fault: &Fault, request_id: Option<&str>) -> Vec<u8> {
    let body = serde_json::to_vec(&Body {
        error: Complaint::of(fault, request_id),
    });
    debug_assert!(body.is_ok(), "an error body serializes into memory");
    body.unwrap_or_default()
}

#[derive(Debug, Serialize)]
struct Body<'a> {
    error: Complaint<'a>,
}

/// The object under `error`.
#[derive(Debug, Serialize)]
pub(crate) struct Complaint<'a> {
    message: String,
    #[serde(rename = "type")]
    kind: &'a str,
    param: Option<&'a str>,
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resets_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resets_in_seconds: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upstream_request_id: Option<&'a str>,
}

impl<'a> Complaint<'a> {
    /// What a fault says to a program.
    pub(crate) fn of(fault: &'a Fault, request_id: Option<&'a str>) -> Self {
        let quota = match fault {
            Fault::Quota(quota) => Some(quota.as_ref()),
            _ => None,
        };
        Self {
            message: fault.to_string(),
            kind: kind(fault),
            param: fault.param(),
            code: fault.code(),
            plan_type: quota.and_then(|quota| quota.plan_type.as_deref()),
            resets_at: quota.and_then(|quota| quota.resets_at),
            resets_in_seconds: quota.and_then(|quota| quota.resets_in_seconds),
            hint: fault.hint(),
            request_id,
            upstream_request_id: fault.words().and_then(|words| words.request_id.as_deref()),
        }
    }
}

/// The backend's own `type`, or the one that OpenAI's clients expect for such a fault.
fn kind(fault: &Fault) -> &str {
    if let Some(said) = fault.words().and_then(|words| words.kind.as_deref()) {
        return said;
    }
    match fault {
        Fault::Quota(_) => "usage_limit_reached",
        Fault::Throttled { .. } => "rate_limit_error",
        Fault::SignedOut { .. } | Fault::VaultClosed { .. } | Fault::Unauthorized(_) => {
            "authentication_error"
        }
        Fault::Forbidden { .. } | Fault::ForeignHost(_) | Fault::ForeignOrigin(_) => {
            "permission_error"
        }
        _ => match fault.blame() {
            Blame::Client => "invalid_request_error",
            Blame::Account => "permission_error",
            Blame::Upstream | Blame::Ourselves => "server_error",
        },
    }
}
