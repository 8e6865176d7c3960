//! Every parameter of contract auth 1.2, checked by name.

use super::super::fields::{Bad, Fields};
use super::super::is_known_client;
use crate::world::Knobs;

/// An authorize request in which nothing is wrong.
#[derive(Debug)]
pub(super) struct Ask {
    pub(super) client_id: String,
    pub(super) redirect_uri: String,
    pub(super) scope: String,
    pub(super) state: String,
    pub(super) challenge: String,
    /// The allowed account ids; `None` without a restriction.
    pub(super) workspaces: Option<Vec<String>>,
}

impl Ask {
    /// Names the first parameter that is wrong.
    pub(super) fn check(fields: &Fields, knobs: &Knobs) -> Result<Self, Bad> {
        fields.only(KNOWN)?;
        fields.exactly("response_type", "code")?;
        let client_id = fields.one("client_id")?;
        if !is_known_client(knobs, client_id) {
            return Err(Bad::new("client_id", "is not a registered client"));
        }
        let redirect_uri = redirect_uri(fields.one("redirect_uri")?, knobs)?;
        let scope = scope(fields.one("scope")?)?;
        let challenge = challenge(fields.one("code_challenge")?)?;
        fields.exactly("code_challenge_method", "S256")?;
        fields.exactly("id_token_add_organizations", "true")?;
        fields.exactly("codex_cli_simplified_flow", "true")?;
        let state = state(fields.one("state")?)?;
        originator(fields.one("originator")?)?;
        let workspaces = fields.maybe("allowed_workspace_id")?;
        Ok(Self {
            client_id: client_id.into(),
            redirect_uri: redirect_uri.into(),
            scope: scope.into(),
            state: state.into(),
            challenge: challenge.into(),
            workspaces: workspaces.map(workspace_list).transpose()?,
        })
    }
}

/// The registered addresses, byte for byte (contract auth 1.1, 1.2).
fn redirect_uri<'a>(uri: &'a str, knobs: &Knobs) -> Result<&'a str, Bad> {
    let port = ["http://127.0.0.1:", "http://localhost:"]
        .iter()
        .find_map(|origin| uri.strip_prefix(origin)?.strip_suffix("/auth/callback"))
        .filter(|port| port.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|port| port.parse::<u16>().ok());
    match port {
        Some(1455 | 1457) => Ok(uri),
        Some(1..) if knobs.any_loopback_port => Ok(uri),
        Some(_) | None => Err(Bad::new(
            "redirect_uri",
            "is not registered for this client",
        )),
    }
}

fn scope(scope: &str) -> Result<&str, Bad> {
    let asked: Vec<&str> = scope.split(' ').collect();
    if let Some(unknown) = asked.iter().find(|it| !SCOPES.contains(it)) {
        return Err(Bad::new(
            "scope",
            format!("`{unknown}` is not a known scope"),
        ));
    }
    match SCOPES[..NEEDED_SCOPES]
        .iter()
        .find(|it| !asked.contains(it))
    {
        Some(missing) => Err(Bad::new("scope", format!("`{missing}` is missing"))),
        None => Ok(scope),
    }
}

fn challenge(challenge: &str) -> Result<&str, Bad> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    match challenge.len() {
        43 if challenge.bytes().all(plain) => Ok(challenge),
        _ => Err(Bad::new(
            "code_challenge",
            "is not 43 characters of base64url",
        )),
    }
}

fn state(state: &str) -> Result<&str, Bad> {
    match state.len() {
        16.. => Ok(state),
        _ => Err(Bad::new("state", "is shorter than 16 characters")),
    }
}

fn originator(originator: &str) -> Result<(), Bad> {
    match originator.bytes().all(|byte| matches!(byte, 0x20..=0x7e)) {
        true => Ok(()),
        false => Err(Bad::new("originator", "is not printable ASCII")),
    }
}

fn workspace_list(list: &str) -> Result<Vec<String>, Bad> {
    let ids: Vec<String> = list.split(',').map(Into::into).collect();
    match ids.iter().any(|id| id.trim().is_empty() || id.trim() != id) {
        true => Err(Bad::new(
            "allowed_workspace_id",
            "is not a list of ids joined by commas",
        )),
        false => Ok(ids),
    }
}

/// Contract auth 1.2; the last two of its own are known by name only and carry no meaning here.
const KNOWN: &[&str] = &[
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "code_challenge",
    "code_challenge_method",
    "id_token_add_organizations",
    "codex_cli_simplified_flow",
    "state",
    "originator",
    "allowed_workspace_id",
    "current_workspace_id",
    "login_hint",
    "standin_person",
    "standin_answer",
];

/// The needed ones first.
const SCOPES: [&str; 6] = [
    "openid",
    "profile",
    "email",
    "offline_access",
    "api.connectors.read",
    "api.connectors.invoke",
];
const NEEDED_SCOPES: usize = 4;
