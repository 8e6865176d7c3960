//! A refresh token exchanged for new tokens (contract auth 3.1, 3.4).

use base::Secret;
use serde::{Deserialize, Serialize};

use super::{CLIENT_ID, Issuer, PATIENCE, words};
use crate::fault::Class;
use crate::redact;
use crate::transport::Lost;

/// What a renewal brought; what is absent stays as it was.
#[derive(Debug)]
pub(crate) struct Renewed {
    pub(crate) id_token: Option<Secret>,
    pub(crate) access_token: Option<Secret>,
    pub(crate) refresh_token: Option<Secret>,
}

/// Why a renewal brought nothing.
#[derive(Debug)]
pub(crate) enum RefreshFailure {
    /// The issuer will never renew with this token again.
    Refused(Class),
    /// The token is still good as far as anyone knows; the sentence says what went wrong.
    Failing(String),
    /// The token may be used up: the request went out, and no whole answer came back.
    Unconfirmed(String),
}

impl Issuer {
    /// Sends `token` once.
    pub(crate) async fn refresh(&self, token: &Secret) -> Result<Renewed, RefreshFailure> {
        let body = Body {
            client_id: CLIENT_ID,
            grant_type: "refresh_token",
            refresh_token: token.reveal(),
        };
        let request = self.http.post(self.at("/oauth/token")).json(&body);
        let answer = match self.send(self.introduce(request), PATIENCE).await {
            Ok(answer) => answer,
            Err(Lost::Unsent(words)) => return Err(RefreshFailure::Failing(failed(&words))),
            Err(Lost::MaybeSent(words)) => return Err(RefreshFailure::Unconfirmed(failed(&words))),
        };
        if answer.status.is_success() {
            // Whoever says 200 has rotated the token, so an answer nobody can read is a lost one.
            return serde_json::from_slice::<Answer>(&answer.body)
                .map(Renewed::from)
                .map_err(|_| RefreshFailure::Unconfirmed(failed("the answer cannot be read")));
        }
        Err(match words::class(answer.status, &answer.body) {
            Some(class) => RefreshFailure::Refused(class),
            None => {
                let detail = redact::text(&words::detail(&answer.body), &[token]);
                RefreshFailure::Failing(failed(&format!("{}: {detail}", answer.status)))
            }
        })
    }
}

fn failed(why: &str) -> String {
    format!("Failed to refresh token: {why}")
}

#[derive(Serialize)]
struct Body<'a> {
    client_id: &'a str,
    grant_type: &'a str,
    refresh_token: &'a str,
}

#[derive(Deserialize)]
struct Answer {
    id_token: Option<String>,
    access_token: Option<String>,
    refresh_token: Option<String>,
}

impl From<Answer> for Renewed {
    fn from(answer: Answer) -> Self {
        let secret = |text: Option<String>| text.filter(|text| !text.is_empty()).map(Secret::new);
        Self {
            id_token: secret(answer.id_token),
            access_token: secret(answer.access_token),
            refresh_token: secret(answer.refresh_token),
        }
    }
}
