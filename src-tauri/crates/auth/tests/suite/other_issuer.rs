//! A changed issuer: tokens go only to the one that gave them.

use std::time::Duration;

use auth::{Fault, Revoked, State};

use crate::house::{House, PLUS, Unusual};

#[tokio::test]
async fn tokens_are_sent_only_to_the_issuer_that_gave_them() {
    let house = House::open().await;
    let account = house.sign_in(PLUS).await;
    house.hand.advance(Duration::from_secs(2 * 60 * 60));
    let mut other = house.standin.issuer();
    other.set_host(Some("localhost")).unwrap();
    let unusual = Unusual {
        issuer: Some(other),
        ..Unusual::default()
    };
    let elsewhere = house.neighbour(unusual).await;
    let before = house.world().received().len();

    let fault = elsewhere.accounts.pass().await.unwrap_err();
    assert!(matches!(fault, Fault::NeedsSignIn(_)), "{fault:?}");
    let listed = elsewhere.accounts.list().await.unwrap();
    assert!(matches!(&listed[0].state, State::NeedsSignIn(why) if *why == fault.to_string()));
    assert_eq!(house.world().received().len(), before, "nothing was sent");

    assert!(house.accounts().pass().await.is_ok(), "still good here");
    let before = house.world().received().len();
    let signed_out = elsewhere.accounts.sign_out(&account.id).await.unwrap();
    assert!(matches!(signed_out.revoked, Revoked::Failed(_)));
    assert_eq!(house.world().received().len(), before, "nothing was sent");
    assert_eq!(house.accounts().list().await.unwrap(), []);
}
