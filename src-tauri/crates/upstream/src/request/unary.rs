//! Requests that are answered in one piece. They carry the table's headers, but no conversation.

use http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::json;
use url::Url;
use wire::Fault;
use wire::pictures;

use super::{address, form, identity, put, routing, workspace};
use crate::ourselves::may_store;
use crate::{Config, Credential, Speech, Upload};

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

/// `POST …/transcribe`, which is not below `codex` (contract backend 7.6).
pub(crate) fn speech(
    speech: &Speech,
    boundary: &str,
    credential: &Credential,
    config: &Config,
) -> Result<reqwest::Request, Fault> {
    let url = address(&credential.base, "transcribe")?;
    let media = format!("multipart/form-data; boundary={boundary}");
    let media = HeaderValue::try_from(media);
    let media = media.map_err(|_| Fault::Internal("a boundary cannot stand in a header"))?;
    let body = form::speech(speech, boundary);
    post(url, media, body, credential, config)
}

/// `POST …/files`: a file is coming (contract backend 7.5).
pub(crate) fn announce(
    file: &Upload,
    credential: &Credential,
    config: &Config,
) -> Result<reqwest::Request, Fault> {
    let url = address(&credential.base, "files")?;
    let told = json!({
        "file_name": file.name,
        "file_size": file.content.len(),
        "use_case": "codex",
    });
    post(url, JSON, told.to_string(), credential, config)
}

/// The file itself, to the address that was told. No credential goes there.
pub(crate) fn storage(
    file: &Upload,
    url: &str,
    name: &str,
    base: &Url,
    config: &Config,
) -> Result<reqwest::Request, Fault> {
    let url = Url::parse(url).ok();
    let url = url.filter(|url| may_store(url, base));
    let url = url.ok_or_else(|| Fault::Garbled {
        why: "its address for the file is no public `https` address".to_owned(),
    })?;
    let mut headers = HeaderMap::new();
    put(&mut headers, USER_AGENT, &config.user_agent)?;
    put(&mut headers, REQUEST_NAME, name)?;
    headers.insert(BLOB_TYPE, HeaderValue::from_static("BlockBlob"));
    let mut request = reqwest::Request::new(Method::PUT, url);
    *request.headers_mut() = headers;
    *request.body_mut() = Some(file.content.clone().into());
    Ok(request)
}

/// `POST …/files/{id}/uploaded`: the file is there.
pub(crate) fn confirm(
    id: &str,
    credential: &Credential,
    config: &Config,
) -> Result<reqwest::Request, Fault> {
    let url = address(&credential.base, &format!("files/{id}/uploaded"))?;
    post(url, JSON, "{}", credential, config)
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

/// What the storage wants to know (contract backend 7.5).
const BLOB_TYPE: HeaderName = HeaderName::from_static("x-ms-blob-type");
const REQUEST_NAME: HeaderName = HeaderName::from_static("x-ms-client-request-id");

/// Ties a picture to the turn of a Codex that asked for it.
const IMAGE_TURN: HeaderName = HeaderName::from_static("x-codex-image-turn-id");
