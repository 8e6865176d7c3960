//! Requests that are answered in one piece: pictures, transcripts, files.
//!
//! The same credential, table of headers and faults as for answers of a model. What makes something
//! is not sent again once the backend may have begun with it: what was made has been paid for.

mod files;
mod pictures;
mod speech;

use std::time::Duration;

use wire::Fault;
use wire::responses::Target;

pub use files::{Step, Upload};
pub use speech::Speech;

use super::{Client, Observer};
use crate::Credential;
use crate::head::Head;
use crate::retry::Deed;

/// A whole answer.
#[derive(Debug)]
pub struct Told<T> {
    /// What its head says.
    pub head: Head,
    /// What it says.
    pub said: T,
}

impl Client {
    /// Sends `request`, again where that may help, and reads the whole answer.
    async fn told(
        &self,
        deed: Deed,
        request: reqwest::Request,
        credential: &Credential,
        attempts: &mut u32,
    ) -> Result<Told<Vec<u8>>, Fault> {
        let limit = self.config().first_event_timeout.max(LONGEST_WORK);
        let mut tries = self.tries(deed, attempts);
        let (mut answer, count) = loop {
            let count = tries.begin();
            let unsendable = Fault::Internal("a request could not be sent twice");
            let copy = request.try_clone().ok_or(unsendable)?;
            let begun = self
                .clock()
                .timeout(limit, self.begun(deed, copy, credential));
            match begun.await.unwrap_or_else(|| Err(silent(limit))) {
                Ok(answer) => break (answer, count),
                Err(fault) => tries.again(fault).await?,
            }
        };
        let head = Head::read(std::mem::take(answer.headers_mut()), count);
        let idle = self.config().idle_timeout;
        let body = self.body_of(answer, LONGEST_ANSWER);
        let body = self.clock().timeout(idle, body).await;
        let said = body.unwrap_or_else(|| Err(silent(idle)))?;
        Ok(Told { head, said })
    }

    /// The head of a success, or what the refusal means.
    async fn begun(
        &self,
        deed: Deed,
        request: reqwest::Request,
        credential: &Credential,
    ) -> Result<reqwest::Response, Fault> {
        let answer = self.send_for(deed, request).await?;
        let observer = Observer::new(self.clone(), credential, answer.headers());
        if !answer.status().is_success() {
            let fault = self.refusal(answer, credential).await;
            observer.refused(&fault);
            return Err(fault);
        }
        match self.refused_with_success(&answer) {
            Some(challenge) => Err(challenge),
            None => Ok(answer),
        }
    }

    fn clock(&self) -> &base::Clock {
        &self.0.clock
    }
}

/// Ok for a plan. An API key's own service has these endpoints, in full; here they are the plan's.
///
/// # Errors
/// The credential is an API key.
pub fn only_plan(credential: &Credential) -> Result<(), Fault> {
    match credential.target() {
        Target::Plan => Ok(()),
        Target::Platform => Err(Fault::NoRoute {
            why: "pictures, speech and files are served from a ChatGPT plan; this account is an API key, so ask `https://api.openai.com/v1` itself".to_owned(),
        }),
    }
}

fn garbled(error: &serde_json::Error) -> Fault {
    Fault::Garbled {
        why: error.to_string(),
    }
}

fn silent(limit: Duration) -> Fault {
    Fault::Silent {
        seconds: limit.as_secs(),
    }
}

/// A picture takes 40 to 120 seconds, and some take longer (contract backend 7.4).
const LONGEST_WORK: Duration = Duration::from_secs(300);

/// The largest picture, in base64.
const LONGEST_ANSWER: usize = 64 << 20;
