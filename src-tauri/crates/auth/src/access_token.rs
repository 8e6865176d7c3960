//! A Codex access token while the process runs (contract auth 6.2): its owner is asked for once per
//! process and never kept. There is no renewal.

use std::sync::Arc;

use base::Secret;
use parking_lot::Mutex;

use crate::fault::Fault;
use crate::flight::Flight;
use crate::issuer::{Person, WhoamiFailure};
use crate::means::Means;
use crate::routing::{Owner, Routes};

/// One access token.
#[derive(Debug)]
pub(crate) struct AccessToken {
    pub(crate) token: Secret,
    person: Mutex<Option<Person>>,
    asking: Flight<Result<Person, Fault>>,
    pub(crate) routes: Routes,
}

impl AccessToken {
    /// An access token by its prefix.
    ///
    /// # Errors
    /// It has another one. Agent identities are not offered.
    pub(crate) fn new(token: Secret) -> Result<Self, Fault> {
        let text = token.reveal();
        match text.strip_prefix(PREFIX) {
            Some(rest) if !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_graphic()) => {}
            Some(_) | None => return Err(Fault::Credential(NOT_ONE.into())),
        }
        Ok(Self {
            token,
            person: Mutex::default(),
            asking: Flight::default(),
            routes: Routes::default(),
        })
    }

    /// Whose it is, asked once.
    pub(crate) async fn person(self: &Arc<Self>, means: &Arc<Means>) -> Result<Person, Fault> {
        if let Some(person) = self.known() {
            return Ok(person);
        }
        let (me, parts) = (Arc::clone(self), Arc::clone(means));
        let work = || async move { me.ask(&parts).await };
        let landed = self.asking.join(&means.tasks, "whoami", work).await;
        landed.unwrap_or(Err(Fault::Stopping))
    }

    /// Whose it is, where that was asked before.
    pub(crate) fn known(&self) -> Option<Person> {
        self.person.lock().clone()
    }

    /// For routing.
    pub(crate) fn owner(&self, person: &Person) -> Owner {
        Owner {
            bearer: self.token.clone(),
            account_id: Some(person.account_id.clone()),
            fedramp: person.fedramp,
            plan: Some(person.plan.clone()),
            generation: 0,
        }
    }

    async fn ask(&self, means: &Means) -> Result<Person, Fault> {
        if let Some(person) = self.known() {
            return Ok(person);
        }
        let person = means.issuer.whoami(&self.token).await;
        let person = person.map_err(|failure| match failure {
            WhoamiFailure::Refused(sentence) => Fault::Credential(sentence),
            WhoamiFailure::Failing(message) => Fault::Transient {
                message,
                retry_in: None,
            },
        })?;
        *self.person.lock() = Some(person.clone());
        Ok(person)
    }
}

const PREFIX: &str = "at-";
const NOT_ONE: &str = "this is not a Codex access token: one begins with `at-`. Agent identity tokens are not supported.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_classified_by_its_prefix() {
        for (token, is_one) in [
            ("at-1", true),
            ("at-", false),
            ("at-1 2", false),
            ("eyJhbGciOi.e30.c2ln", false),
            ("sk-1", false),
            ("", false),
        ] {
            let made = AccessToken::new(Secret::new(token));
            assert_eq!(made.is_ok(), is_one, "{token}");
            if let Err(fault) = made {
                assert_eq!(fault.to_string(), NOT_ONE);
            }
        }
    }
}
