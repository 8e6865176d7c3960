//! The tokens of one sign-in, and when they are due (contract auth 3.2).

use std::time::Duration;

use base::{Secret, Timestamp};

use crate::claims::{Claims, NotAJwt};
use crate::issuer::{Grant, Renewed};

/// The tokens of one sign-in, with what they say already read.
#[derive(Debug, Clone)]
pub(crate) struct Tokens {
    pub(crate) id_token: Secret,
    pub(crate) access: Secret,
    pub(crate) refresh: Secret,
    /// For `ChatGPT-Account-ID`: taken from the first id token and never changed by a renewal.
    pub(crate) account_id: Option<String>,
    /// Who gave them, and the only one they are sent to; none where that was not written down.
    pub(crate) issuer: Option<String>,
    pub(crate) last_refresh: Timestamp,
    /// Whether the refresh token was sent, and nobody has noted an answer yet (contract auth 3.6).
    pub(crate) unconfirmed: bool,
    claims: Claims,
    expires: Option<Timestamp>,
}

/// The parts of a [`Tokens`] as they are kept.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) id_token: Secret,
    pub(crate) access: Secret,
    pub(crate) refresh: Secret,
    pub(crate) account_id: Option<String>,
    pub(crate) issuer: Option<String>,
    pub(crate) last_refresh: Timestamp,
    pub(crate) unconfirmed: bool,
}

impl Tokens {
    /// The tokens of a sign-in at `issuer` that ended at `now`.
    pub(crate) fn granted(grant: Grant, issuer: &str, now: Timestamp) -> Result<Self, NotAJwt> {
        let account_id = Claims::of(grant.id_token.reveal())?.account_id;
        Self::kept(Kept {
            id_token: grant.id_token,
            access: grant.access_token,
            refresh: grant.refresh_token,
            account_id,
            issuer: Some(issuer.to_owned()),
            last_refresh: now,
            unconfirmed: false,
        })
    }

    /// The tokens as they were kept. Only the id token must be readable.
    pub(crate) fn kept(kept: Kept) -> Result<Self, NotAJwt> {
        Ok(Self {
            claims: Claims::of(kept.id_token.reveal())?,
            expires: expiry(&kept.access),
            id_token: kept.id_token,
            access: kept.access,
            refresh: kept.refresh,
            account_id: kept.account_id,
            issuer: kept.issuer,
            last_refresh: kept.last_refresh,
            unconfirmed: kept.unconfirmed,
        })
    }

    /// These tokens after a renewal at `now`: only what it brought is replaced (contract auth 3.1).
    pub(crate) fn renewed(&self, renewed: Renewed, now: Timestamp) -> Self {
        let mut tokens = self.clone();
        if let Some(id_token) = renewed.id_token {
            // An id token nobody can read would make the whole record unreadable.
            if let Ok(claims) = Claims::of(id_token.reveal()) {
                tokens.claims = claims;
                tokens.id_token = id_token;
            }
        }
        if let Some(access) = renewed.access_token {
            tokens.expires = expiry(&access);
            tokens.access = access;
        }
        if let Some(refresh) = renewed.refresh_token {
            tokens.refresh = refresh;
        }
        tokens.last_refresh = now;
        tokens.unconfirmed = false;
        tokens
    }

    /// The same tokens, with or without the note that the refresh token is under way.
    pub(crate) fn noted(&self, unconfirmed: bool) -> Self {
        Self {
            unconfirmed,
            ..self.clone()
        }
    }

    pub(crate) fn claims(&self) -> &Claims {
        &self.claims
    }

    /// Whether they should be renewed: five minutes before the end, or eight days after the last
    /// renewal where no end is known.
    pub(crate) fn is_due(&self, now: Timestamp) -> bool {
        match self.expires {
            Some(end) => end <= now.plus(HEADROOM),
            None => now.since(self.last_refresh) > OPAQUE_LIFETIME,
        }
    }

    /// Whether the access token can still be used; one without a known end can.
    pub(crate) fn is_alive(&self, now: Timestamp) -> bool {
        self.expires.is_none_or(|end| end > now)
    }
}

/// Two sets are the same when their tokens are; whether one of them is under way does not matter.
impl PartialEq for Tokens {
    fn eq(&self, other: &Self) -> bool {
        self.id_token == other.id_token
            && self.access == other.access
            && self.refresh == other.refresh
            && self.account_id == other.account_id
            && self.last_refresh == other.last_refresh
    }
}

fn expiry(access: &Secret) -> Option<Timestamp> {
    Claims::of(access.reveal()).ok()?.expires
}

/// How long before its end a token is renewed.
pub(crate) const HEADROOM: Duration = Duration::from_secs(5 * 60);
/// How long a token without a known end is used.
const OPAQUE_LIFETIME: Duration = Duration::from_secs(8 * 24 * 60 * 60);
