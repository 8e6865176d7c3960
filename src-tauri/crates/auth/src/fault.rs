//! Why there is no pass, or why a sign-in did not work out.
//!
//! The display of a fault is the sentence a person reads; where contract auth has one, it is that
//! one. No fault holds a token, a code, or a verifier: texts of the other side are scrubbed first.

use std::time::Duration;

use store::VaultFault;

use crate::account::AccountId;

/// Why there is no pass, or why a sign-in did not work out.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Fault {
    /// No account is signed in.
    #[error("nobody is signed in")]
    SignedOut,
    /// There is no such account.
    #[error("there is no account `{0}`")]
    UnknownAccount(AccountId),
    /// The sign-in cannot be renewed any more (contract auth 3.4).
    #[error("{message}")]
    Permanent {
        /// What ended it.
        class: Class,
        /// The contract's sentence.
        message: String,
    },
    /// The sign-in could not be renewed right now; a later try may work.
    #[error("{message}")]
    Transient {
        /// What went wrong.
        message: String,
        /// How long nothing will be tried; `None` where the next request tries again.
        retry_in: Option<Duration>,
    },
    /// The backend refuses a credential that cannot be renewed, or that was renewed just now.
    #[error("{0}")]
    NeedsSignIn(&'static str),
    /// A rule of this machine forbids it (contract auth 8).
    #[error("{0}")]
    Policy(String),
    /// The backend did not say where this workspace's requests go (contract auth 9.2).
    #[error("{0}")]
    Workspace(String),
    /// Secrets cannot be read or written.
    #[error(transparent)]
    Vault(VaultFault),
    /// Neither registered port is free (contract auth 1.5).
    #[error("Port 127.0.0.1:{preferred} is already in use, and so is {fallback}")]
    PortsTaken {
        /// The port that was wanted.
        preferred: u16,
        /// The port that was tried instead.
        fallback: u16,
    },
    /// This computer did not let us listen on any port.
    #[error("could not listen on 127.0.0.1: {0}")]
    Listen(String),
    /// The sign-in was given up.
    #[error("{0}")]
    Cancelled(By),
    /// Nobody finished the sign-in in time.
    #[error("{0}")]
    TimedOut(&'static str),
    /// The issuer said no (contract auth 1.4).
    #[error("{0}")]
    Denied(String),
    /// The callback carried no code.
    #[error("the sign-in page sent no authorization code")]
    MissingCode,
    /// The code could not be exchanged for tokens.
    #[error("{0}")]
    Exchange(String),
    /// What was pasted is not the address of this sign-in.
    #[error("{0}")]
    Pasted(&'static str),
    /// This account, or this issuer, gives no codes (contract auth 2).
    #[error(
        "device code login is not enabled for this Codex server. Use the browser login or verify the server URL."
    )]
    CodesOff,
    /// The device flow failed (contract auth 2).
    #[error("{0}")]
    Device(String),
    /// Signed in, but nothing could be saved (contract auth 1.4).
    #[error("Sign-in completed but credentials could not be saved locally.")]
    NotSaved(#[source] VaultFault),
    /// An access token or key is not one, or is not accepted (contract auth 6).
    #[error("{0}")]
    Credential(String),
    /// The Codex CLI's sign-in cannot be used.
    #[error("{0}")]
    CodexCli(String),
    /// Postern is shutting down.
    #[error("Postern is shutting down")]
    Stopping,
}

/// What ended a sign-in for good (contract auth 3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// The refresh token expired.
    Expired,
    /// The refresh token was used before.
    Exhausted,
    /// The refresh token was revoked.
    Revoked,
    /// Refused for another reason.
    Other,
    /// Signed out, or signed in to another account, meanwhile (contract auth 3.3).
    Replaced,
    /// A renewal was sent and its answer lost, so the refresh token may be used up (contract auth 3.6).
    Unconfirmed,
}

/// Who gave a sign-in up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum By {
    /// The person, here.
    Person,
    /// Another program, or another sign-in, that wants the port (contract auth 1.5).
    AnotherProgram,
}

impl std::fmt::Display for By {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Person => "Login cancelled",
            Self::AnotherProgram => {
                "Login cancelled: the sign-in was taken over by another program"
            }
        })
    }
}

