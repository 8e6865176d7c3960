//! Pictures by the dedicated endpoints (contract backend 7.4 A).

use http::HeaderMap;
use wire::Fault;
use wire::pictures::{Answer, Request};

use super::{Told, garbled, only_plan};
use crate::retry::Deed;
use crate::{Client, Credential, request};

impl Client {
    /// One picture, made or changed. Of `passed`, only what a real Codex may say about itself goes
    /// out. `attempts` counts as in [`Client::open_counting`].
    ///
    /// # Errors
    /// Whatever the last attempt failed with; a 401 is [`Fault::Unauthorized`] at once.
    pub async fn picture(
        &self,
        ask: &Request,
        passed: &HeaderMap,
        credential: &Credential,
        attempts: &mut u32,
    ) -> Result<Told<Answer>, Fault> {
        only_plan(credential)?;
        let request = request::picture(ask, passed, credential, &self.config())?;
        let Told { head, said } = self
            .told(Deed::Making, request, credential, attempts)
            .await?;
        let said = Answer::read(&said).map_err(|e| garbled(&e))?;
        Ok(Told { head, said })
    }
}
