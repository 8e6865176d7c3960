//! The pages beside the answers: models, usage, and a plain knock at the door.

use std::sync::Arc;
use std::time::Duration;

use base::Secret;
use http::StatusCode;
use http::header::{ETAG, IF_NONE_MATCH};
use wire::Fault;
use wire::catalogue::Catalogue;
use wire::limits::Limits;
use wire::responses::Target;

use super::Client;
use crate::head::text;
use crate::models::{self, Fetched, Seat};
use crate::{Credential, limits, request};

impl Client {
    /// The models of the account: at most five minutes old, or as old as the last answer where
    /// the backend does not answer.
    ///
    /// # Errors
    /// There is no catalogue yet, and none could be had within five seconds.
    pub async fn catalogue(&self, credential: &Credential) -> Result<Arc<Catalogue>, Fault> {
        let seat = Seat::of(credential);
        let fetch = async |tag: Option<String>| self.fetch_models(credential, tag).await;
        self.0.models.catalogue(&seat, fetch).await
    }

    /// The plan's limits as the usage page tells them (contract backend 6.1). Ask rarely: once a
    /// minute at most. The reading is published too.
    ///
    /// # Errors
    /// The backend refuses or cannot be reached, or the credential is an API key.
    pub async fn usage(&self, credential: &Credential) -> Result<Limits, Fault> {
        match credential.target() {
            Target::Plan => {}
            Target::Platform => {
                return Err(Fault::NoRoute {
                    why: "an API key has no plan whose limits could be read".to_owned(),
                });
            }
        }
        let request = request::usage(credential, &self.config())?;
        let work = async {
            let answer = self.send(request).await?;
            self.whole(answer, credential).await
        };
        let page = self.0.clock.timeout(PAGE_DEADLINE, work).await;
        let page = page.unwrap_or(Err(Fault::Silent {
            seconds: PAGE_DEADLINE.as_secs(),
        }))?;
        let read = limits::from_usage(&page, self.0.clock.now());
        let limits = read.map_err(|e| Fault::Garbled {
            why: format!("its usage page is unreadable: {e}"),
        })?;
        self.publish(limits.clone(), credential.account_id.clone());
        Ok(limits)
    }

    /// The status of a plain `GET`, or `None` where nothing answers within five seconds.
    pub async fn probe(&self, url: &str, key: Option<&Secret>) -> Option<u16> {
        let request = request::probe(url, key, &self.config())?;
        let answer = self.0.clock.timeout(PROBE_DEADLINE, self.send(request));
        Some(answer.await?.ok()?.status().as_u16())
    }

    async fn fetch_models(
        &self,
        credential: &Credential,
        tag: Option<String>,
    ) -> Result<Fetched, Fault> {
        let mut request = request::models(credential, &self.config())?;
        if let Some(tag) = tag.and_then(|tag| tag.parse().ok()) {
            request.headers_mut().insert(IF_NONE_MATCH, tag);
        }
        let answer = self.send(request).await?;
        if answer.status() == StatusCode::NOT_MODIFIED {
            return Ok(Fetched::Same);
        }
        let tag = text(answer.headers(), ETAG.as_str()).map(str::to_owned);
        let body = self.whole(answer, credential).await?;
        models::read(credential.target(), &body, tag).map(Fetched::New)
    }
}

const PAGE_DEADLINE: Duration = Duration::from_secs(15);

const PROBE_DEADLINE: Duration = Duration::from_secs(5);
