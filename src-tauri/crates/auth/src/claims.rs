//! What a JWT says about its person, read from its payload alone (contract auth 4).
//!
//! Signatures are not checked: the tokens come from the issuer over TLS and are only read for
//! display, routing and expiry. A claim of the wrong type counts as absent.

use base::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::plan::Plan;

/// The claims of an id or access token that Postern reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Claims {
    pub(crate) email: Option<String>,
    pub(crate) account_id: Option<String>,
    pub(crate) user_id: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) plan: Option<Plan>,
    pub(crate) fedramp: bool,
    /// When the token expires.
    pub(crate) expires: Option<Timestamp>,
}

/// The text is not three non-empty parts with a JSON object in the middle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the token is not a JWT")]
pub(crate) struct NotAJwt;

impl Claims {
    pub(crate) fn of(jwt: &str) -> Result<Self, NotAJwt> {
        let payload = payload(jwt)?;
        let auth = payload.get(AUTH);
        let in_auth = |name: &str| auth.and_then(|auth| auth.get(name));
        Ok(Self {
            email: text(payload.get("email")).or_else(|| {
                text(
                    payload
                        .get(PROFILE)
                        .and_then(|profile| profile.get("email")),
                )
            }),
            account_id: text(in_auth("chatgpt_account_id")),
            user_id: text(in_auth("chatgpt_user_id")).or_else(|| text(in_auth("user_id"))),
            subject: text(payload.get("sub")),
            plan: text(in_auth("chatgpt_plan_type")).map(|raw| Plan::parse(&raw)),
            fedramp: in_auth("chatgpt_account_is_fedramp").and_then(Value::as_bool) == Some(true),
            expires: payload
                .get("exp")
                .and_then(Value::as_i64)
                .map(Timestamp::from_seconds),
        })
    }

    /// Who the person is, by the most lasting name there is; empty where the token says nothing.
    pub(crate) fn person(&self) -> &str {
        [&self.user_id, &self.subject, &self.email]
            .into_iter()
            .find_map(Option::as_deref)
            .unwrap_or_default()
    }
}

fn payload(jwt: &str) -> Result<Value, NotAJwt> {
    let mut parts = jwt.split('.');
    let [Some(head), Some(middle), Some(signature), None] =
        [parts.next(), parts.next(), parts.next(), parts.next()]
    else {
        return Err(NotAJwt);
    };
    if head.is_empty() || middle.is_empty() || signature.is_empty() {
        return Err(NotAJwt);
    }
    let bytes = URL_SAFE_NO_PAD.decode(middle).map_err(|_| NotAJwt)?;
    serde_json::from_slice::<Value>(&bytes)
        .ok()
        .filter(Value::is_object)
        .ok_or(NotAJwt)
}

fn text(value: Option<&Value>) -> Option<String> {
    value
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

const AUTH: &str = "https://api.openai.com/auth";
const PROFILE: &str = "https://api.openai.com/profile";

#[cfg(test)]
mod tests;
