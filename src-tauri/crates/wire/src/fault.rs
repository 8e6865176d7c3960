//! What went wrong with one request: what, whose, and what next.
//!
//! `Display` tells this level only, in the backend's own words where it had any. The status and
//! the body's shape are chosen elsewhere: `gateway::respond` and `translate::<dialect>::error`.

mod failed;
mod phrase;
mod words;

use self::phrase::{media, size};
pub use self::words::{Quota, Words};

/// Who can do something about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// The program that asked.
    Client,
    /// The person whose account it is.
    Account,
    /// The other side, or the network on the way.
    Upstream,
    /// Postern itself.
    Ourselves,
}

/// Every way a request can fail.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The body does not parse.
    #[error("the request body is not valid JSON: {why}")]
    BadJson {
        /// Where and why, from the parser.
        why: String,
    },
    /// A field has a value that cannot be served.
    #[error("{message}")]
    Invalid {
        /// What is wrong, whole.
        message: String,
        /// The field, as a path like `messages[2].content`.
        param: Option<String>,
        /// A word for programs, such as `unsupported_value`.
        code: Option<&'static str>,
    },
    /// The body has more bytes than anyone should hold.
    #[error("the request body is larger than {}", size(*limit))]
    TooLarge {
        /// The most a body may have, in bytes, after decompression.
        limit: u64,
    },
    /// The body is compressed in a way nobody here reads.
    #[error("the content encoding `{0}` is not supported")]
    Encoding(String),
    /// The body is not what its headers say.
    #[error("the request body does not match its content encoding")]
    Undecodable,
    /// The body has the wrong media type. A plain form post must never pass (design, guard 5).
    #[error("{}", media(.0))]
    MediaType(String),
    /// The client stopped sending in the middle.
    #[error("the request body did not arrive in time")]
    SlowBody,
    /// Nobody serves this path.
    #[error("{why}")]
    NoRoute {
        /// What is missing, and why.
        why: String,
    },
    /// The path is served, but not for this method.
    #[error("`{method}` is not allowed here; use `{allow}`")]
    WrongMethod {
        /// The method that was used.
        method: String,
        /// What may be used, as in an `Allow` header.
        allow: &'static str,
    },
    /// A WebSocket was asked for in a way that none can be. Answered 426, so that a Codex CLI turns to
    /// HTTP at once.
    #[error("this is no request for a WebSocket that could be served; ask over plain HTTP")]
    UpgradeRefused,

    /// No local key came with the request.
    #[error("no local key was sent")]
    NoKey,
    /// The key that came is not one of ours, or was revoked.
    #[error("the local key is not known")]
    WrongKey,
    /// The `Host` is not this machine: a rebound name.
    #[error("the host `{0}` is not served here")]
    ForeignHost(String),
    /// A web page asked.
    #[error("pages on `{0}` may not use this server")]
    ForeignOrigin(String),

    /// Nobody is signed in, or the sign-in has ended.
    #[error("{why}")]
    SignedOut {
        /// The sentence that says which.
        why: String,
    },
    /// The secrets cannot be read now.
    #[error("{why}")]
    VaultClosed {
        /// Locked, missing, or denied, as a sentence.
        why: String,
        /// How to open them.
        hint: Option<&'static str>,
    },
    /// This machine's policy, or the workspace, forbids it.
    #[error("{why}")]
    Forbidden {
        /// The policy's sentence.
        why: String,
    },
    /// The credential could not be readied just now; later it may.
    #[error("{why}")]
    NotReady {
        /// What could not be done.
        why: String,
    },

    /// The backend does not accept the credential.
    #[error("{0}")]
    Unauthorized(Box<Words>),
    /// The plan's limit is reached.
    #[error("{0}")]
    Quota(Box<Quota>),
    /// Too many requests at once; no limit of the plan.
    #[error("{words}")]
    Throttled {
        /// What the backend said.
        words: Box<Words>,
        /// Seconds to wait, where the backend told.
        retry_after: Option<u64>,
    },
    /// The backend has no capacity for this model just now.
    #[error("{0}")]
    Overloaded(Box<Words>),
    /// The backend refused the request as it is.
    #[error("{words}")]
    Refused {
        /// The HTTP status, or 200 where the refusal came inside the stream.
        status: u16,
        /// What the backend said.
        words: Box<Words>,
    },
    /// Something between here and the backend wants a browser (contract backend 1.3).
    #[error("the way to the backend is blocked by a Cloudflare check")]
    Challenged {
        /// Cloudflare's ray id, for a report.
        ray: Option<String>,
    },
    /// The backend failed in a way that may pass.
    #[error("the backend failed with status {status}")]
    Broken {
        /// The HTTP status.
        status: u16,
        /// What the backend said.
        words: Box<Words>,
    },
    /// The backend gave up inside the stream, with a code of no class of its own.
    #[error("{0}")]
    Failed(Box<Words>),
    /// No connection.
    #[error("`{host}` could not be reached: {why}")]
    Unreachable {
        /// The host that was tried.
        host: String,
        /// What the network said.
        why: String,
    },
    /// A deadline passed.
    #[error("the backend was silent for {seconds} seconds")]
    Silent {
        /// How long was waited.
        seconds: u64,
    },
    /// The stream ended without its terminal event (contract backend 0.1, line 8).
    #[error("the answer was cut off before it was complete")]
    CutShort,
    /// The backend answered with something that is no event stream.
    #[error("the backend's answer could not be read: {why}")]
    Garbled {
        /// What was wrong with it.
        why: String,
    },
    /// Postern is stopping.
    #[error("Postern is shutting down")]
    ShuttingDown,
    /// A part of Postern failed in a way it never should.
    #[error("Postern could not serve the request: {0}")]
    Internal(&'static str),
    /// The key that came is not one of ours, like many before it.
    #[error("the local key is not known, and too many unknown ones were sent lately")]
    WrongKeys {
        /// How long to send none.
        seconds: u64,
    },
}

