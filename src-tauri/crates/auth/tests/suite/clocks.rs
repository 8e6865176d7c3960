//! Clocks that jump: a laptop that slept, a clock that somebody sets, one that is wrong all along.

use std::time::Duration;

use base::Clock;

use crate::house::{House, PLUS, Unusual};

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn a_laptop_that_slept_renews_before_it_asks() {
    let house = House::open().await;
    house.sign_in(PLUS).await;
    let before = house.accounts().pass().await.unwrap();
    // Nothing passes while a machine sleeps, and then it is eight hours later.
    house.hand.set_wall(house.clock.now().plus(8 * HOUR));
    let after = house.accounts().pass().await.unwrap();
    assert_ne!(after.bearer, before.bearer);
    assert!(house.world().seat_of(after.bearer.reveal()).is_ok());
    assert_eq!(house.renewals().len(), 1);
}

#[tokio::test]
async fn a_laptop_that_slept_is_renewed_without_anyone_asking() {
    let house = House::open().await;
    house.sign_in(PLUS).await;
    house.accounts().keep_fresh(&house.here.tasks);
    house.hand.until_sleeping(1).await;
    house.hand.set_wall(house.clock.now().plus(8 * HOUR));
    house.seconds_pass(60);
    house.world().until_received("/oauth/token", 2).await;
    assert_eq!(house.renewals().len(), 1);
}

#[tokio::test]
async fn a_clock_that_is_set_back_and_forth_renews_nothing_for_nothing() {
    let house = House::open().await;
    house.sign_in(PLUS).await;
    let right = house.clock.now();
    for wrong in [
        right.minus(24 * HOUR),
        right,
        right.minus(1000 * HOUR),
        right,
    ] {
        house.hand.set_wall(wrong);
        house.accounts().pass().await.unwrap();
    }
    assert_eq!(house.renewals().len(), 0);
    // What the clock does not say, the backend does.
    let pass = house.accounts().pass().await.unwrap();
    let renewed = house.accounts().recover(&pass).await.unwrap();
    assert_ne!(renewed.bearer, pass.bearer);
}

#[tokio::test]
async fn a_clock_that_is_hours_ahead_causes_no_storm_of_renewals() {
    let house = House::open().await;
    house.sign_in(PLUS).await;
    let (clock, hand) = Clock::manual(house.clock.now().plus(30 * HOUR));
    let unusual = Unusual {
        clock: Some(clock),
        ..Unusual::default()
    };
    let wrong = house.neighbour(unusual).await;
    for _ in 0..10 {
        let pass = wrong.accounts.pass().await.unwrap();
        assert!(house.world().seat_of(pass.bearer.reveal()).is_ok());
    }
    assert_eq!(house.renewals().len(), 1);
    // Nor does what looks after the tokens by itself.
    for _ in 0..10 {
        hand.advance(Duration::from_secs(29));
        wrong.accounts.pass().await.unwrap();
    }
    assert_eq!(house.renewals().len(), 1);
    hand.advance(Duration::from_secs(11));
    wrong.accounts.pass().await.unwrap();
    assert_eq!(house.renewals().len(), 2);
}
