//! Which seat a person means: `EMAIL`, or `EMAIL/ACCOUNT_ID` where they have several.

use crate::world::{Seat, World};

/// The person's seats that `choice` can mean, the default one first; empty for a stranger.
pub(super) fn meant(world: &World, choice: &str) -> Vec<Seat> {
    let (email, account_id) = match choice.split_once('/') {
        Some((email, account_id)) => (email, Some(account_id)),
        None => (choice, None),
    };
    let seats = world.seats_of(email).into_iter();
    seats
        .filter(|it| account_id.is_none_or(|id| it.account_id == id))
        .collect()
}
