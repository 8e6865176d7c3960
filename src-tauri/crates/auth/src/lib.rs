//! Sign-in, and everything that keeps one alive: tokens, renewal, revocation, routing, policy.
//!
//! In: a vault, an HTTP client, two addresses, the rules of the machine. Out: a [`Pass`] for the next
//! request, or a [`Fault`] whose sentence a person can act on.
//!
//! Guarantees:
//! - no token, code, key or verifier is in a log line, a `Debug`, a fault, or a page;
//! - one renewal at a time per account, here and across processes, and no refresh token is sent twice;
//! - nothing of the Codex CLI is ever written.
//!
//! Absent: requests, dialects, windows. `README.md` lists the first party's tests and ours.

mod access_token;
mod account;
mod accounts;
mod callback;
mod claims;
mod codex_cli;
mod fault;
mod flight;
mod issuer;
mod ledger;
mod means;
mod pass;
mod plan;
pub mod policy;
mod record;
mod redact;
mod routing;
mod session;
mod sign_in;
mod tokens;
mod transport;

pub use account::{Account, AccountId, Kind, State};
pub use accounts::{Accounts, Parts, Revoked, SignedOut};
pub use callback::ports::Ports;
pub use callback::{Callback, Refusal};
pub use fault::{By, Class, Fault};
pub use pass::{Identity, Pass, PassKind};
pub use plan::{KnownPlan, Plan};
pub use policy::Policy;
pub use sign_in::browser::{BrowserSignIn, Canceller};
pub use sign_in::device::{DeviceSignIn, PHISHING_WARNING};
pub use sign_in::paste::PastedSignIn;
