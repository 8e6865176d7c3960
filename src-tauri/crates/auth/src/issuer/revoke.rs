//! Ends a grant at the issuer (contract auth 5.5).

use std::time::Duration;

use base::Secret;
use serde::Serialize;

use super::{CLIENT_ID, Issuer, words};
use crate::redact;
use crate::transport::Lost;

impl Issuer {
    /// Asks the issuer to end the grant of a refresh token. The error is a sentence.
    pub(crate) async fn revoke(&self, refresh_token: &Secret) -> Result<(), String> {
        let body = Body {
            token: refresh_token.reveal(),
            token_type_hint: "refresh_token",
            client_id: CLIENT_ID,
        };
        let request = self.http.post(self.at("/oauth/revoke")).json(&body);
        let answer = self
            .send(self.introduce(request), REVOKE_PATIENCE)
            .await
            .map_err(Lost::words)?;
        match answer.status.is_success() {
            true => Ok(()),
            false => Err(format!(
                "the issuer answered {}: {}",
                answer.status,
                redact::text(&words::detail(&answer.body), &[refresh_token])
            )),
        }
    }
}

#[derive(Serialize)]
struct Body<'a> {
    token: &'a str,
    token_type_hint: &'a str,
    client_id: &'a str,
}

/// A stalled revoke must not keep a person from signing out.
const REVOKE_PATIENCE: Duration = Duration::from_secs(10);
