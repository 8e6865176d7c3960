//! A fault as the body of an error answer, in the shape of the dialect that was spoken.
//!
//! Messages has `{"type":"error","error":{"type","message"},"request_id"}`, with the types that
//! Anthropic's clients know. OpenAI's dialects share `{"error":{"message","type","param","code"}}`. The message is the
//! fault's own; advice, the request's id and a quota's reset stand beside it under their own keys
//! (contract backend 3.1). Ollama's has one sentence and no more.

use serde::Serialize;
use wire::{Blame, Fault};

use crate::Dialect;

/// The body of an error answer. `request_id` is ours, for a report.
pub fn error_body(dialect: Dialect, fault: &Fault, request_id: &str) -> Vec<u8> {
    match dialect {
        Dialect::Responses | Dialect::Chat | Dialect::Completions => {
            openai(fault, Some(request_id))
        }
        Dialect::Messages => anthropic(fault, Some(request_id)),
        Dialect::Ollama(_) => ollama(fault),
    }
}

/// The Anthropic shape, as a body or as the data of an `error` event.
pub(crate) fn anthropic(fault: &Fault, request_id: Option<&str>) -> Vec<u8> {
    let body = serde_json::to_vec(&Enveloped {
        kind: "error",
        error: Detailed {
            complaint: Complaint {
                message: anthropic_message(fault),
                kind: anthropic_kind(fault),
                ..Complaint::of(fault, None)
            },
            details: Details {
                error_code: fault.code(),
            },
        },
        request_id,
    });
    debug_assert!(body.is_ok(), "an error body serializes into memory");
    body.unwrap_or_default()
}

/// The fault's own words. Before those about sealed thinking stand Anthropic's, by which Claude Code
/// sees that it must leave its thinking out.
fn anthropic_message(fault: &Fault) -> String {
    match fault.code() {
        "invalid_encrypted_content" => format!("Invalid `signature` in `thinking` block: {fault}"),
        _ => fault.to_string(),
    }
}

#[derive(Debug, Serialize)]
struct Enveloped<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    error: Detailed<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct Detailed<'a> {
    #[serde(flatten)]
    complaint: Complaint<'a>,
    details: Details<'a>,
}

/// Where Anthropic's SDKs look for a word to decide by.
#[derive(Debug, Serialize)]
struct Details<'a> {
    error_code: &'a str,
}

/// The OpenAI shape, as a body or as the data of an error chunk.
pub(crate) fn openai(fault: &Fault, request_id: Option<&str>) -> Vec<u8> {
    let body = serde_json::to_vec(&Body {
        error: Complaint::of(fault, request_id),
    });
    debug_assert!(body.is_ok(), "an error body serializes into memory");
    body.unwrap_or_default()
}

