//! When tokens are renewed, and what that does.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use standin::Scripted;
use standin::world::knobs::{AccessForm, TokenField};

use crate::house::{House, PLUS, Unusual};

#[tokio::test]
async fn refresh_token_succeeds_updates_storage() {
    let house = House::open().await;
    let account = house.sign_in(PLUS).await;
    let before = house.kept(&account).await.unwrap();
    house
        .world()
        .turn(|knobs| knobs.refresh_omits = vec![TokenField::IdToken]);
    house.minutes_pass(56);
    let pass = house.accounts().pass().await.unwrap();

    let asked = house.renewals();
    assert_eq!(asked.len(), 1);
    assert_eq!(
        asked[0].json(),
        json!({
            "client_id": "app_EMoamEEZ73f0CkXaXp7hrann",
            "grant_type": "refresh_token",
            "refresh_token": before["refresh_token"],
        })
    );
    assert_eq!(asked[0].header("content-type"), Some("application/json"));
    assert_eq!(asked[0].header("originator"), Some("postern"));
    assert_eq!(asked[0].header("user-agent"), Some("postern/0.1.0 (test)"));
    let after = house.kept(&account).await.unwrap();
    assert_eq!(
        after["id_token"], before["id_token"],
        "kept where the answer has none"
    );
    assert_eq!(after["account_id"], before["account_id"]);
    assert_ne!(after["refresh_token"], before["refresh_token"]);
    assert_eq!(pass.bearer.reveal(), after["access_token"]);
    assert_eq!(after["last_refresh_ms"], house.clock.now().millis());
}

#[tokio::test]
async fn what_an_answer_leaves_out_stays() {
    let house = House::open().await;
    let account = house.sign_in(PLUS).await;
    house
        .world()
        .turn(|knobs| knobs.refresh_omits = vec![TokenField::RefreshToken, TokenField::IdToken]);
    let before = house.kept(&account).await.unwrap();
    house.minutes_pass(56);
    house.accounts().pass().await.unwrap();
    let after = house.kept(&account).await.unwrap();
    assert_eq!(after["refresh_token"], before["refresh_token"]);
    assert_ne!(after["access_token"], before["access_token"]);
}

/// Minutes that pass after a sign-in whose access token lasts an hour, and the renewals that causes.
#[tokio::test]
async fn tokens_are_renewed_five_minutes_before_their_end() {
    for (name, minutes, renewals) in [
        ("returns_fresh_tokens_as_is", 1, 0),
        ("auth_skips_access_token_outside_refresh_window", 54, 0),
        ("exactly five minutes", 55, 1),
        ("auth_refreshes_when_access_token_is_near_expiry", 56, 1),
        ("refreshes_token_when_access_token_is_expired", 61, 1),
    ] {
        let house = House::open().await;
        house.sign_in(PLUS).await;
        house.minutes_pass(minutes);
        let pass = house.accounts().pass().await.unwrap();
        assert_eq!(house.renewals().len(), renewals, "{name}");
        assert!(
            house.world().seat_of(pass.bearer.reveal()).is_ok(),
            "{name}"
        );
        house.accounts().pass().await.unwrap();
        assert_eq!(house.renewals().len(), renewals, "{name}: a second time");
    }
}

#[tokio::test]
async fn a_token_that_says_its_end_is_not_renewed_for_its_age() {
    let house = House::open().await;
    house
        .world()
        .turn(|knobs| knobs.access_lifetime_secs = 9 * 24 * 3600 + 3600);
    house.sign_in(PLUS).await;
    house.minutes_pass(9 * 24 * 60);
    house.accounts().pass().await.unwrap();
    assert_eq!(house.renewals().len(), 0);
}

#[tokio::test]
async fn a_token_without_an_end_is_renewed_after_eight_days() {
    for form in [AccessForm::Opaque, AccessForm::JwtWithoutExp] {
        let house = House::open().await;
        house.world().turn(|knobs| {
            knobs.access_form = form;
            knobs.access_lifetime_secs = 30 * 24 * 3600;
        });
        house.sign_in(PLUS).await;
        house.minutes_pass(8 * 24 * 60);
        house.accounts().pass().await.unwrap();
        assert_eq!(house.renewals().len(), 0, "{form:?}");
        house.minutes_pass(1);
        house.accounts().pass().await.unwrap();
        assert_eq!(house.renewals().len(), 1, "{form:?}");
    }
}