impl Fault {
    /// A field that cannot be served, with a code for programs.
    pub fn invalid(message: impl Into<String>, param: impl Into<String>) -> Self {
        Self::Invalid {
            message: message.into(),
            param: Some(param.into()),
            code: None,
        }
    }

    /// Who can do something about it.
    pub fn blame(&self) -> Blame {
        match self {
            Self::BadJson { .. }
            | Self::Invalid { .. }
            | Self::TooLarge { .. }
            | Self::Encoding(_)
            | Self::Undecodable
            | Self::MediaType(_)
            | Self::SlowBody
            | Self::NoRoute { .. }
            | Self::WrongMethod { .. }
            | Self::UpgradeRefused
            | Self::NoKey
            | Self::WrongKey
            | Self::ForeignHost(_)
            | Self::ForeignOrigin(_)
            | Self::WrongKeys { .. }
            | Self::Refused { .. } => Blame::Client,
            Self::SignedOut { .. }
            | Self::VaultClosed { .. }
            | Self::Forbidden { .. }
            | Self::Unauthorized(_)
            | Self::Quota(_) => Blame::Account,
            Self::NotReady { .. }
            | Self::Throttled { .. }
            | Self::Overloaded(_)
            | Self::Challenged { .. }
            | Self::Broken { .. }
            | Self::Failed(_)
            | Self::Unreachable { .. }
            | Self::Silent { .. }
            | Self::CutShort
            | Self::Garbled { .. } => Blame::Upstream,
            Self::ShuttingDown | Self::Internal(_) => Blame::Ourselves,
        }
    }

