//! The rows of contract backend 3.1 by name, for `[[http NAME]]`.

use base::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use serde_json::json;

use super::items;
use super::limits::Reading;
use super::marks::option;
use super::refusal::Refusal;
use crate::world::BearerFault;

/// What the rows depend on.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    pub(crate) name: &'a str,
    /// Everything behind the marker.
    pub(crate) words: &'a str,
    pub(crate) model: &'a str,
    pub(crate) reading: &'a Reading,
    pub(crate) now: Timestamp,
}

/// The refusal of that name; a name nobody knows is a 400 that says so.
pub(crate) fn refusal(row: &Row<'_>) -> Refusal {
    bad_request(row)
        .or_else(|| unauthorized(row.name))
        .or_else(|| forbidden(row.name))
        .or_else(|| gone(row))
        .or_else(|| quota(row))
        .or_else(|| burst(row.name))
        .or_else(|| broken(row.name))
        .unwrap_or_else(|| {
            let text = format!("Unknown fault: {}", row.name);
            Refusal::detail(StatusCode::BAD_REQUEST, text)
        })
}

/// A model nobody serves, or none that this plan has.
pub(crate) fn unsupported_model(model: &str) -> String {
    format!("The '{model}' model is not supported when using Codex with a ChatGPT account.")
}

fn bad_request(row: &Row<'_>) -> Option<Refusal> {
    let invalid = |message: &str, code: Option<&str>| Some(Refusal::invalid(message, None, code));
    match row.name {
        "model-not-supported" => {
            let text = unsupported_model(row.model);
            Some(Refusal::detail(StatusCode::BAD_REQUEST, text))
        }
        "model-not-supported-error" => invalid(&unsupported_model(row.model), None),
        "context-length" => invalid(TOO_LONG, Some("context_length_exceeded")),
        "context-window" => invalid(TOO_LONG, None),
        "cyber-policy" => invalid(CYBER, Some("cyber_policy")),
        "misalignment" => invalid(MISALIGNED, Some("misalignment_policy_violation")),
        "at-capacity" => invalid(AT_CAPACITY, Some("invalid_request_error")),
        "invalid-image" => Some(items::bad_image()),
        _ => None,
    }
}

fn unauthorized(name: &str) -> Option<Refusal> {
    match name {
        "token-invalidated" => Some(bearer(BearerFault::Invalidated)),
        "token-expired" => Some(bearer(BearerFault::Expired)),
        "token-revoked" => Some(bearer(BearerFault::Revoked)),
        "unauthorized" => Some(bearer(BearerFault::Unknown)),
        "auth-headers" => {
            let error = json!({"error": {"code": "token_expired", "message": BearerFault::Expired.message()}});
            let detail = STANDARD.encode(error.to_string());
            let empty = Refusal::empty(StatusCode::UNAUTHORIZED);
            Some(
                empty
                    .with("x-openai-authorization-error", "token_expired")
                    .with("x-error-json", detail),
            )
        }
        _ => None,
    }
}

/// A 401 in the words of the bearer's fault.
pub(crate) fn bearer(fault: BearerFault) -> Refusal {
    let Some(code) = fault.code() else {
        return Refusal::detail(StatusCode::UNAUTHORIZED, fault.message());
    };
    let error = json!({
        "message": fault.message(),
        "type": "invalid_request_error",
        "param": null,
        "code": code,
    });
    let body = json!({"error": error, "status": 401});
    Refusal::json(StatusCode::UNAUTHORIZED, &body).with("x-openai-authorization-error", code)
}

fn forbidden(name: &str) -> Option<Refusal> {
    match name {
        "deactivated-workspace" => {
            let status = StatusCode::PAYMENT_REQUIRED;
            Some(Refusal::detail_code(status, "deactivated_workspace"))
        }
        "misalignment-403" => Some(Refusal::error(
            StatusCode::FORBIDDEN,
            &json!({
                "message": MISALIGNED,
                "type": "invalid_request_error",
                "param": null,
                "code": "misalignment_policy_violation",
            }),
        )),
        "cloudflare-403" => {
            let page = cloudflare(StatusCode::FORBIDDEN, "Just a moment...", CHALLENGE);
            Some(page.with("cf-mitigated", "challenge"))
        }
        "cloudflare-blocked" => {
            let title = "Attention Required! | Cloudflare";
            Some(cloudflare(StatusCode::FORBIDDEN, title, BLOCKED))
        }
        "wrong-workspace" => Some(wrong_workspace()),
        "empty-403" => Some(Refusal::empty(StatusCode::FORBIDDEN)),
        _ => None,
    }
}

/// The account id is not one of the token's (contract backend 1.2).
pub(crate) fn wrong_workspace() -> Refusal {
    Refusal::detail_code(StatusCode::FORBIDDEN, "invalid_workspace_selected")
}

fn gone(row: &Row<'_>) -> Option<Refusal> {
    let status = StatusCode::NOT_FOUND;
    match row.name {
        "model-not-found" => Some(model_not_found(row.model)),
        "model-does-not-exist" => Some(Refusal::error(
            status,
            &json!({
                "message": format!("The model `{}` does not exist or you do not have access to it.", row.model),
                "type": "invalid_request_error",
                "param": null,
                "code": "model_not_found",
            }),
        )),
        "not-found" => Some(Refusal::detail(status, "Not Found")),
        "empty-404" => Some(Refusal::empty(status).with("cf-ray", RAY)),
        "cloudflare-413" => {
            let title = "413 Request Entity Too Large";
            Some(cloudflare(
                StatusCode::PAYLOAD_TOO_LARGE,
                title,
                "cloudflare",
            ))
        }
        _ => None,
    }
}