#[tokio::test]
async fn fifty_callers_with_an_expired_token_cause_one_renewal() {
    let house = House::open().await;
    house.sign_in(PLUS).await;
    house.minutes_pass(61);
    let passes = join_all((0..50).map(|_| house.accounts().pass())).await;
    let first = passes[0].as_ref().unwrap().bearer.clone();
    assert!(
        passes
            .iter()
            .all(|pass| pass.as_ref().unwrap().bearer == first)
    );
    assert_eq!(house.renewals().len(), 1);
    assert_eq!(
        house
            .world()
            .received_at("/backend-api/wham/accounts/check")
            .len(),
        1
    );
}

#[tokio::test]
async fn a_caller_that_leaves_does_not_lose_the_renewal() {
    let house = House::open().await;
    house.sign_in(PLUS).await;
    house.minutes_pass(61);
    house
        .world()
        .script("/oauth/token", Scripted::late(Duration::from_secs(1)));
    tokio::select! {
        _ = house.accounts().pass() => panic!("the renewal cannot have ended"),
        _ = house.world().until_received("/oauth/token", 2) => {}
    }
    house.seconds_pass(1);
    house.accounts().pass().await.unwrap();
    assert_eq!(house.renewals().len(), 1);
}

#[tokio::test]
async fn every_renewal_changes_the_generation_and_nothing_else_does() {
    let house = House::open().await;
    house.sign_in(PLUS).await;
    let mut generations = Vec::new();
    for _ in 0..3 {
        for _ in 0..2 {
            generations.push(house.accounts().pass().await.unwrap().generation);
        }
        house.minutes_pass(56);
    }
    assert_eq!(generations, [0, 0, 1, 1, 2, 2]);
}

#[tokio::test]
async fn tokens_shorter_than_the_headroom_are_not_renewed_with_every_request() {
    let house = House::open().await;
    house.world().turn(|knobs| knobs.access_lifetime_secs = 240);
    house.sign_in(PLUS).await;
    for _ in 0..10 {
        house.accounts().pass().await.unwrap();
    }
    assert_eq!(house.renewals().len(), 1);
    house.seconds_pass(241);
    house.accounts().pass().await.unwrap();
    assert_eq!(house.renewals().len(), 2);
}

#[tokio::test]
async fn a_sign_in_is_kept_fresh_without_anyone_asking() {
    let house = House::open().await;
    house.sign_in(PLUS).await;
    house.accounts().keep_fresh(&house.here.tasks);
    house.minutes_pass(54);
    house.seconds_pass(59);
    assert_eq!(house.renewals().len(), 0);
    let renewed = house.world().until_received("/oauth/token", 2);
    house
        .while_time_passes(Duration::from_secs(5), renewed)
        .await;
    assert_eq!(house.renewals().len(), 1);
}

#[tokio::test]
async fn a_token_that_is_still_good_does_not_wait_for_an_issuer_that_hangs() {
    let house = House::open().await;
    house.sign_in(PLUS).await;
    let before = house.accounts().pass().await.unwrap();
    house.minutes_pass(56);
    house.world().script("/oauth/token", Scripted::hung());
    let waiting = async {
        house.world().until_received("/oauth/token", 2).await;
        house.seconds_pass(10);
    };
    let (pass, ()) = tokio::join!(house.accounts().pass(), waiting);
    assert_eq!(pass.unwrap().bearer, before.bearer);
}

#[tokio::test]
async fn every_account_is_renewed_with_its_own_token() {
    let house = House::open().await;
    let neighbour = house.neighbour(Unusual::default()).await;
    let personal = house
        .sign_in_at(&neighbour, "team@example.test/acct_team_personal")
        .await;
    let team = house
        .sign_in_at(&neighbour, "team@example.test/acct_team")
        .await;
    house.minutes_pass(61);
    for account in [&personal, &team] {
        let token = house.kept(account).await.unwrap()["refresh_token"].clone();
        let pass = house.accounts().pass_of(&account.id).await.unwrap();
        assert_eq!(pass.chatgpt_account_id, account.workspace_id);
        assert_eq!(house.sent_tokens().last().unwrap(), token.as_str().unwrap());
    }
    assert_eq!(house.renewals().len(), 2);
}

#[tokio::test]
async fn refresh_token_goes_through_the_proxy_of_the_one_client() {
    let house = House::open().await;
    let account = house.sign_in(PLUS).await;
    house.minutes_pass(61);
    let issuer = "http://auth.example.test";
    let mut kept = house.kept(&account).await.unwrap();
    kept["issuer"] = issuer.into();
    house.keep(&account, &kept).await;
    let proxied = Unusual {
        issuer: Some(url::Url::parse(issuer).unwrap()),
        proxy: Some(house.standin.issuer()),
        ..Unusual::default()
    };
    let proxied = house.neighbour(proxied).await;
    assert!(proxied.accounts.pass().await.is_ok());
    assert_eq!(
        house.renewals()[0].header("host"),
        Some("auth.example.test")
    );
}
