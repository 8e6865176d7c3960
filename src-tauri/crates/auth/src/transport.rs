//! One request and its whole answer, within a time limit.
//!
//! Guarantees: no answer is read beyond a mebibyte; no error names an address or holds a secret; and
//! an error says whether the request may have been acted upon.

use std::error::Error as _;
use std::time::Duration;

use base::Clock;
use http::StatusCode;
use reqwest::{RequestBuilder, Response};
use url::Url;

use crate::redact;

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Vec<u8>,
}

/// There is no answer.
#[derive(Debug)]
pub(crate) enum Lost {
    /// No connection came about, so nobody has seen the request.
    Unsent(String),
    /// It may have been seen: the connection broke, or the time ran out.
    MaybeSent(String),
}

/// Sends `request` once and reads the answer.
pub(crate) async fn send(
    clock: &Clock,
    request: RequestBuilder,
    limit: Duration,
) -> Result<Answer, Lost> {
    let exchange = async {
        let response = request.send().await.map_err(Lost::from)?;
        read(response).await
    };
    let late = || Lost::MaybeSent(format!("no answer within {} seconds", limit.as_secs()));
    clock
        .timeout(limit, exchange)
        .await
        .unwrap_or_else(|| Err(late()))
}

/// `root` with `path` appended; `path` begins with a slash.
pub(crate) fn below(root: &Url, path: &str) -> Url {
    let mut url = root.clone();
    url.set_path(&format!("{}{path}", root.path().trim_end_matches('/')));
    url.set_query(None);
    url.set_fragment(None);
    url
}

impl Lost {
    /// What went wrong.
    pub(crate) fn words(self) -> String {
        match self {
            Self::Unsent(words) | Self::MaybeSent(words) => words,
        }
    }
}

impl From<reqwest::Error> for Lost {
    fn from(error: reqwest::Error) -> Self {
        let is_unsent = error.is_connect() || error.is_builder();
        let words = words_of(error);
        match is_unsent {
            true => Self::Unsent(words),
            false => Self::MaybeSent(words),
        }
    }
}

async fn read(mut response: Response) -> Result<Answer, Lost> {
    let status = response.status();
    let mut body = Vec::new();
    loop {
        // A break in the middle of an answer says that the request arrived.
        let chunk = response
            .chunk()
            .await
            .map_err(|error| Lost::MaybeSent(words_of(error)))?;
        match chunk {
            Some(bytes) if body.len() + bytes.len() <= LONGEST_BODY => {
                body.extend_from_slice(&bytes);
            }
            Some(_) => return Err(Lost::MaybeSent("the answer is too long".into())),
            None => return Ok(Answer { status, body }),
        }
    }
}

/// The error and its causes in one line. The address is left out: the reader knows whom we asked.
fn words_of(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let further = cause.to_string();
        if !words.contains(&further) {
            words = format!("{words}: {further}");
        }
        source = cause.source();
    }
    redact::text(&words, &[])
}

/// Three JWTs are a few kilobytes.
const LONGEST_BODY: usize = 1024 * 1024;