/// Ollama's shape: one sentence, and behind it what to do.
pub(crate) fn ollama(fault: &Fault) -> Vec<u8> {
    #[derive(Serialize)]
    struct Body {
        error: String,
    }
    let error = match fault.hint() {
        Some(hint) => format!("{fault}; {hint}"),
        None => fault.to_string(),
    };
    let body = serde_json::to_vec(&Body { error });
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

    /// What a fault says as the `error` of a response, whose `code` is one of a list: the backend's
    /// own, upon which Codex acts, or else the list's, but none of ours.
    pub(crate) fn of_response(fault: &'a Fault) -> Self {
        let own = fault.words().and_then(|words| words.code.as_deref());
        let code = match fault {
            Fault::Quota(_) | Fault::Throttled { .. } | Fault::Overloaded(_) => fault.code(),
            _ => own.unwrap_or("server_error"),
        };
        Self {
            code,
            ..Self::of(fault, None)
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

/// The type that Anthropic's clients expect for such a fault.
fn anthropic_kind(fault: &Fault) -> &'static str {
    match fault {
        Fault::Quota(_) | Fault::Throttled { .. } | Fault::WrongKeys { .. } => "rate_limit_error",
        Fault::NoKey
        | Fault::WrongKey
        | Fault::SignedOut { .. }
        | Fault::VaultClosed { .. }
        | Fault::Unauthorized(_) => "authentication_error",
        Fault::Forbidden { .. } | Fault::ForeignHost(_) | Fault::ForeignOrigin(_) => {
            "permission_error"
        }
        Fault::NoRoute { .. } | Fault::Refused { status: 404, .. } => "not_found_error",
        Fault::Overloaded(_) | Fault::NotReady { .. } => "overloaded_error",
        Fault::Silent { .. } => "timeout_error",
        _ => match fault.blame() {
            Blame::Client | Blame::Account => "invalid_request_error",
            Blame::Upstream | Blame::Ourselves => "api_error",
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use wire::{Quota, Words};

    use super::*;

    #[track_caller]
    fn check(fault: &Fault, expected: &Value) {
        for dialect in [Dialect::Responses, Dialect::Chat, Dialect::Completions] {
            let body: Value = serde_json::from_slice(&error_body(dialect, fault, "req_1")).unwrap();
            let mut error = body["error"].clone();
            let fields = error.as_object_mut().unwrap();
            assert_eq!(fields.remove("request_id"), Some("req_1".into()));
            fields.remove("hint");
            assert_eq!(&error, expected);
        }
    }

    #[test]
    fn a_fault_is_told_in_the_backends_words_where_it_had_any() {
        let words = Words {
            message: "Missing required parameter: 'input[1].summary'.".into(),
            kind: Some("invalid_request_error".into()),
            code: Some("missing_required_parameter".into()),
            param: Some("input[1].summary".into()),
            request_id: Some("req_theirs".into()),
        };
        check(
            &Fault::Refused {
                status: 400,
                words: Box::new(words),
            },
            &json!({
                "message": "Missing required parameter: 'input[1].summary'.",
                "type": "invalid_request_error",
                "param": "input[1].summary",
                "code": "missing_required_parameter",
                "upstream_request_id": "req_theirs",
            }),
        );
    }

    #[test]
    fn ollama_is_told_one_sentence() {
        let dialect = Dialect::Ollama(crate::OllamaForm::Chat);
        let told = |fault: &Fault| -> Value {
            serde_json::from_slice(&error_body(dialect, fault, "req_1")).unwrap()
        };
        let cut = told(&Fault::Invalid {
            message: "the word \"x\" is wrong".into(),
            param: Some("x".into()),
            code: None,
        });
        assert_eq!(cut, json!({ "error": "the word \"x\" is wrong" }));
        let hinted = told(&Fault::NoKey);
        let hint = Fault::NoKey.hint().unwrap();
        assert_eq!(
            hinted,
            json!({ "error": format!("no local key was sent; {hint}") })
        );
    }

    #[test]
    fn a_quota_tells_when_it_ends() {
        let quota = Quota {
            words: Words::plain("The usage limit has been reached"),
            plan_type: Some("plus".into()),
            resets_at: Some(1_775_317_531),
            resets_in_seconds: Some(602_705),
            headers: Vec::new(),
        };
        check(
            &Fault::Quota(Box::new(quota)),
            &json!({
                "message": "The usage limit has been reached",
                "type": "usage_limit_reached",
                "param": null,
                "code": "usage_limit_reached",
                "plan_type": "plus",
                "resets_at": 1_775_317_531,
                "resets_in_seconds": 602_705,
            }),
        );
    }

    #[test]
    fn a_responses_error_has_a_code_of_the_backend_or_of_the_list() {
        let said = |code: Option<&str>| {
            let code = code.map(str::to_owned);
            let plain = Words::plain("no");
            Box::new(Words { code, ..plain })
        };
        let rows = [
            (Fault::CutShort, "server_error"),
            (Fault::Failed(said(None)), "server_error"),
            (Fault::Failed(said(Some("cyber_policy"))), "cyber_policy"),
            (Fault::Overloaded(said(None)), "server_is_overloaded"),
        ];
        for (fault, code) in rows {
            assert_eq!(Complaint::of_response(&fault).code, code, "{fault:?}");
        }
    }

    #[test]
    fn anthropics_clients_get_their_own_shape_and_types() {
        let why = || "w".to_owned();
        let words = || Box::new(Words::plain("no"));
        let rows = [
            (Fault::BadJson { why: why() }, "invalid_request_error"),
            (Fault::NoRoute { why: why() }, "not_found_error"),
            (Fault::WrongKey, "authentication_error"),
            (Fault::ForeignHost(why()), "permission_error"),
            (
                Fault::Throttled {
                    words: words(),
                    retry_after: None,
                },
                "rate_limit_error",
            ),
            (Fault::Overloaded(words()), "overloaded_error"),
            (Fault::Silent { seconds: 3 }, "timeout_error"),
            (Fault::CutShort, "api_error"),
            (
                Fault::Refused {
                    status: 400,
                    words: words(),
                },
                "invalid_request_error",
            ),
        ];
        for (fault, kind) in rows {
            let body = error_body(Dialect::Messages, &fault, "req_1");
            let body: Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(body["type"], "error");
            assert_eq!(body["request_id"], "req_1");
            assert_eq!(body["error"]["type"], kind, "{fault:?}");
            assert_eq!(body["error"]["message"], fault.to_string());
            assert_eq!(body["error"]["code"], fault.code());
            assert_eq!(body["error"]["details"]["error_code"], fault.code());
        }
    }

    #[test]
    fn sealed_thinking_that_is_refused_is_told_in_anthropics_words() {
        let mut words = Words::plain("The encrypted content gAAA... could not be verified.");
        words.code = Some("invalid_encrypted_content".into());
        let fault = Fault::Refused {
            status: 400,
            words: Box::new(words),
        };
        let message = |dialect| {
            let body: Value = serde_json::from_slice(&error_body(dialect, &fault, "r")).unwrap();
            body["error"]["message"].as_str().unwrap().to_owned()
        };
        let told = message(Dialect::Messages);
        assert!(told.starts_with("Invalid `signature` in `thinking` block: The encrypted"));
        assert!(message(Dialect::Chat).starts_with("The encrypted"));
    }

    #[test]
    fn every_kind_of_fault_has_a_type_that_clients_know() {
        let why = || "w".to_owned();
        let rows = [
            (Fault::BadJson { why: why() }, "invalid_request_error"),
            (Fault::NoRoute { why: why() }, "invalid_request_error"),
            (Fault::WrongKey, "invalid_request_error"),
            (Fault::ForeignOrigin(why()), "permission_error"),
            (Fault::SignedOut { why: why() }, "authentication_error"),
            (Fault::Forbidden { why: why() }, "permission_error"),
            (Fault::CutShort, "server_error"),
            (Fault::ShuttingDown, "server_error"),
            (
                Fault::Throttled {
                    words: Box::new(Words::plain("slow")),
                    retry_after: None,
                },
                "rate_limit_error",
            ),
        ];
        for (fault, kind) in rows {
            assert_eq!(super::kind(&fault), kind, "{fault:?}");
        }
    }
}
