//! The text of `auth.json`: which of its credentials counts, and a sentence where none does.

use std::sync::Arc;

use base::{Secret, Timestamp};
use serde::Deserialize;
use serde_json::Value;

use super::Found;
use crate::access_token::AccessToken;
use crate::claims::Claims;

/// The tokens of a ChatGPT sign-in that belongs to the Codex CLI.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PlanTokens {
    pub(crate) access: Secret,
    pub(crate) account_id: Option<String>,
    pub(crate) claims: Claims,
    expires: Option<Timestamp>,
}

impl PlanTokens {
    /// Whether the access token can still be used.
    pub(crate) fn is_alive(&self, now: Timestamp) -> bool {
        self.expires.is_none_or(|end| end > now)
    }
}

/// Reads the whole file. The error is a sentence.
pub(super) fn read(text: &[u8]) -> Result<Found, String> {
    let file: File = serde_json::from_slice(text)
        .map_err(|_| "the Codex CLI's `auth.json` is not in a form Postern knows".to_owned())?;
    match file.mode()? {
        Mode::ChatGpt => file.plan(),
        Mode::AccessToken => file.access_token(),
        Mode::ApiKey => file.api_key(),
    }
}

/// The modes that can be used.
enum Mode {
    ChatGpt,
    AccessToken,
    ApiKey,
}

#[derive(Deserialize)]
struct File {
    auth_mode: Option<String>,
    #[serde(rename = "OPENAI_API_KEY")]
    api_key: Option<String>,
    tokens: Option<FileTokens>,
    personal_access_token: Option<String>,
    agent_identity: Option<Value>,
    bedrock_api_key: Option<Value>,
}

#[derive(Deserialize)]
struct FileTokens {
    id_token: String,
    access_token: String,
    account_id: Option<String>,
}

impl File {
    /// The mode as it is written; without one, the order is access token, Bedrock, API key, ChatGPT.
    fn mode(&self) -> Result<Mode, String> {
        match self.auth_mode.as_deref() {
            Some("chatgpt") => Ok(Mode::ChatGpt),
            Some("personalAccessToken") => Ok(Mode::AccessToken),
            Some("apikey") => Ok(Mode::ApiKey),
            Some("chatgptAuthTokens") => Err(FOREIGN.into()),
            Some("headers") => Err(HEADERS.into()),
            Some("agentIdentity") => Err(AGENT.into()),
            Some("bedrockApiKey") => Err(BEDROCK.into()),
            Some(_) => Err(UNKNOWN.into()),
            None if self.personal_access_token.is_some() => Ok(Mode::AccessToken),
            None if self.bedrock_api_key.is_some() => Err(BEDROCK.into()),
            None if self.api_key.is_some() => Ok(Mode::ApiKey),
            None if self.tokens.is_some() => Ok(Mode::ChatGpt),
            None if self.agent_identity.is_some() => Err(AGENT.into()),
            None => Err(EMPTY.into()),
        }
    }

    fn plan(self) -> Result<Found, String> {
        let tokens = self.tokens.ok_or(EMPTY)?;
        let claims = Claims::of(&tokens.id_token)
            .map_err(|_| "the Codex CLI's id token cannot be read".to_owned())?;
        let expires = Claims::of(&tokens.access_token)
            .ok()
            .and_then(|claims| claims.expires);
        Ok(Found::Plan(Arc::new(PlanTokens {
            access: Secret::new(tokens.access_token),
            account_id: tokens.account_id.or_else(|| claims.account_id.clone()),
            claims,
            expires,
        })))
    }

    fn access_token(self) -> Result<Found, String> {
        let token = self.personal_access_token.ok_or(EMPTY)?;
        let token = AccessToken::new(Secret::new(token)).map_err(|fault| fault.to_string())?;
        Ok(Found::AccessToken(Arc::new(token)))
    }

    fn api_key(self) -> Result<Found, String> {
        let key = self.api_key.filter(|key| !key.is_empty()).ok_or(EMPTY)?;
        Ok(Found::ApiKey(Secret::new(key)))
    }
}

const EMPTY: &str = "the Codex CLI is signed out";
const FOREIGN: &str =
    "the Codex CLI's tokens are handed to it by another program, so Postern cannot use them";
const HEADERS: &str = "the Codex CLI signs in with headers of its own, which Postern cannot use";
const AGENT: &str =
    "the Codex CLI is signed in as an agent identity, which Postern does not support";
const BEDROCK: &str = "the Codex CLI is signed in to Amazon Bedrock, which Postern does not use";
const UNKNOWN: &str = "the Codex CLI is signed in in a way that this Postern does not know";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const JWT: &str = "eyJhbGciOiJub25lIn0.e30.c2ln";

    fn tokens() -> Value {
        json!({"id_token": JWT, "access_token": "opaque", "refresh_token": "rt", "account_id": "acct"})
    }

    #[track_caller]
    fn check(file: &Value, expected: Result<&str, &str>) {
        let found = read(file.to_string().as_bytes()).map(|found| match found {
            Found::Plan(_) => "plan",
            Found::AccessToken(_) => "access token",
            Found::ApiKey(_) => "api key",
        });
        assert_eq!(
            found.as_deref().map_err(String::as_str),
            expected.as_ref().map(|it| *it).map_err(|it| *it)
        );
    }

    #[test]
    fn every_mode_is_used_or_explained() {
        check(
            &json!({"auth_mode": "chatgpt", "OPENAI_API_KEY": null, "tokens": tokens()}),
            Ok("plan"),
        );
        check(
            &json!({"auth_mode": "apikey", "OPENAI_API_KEY": "sk-1"}),
            Ok("api key"),
        );
        check(
            &json!({"auth_mode": "personalAccessToken", "personal_access_token": "at-1"}),
            Ok("access token"),
        );
        check(
            &json!({"auth_mode": "chatgptAuthTokens", "tokens": tokens()}),
            Err(FOREIGN),
        );
        check(&json!({"auth_mode": "headers"}), Err(HEADERS));
        check(
            &json!({"auth_mode": "agentIdentity", "agent_identity": "x"}),
            Err(AGENT),
        );
        check(
            &json!({"auth_mode": "bedrockApiKey", "bedrock_api_key": {}}),
            Err(BEDROCK),
        );
        check(&json!({"auth_mode": "telepathy"}), Err(UNKNOWN));
    }

    #[test]
    fn without_a_mode_the_order_decides() {
        let all = json!({"personal_access_token": "at-1", "bedrock_api_key": {}, "OPENAI_API_KEY": "sk-1", "tokens": tokens()});
        let mut left = all;
        check(&left, Ok("access token"));
        for (gone, expected) in [
            ("personal_access_token", Err(BEDROCK)),
            ("bedrock_api_key", Ok("api key")),
            ("OPENAI_API_KEY", Ok("plan")),
            ("tokens", Err(EMPTY)),
        ] {
            left.as_object_mut().unwrap().remove(gone);
            check(&left, expected);
        }
    }

    #[test]
    fn a_mode_without_its_credential_is_signed_out() {
        for mode in ["chatgpt", "apikey", "personalAccessToken"] {
            check(
                &json!({"auth_mode": mode, "OPENAI_API_KEY": null}),
                Err(EMPTY),
            );
        }
    }
}