impl Fault {
    /// The fault's word for code: stable, in kebab case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::SignedOut => "signed-out",
            Self::UnknownAccount(_) => "unknown-account",
            Self::Permanent { class, .. } => class.code(),
            Self::Transient { .. } => "renewal-failing",
            Self::NeedsSignIn(_) => "needs-sign-in",
            Self::Policy(_) => "policy",
            Self::Workspace(_) => "workspace",
            Self::Vault(_) => "vault",
            Self::PortsTaken { .. } => "ports-taken",
            Self::Listen(_) => "listen",
            Self::Cancelled(By::Person) => "cancelled",
            Self::Cancelled(By::AnotherProgram) => "taken-over",
            Self::TimedOut(_) => "timed-out",
            Self::Denied(_) => "denied",
            Self::MissingCode => "missing-authorization-code",
            Self::Exchange(_) => "token-exchange-failed",
            Self::Pasted(_) => "pasted",
            Self::CodesOff => "codes-off",
            Self::Device(_) => "device",
            Self::NotSaved(_) => "persist-failed",
            Self::Credential(_) => "credential",
            Self::CodexCli(_) => "codex-cli",
            Self::Stopping => "stopping",
        }
    }

    /// One thing the reader can do about it. Shown below the message, never inside it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::SignedOut => Some("sign in with `postern login`"),
            Self::UnknownAccount(_) => Some("`postern accounts` lists the accounts"),
            Self::Permanent { .. } | Self::NeedsSignIn(_) => {
                Some("sign in again with `postern login`")
            }
            Self::Transient { .. } => {
                Some("check the network or the proxy setting; Postern tries again by itself")
            }
            Self::Policy(_) => Some("ask whoever manages this machine"),
            Self::Workspace(_) => {
                Some("check the network, then try again; if it stays, sign in again")
            }
            Self::Vault(fault) | Self::NotSaved(fault) => fault.hint(),
            Self::PortsTaken { .. } | Self::Listen(_) => {
                Some("sign in with a device code: `postern login --device`")
            }
            Self::Cancelled(By::Person) => None,
            Self::Cancelled(By::AnotherProgram) | Self::TimedOut(_) | Self::MissingCode => {
                Some("start the sign-in again")
            }
            Self::Denied(_) | Self::Exchange(_) => {
                Some("start the sign-in again, or try another account")
            }
            Self::Pasted(_) => Some("copy the whole address of the page the browser ended on"),
            Self::CodesOff | Self::Device(_) => Some("try again, or sign in with the browser"),
            Self::Credential(_) => Some("check that the whole token was copied"),
            Self::CodexCli(_) => Some("run `codex login`, or sign in with `postern login`"),
            Self::Stopping => None,
        }
    }

    /// True where only a person signing in again repairs it.
    pub fn needs_sign_in(&self) -> bool {
        matches!(
            self,
            Self::SignedOut | Self::Permanent { .. } | Self::NeedsSignIn(_)
        )
    }
}

impl From<VaultFault> for Fault {
    fn from(fault: VaultFault) -> Self {
        Self::Vault(fault)
    }
}

impl Class {
    /// The sentence for it (contract auth 3.3, 3.4).
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Expired => {
                "Your access token could not be refreshed because your refresh token has expired. Please log out and sign in again."
            }
            Self::Exhausted => {
                "Your access token could not be refreshed because your refresh token was already used. Please log out and sign in again."
            }
            Self::Revoked => {
                "Your access token could not be refreshed because your refresh token was revoked. Please log out and sign in again."
            }
            Self::Other => {
                "Your access token could not be refreshed. Please log out and sign in again."
            }
            Self::Replaced => {
                "Your access token could not be refreshed because you have since logged out or signed in to another account. Please sign in again."
            }
            Self::Unconfirmed => {
                "Your access token could not be refreshed because the answer to the last renewal was lost, so the refresh token may already be used. Please sign in again."
            }
        }
    }

    /// The fault of this class.
    pub(crate) fn fault(self) -> Fault {
        Fault::Permanent {
            class: self,
            message: self.sentence().into(),
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Expired => "refresh-token-expired",
            Self::Exhausted => "refresh-token-reused",
            Self::Revoked => "refresh-token-revoked",
            Self::Other => "refresh-refused",
            Self::Replaced => "signed-in-elsewhere",
            Self::Unconfirmed => "refresh-unconfirmed",
        }
    }
}
