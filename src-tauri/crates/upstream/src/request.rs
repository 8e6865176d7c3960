//! A canonical request as HTTP: the address, and the one table of headers that can go out.

mod form;
mod unary;

use base::Secret;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use url::Url;
use wire::Fault;
use wire::responses::Target;

pub(crate) use self::unary::{announce, confirm, picture, speech, storage};
use crate::ourselves::is_loopback;
use crate::{Ask, Config, Credential};

/// `POST …/codex/responses`, or the platform's `…/responses`.
pub(crate) fn responses(
    ask: &Ask,
    credential: &Credential,
    config: &Config,
) -> Result<reqwest::Request, Fault> {
    let path = match credential.target() {
        Target::Plan => "codex/responses",
        Target::Platform => "responses",
    };
    let mut headers = identity(credential, config)?;
    headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    match credential.target() {
        Target::Plan => {
            workspace(&mut headers, credential)?;
            routing(&mut headers, credential, config)?;
            conversation(&mut headers, ask)?;
        }
        Target::Platform => {}
    }
    let body = ask.request.to_json(credential.target());
    let url = address(&credential.base, path)?;
    let mut request = reqwest::Request::new(Method::POST, url);
    *request.headers_mut() = headers;
    *request.body_mut() = Some(body.into());
    Ok(request)
}

/// `GET …/codex/models?client_version=…`, or the platform's `…/models` (contract backend 5).
pub(crate) fn models(credential: &Credential, config: &Config) -> Result<reqwest::Request, Fault> {
    let mut headers = identity(credential, config)?;
    let mut url = match credential.target() {
        Target::Plan => address(&credential.base, "codex/models")?,
        Target::Platform => address(&credential.base, "models")?,
    };
    match credential.target() {
        Target::Plan => {
            workspace(&mut headers, credential)?;
            routing(&mut headers, credential, config)?;
            url.query_pairs_mut()
                .append_pair("client_version", &config.client_version);
        }
        Target::Platform => {}
    }
    Ok(get(url, headers))
}

/// `GET …/wham/usage`. The first party names no originator there (contract auth 9.1).
pub(crate) fn usage(credential: &Credential, config: &Config) -> Result<reqwest::Request, Fault> {
    let mut headers = identity(credential, config)?;
    workspace(&mut headers, credential)?;
    Ok(get(address(&credential.base, "wham/usage")?, headers))
}

/// A bare `GET`, with a key where one is to be tried. `None` where it cannot or may not be sent.
pub(crate) fn probe(url: &str, key: Option<&Secret>, config: &Config) -> Option<reqwest::Request> {
    let url = Url::parse(url).ok()?;
    let mut headers = HeaderMap::new();
    headers.insert(USER_AGENT, config.user_agent.parse().ok()?);
    if let Some(key) = key {
        if is_overheard(&url) {
            return None;
        }
        headers.insert(AUTHORIZATION, key.bearer().ok()?);
    }
    Some(get(url, headers))
}

fn get(url: Url, mut headers: HeaderMap) -> reqwest::Request {
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    let mut request = reqwest::Request::new(Method::GET, url);
    *request.headers_mut() = headers;
    request
}

/// Who asks.
fn identity(credential: &Credential, config: &Config) -> Result<HeaderMap, Fault> {
    let mut headers = HeaderMap::new();
    let bearer = credential.bearer.bearer();
    let bearer = bearer.map_err(|_| Fault::SignedOut {
        why: "the stored token is damaged".to_owned(),
    })?;
    headers.insert(AUTHORIZATION, bearer);
    put(&mut headers, USER_AGENT, &config.user_agent)?;
    Ok(headers)
}

/// On whose behalf.
fn workspace(headers: &mut HeaderMap, credential: &Credential) -> Result<(), Fault> {
    if let Some(account) = &credential.account_id {
        put(headers, ACCOUNT_ID, account)?;
    }
    if credential.fedramp {
        headers.insert(FEDRAMP, HeaderValue::from_static("true"));
    }
    Ok(())
}

/// Where the workspace wants it served.
fn routing(headers: &mut HeaderMap, credential: &Credential, config: &Config) -> Result<(), Fault> {
    put(headers, ORIGINATOR, &config.originator)?;
    if let Some(to) = &credential.routing_override {
        put(headers, ROUTING_OVERRIDE, to)?;
    }
    if let Some(region) = &credential.residency {
        put(headers, RESIDENCY, region)?;
    }
    Ok(())
}

/// Which conversation it belongs to; then what a real Codex adds, by name and nothing else.
fn conversation(headers: &mut HeaderMap, ask: &Ask) -> Result<(), Fault> {
    put(headers, SESSION_ID, &ask.lane.session_id)?;
    put(headers, THREAD_ID, &ask.lane.thread_id)?;
    put(headers, CLIENT_REQUEST_ID, &ask.lane.thread_id)?;
    if ask.lite {
        headers.insert(LITE, HeaderValue::from_static("true"));
    }
    for name in &FROM_CODEX {
        if let Some(value) = ask.passed_headers.get(name) {
            headers.insert(name.clone(), value.clone());
        }
    }
    Ok(())
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) -> Result<(), Fault> {
    let Ok(value) = HeaderValue::from_str(value) else {
        tracing::warn!(name: "upstream.header", header = %name, "a value cannot stand in a header");
        return Err(Fault::Internal("a value cannot stand in a header"));
    };
    headers.insert(name, value);
    Ok(())
}

/// `path` below `base`. A token never leaves this machine in the clear.
fn address(base: &Url, path: &str) -> Result<Url, Fault> {
    if is_overheard(base) {
        return Err(Fault::Forbidden {
            why: "the upstream address must be https".to_owned(),
        });
    }
    let mut url = base.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    Ok(url)
}

/// True where anybody on the way can read along.
fn is_overheard(url: &Url) -> bool {
    url.scheme() != "https" && !is_loopback(url)
}

const ACCOUNT_ID: HeaderName = HeaderName::from_static("chatgpt-account-id");
const FEDRAMP: HeaderName = HeaderName::from_static("x-openai-fedramp");
const ROUTING_OVERRIDE: HeaderName = HeaderName::from_static("x-openai-account-routing-override");
const RESIDENCY: HeaderName = HeaderName::from_static("x-openai-internal-codex-residency");
const ORIGINATOR: HeaderName = HeaderName::from_static("originator");
const SESSION_ID: HeaderName = HeaderName::from_static("session-id");
const THREAD_ID: HeaderName = HeaderName::from_static("thread-id");
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("x-client-request-id");
const LITE: HeaderName = HeaderName::from_static("x-openai-internal-codex-responses-lite");

/// What a real Codex may say about itself (contract backend 1.2).
const FROM_CODEX: [HeaderName; 7] = [
    HeaderName::from_static("x-codex-turn-state"),
    HeaderName::from_static("x-codex-turn-metadata"),
    HeaderName::from_static("x-codex-window-id"),
    HeaderName::from_static("x-codex-parent-thread-id"),
    HeaderName::from_static("x-openai-subagent"),
    HeaderName::from_static("x-codex-beta-features"),
    HeaderName::from_static("x-codex-installation-id"),
];

#[cfg(test)]
mod tests;
