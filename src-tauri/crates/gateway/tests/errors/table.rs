//! The rows.

/// What the stand-in does; the status, the code, and part of the message that the client sees; how
/// often the backend is asked.
pub(super) struct Row(
    pub(super) &'static str,
    pub(super) u16,
    pub(super) &'static str,
    pub(super) &'static str,
    pub(super) u32,
);

impl Row {
    /// The row as the `error` of a response tells it, which has no code of ours.
    pub(super) fn in_a_response(&self) -> Self {
        let Self(mark, status, code, says, asked) = *self;
        let code = match code {
            "stream_cut_short" => "server_error",
            code => code,
        };
        Self(mark, status, code, says, asked)
    }
}

/// Nothing of the answer has gone out, so the client gets a status, streamed or not.
pub(super) const BEFORE: &[Row] = &[
    Row(
        "[[http model-not-supported]]",
        400,
        "model_not_found",
        "is not supported when using Codex",
        1,
    ),
    Row(
        "[[http model-not-supported-error]]",
        400,
        "model_not_found",
        "is not supported when using Codex",
        1,
    ),
    Row(
        "[[http context-length]]",
        400,
        "context_length_exceeded",
        "",
        1,
    ),
    Row(
        "[[http context-window]]",
        400,
        "context_length_exceeded",
        "context window",
        1,
    ),
    Row("[[http cyber-policy]]", 400, "cyber_policy", "", 1),
    Row(
        "[[http misalignment]]",
        400,
        "misalignment_policy_violation",
        "",
        1,
    ),
    Row(
        "[[http misalignment-403]]",
        400,
        "misalignment_policy_violation",
        "",
        1,
    ),
    Row(
        "[[http at-capacity]]",
        503,
        "",
        "Selected model is at capacity",
        2,
    ),
    Row(
        "[[http invalid-image]]",
        400,
        "",
        "does not represent a valid image",
        1,
    ),
    Row(
        "[[http deactivated-workspace]]",
        400,
        "deactivated_workspace",
        "",
        1,
    ),
    Row(
        "[[http cloudflare-403]]",
        400,
        "upstream_challenge",
        "Cloudflare",
        1,
    ),
    Row(
        "[[http cloudflare-blocked]]",
        400,
        "upstream_challenge",
        "Cloudflare",
        1,
    ),
    Row(
        "[[http wrong-workspace]]",
        400,
        "invalid_workspace_selected",
        "",
        1,
    ),
    Row("[[http empty-403]]", 400, "upstream_refused", "403", 1),
    Row(
        "[[http model-not-found]]",
        400,
        "model_not_found",
        "Model not found",
        1,
    ),
    Row(
        "[[http model-does-not-exist]]",
        400,
        "model_not_found",
        "does not exist",
        1,
    ),
    Row(
        "[[http not-found]]",
        400,
        "upstream_refused",
        "Not Found",
        1,
    ),
    Row("[[http empty-404]]", 400, "upstream_challenge", "", 1),
    Row(
        "[[http cloudflare-413]]",
        400,
        "request_too_large",
        "larger than the backend takes",
        1,
    ),
    Row("[[http usage-not-included]]", 400, "", "", 1),
    Row("[[http rate-limit]]", 429, "rate_limit_exceeded", "", 1),
    Row(
        "[[http rate-limit-detail]]",
        429,
        "rate_limit_exceeded",
        "",
        1,
    ),
    Row(
        "[[http rate-limit-empty]]",
        429,
        "rate_limit_exceeded",
        "",
        1,
    ),
    Row(
        "[[http rate-limit-retry-after]]",
        429,
        "rate_limit_exceeded",
        "",
        3,
    ),
    Row("[[http 500]]", 502, "", "", 3),
    Row("[[http 502]]", 502, "upstream_error", "502", 3),
    Row("[[http 504]]", 502, "upstream_error", "504", 3),
    Row("[[http overloaded]]", 503, "server_is_overloaded", "", 2),
    Row("[[http slow-down]]", 503, "slow_down", "", 2),
    Row("[[http empty-503]]", 502, "upstream_error", "503", 3),
    Row("[[http html-200]]", 502, "upstream_garbled", "text/html", 1),
    Row("[[http drop]]", 502, "upstream_unreachable", "", 3),
    Row(
        "[[failed context_length_exceeded first]]",
        400,
        "context_length_exceeded",
        "",
        1,
    ),
    Row(
        "[[failed insufficient_quota first]]",
        400,
        "insufficient_quota",
        "",
        1,
    ),
    Row(
        "[[failed usage_not_included first]]",
        400,
        "usage_not_included",
        "",
        1,
    ),
    Row("[[failed cyber_policy first]]", 400, "cyber_policy", "", 1),
    Row(
        "[[failed misalignment_policy_violation first]]",
        400,
        "misalignment_policy_violation",
        "",
        1,
    ),
    Row(
        "[[failed invalid_prompt first]]",
        400,
        "invalid_prompt",
        "",
        1,
    ),
    Row("[[failed bio_policy first]]", 400, "bio_policy", "", 1),
    Row(
        "[[failed server_is_overloaded first]]",
        503,
        "server_is_overloaded",
        "",
        2,
    ),
    Row("[[failed slow_down first]]", 503, "slow_down", "", 2),
    Row(
        "[[failed rate_limit_exceeded first]]",
        429,
        "rate_limit_exceeded",
        "try again in 1.5s",
        3,
    ),
    Row(
        "[[failed something_new first]]",
        502,
        "something_new",
        "",
        3,
    ),
    Row("[[eof 0]]", 502, "stream_cut_short", "cut off", 3),
    Row("[[cut 0]]", 502, "stream_cut_short", "cut off", 3),
];

/// A first event has gone out: a streaming client gets the reason as its last event, a waiting one
/// as a status, and nothing is tried again.
pub(super) const AFTER: &[Row] = &[
    Row(
        "[[failed context_length_exceeded]]",
        400,
        "context_length_exceeded",
        "",
        1,
    ),
    Row(
        "[[failed insufficient_quota after=1]]",
        400,
        "insufficient_quota",
        "",
        1,
    ),
    Row(
        "[[failed usage_not_included]]",
        400,
        "usage_not_included",
        "",
        1,
    ),
    Row(
        "[[failed cyber_policy after=2]]",
        400,
        "cyber_policy",
        "",
        1,
    ),
    Row(
        "[[failed misalignment_policy_violation]]",
        400,
        "misalignment_policy_violation",
        "",
        1,
    ),
    Row("[[failed invalid_prompt]]", 400, "invalid_prompt", "", 1),
    Row("[[failed bio_policy]]", 400, "bio_policy", "", 1),
    Row(
        "[[failed server_is_overloaded]]",
        503,
        "server_is_overloaded",
        "",
        1,
    ),
    Row("[[failed slow_down after=1]]", 503, "slow_down", "", 1),
    Row(
        "[[failed rate_limit_exceeded]]",
        429,
        "rate_limit_exceeded",
        "try again in 1.5s",
        1,
    ),
    Row(
        "[[failed something_new after=1]]",
        502,
        "something_new",
        "",
        1,
    ),
    Row(
        "[[failed cyber_policy message=\"not today\"]]",
        400,
        "cyber_policy",
        "not today",
        1,
    ),
    Row("[[error-event after=1]]", 502, "", "", 1),
    Row("[[error-event nested after=1]]", 502, "", "", 1),
    Row("[[eof 4]]", 502, "stream_cut_short", "cut off", 1),
    Row("[[cut 4]]", 502, "stream_cut_short", "cut off", 1),
];
