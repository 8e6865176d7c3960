//! Requests that are answered in one piece. They carry the table's headers, but no conversation.

use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use url::Url;
use wire::Fault;
use wire::pictures;

use super::{address, identity, routing, workspace};
use crate::{Config, Credential};

/// `POST …/codex/images/generations`, or `…/edits` where there are pictures to work on
/// (contract backend 7.4 A).
pub(crate) fn picture(
    ask: &pictures::Request,
    passed: &HeaderMap,
    credential: &Credential,
    config: &Config,
) -> Result<reqwest::Request, Fault> {
    let path = match ask.images.is_empty() {
        true => "codex/images/generations",
        false => "codex/images/edits",
    };
    let url = address(&credential.base, path)?;
    let mut request = post(url, JSON, ask.to_json(), credential, config)?;
    if let Some(turn) = passed.get(&IMAGE_TURN) {
        request.headers_mut().insert(IMAGE_TURN, turn.clone());
    }
    Ok(request)
}

fn post(
    url: Url,
    media: HeaderValue,
    body: impl Into<reqwest::Body>,
    credential: &Credential,
    config: &Config,
) -> Result<reqwest::Request, Fault> {
    let mut headers = identity(credential, config)?;
    headers.insert(ACCEPT, JSON);
    headers.insert(CONTENT_TYPE, media);
    workspace(&mut headers, credential)?;
    routing(&mut headers, credential, config)?;
    let mut request = reqwest::Request::new(Method::POST, url);
    *request.headers_mut() = headers;
    *request.body_mut() = Some(body.into());
    Ok(request)
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Ties a picture to the turn of a Codex that asked for it.
const IMAGE_TURN: HeaderName = HeaderName::from_static("x-codex-image-turn-id");