    /// True where sending the same bytes again soon may work and can do no harm
    /// (contract backend 3.1, 3.2 and 3.4). Quota is not: it ends at its own time.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Broken { .. } | Self::Overloaded(_) => true,
            Self::Throttled { .. } | Self::Failed(_) | Self::CutShort => true,
            Self::BadJson { .. }
            | Self::Invalid { .. }
            | Self::TooLarge { .. }
            | Self::Encoding(_)
            | Self::Undecodable
            | Self::MediaType(_)
            | Self::SlowBody
            | Self::NoRoute { .. }
            | Self::WrongMethod { .. }
            | Self::UpgradeRefused
            | Self::NoKey
            | Self::WrongKey
            | Self::ForeignHost(_)
            | Self::ForeignOrigin(_)
            | Self::SignedOut { .. }
            | Self::VaultClosed { .. }
            | Self::Forbidden { .. }
            | Self::NotReady { .. }
            | Self::Unauthorized(_)
            | Self::Quota(_)
            | Self::Refused { .. }
            | Self::Challenged { .. }
            | Self::Silent { .. }
            | Self::Garbled { .. }
            | Self::ShuttingDown
            | Self::Internal(_)
            | Self::WrongKeys { .. } => false,
        }
    }

    /// A stable word for logs and for the `code` of an error body.
    pub fn code(&self) -> &str {
        match self {
            Self::BadJson { .. } => "invalid_json",
            Self::Invalid { code, .. } => code.unwrap_or("invalid_value"),
            Self::TooLarge { .. } => "request_too_large",
            Self::Encoding(_) => "unsupported_content_encoding",
            Self::Undecodable => "invalid_content_encoding",
            Self::MediaType(_) => "unsupported_media_type",
            Self::SlowBody => "request_timeout",
            Self::NoRoute { .. } => "unsupported_endpoint",
            Self::WrongMethod { .. } => "method_not_allowed",
            Self::UpgradeRefused => "upgrade_required",
            Self::NoKey => "missing_api_key",
            Self::WrongKey => "invalid_api_key",
            Self::ForeignHost(_) => "host_not_allowed",
            Self::ForeignOrigin(_) => "origin_not_allowed",
            Self::SignedOut { .. } => "signed_out",
            Self::VaultClosed { .. } => "vault_closed",
            Self::Forbidden { .. } => "not_permitted",
            Self::NotReady { .. } => "credential_not_ready",
            Self::Unauthorized(words) => words.code_or("unauthorized"),
            Self::Quota(_) => "usage_limit_reached",
            Self::Throttled { words, .. } => words.code_or("rate_limit_exceeded"),
            Self::Overloaded(words) => words.code_or("server_is_overloaded"),
            Self::Refused { words, .. } => words.code_or("upstream_refused"),
            Self::Challenged { .. } => "upstream_challenge",
            Self::Broken { words, .. } => words.code_or("upstream_error"),
            Self::Failed(words) => words.code_or("upstream_failed"),
            Self::Unreachable { .. } => "upstream_unreachable",
            Self::Silent { .. } => "upstream_timeout",
            Self::CutShort => "stream_cut_short",
            Self::Garbled { .. } => "upstream_garbled",
            Self::ShuttingDown => "shutting_down",
            Self::Internal(_) => "internal_error",
            Self::WrongKeys { .. } => "too_many_wrong_keys",
        }
    }

    /// The field at fault, where one is.
    pub fn param(&self) -> Option<&str> {
        match self {
            Self::Invalid { param, .. } => param.as_deref(),
            _ => self.words().and_then(|words| words.param.as_deref()),
        }
    }

    /// What the backend itself said, where it said anything.
    pub fn words(&self) -> Option<&Words> {
        if let Self::Unauthorized(words)
        | Self::Throttled { words, .. }
        | Self::Overloaded(words)
        | Self::Refused { words, .. }
        | Self::Broken { words, .. }
        | Self::Failed(words) = self
        {
            Some(words)
        } else if let Self::Quota(quota) = self {
            Some(&quota.words)
        } else {
            None
        }
    }

    /// One thing the reader can do about it. Shown below the message, never inside it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::TooLarge { .. } => Some("send fewer or smaller images and files"),
            Self::Encoding(_) => Some("send the body plain, or as gzip or zstd"),
            Self::MediaType(_) => Some("send `content-type: application/json`"),
            Self::NoKey | Self::WrongKey | Self::WrongKeys { .. } => Some(
                "make a key with `postern keys add NAME` and send it as `Authorization: Bearer`",
            ),
            Self::ForeignHost(_) => {
                Some("use http://127.0.0.1, or list the name in `allowed_hosts`")
            }
            Self::ForeignOrigin(_) => {
                Some("list the origin in `allowed_origins` if you trust the page")
            }
            Self::SignedOut { .. } | Self::Unauthorized(_) => Some("run `postern login`"),
            Self::VaultClosed { hint, .. } => *hint,
            Self::NotReady { .. } | Self::Broken { .. } | Self::Failed(_) | Self::CutShort => {
                Some("try again in a moment")
            }
            Self::Quota(_) => {
                Some("wait for the reset, or run `postern try-now` after the limit was lifted")
            }
            Self::Throttled { .. } => Some("send fewer requests at once"),
            Self::Overloaded(_) => Some("try again in a moment, or choose another model"),
            Self::Challenged { .. } => {
                Some("leave any VPN or datacentre network, wait some minutes, and try again")
            }
            Self::Unreachable { .. } => Some("check the network and the proxy setting"),
            Self::Silent { .. } => Some(
                "try again; raise `first_event_timeout_secs` or `idle_timeout_secs` if this model often thinks longer",
            ),
            Self::Refused { words, .. } => words.hint(),
            Self::BadJson { .. }
            | Self::Invalid { .. }
            | Self::Undecodable
            | Self::SlowBody
            | Self::NoRoute { .. }
            | Self::WrongMethod { .. }
            | Self::UpgradeRefused
            | Self::Forbidden { .. }
            | Self::Garbled { .. }
            | Self::ShuttingDown
            | Self::Internal(_) => None,
        }
    }
}