/// A model this plan does not have.
pub(crate) fn model_not_found(model: &str) -> Refusal {
    Refusal::detail(StatusCode::NOT_FOUND, format!("Model not found {model}"))
}

fn quota(row: &Row<'_>) -> Option<Refusal> {
    let status = StatusCode::TOO_MANY_REQUESTS;
    let seconds = option(row.words, "resets").and_then(|text| text.parse().ok());
    let seconds: i64 = seconds.unwrap_or(3600);
    let resets_at = row.now.seconds() + seconds;
    let mut error = row.reading.quota_error();
    match row.name {
        "usage-limit" => Some(row.reading.refusal(resets_at)),
        "usage-limit-promo" => {
            error["resets_at"] = json!(resets_at);
            error["resets_in_seconds"] = json!(seconds);
            error["eligible_promo"] = json!("plus_trial");
            Some(Refusal::error(status, &error))
        }
        "usage-limit-seconds" => {
            error["resets_in_seconds"] = json!(seconds);
            Some(Refusal::error(status, &error))
        }
        "usage-limit-headers" => {
            let full = row.reading.clone().used_up(resets_at);
            Some(Refusal::error(status, &error).with_all(full.headers()))
        }
        "image-limit" => {
            error["resets_at"] = json!(resets_at);
            Some(
                Refusal::error(status, &error)
                    .with("x-codex-active-limit", "image_gen")
                    .with("x-image-gen-primary-used-percent", "100")
                    .with("x-image-gen-primary-window-minutes", "1440")
                    .with("x-image-gen-primary-reset-at", resets_at.to_string()),
            )
        }
        "usage-not-included" => Some(usage_not_included(&row.reading.plan)),
        _ => None,
    }
}

/// The plan has no Codex.
pub(crate) fn usage_not_included(plan: &str) -> Refusal {
    Refusal::error(
        StatusCode::TOO_MANY_REQUESTS,
        &json!({
            "type": "usage_not_included",
            "message": "To use Codex with your ChatGPT plan, upgrade to Plus: https://chatgpt.com/explore/plus.",
            "plan_type": plan,
        }),
    )
}

fn burst(name: &str) -> Option<Refusal> {
    let status = StatusCode::TOO_MANY_REQUESTS;
    let limited = || {
        Refusal::error(
            status,
            &json!({
                "message": "Rate limit exceeded. Please try again later.",
                "type": "rate_limit_exceeded",
                "param": null,
                "code": "rate_limit_exceeded",
            }),
        )
    };
    match name {
        "rate-limit" => Some(limited()),
        "rate-limit-retry-after" => Some(limited().with("retry-after", "1")),
        "rate-limit-detail" => Some(Refusal::detail(status, "Too Many Requests")),
        "rate-limit-empty" => Some(Refusal::empty(status)),
        _ => None,
    }
}

fn broken(name: &str) -> Option<Refusal> {
    let unavailable = |message: &str, code: &str| {
        Some(Refusal::error(
            StatusCode::SERVICE_UNAVAILABLE,
            &json!({"message": message, "type": "service_unavailable_error", "param": null, "code": code}),
        ))
    };
    match name {
        "500" => Some(Refusal::error(
            StatusCode::INTERNAL_SERVER_ERROR,
            &json!({
                "message": "The server had an error while processing your request. Sorry about that!",
                "type": "server_error",
                "param": null,
                "code": "server_error",
            }),
        )),
        "502" => Some(cloudflare(
            StatusCode::BAD_GATEWAY,
            "502: Bad gateway",
            "Bad gateway",
        )),
        "504" => Some(cloudflare(
            StatusCode::GATEWAY_TIMEOUT,
            "504: Gateway time-out",
            "Gateway time-out",
        )),
        "overloaded" => unavailable(OVERLOADED, "server_is_overloaded"),
        "slow-down" => unavailable(SLOW_DOWN, "slow_down"),
        "empty-503" => Some(Refusal::empty(StatusCode::SERVICE_UNAVAILABLE)),
        "drop" => Some(Refusal::dropped()),
        "html-200" => Some(cloudflare(
            StatusCode::OK,
            "ChatGPT",
            "Something went wrong.",
        )),
        _ => None,
    }
}

fn cloudflare(status: StatusCode, title: &str, text: &str) -> Refusal {
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"en-US\"><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p></body></html>\n"
    );
    Refusal::html(status, page)
        .with("server", "cloudflare")
        .with("cf-ray", RAY)
}

const RAY: &str = "9a2b3c4d5e6f7a8b-TST";
pub(crate) const TOO_LONG: &str =
    "Your input exceeds the context window of this model. Please adjust your input and try again.";
pub(crate) const CYBER: &str = "This request has been flagged for possible cybersecurity risk.";
pub(crate) const MISALIGNED: &str = "This request was blocked by a misalignment policy.";
pub(crate) const AT_CAPACITY: &str = "Selected model is at capacity. Please try a different model.";
pub(crate) const OVERLOADED: &str = "Our servers are currently overloaded. Please try again later.";
pub(crate) const SLOW_DOWN: &str = "Too many requests at once. Please slow down.";
const CHALLENGE: &str = "Enable JavaScript and cookies to continue";
const BLOCKED: &str =
    "Sorry, you have been blocked. You are unable to access chatgpt.com. Cloudflare Ray ID";
