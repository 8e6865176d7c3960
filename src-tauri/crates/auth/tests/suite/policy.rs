//! The rules of a managed machine, against accounts that exist.

use auth::{Fault, State};
use base::Secret;

use crate::house::{House, PLUS, Process, TEAM, Unusual, requirements};

async fn strict(house: &House, rules: &str) -> Process {
    let policy = requirements(rules);
    house
        .neighbour(Unusual {
            policy,
            ..Unusual::default()
        })
        .await
}

#[tokio::test]
async fn a_stored_account_that_is_not_allowed_is_put_away_and_kept() {
    let house = House::open().await;
    let account = house.sign_in(PLUS).await;
    let before = house.kept(&account).await;
    house.minutes_pass(61);
    house.world().forget_received();
    let strict = strict(&house, r#"allowed_login_methods = ["api"]"#).await;
    let sentence = "API key login is required, but ChatGPT is currently being used. Logging out.";
    let fault = strict.accounts.pass().await.unwrap_err();
    assert!(matches!(fault, Fault::Policy(_)));
    assert_eq!(fault.to_string(), sentence);
    let listed = strict.accounts.list().await.unwrap().remove(0);
    assert_eq!(listed.state, State::NotAllowed(sentence.into()));
    assert_eq!(
        house.world().received().len(),
        0,
        "a forbidden account causes no request"
    );
    assert_eq!(house.kept(&account).await, before);
    assert!(
        house.accounts().pass().await.is_ok(),
        "and works again without the rule"
    );
}

#[tokio::test]
async fn the_workspace_of_the_account_in_use_is_what_counts() {
    let house = House::open().await;
    let plus = house.sign_in(PLUS).await;
    let team = house.sign_in(TEAM).await;
    let strict = strict(&house, r#"allowed_chatgpt_workspaces = ["acct_team"]"#).await;
    assert!(strict.accounts.pass_of(&team.id).await.is_ok());
    let fault = strict.accounts.pass_of(&plus.id).await.unwrap_err();
    assert_eq!(
        fault.to_string(),
        "Login is restricted to workspace(s) acct_team, but current credentials belong to acct_plus. Logging out."
    );
}

#[tokio::test]
async fn workspace_policy_checks_the_selected_request_account() {
    // The account requests go out for is the stored one, whatever the id token claims.
    let house = House::open().await;
    let account = house.sign_in(PLUS).await;
    let mut record = house.kept(&account).await.unwrap();
    record["account_id"] = "acct_stored".into();
    house.keep(&account, &record).await;
    let strict = strict(&house, r#"allowed_chatgpt_workspaces = ["acct_plus"]"#).await;
    let fault = strict.accounts.pass().await.unwrap_err();
    assert!(
        fault
            .to_string()
            .ends_with("but current credentials belong to acct_stored. Logging out.")
    );
}

#[tokio::test]
async fn api_only_policy_rejects_access_tokens_before_hydration() {
    let house = House::open().await;
    let token = house.world().access_token(PLUS);
    house
        .accounts()
        .sign_in_with_access_token(token.clone())
        .await
        .unwrap();
    house.world().forget_received();
    let strict = strict(&house, r#"allowed_login_methods = ["api"]"#).await;
    assert!(matches!(
        strict.accounts.pass().await.unwrap_err(),
        Fault::Policy(_)
    ));
    let fault = strict
        .accounts
        .sign_in_with_access_token(token)
        .await
        .unwrap_err();
    assert_eq!(
        fault.to_string(),
        "Access token login is disabled. Use API key login instead."
    );
    assert_eq!(house.world().received().len(), 0);
}

#[tokio::test]
async fn forbidden_ways_to_sign_in_do_not_begin() {
    let house = House::open().await;
    let api_only = strict(&house, r#"allowed_login_methods = ["api"]"#).await;
    let plan_only = strict(&house, r#"allowed_login_methods = ["chatgpt"]"#).await;
    let nothing = strict(&house, "allowed_login_methods = []").await;
    let said = |outcome: Result<(), Fault>| outcome.unwrap_err().to_string();
    let chatgpt_off = "ChatGPT login is disabled. Use API key login instead.";
    assert_eq!(
        said(api_only.accounts.begin_browser().await.map(|_| ())),
        chatgpt_off
    );
    assert_eq!(
        said(api_only.accounts.begin_device().await.map(|_| ())),
        chatgpt_off
    );
    assert_eq!(
        said(api_only.accounts.begin_paste().await.map(|_| ())),
        chatgpt_off
    );
    let key = Secret::new("sk-1");
    assert_eq!(
        said(
            plan_only
                .accounts
                .sign_in_with_api_key(key)
                .await
                .map(|_| ())
        ),
        "API key login is disabled. Use ChatGPT login instead."
    );
    assert_eq!(
        said(nothing.accounts.begin_paste().await.map(|_| ())),
        "authentication requirements do not permit any usable login method"
    );
    assert_eq!(house.world().received().len(), 0);
}

#[tokio::test]
async fn residency_rides_on_every_pass() {
    let house = House::open().await;
    house.sign_in(PLUS).await;
    let strict = strict(&house, r#"enforce_residency = "us""#).await;
    assert_eq!(
        strict.accounts.pass().await.unwrap().residency.as_deref(),
        Some("us")
    );
    assert_eq!(house.accounts().pass().await.unwrap().residency, None);
}
