//! Refresh tokens: each is good once, and a spent one ends its family.

use base::{Secret, Timestamp};

use super::{Grants, Issue, SeatKey, Standing, TokenField, Tokens};

#[derive(Debug)]
pub(super) struct Refresh {
    pub(super) family: usize,
    pub(super) expires_at: Timestamp,
    pub(super) state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Current,
    Spent,
}

/// Why a refresh token is refused (contract auth 3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshFault {
    /// Nobody handed it out: `invalid_grant`.
    Unknown,
    /// It belongs to another client: `invalid_grant`.
    WrongClient,
    /// Its time is over: `refresh_token_expired`.
    Expired,
    /// It was used before, and its family ended just now: `refresh_token_reused`.
    Reused,
    /// Its family has ended: `refresh_token_invalidated`.
    Invalidated,
}

impl Grants {
    /// Whose refresh token it is, if it may be used now. Ends the family where it was used before.
    pub(crate) fn refreshable(
        &mut self,
        token: &str,
        client_id: &str,
        now: Timestamp,
    ) -> Result<SeatKey, RefreshFault> {
        let known = self.refresh.get(token).ok_or(RefreshFault::Unknown)?;
        let family = &mut self.families[known.family];
        if family.client_id != client_id {
            return Err(RefreshFault::WrongClient);
        }
        match family.standing {
            Standing::Good => {}
            Standing::Revoked | Standing::Invalidated => return Err(RefreshFault::Invalidated),
        }
        match known.state {
            State::Spent => {
                family.standing = Standing::Invalidated;
                Err(RefreshFault::Reused)
            }
            State::Current if known.expires_at <= now => Err(RefreshFault::Expired),
            State::Current => Ok(family.seat.clone()),
        }
    }

    /// Spends `token`, which was just found good, and hands out its successors.
    pub(crate) fn rotate(&mut self, token: &str, issue: &Issue<'_>) -> Tokens {
        let Some(family) = self.refresh.get(token).map(|it| it.family) else {
            return self.sign_in(issue);
        };
        let mut tokens = self.mint(family, issue);
        let (spent, keep) = match issue.omits(TokenField::RefreshToken) {
            true => (tokens.refresh_token.reveal().to_owned(), Secret::new(token)),
            false => (token.to_owned(), tokens.refresh_token.clone()),
        };
        if let Some(refresh) = self.refresh.get_mut(&spent) {
            refresh.state = State::Spent;
        }
        tokens.refresh_token = keep;
        tokens
    }

    /// Ends the family of a refresh token; an unknown one is no fault (RFC 7009, section 2.2).
    pub(crate) fn revoke_refresh(
        &mut self,
        token: &str,
        client_id: &str,
    ) -> Result<(), RefreshFault> {
        let Some(known) = self.refresh.get(token) else {
            return Ok(());
        };
        let family = &mut self.families[known.family];
        if family.client_id != client_id {
            return Err(RefreshFault::WrongClient);
        }
        family.standing = Standing::Revoked;
        Ok(())
    }
}
