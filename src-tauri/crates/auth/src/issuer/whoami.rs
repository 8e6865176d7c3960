//! Who an access token belongs to (contract auth 6.2).

use base::Secret;
use http::StatusCode;
use http::header::AUTHORIZATION;
use serde::Deserialize;

use super::{Issuer, PATIENCE};
use crate::plan::Plan;

/// The owner of an access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) email: Option<String>,
    pub(crate) user_id: String,
    pub(crate) account_id: String,
    pub(crate) plan: Plan,
    pub(crate) fedramp: bool,
}

/// Why nobody knows the owner.
#[derive(Debug)]
pub(crate) enum WhoamiFailure {
    /// The token is not accepted, as a sentence.
    Refused(String),
    /// A later try may work, as a sentence.
    Failing(String),
}

impl Issuer {
    /// Asks whose `token` is.
    pub(crate) async fn whoami(&self, token: &Secret) -> Result<Person, WhoamiFailure> {
        let refused = |why: &str| WhoamiFailure::Refused(why.into());
        let bearer = token
            .bearer()
            .map_err(|_| refused("the access token holds a character that no token has"))?;
        let request = self
            .http
            .get(self.at("/api/accounts/v1/user-auth-credential/whoami"))
            .header(AUTHORIZATION, bearer);
        let answer = self.send(request, PATIENCE).await.map_err(|lost| {
            let words = lost.words();
            WhoamiFailure::Failing(format!(
                "personal access token metadata request failed: {words}"
            ))
        })?;
        match answer.status {
            status if status.is_success() => serde_json::from_slice::<Answer>(&answer.body)
                .map(Person::from)
                .map_err(|_| refused("personal access token metadata cannot be read")),
            status => {
                let sentence =
                    format!("personal access token metadata request failed with status {status}");
                Err(
                    match status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
                        true => WhoamiFailure::Failing(sentence),
                        false => WhoamiFailure::Refused(sentence),
                    },
                )
            }
        }
    }
}

#[derive(Deserialize)]
struct Answer {
    email: Option<String>,
    chatgpt_user_id: String,
    chatgpt_account_id: String,
    chatgpt_plan_type: String,
    chatgpt_account_is_fedramp: bool,
}

impl From<Answer> for Person {
    fn from(answer: Answer) -> Self {
        Self {
            email: answer.email,
            user_id: answer.chatgpt_user_id,
            account_id: answer.chatgpt_account_id,
            plan: Plan::parse(&answer.chatgpt_plan_type),
            fedramp: answer.chatgpt_account_is_fedramp,
        }
    }
}
