//! Grants: codes, families of refresh tokens, and who a bearer is.
//!
//! Guarantees:
//! - a code is good once, for ten minutes, for its client, redirect URI and PKCE verifier; trying
//!   burns it, and trying again ends the grant it gave (RFC 6749, section 4.1.2);
//! - a refresh token is good once; showing a spent one ends its whole family (contract auth 3.4);
//! - a bearer answers by the clock, its own state, and its family's.

mod bearer;
mod code;
mod refresh;

use std::collections::HashMap;

use base::{Chance, Secret, Timestamp};
use url::Url;

use super::jwt;
use super::knobs::{Knobs, TokenField};
use super::people::{Seat, SeatKey, SeatKind};

pub use bearer::BearerFault;
pub use code::CodeFault;
pub(crate) use code::{Asked, Redirect, Shown, challenge_of};
pub use refresh::RefreshFault;

/// What a finished sign-in or a refresh hands out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// Who it is, a JWT.
    pub id_token: Secret,
    /// The bearer of backend requests.
    pub access_token: Secret,
    /// Good for one refresh; `oaistb_rt_…`.
    pub refresh_token: Secret,
}

/// What tokens are made from.
pub(crate) struct Issue<'a> {
    pub(crate) seat: &'a Seat,
    pub(crate) client_id: &'a str,
    pub(crate) knobs: &'a Knobs,
    pub(crate) issuer: &'a Url,
    pub(crate) now: Timestamp,
    pub(crate) chance: &'a Chance,
}

#[derive(Debug, Default)]
pub(crate) struct Grants {
    codes: HashMap<String, code::Code>,
    families: Vec<Family>,
    refresh: HashMap<String, refresh::Refresh>,
    bearers: HashMap<String, bearer::Bearer>,
}

/// One sign-in and everything that came from it; named by its place in the list.
#[derive(Debug)]
struct Family {
    seat: SeatKey,
    client_id: String,
    standing: Standing,
}

/// Whether a grant, or a bearer of its own, is still good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Good,
    /// Someone asked for its end: signed out.
    Revoked,
    /// The issuer ended it: reuse, or a person's doing elsewhere.
    Invalidated,
}

impl Grants {
    /// With one `at-` token per seat and one `sk-` key, as the README lists them.
    pub(crate) fn with_standing_keys(seats: &[Seat]) -> Self {
        let mut grants = Self::default();
        for seat in seats {
            let token = match seat.kind {
                SeatKind::Plan => format!("at-standin-{}", seat.account_id),
                SeatKind::Platform => "sk-standin-platform".into(),
            };
            let bearer = bearer::Bearer::standing(seat.key());
            grants.bearers.insert(token, bearer);
        }
        grants
    }

    /// A new family with its first tokens.
    pub(crate) fn sign_in(&mut self, issue: &Issue<'_>) -> Tokens {
        let (_, tokens) = self.new_family(issue);
        tokens
    }

    /// A further bearer without a family.
    pub(crate) fn standing_key(&mut self, prefix: &str, seat: SeatKey, chance: &Chance) -> Secret {
        let token = format!("{prefix}{}", chance.alphanumeric(32));
        let bearer = bearer::Bearer::standing(seat);
        self.bearers.insert(token.clone(), bearer);
        Secret::new(token)
    }

    /// Ends a grant or a key as its owner does.
    pub(crate) fn revoke(&mut self, token: &str) -> bool {
        self.end(token, Standing::Revoked)
    }

    /// Ends a grant or a key as the issuer does.
    pub(crate) fn invalidate(&mut self, token: &str) -> bool {
        self.end(token, Standing::Invalidated)
    }

    /// Lets one access or refresh token expire at `now`.
    pub(crate) fn expire(&mut self, token: &str, now: Timestamp) -> bool {
        let bearer = self.bearers.get_mut(token);
        let refresh = self.refresh.get_mut(token);
        match (bearer, refresh) {
            (Some(bearer), _) => bearer.expires_at = Some(now),
            (None, Some(refresh)) => refresh.expires_at = now,
            (None, None) => return false,
        }
        true
    }

    fn end(&mut self, token: &str, standing: Standing) -> bool {
        let family = match (self.refresh.get(token), self.bearers.get_mut(token)) {
            (Some(refresh), _) => refresh.family,
            (None, Some(bearer)) => match bearer.family {
                Some(family) => family,
                None => {
                    bearer.standing = standing;
                    return true;
                }
            },
            (None, None) => return false,
        };
        self.families[family].standing = standing;
        true
    }

    fn new_family(&mut self, issue: &Issue<'_>) -> (usize, Tokens) {
        let family = self.families.len();
        self.families.push(Family {
            seat: issue.seat.key(),
            client_id: issue.client_id.into(),
            standing: Standing::Good,
        });
        let tokens = self.mint(family, issue);
        (family, tokens)
    }

    fn mint(&mut self, family: usize, issue: &Issue<'_>) -> Tokens {
        let access = jwt::access_token(issue);
        let bearer = bearer::Bearer {
            seat: issue.seat.key(),
            family: Some(family),
            expires_at: Some(issue.access_expires_at()),
            standing: Standing::Good,
        };
        self.bearers.insert(access.clone(), bearer);
        let refresh = format!("oaistb_rt_standin_{}", issue.chance.alphanumeric(43));
        let kept = refresh::Refresh {
            family,
            expires_at: issue.refresh_expires_at(),
            state: refresh::State::Current,
        };
        self.refresh.insert(refresh.clone(), kept);
        Tokens {
            id_token: Secret::new(jwt::id_token(issue)),
            access_token: Secret::new(access),
            refresh_token: Secret::new(refresh),
        }
    }
}

impl Issue<'_> {
    /// When an access token made now expires.
    pub(crate) fn access_expires_at(&self) -> Timestamp {
        let lifetime = std::time::Duration::from_secs(self.knobs.access_lifetime_secs);
        self.now.plus(lifetime)
    }

    fn refresh_expires_at(&self) -> Timestamp {
        let lifetime = std::time::Duration::from_secs(self.knobs.refresh_lifetime_secs);
        self.now.plus(lifetime)
    }

    fn omits(&self, field: TokenField) -> bool {
        self.knobs.refresh_omits.contains(&field)
    }
}
