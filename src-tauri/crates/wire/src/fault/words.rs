//! The backend's own words, whichever of its five shapes they came in (contract backend 3.1).

use std::fmt;

use serde_json::Value;

/// What the backend said about a failure.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words {
    /// The sentence; never empty.
    pub message: String,
    /// `type`, such as `invalid_request_error`.
    pub kind: Option<String>,
    /// `code`, such as `context_length_exceeded`.
    pub code: Option<String>,
    /// `param`, such as `input[3].summary`.
    pub param: Option<String>,
    /// The backend's id of the request, from its headers.
    pub request_id: Option<String>,
}

impl Words {
    /// Reads an error body: `{"detail":…}`, `{"error":{…}}`, HTML, or nothing. `status` speaks
    /// where the body does not.
    pub fn read(status: u16, body: &[u8]) -> Self {
        let said = serde_json::from_slice::<Value>(body)
            .ok()
            .and_then(|body| Self::from_body(&body));
        said.unwrap_or_else(|| Self::plain(format!("the backend answered with status {status}")))
    }

    /// Words that are a sentence and nothing else.
    pub fn plain(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            ..Self::default()
        }
    }

    /// Reads the object under `error`, as bodies and `response.failed` have it.
    pub fn from_error(error: &Value) -> Self {
        let text = |key: &str| error.get(key).and_then(Value::as_str).map(str::to_owned);
        let code = text("code");
        let kind = text("type");
        let message = text("message")
            .or_else(|| code.clone())
            .or_else(|| kind.clone())
            .unwrap_or_else(|| "the backend gave no reason".to_owned());
        Self {
            message,
            kind,
            code,
            param: text("param"),
            request_id: None,
        }
    }

    /// The same words, said in answer to the request with this id.
    #[must_use]
    pub fn about(mut self, request_id: Option<String>) -> Self {
        self.request_id = request_id;
        self
    }

    /// The code, or `other` where none was said.
    pub fn code_or<'a>(&'a self, other: &'a str) -> &'a str {
        self.code.as_deref().unwrap_or(other)
    }

    /// True where the code or the type is `word`.
    pub fn is(&self, word: &str) -> bool {
        self.code.as_deref() == Some(word) || self.kind.as_deref() == Some(word)
    }

    /// One thing the reader can do, for the codes that have one.
    pub(super) fn hint(&self) -> Option<&'static str> {
        match self.code.as_deref().or(self.kind.as_deref())? {
            "context_length_exceeded" => Some("shorten the conversation or start a new one"),
            "request_too_large" => Some("send fewer or smaller images and files"),
            "model_not_found" => Some("`GET /v1/models` lists what this account offers"),
            "usage_not_included" => Some("choose a ChatGPT plan that includes Codex"),
            "deactivated_workspace" | "invalid_workspace_selected" => {
                Some("run `postern login` and choose a workspace you are a member of")
            }
            _ => None,
        }
    }

    fn from_body(body: &Value) -> Option<Self> {
        if let Some(error) = body.get("error").filter(|error| error.is_object()) {
            return Some(Self::from_error(error));
        }
        match body.get("detail")? {
            Value::String(detail) => Some(Self::plain(detail.as_str())),
            detail @ Value::Object(_) => Some(Self::from_error(detail)),
            detail => Some(Self::plain(detail.to_string())),
        }
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// A limit of the plan is reached (contract backend 3.1, 429 `usage_limit_reached`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Quota {
    /// What the backend said.
    pub words: Words,
    /// The plan it said it about.
    pub plan_type: Option<String>,
    /// When the limit ends, in seconds since the epoch.
    pub resets_at: Option<i64>,
    /// The same as a distance in seconds, as the backend told it.
    pub resets_in_seconds: Option<i64>,
    /// The rate-limit headers of the refusal (contract backend 3.3), for the client to read.
    pub headers: Vec<(String, String)>,
}

impl Quota {
    /// Reads the object under `error`. `now` is seconds since the epoch: it turns
    /// `resets_in_seconds` into a moment where `resets_at` is missing.
    pub fn from_error(error: &Value, now: i64) -> Self {
        let number = |key: &str| {
            let value = error.get(key)?;
            let text = || value.as_str().and_then(|text| text.parse().ok());
            #[expect(
                clippy::cast_possible_truncation,
                reason = "saturates; a time is no fraction"
            )]
            let float = || value.as_f64().map(|float| float as i64);
            value.as_i64().or_else(float).or_else(text)
        };
        let resets_in_seconds = number("resets_in_seconds");
        Self {
            words: Words::from_error(error),
            plan_type: error
                .get("plan_type")
                .and_then(Value::as_str)
                .map(str::to_owned),
            resets_at: number("resets_at")
                .or_else(|| resets_in_seconds.map(|wait| now.saturating_add(wait))),
            resets_in_seconds,
            headers: Vec::new(),
        }
    }
}

impl fmt::Display for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.words.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_of_body_becomes_words() {
        let rows: [(&str, &str, Option<&str>); 8] = [
            (
                r#"{"detail":"Store must be set to false"}"#,
                "Store must be set to false",
                None,
            ),
            (
                r#"{"detail":{"code":"deactivated_workspace"}}"#,
                "deactivated_workspace",
                Some("deactivated_workspace"),
            ),
            (
                r#"{"error":{"message":"m","code":"c","param":null}}"#,
                "m",
                Some("c"),
            ),
            (
                r#"{"error":{"type":"usage_not_included"}}"#,
                "usage_not_included",
                None,
            ),
            (r#"{"error":{}}"#, "the backend gave no reason", None),
            (r#"{"detail":[{"msg":"x"}]}"#, r#"[{"msg":"x"}]"#, None),
            ("<html>", "the backend answered with status 502", None),
            ("", "the backend answered with status 502", None),
        ];
        for (body, message, code) in rows {
            let words = Words::read(502, body.as_bytes());
            assert_eq!(
                (words.message.as_str(), words.code.as_deref()),
                (message, code),
                "{body}"
            );
        }
    }

    #[test]
    fn a_reset_is_read_however_it_is_written() {
        let rows = [
            (r#"{"resets_at":1775317531}"#, Some(1_775_317_531)),
            (r#"{"resets_at":"1775317531"}"#, Some(1_775_317_531)),
            (r#"{"resets_in_seconds":60}"#, Some(1060)),
            (r#"{"resets_in_seconds":60.9}"#, Some(1060)),
            (r#"{"resets_at":null}"#, None),
        ];
        for (error, resets_at) in rows {
            let error = serde_json::from_str(error).unwrap();
            assert_eq!(
                Quota::from_error(&error, 1000).resets_at,
                resets_at,
                "{error}"
            );
        }
    }
}
