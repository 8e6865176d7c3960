//! A refusal: status, headers and a body in one of the five shapes of contract backend 3.1.

use std::borrow::Cow;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use crate::answer;
use crate::body::Body;

/// An answer that is not the one asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(Cow<'static, str>, String)>,
    pub(crate) body: Bytes,
    content_type: Option<&'static str>,
    /// The connection closes and nothing of this is sent.
    dropped: bool,
}

impl Refusal {
    /// Shape 1: `{"detail":"text"}`.
    pub(crate) fn detail(status: StatusCode, text: impl Into<String>) -> Self {
        Self::json(status, &json!({"detail": text.into()}))
    }

    /// Shape 2: `{"detail":{"code":"…"}}`.
    pub(crate) fn detail_code(status: StatusCode, code: &str) -> Self {
        Self::json(status, &json!({"detail": {"code": code}}))
    }

    /// Shape 3, a 400 of the inner validator: `{"error":{message, type, param, code}}`.
    pub(crate) fn invalid(
        message: impl Into<String>,
        param: Option<&str>,
        code: Option<&str>,
    ) -> Self {
        Self::error(
            StatusCode::BAD_REQUEST,
            &json!({
                "message": message.into(),
                "type": "invalid_request_error",
                "param": param,
                "code": code,
            }),
        )
    }

    /// Shape 3 with a body of its own.
    pub(crate) fn error(status: StatusCode, error: &Value) -> Self {
        Self::json(status, &json!({ "error": error }))
    }

    /// Any JSON.
    pub(crate) fn json(status: StatusCode, body: &Value) -> Self {
        Self::of(status, Some("application/json"), body.to_string())
    }

    /// Shape 4: a page of Cloudflare's.
    pub(crate) fn html(status: StatusCode, page: impl Into<Bytes>) -> Self {
        Self::of(status, Some("text/html; charset=UTF-8"), page)
    }

    /// Shape 5: nothing at all.
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self::of(status, None, Bytes::new())
    }

    /// No answer: the connection closes.
    pub(crate) fn dropped() -> Self {
        Self {
            dropped: true,
            ..Self::empty(StatusCode::SERVICE_UNAVAILABLE)
        }
    }

    /// Adds a header.
    #[must_use]
    pub(crate) fn with(
        mut self,
        name: impl Into<Cow<'static, str>>,
        value: impl Into<String>,
    ) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Adds several headers.
    #[must_use]
    pub(crate) fn with_all(
        mut self,
        headers: impl IntoIterator<Item = (Cow<'static, str>, String)>,
    ) -> Self {
        self.headers.extend(headers);
        self
    }

    /// As it goes out.
    pub(crate) fn respond(self) -> Response<Body> {
        if self.dropped {
            return answer::dropped();
        }
        let mut response = Response::new(Body::full(self.body));
        *response.status_mut() = self.status;
        if let Some(content_type) = self.content_type {
            let value = HeaderValue::from_static(content_type);
            response.headers_mut().insert(CONTENT_TYPE, value);
        }
        put(response.headers_mut(), self.headers);
        response
    }

    fn of(status: StatusCode, content_type: Option<&'static str>, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.into(),
            content_type,
            dropped: false,
        }
    }
}

/// Puts `from` into `headers`, replacing what is there. A name or value that no header may have is left out.
pub(crate) fn put(
    headers: &mut http::HeaderMap,
    from: impl IntoIterator<Item = (Cow<'static, str>, String)>,
) {
    for (name, value) in from {
        let name = HeaderName::try_from(name.as_ref());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
}

/// `Missing required parameter: 'tools[0].name'.`
pub(crate) fn missing(param: &str) -> Refusal {
    Refusal::invalid(
        format!("Missing required parameter: '{param}'."),
        Some(param),
        Some("missing_required_parameter"),
    )
}

/// `Unknown parameter: 'input[1].reasoning_content'.`
pub(crate) fn unknown(param: &str) -> Refusal {
    Refusal::invalid(
        format!("Unknown parameter: '{param}'."),
        Some(param),
        Some("unknown_parameter"),
    )
}

/// `Invalid value: 'other'. Supported values are: 'search', 'open_page', and 'find_in_page'.`
pub(crate) fn invalid_value(param: &str, value: &str, supported: &[&str]) -> Refusal {
    let listed = listed(supported);
    Refusal::invalid(
        format!("Invalid value: '{value}'. Supported values are: {listed}."),
        Some(param),
        Some("invalid_value"),
    )
}

/// `Invalid type for 'input[0]': expected an object, but got a string instead.`
pub(crate) fn invalid_type(param: &str, expected: &str, got: &Value) -> Refusal {
    let got = match got {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a decimal number",
        Value::Number(_) => "an integer",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    Refusal::invalid(
        format!("Invalid type for '{param}': expected {expected}, but got {got} instead."),
        Some(param),
        Some("invalid_type"),
    )
}

/// `'low', 'medium', and 'high'`
pub(crate) fn listed(values: &[&str]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| format!("'{value}'")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [most @ .., last] => format!("{}, and {last}", most.join(", ")),
    }
}
