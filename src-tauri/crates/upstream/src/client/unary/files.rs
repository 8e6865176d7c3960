//! Files: announced to the backend, put into its storage, confirmed (contract backend 7.5).
//!
//! The storage is somebody else's: it gets the bytes, and neither the credential nor a cookie of it.

use std::time::Duration;

use bytes::Bytes;
use serde::Deserialize;
use url::Url;
use wire::{Fault, Words};

use super::{garbled, only_plan, silent};
use crate::retry::Deed;
use crate::{Client, Credential, request};

/// A file to be kept.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub content: Bytes,
}

/// How far a file has come. What is done is not done again where the next step is refused.
#[derive(Debug, Default)]
pub enum Step {
    /// Nothing is done.
    #[default]
    Announce,
    /// The backend knows of it.
    Store(Announced),
    /// Its bytes are in the storage; its id.
    Confirm(String),
}

/// What the backend says at the announcement.
#[derive(Debug, Deserialize)]
pub struct Announced {
    file_id: String,
    upload_url: String,
}

/// What it says once the bytes are there.
#[derive(Debug, Deserialize)]
struct Confirmed {
    status: String,
    #[serde(default)]
    error_message: Option<String>,
}

impl Client {
    /// Gives a file to the backend, from `step` on; the result is its id, which `input_file` takes.
    /// `attempts` counts as in [`Client::open_counting`], every request of the three steps.
    ///
    /// # Errors
    /// Whatever the last attempt of a step failed with; a 401 is [`Fault::Unauthorized`] at once.
    /// `step` is then the one that failed.
    pub async fn upload(
        &self,
        file: &Upload,
        step: &mut Step,
        credential: &Credential,
        attempts: &mut u32,
    ) -> Result<String, Fault> {
        only_plan(credential)?;
        loop {
            *step = match step {
                Step::Announce => Step::Store(self.announce(file, credential, attempts).await?),
                Step::Store(announced) => {
                    let (url, base) = (&announced.upload_url, &credential.base);
                    self.store(file, url, base, attempts).await?;
                    Step::Confirm(std::mem::take(&mut announced.file_id))
                }
                Step::Confirm(id) => {
                    self.confirm(id, credential, attempts).await?;
                    return Ok(std::mem::take(id));
                }
            };
        }
    }

    /// Tells the backend that a file is coming.
    async fn announce(
        &self,
        file: &Upload,
        credential: &Credential,
        attempts: &mut u32,
    ) -> Result<Announced, Fault> {
        let request = request::announce(file, credential, &self.config())?;
        let told = self
            .told(Deed::Making, request, credential, attempts)
            .await?;
        let announced: Announced = serde_json::from_slice(&told.said).map_err(|e| garbled(&e))?;
        plain_id(&announced.file_id)?;
        Ok(announced)
    }

    /// The bytes into the storage.
    async fn store(
        &self,
        file: &Upload,
        url: &str,
        base: &Url,
        attempts: &mut u32,
    ) -> Result<(), Fault> {
        let name = self.0.chance.uuid7(self.clock().now()).to_string();
        let request = request::storage(file, url, &name, base, &self.config())?;
        let mut tries = self.tries(Deed::Asking, attempts);
        loop {
            tries.begin();
            let unsendable = Fault::Internal("a request could not be sent twice");
            let copy = request.try_clone().ok_or(unsendable)?;
            let sent = self.clock().timeout(LONGEST_PUT, self.send(copy)).await;
            match sent.unwrap_or_else(|| Err(silent(LONGEST_PUT))) {
                Ok(answer) if answer.status().is_success() => return Ok(()),
                Ok(answer) => tries.again(unstored(answer.status().as_u16())).await?,
                Err(fault) => tries.again(fault).await?,
            }
        }
    }

    /// Asks until the backend has seen the bytes.
    async fn confirm(
        &self,
        id: &str,
        credential: &Credential,
        attempts: &mut u32,
    ) -> Result<(), Fault> {
        let until = self.clock().passed() + LONGEST_CONFIRMATION;
        loop {
            let request = request::confirm(id, credential, &self.config())?;
            let told = self
                .told(Deed::Asking, request, credential, attempts)
                .await?;
            let told: Confirmed = serde_json::from_slice(&told.said).map_err(|e| garbled(&e))?;
            match told.status.as_str() {
                "success" => return Ok(()),
                "retry" if self.clock().passed() < until => self.clock().sleep(PAUSE).await,
                "retry" => return Err(silent(LONGEST_CONFIRMATION)),
                _ => {
                    let why = told.error_message;
                    let why = why.unwrap_or_else(|| "the backend refused the file".to_owned());
                    return Err(refused(why));
                }
            }
        }
    }
}

/// The id as a piece of a path.
fn plain_id(id: &str) -> Result<(), Fault> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    match (1..=128).contains(&id.len()) && id.bytes().all(plain) {
        true => Ok(()),
        false => Err(Fault::Garbled {
            why: "its id of the file cannot stand in an address".to_owned(),
        }),
    }
}

/// The storage is not the backend: its 401 says nothing about our credential.
fn unstored(status: u16) -> Fault {
    let words = format!("the backend's storage answered with status {status}");
    match status {
        500.. => Fault::Broken {
            status,
            words: Box::new(Words::plain(words)),
        },
        _ => refused(words),
    }
}

fn refused(why: String) -> Fault {
    Fault::Refused {
        status: 400,
        words: Box::new(Words::plain(why)),
    }
}

/// Time for the bytes of one file on a slow line.
const LONGEST_PUT: Duration = Duration::from_secs(600);

/// The first party's patience, and its pause between two questions (contract backend 7.5).
const LONGEST_CONFIRMATION: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(250);
