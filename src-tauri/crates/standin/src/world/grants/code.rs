//! Authorization codes: handed out by the page or to a device, redeemed once.

use base::{Chance, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::{Grants, Issue, SeatKey, Standing, Tokens};

/// What a code is bound to.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) client_id: String,
    pub(crate) redirect: Redirect,
    /// base64url(SHA-256(verifier)), 43 characters.
    pub(crate) challenge: String,
}

/// Which `redirect_uri` redeems a code.
#[derive(Debug, Clone)]
pub(crate) enum Redirect {
    /// This one, byte for byte.
    Exact(String),
    /// `{issuer}/deviceauth/callback` where the device reached the issuer under this host. The
    /// scheme is the device's affair: TLS may end in front of us (contract auth 10.1).
    Device { host: String },
}

/// What the one who redeems a code shows.
#[derive(Debug)]
pub(crate) struct Shown<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) redirect_uri: &'a str,
    pub(crate) verifier: &'a str,
}

#[derive(Debug)]
pub(super) struct Code {
    seat: SeatKey,
    asked: Asked,
    expires_at: Timestamp,
    state: State,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Fresh,
    /// Tried and refused.
    Burnt,
    /// Redeemed; it began this family.
    Redeemed(usize),
}

/// Why a code is refused; every one is `invalid_grant`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeFault {
    /// Nobody handed it out.
    Unknown,
    /// It was tried before.
    Spent,
    /// Ten minutes have passed.
    Expired,
    /// It was given to another client.
    WrongClient,
    /// The redirect URI is not byte for byte the one of the authorize request.
    WrongRedirect,
    /// The verifier does not hash to the challenge.
    WrongVerifier,
}

impl CodeFault {
    /// The `error_description`.
    pub fn message(self) -> &'static str {
        match self {
            Self::Unknown => "the authorization code is unknown",
            Self::Spent => "the authorization code was used before",
            Self::Expired => "the authorization code has expired",
            Self::WrongClient => "the authorization code was issued to another client_id",
            Self::WrongRedirect => "the redirect_uri differs from the authorize request",
            Self::WrongVerifier => "the code_verifier does not match the code_challenge",
        }
    }
}

impl Grants {
    pub(crate) fn new_code(
        &mut self,
        seat: SeatKey,
        asked: Asked,
        expires_at: Timestamp,
        chance: &Chance,
    ) -> String {
        let text = format!("ac_standin_{}", chance.alphanumeric(43));
        let code = Code {
            seat,
            asked,
            expires_at,
            state: State::Fresh,
        };
        self.codes.insert(text.clone(), code);
        text
    }

    /// Burns the code and says whose it was. [`Grants::redeemed`] must follow.
    pub(crate) fn take_code(
        &mut self,
        text: &str,
        shown: &Shown<'_>,
        now: Timestamp,
    ) -> Result<SeatKey, CodeFault> {
        let code = self.codes.get_mut(text).ok_or(CodeFault::Unknown)?;
        match code.state {
            State::Fresh => code.state = State::Burnt,
            State::Burnt => return Err(CodeFault::Spent),
            State::Redeemed(family) => {
                self.families[family].standing = Standing::Invalidated;
                return Err(CodeFault::Spent);
            }
        }
        code.check(shown, now)?;
        Ok(code.seat.clone())
    }

    /// Begins the family of a code that was just taken.
    pub(crate) fn redeemed(&mut self, text: &str, issue: &Issue<'_>) -> Tokens {
        let (family, tokens) = self.new_family(issue);
        if let Some(code) = self.codes.get_mut(text) {
            code.state = State::Redeemed(family);
        }
        tokens
    }
}

impl Redirect {
    fn is(&self, shown: &str) -> bool {
        match self {
            Self::Exact(exact) => shown == exact,
            Self::Device { host } => ["http", "https"]
                .iter()
                .any(|scheme| shown == format!("{scheme}://{host}/deviceauth/callback")),
        }
    }
}

impl Code {
    fn check(&self, shown: &Shown<'_>, now: Timestamp) -> Result<(), CodeFault> {
        if self.expires_at <= now {
            Err(CodeFault::Expired)
        } else if self.asked.client_id != shown.client_id {
            Err(CodeFault::WrongClient)
        } else if !self.asked.redirect.is(shown.redirect_uri) {
            Err(CodeFault::WrongRedirect)
        } else if self.asked.challenge != challenge_of(shown.verifier) {
            Err(CodeFault::WrongVerifier)
        } else {
            Ok(())
        }
    }
}

/// The S256 challenge of a verifier (RFC 7636, section 4.2).
pub(crate) fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}
