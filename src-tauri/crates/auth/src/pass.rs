//! What a request needs to be let in by the backend: fresh, allowed by policy, and routed.

use base::Secret;
use url::Url;

use crate::account::AccountId;

/// One account's credential, good for the next few minutes.
#[derive(Debug, Clone)]
pub struct Pass {
    /// Whose it is.
    pub account: AccountId,
    /// Which API it opens.
    pub kind: PassKind,
    /// For `Authorization: Bearer`.
    pub bearer: Secret,
    /// For `ChatGPT-Account-ID` (contract auth 9.1); absent for a platform key.
    pub chatgpt_account_id: Option<String>,
    /// Whether `X-OpenAI-Fedramp: true` is sent.
    pub fedramp: bool,
    /// Where requests go after routing: `…/backend-api`, or the platform's `…/v1`.
    pub base: Url,
    /// For `X-OpenAI-Account-Routing-Override` (contract auth 9.2).
    pub routing_override: Option<String>,
    /// For `x-openai-internal-codex-residency` (contract auth 9.1).
    pub residency: Option<String>,
    /// Changes with every renewal and every new sign-in of the account.
    pub generation: u64,
}

/// Which API a pass opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PassKind {
    /// The ChatGPT backend, on the account's plan.
    Plan,
    /// The platform API, on an API key.
    Platform,
}

/// How Postern names itself to the issuer (contract auth 9.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The header `originator`, and the parameter of the authorize URL.
    pub originator: String,
    /// The header `User-Agent`.
    pub user_agent: String,
}
