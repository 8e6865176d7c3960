//! Two processes with one folder.

use std::collections::BTreeSet;

use auth::{Class, Fault};
use futures_util::future::join_all;
use serde_json::json;

use crate::house::{House, PLUS, TEAM, Unusual};

#[tokio::test]
async fn refresh_token_skips_refresh_when_auth_changed() {
    let house = House::open().await;
    house.sign_in(PLUS).await;
    house.accounts().pass().await.unwrap();
    house.minutes_pass(61);
    let neighbour = house.neighbour(Unusual::default()).await;
    let renewed = neighbour.accounts.pass().await.unwrap();
    let adopted = house.accounts().pass().await.unwrap();
    assert_eq!(adopted.bearer, renewed.bearer);
    assert_eq!(house.renewals().len(), 1);
}

#[tokio::test]
async fn two_refreshers_never_send_the_same_refresh_token() {
    let house = House::open().await;
    house.sign_in(PLUS).await;
    let mut all = vec![];
    for _ in 0..4 {
        all.push(house.neighbour(Unusual::default()).await);
    }
    for _ in 0..3 {
        house.minutes_pass(61);
        let passes = join_all(all.iter().map(|process| process.accounts.pass())).await;
        let bearers: BTreeSet<_> = passes
            .into_iter()
            .map(|pass| pass.unwrap().bearer.reveal().to_owned())
            .collect();
        assert_eq!(bearers.len(), 1);
    }
    let sent = house.sent_tokens();
    let distinct: BTreeSet<_> = sent.iter().collect();
    assert_eq!((sent.len(), distinct.len()), (3, 3));
}

#[tokio::test]
async fn refresh_token_errors_on_account_mismatch() {
    let house = House::open().await;
    let account = house.sign_in(PLUS).await;
    let refused = house.accounts().pass().await.unwrap();
    house.minutes_pass(61);
    let mut record = house.kept(&account).await.unwrap();
    record["account_id"] = json!("acct_other");
    record["refresh_token"] = json!("other");
    house.keep(&account, &record).await;
    for outcome in [
        house.accounts().pass().await,
        house.accounts().recover(&refused).await,
    ] {
        let fault = outcome.unwrap_err();
        assert!(matches!(
            fault,
            Fault::Permanent {
                class: Class::Replaced,
                ..
            }
        ));
        assert_eq!(
            fault.to_string(),
            "Your access token could not be refreshed because you have since logged out or signed in to another account. Please sign in again."
        );
    }
    assert_eq!(house.renewals().len(), 0);
}

#[tokio::test]
async fn a_sign_out_elsewhere_is_a_sign_out_here() {
    let house = House::open().await;
    let account = house.sign_in(PLUS).await;
    let refused = house.accounts().pass().await.unwrap();
    let neighbour = house.neighbour(Unusual::default()).await;
    neighbour.accounts.sign_out(&account.id).await.unwrap();
    assert!(matches!(
        house.accounts().pass().await.unwrap_err(),
        Fault::SignedOut
    ));
    assert!(matches!(
        house.accounts().recover(&refused).await.unwrap_err(),
        Fault::SignedOut
    ));
    assert_eq!(house.accounts().list().await.unwrap(), []);
    assert_eq!(house.renewals().len(), 0);
}

#[tokio::test]
async fn the_account_in_use_is_the_same_for_everyone() {
    let house = House::open().await;
    let neighbour = house.neighbour(Unusual::default()).await;
    let plus = house.sign_in(PLUS).await;
    let team = house.sign_in_at(&neighbour, TEAM).await;
    assert_eq!(house.accounts().pass().await.unwrap().account, team.id);
    neighbour.accounts.activate(&plus.id).await.unwrap();
    assert_eq!(house.accounts().pass().await.unwrap().account, plus.id);
}
