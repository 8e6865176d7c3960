//! After a 401 of the backend.

use auth::Fault;
use base::Secret;
use futures_util::future::join_all;
use http::StatusCode;
use standin::Scripted;

use crate::house::{House, PLUS, Unusual};

#[tokio::test]
async fn unauthorized_recovery_reloads_then_refreshes_tokens() {
    let house = House::open().await;
    house.sign_in(PLUS).await;
    let refused = house.accounts().pass().await.unwrap();
    // Someone else has renewed: that is taken over without asking the issuer.
    let neighbour = house.neighbour(Unusual::default()).await;
    let theirs = neighbour.accounts.recover(&refused).await.unwrap();
    let ours = house.accounts().recover(&refused).await.unwrap();
    assert_eq!(ours.bearer, theirs.bearer);
    assert_eq!(house.renewals().len(), 1);
    // Nobody has: one forced renewal.
    let fresh = house.accounts().recover(&ours).await.unwrap();
    assert_ne!(fresh.bearer, ours.bearer);
    assert_eq!(house.renewals().len(), 2);
}

#[tokio::test]
async fn a_persistent_401_causes_one_renewal() {
    let house = House::open().await;
    house.sign_in(PLUS).await;
    let mut pass = house.accounts().pass().await.unwrap();
    let passes = join_all((0..50).map(|_| house.accounts().recover(&pass))).await;
    assert!(passes.iter().all(Result::is_ok));
    assert_eq!(house.renewals().len(), 1);
    pass = house.accounts().pass().await.unwrap();
    for _ in 0..20 {
        let fault = house.accounts().recover(&pass).await.unwrap_err();
        assert!(matches!(fault, Fault::NeedsSignIn(_)));
        house.seconds_pass(10);
    }
    assert_eq!(house.renewals().len(), 1);
    let listed = house.accounts().list().await.unwrap().remove(0);
    assert!(listed.state.problem().is_some());
    // Much later it may be worth another try.
    house.minutes_pass(5);
    assert!(house.accounts().recover(&pass).await.is_ok());
    assert_eq!(house.renewals().len(), 2);
}

#[tokio::test]
async fn a_recovery_while_the_issuer_fails_is_transient_and_bounded() {
    let house = House::open().await;
    house.sign_in(PLUS).await;
    let pass = house.accounts().pass().await.unwrap();
    house.world().script(
        "/oauth/token",
        Scripted::status(StatusCode::BAD_GATEWAY).always(),
    );
    for _ in 0..20 {
        let fault = house.accounts().recover(&pass).await.unwrap_err();
        assert!(matches!(fault, Fault::Transient { .. }));
    }
    assert_eq!(house.renewals().len(), 1);
}

#[tokio::test]
async fn unauthorized_recovery_requires_chatgpt_auth() {
    let house = House::open().await;
    let token = house.world().access_token(PLUS);
    house
        .accounts()
        .sign_in_with_access_token(token)
        .await
        .unwrap();
    let at = house.accounts().pass().await.unwrap();
    let key = Secret::new("sk-test");
    house.accounts().sign_in_with_api_key(key).await.unwrap();
    let sk = house.accounts().pass().await.unwrap();
    house.world().forget_received();
    for pass in [at, sk] {
        let fault = house.accounts().recover(&pass).await.unwrap_err();
        assert!(matches!(fault, Fault::NeedsSignIn(_)));
    }
    assert_eq!(house.world().received().len(), 0);
}

#[tokio::test]
async fn a_refused_pass_of_an_account_that_is_gone_is_a_sign_out() {
    let house = House::open().await;
    let account = house.sign_in(PLUS).await;
    let pass = house.accounts().pass().await.unwrap();
    house.accounts().sign_out(&account.id).await.unwrap();
    assert!(matches!(
        house.accounts().recover(&pass).await.unwrap_err(),
        Fault::SignedOut
    ));
}

#[tokio::test]
async fn a_recovery_is_for_the_account_that_was_refused() {
    let house = House::open().await;
    let plus = house.sign_in(PLUS).await;
    let refused = house.accounts().pass().await.unwrap();
    house.sign_in("pro@example.test").await;
    let fresh = house.accounts().recover(&refused).await.unwrap();
    assert_eq!(fresh.account, plus.id);
}
