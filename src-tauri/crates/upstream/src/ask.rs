//! What is asked, and with whose credential.

use base::Secret;
use http::HeaderMap;
use url::Url;
use wire::responses::{Request, Target};

/// One request to the provider.
#[derive(Debug, Clone)]
pub struct Ask {
    /// What is asked; its bytes are the same for every attempt.
    pub request: Request,
    /// The conversation it belongs to.
    pub lane: Lane,
    /// True for a request in the Lite shape of a real Codex (contract backend 1.8).
    pub lite: bool,
    /// Headers of a real Codex. Only those in the allowlist go out (contract backend 1.2).
    pub passed_headers: HeaderMap,
}

/// What ties requests together for the backend's prompt cache (contract backend 9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    /// Stable for a conversation and everything that shares its beginning.
    pub session_id: String,
    /// Stable for one thread of it.
    pub thread_id: String,
}

/// What lets a request in, and where it goes (contract auth 9.1, 9.2).
#[derive(Debug, Clone)]
pub struct Credential {
    /// The access token or API key.
    pub bearer: Secret,
    /// The workspace; `None` for an API key.
    pub account_id: Option<String>,
    /// True for FedRAMP workspaces.
    pub fedramp: bool,
    /// `…/backend-api` of the workspace, or the platform's `…/v1`.
    pub base: Url,
    /// `us` or `us_cr`, where the workspace demands it.
    pub routing_override: Option<String>,
    /// `us`, where this machine's policy demands it.
    pub residency: Option<String>,
    /// True for an API key of the platform.
    pub platform: bool,
}

impl Credential {
    /// Which of the two backends it opens.
    pub fn target(&self) -> Target {
        if self.platform {
            Target::Platform
        } else {
            Target::Plan
        }
    }
}
