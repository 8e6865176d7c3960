//! Sign-out.

use std::time::Duration;

use auth::{Fault, Revoked};
use base::Secret;
use http::StatusCode;
use serde_json::json;
use standin::Scripted;

use crate::house::{House, PLUS, TEAM, Unusual};

const REVOKE: &str = "/oauth/revoke";

#[tokio::test]
async fn sign_out_revokes_the_refresh_token_then_deletes() {
    let house = House::open().await;
    let account = house.sign_in(PLUS).await;
    let token = house.kept(&account).await.unwrap()["refresh_token"].clone();
    let outcome = house.accounts().sign_out(&account.id).await.unwrap();
    assert!(outcome.revoked());
    let asked = house.world().received_at(REVOKE);
    assert_eq!(asked.len(), 1);
    assert_eq!(
        asked[0].json(),
        json!({"token": token, "token_type_hint": "refresh_token", "client_id": "app_EMoamEEZ73f0CkXaXp7hrann"})
    );
    assert_eq!(asked[0].header("originator"), Some("postern"));
    assert_eq!(asked[0].header("user-agent"), Some("postern/0.1.0 (test)"));
    assert_eq!(house.kept(&account).await, None);
    assert_eq!(house.accounts().list().await.unwrap(), []);
    assert!(matches!(
        house.accounts().pass().await.unwrap_err(),
        Fault::SignedOut
    ));
}

#[tokio::test]
async fn sign_out_of_one_account_revokes_that_one_whichever_is_in_use() {
    let house = House::open().await;
    let plus = house.sign_in(PLUS).await;
    let team = house.sign_in(TEAM).await;
    let token = house.kept(&plus).await.unwrap()["refresh_token"].clone();
    house.accounts().sign_out(&plus.id).await.unwrap();
    assert_eq!(house.world().received_at(REVOKE)[0].json()["token"], token);
    assert_eq!(house.accounts().pass().await.unwrap().account, team.id);
}

#[tokio::test]
async fn sign_out_deletes_although_revoke_fails() {
    for (script, words) in [
        (
            Scripted::status(StatusCode::INTERNAL_SERVER_ERROR),
            "the issuer answered 500",
        ),
        (Scripted::dropped(), ""),
    ] {
        let house = House::open().await;
        let account = house.sign_in(PLUS).await;
        house.world().script(REVOKE, script);
        let outcome = house.accounts().sign_out(&account.id).await.unwrap();
        assert!(!outcome.revoked());
        assert!(matches!(&outcome.revoked, Revoked::Failed(why) if why.contains(words)));
        assert_eq!(house.accounts().list().await.unwrap(), []);
    }
}

#[tokio::test]
async fn a_stalled_revoke_times_out_after_ten_seconds() {
    let house = House::open().await;
    let account = house.sign_in(PLUS).await;
    house.world().script(REVOKE, Scripted::hung());
    let waiting = async {
        house.world().until_received(REVOKE, 1).await;
        house.hand.advance(Duration::from_secs(10));
    };
    let (outcome, ()) = tokio::join!(house.accounts().sign_out(&account.id), waiting);
    assert!(!outcome.unwrap().revoked());
    assert_eq!(house.accounts().list().await.unwrap(), []);
}

#[tokio::test]
async fn sign_out_revokes_the_token_in_use_not_a_newer_one_in_the_vault() {
    let house = House::open().await;
    let account = house.sign_in(PLUS).await;
    house.accounts().pass().await.unwrap();
    let mut record = house.kept(&account).await.unwrap();
    let used = record["refresh_token"].clone();
    record["refresh_token"] = json!("a newer one");
    house.keep(&account, &record).await;
    house.accounts().sign_out(&account.id).await.unwrap();
    assert_eq!(house.world().received_at(REVOKE)[0].json()["token"], used);
    assert_eq!(house.accounts().list().await.unwrap(), []);
}

#[tokio::test]
async fn sign_out_waits_for_a_renewal_and_revokes_what_it_brought() {
    let house = House::open().await;
    let account = house.sign_in(PLUS).await;
    house.minutes_pass(61);
    house
        .world()
        .script("/oauth/token", Scripted::late(Duration::from_secs(1)));
    let accounts = house.accounts();
    let leaving = async {
        house.world().until_received("/oauth/token", 2).await;
        let (outcome, ()) = tokio::join!(accounts.sign_out(&account.id), async {
            house.hand.until_sleeping(3).await;
            house.seconds_pass(1);
        });
        outcome.unwrap()
    };
    let (pass, _) = tokio::join!(accounts.pass(), leaving);
    assert!(pass.is_err());
    assert_eq!(accounts.list().await.unwrap(), []);
    assert_eq!(
        house.kept(&account).await,
        None,
        "the renewal must not bring it back"
    );
    // Every token of the grant is dead at the issuer.
    let revoked = house.world().received_at(REVOKE);
    assert!(!revoked.is_empty());
}

#[tokio::test]
async fn tokens_and_keys_of_others_are_forgotten_and_not_revoked() {
    let house = House::open().await;
    let token = house.world().access_token(PLUS);
    let at = house
        .accounts()
        .sign_in_with_access_token(token)
        .await
        .unwrap();
    let sk = house
        .accounts()
        .sign_in_with_api_key(Secret::new("sk-1"))
        .await
        .unwrap();
    for account in [at, sk] {
        let outcome = house.accounts().sign_out(&account.id).await.unwrap();
        assert_eq!(outcome.revoked, Revoked::NotOurs);
    }
    assert_eq!(house.world().received_at(REVOKE).len(), 0);
    assert_eq!(house.here.vault.names().await.unwrap(), ["accounts"]);
}

#[tokio::test]
async fn an_account_nobody_knows_cannot_be_signed_out_or_activated() {
    let house = House::open().await;
    let gone = house.sign_in(PLUS).await.id;
    house.accounts().sign_out(&gone).await.unwrap();
    let neighbour = house.neighbour(Unusual::default()).await;
    for outcome in [
        neighbour.accounts.sign_out(&gone).await.map(|_| ()),
        neighbour.accounts.activate(&gone).await,
        neighbour.accounts.pass_of(&gone).await.map(|_| ()),
    ] {
        assert!(matches!(outcome.unwrap_err(), Fault::UnknownAccount(_)));
    }
}
