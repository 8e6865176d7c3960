//! Who a bearer is, and why it is refused.

use base::Timestamp;

use super::{Grants, SeatKey, Standing};

#[derive(Debug)]
pub(super) struct Bearer {
    pub(super) seat: SeatKey,
    /// `None` for `at-` tokens and `sk-` keys.
    pub(super) family: Option<usize>,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) standing: Standing,
}

/// Why a bearer is refused (contract backend 3.1, the rows of 401).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BearerFault {
    /// Nobody knows it.
    Unknown,
    /// Its time is over.
    Expired,
    /// The issuer ended its grant.
    Invalidated,
    /// Its owner ended its grant.
    Revoked,
}

impl BearerFault {
    /// The `error.code` that goes with it; `None` where the body is `{"detail":"Unauthorized"}`.
    pub fn code(self) -> Option<&'static str> {
        match self {
            Self::Unknown => None,
            Self::Expired => Some("token_expired"),
            Self::Invalidated => Some("token_invalidated"),
            Self::Revoked => Some("token_revoked"),
        }
    }

    /// The `error.message` that goes with it.
    pub fn message(self) -> &'static str {
        match self {
            Self::Unknown => "Unauthorized",
            Self::Expired => {
                "Provided authentication token is expired. Please try signing in again."
            }
            Self::Invalidated => {
                "Your authentication token has been invalidated. Please try signing in again."
            }
            Self::Revoked => {
                "Encountered invalidated oauth token for user, failing request. Please try signing in again."
            }
        }
    }
}

impl Bearer {
    /// One that belongs to no sign-in and does not expire.
    pub(super) fn standing(seat: SeatKey) -> Self {
        Self {
            seat,
            family: None,
            expires_at: None,
            standing: Standing::Good,
        }
    }
}

impl Grants {
    pub(crate) fn bearer(&self, token: &str, now: Timestamp) -> Result<SeatKey, BearerFault> {
        let bearer = self.bearers.get(token).ok_or(BearerFault::Unknown)?;
        let family = bearer.family.map(|it| self.families[it].standing);
        for standing in [Some(bearer.standing), family].into_iter().flatten() {
            match standing {
                Standing::Good => {}
                Standing::Revoked => return Err(BearerFault::Revoked),
                Standing::Invalidated => return Err(BearerFault::Invalidated),
            }
        }
        match bearer.expires_at {
            Some(end) if end <= now => Err(BearerFault::Expired),
            Some(_) | None => Ok(bearer.seat.clone()),
        }
    }

    /// Ends one access token and nothing else; an unknown one is no fault (RFC 7009, section 2.2).
    pub(crate) fn revoke_access(&mut self, token: &str) {
        if let Some(bearer) = self.bearers.get_mut(token) {
            bearer.standing = Standing::Revoked;
        }
    }
}
