//! Several accounts side by side.

use auth::{Kind, State};
use base::Secret;

use crate::house::{House, PLUS, TEAM, Unusual};

#[tokio::test]
async fn a_personal_and_a_team_seat_of_one_address_live_side_by_side() {
    let house = House::open().await;
    let team = house
        .sign_in_at(&house.here, "team@example.test/acct_team")
        .await;
    let personal = house
        .sign_in_at(&house.here, "team@example.test/acct_team_personal")
        .await;
    assert_ne!(team.id, personal.id);
    let listed = house.accounts().list().await.unwrap();
    let shown: Vec<_> = listed
        .iter()
        .map(|account| {
            (
                account.email.as_deref(),
                account.workspace_id.as_deref(),
                account.active,
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            (Some(TEAM), Some("acct_team"), false),
            (Some(TEAM), Some("acct_team_personal"), true),
        ]
    );
    for account in [&team, &personal] {
        house.accounts().activate(&account.id).await.unwrap();
        let pass = house.accounts().pass().await.unwrap();
        assert_eq!(pass.chatgpt_account_id, account.workspace_id);
        let seat = house.world().seat_of(pass.bearer.reveal()).unwrap();
        assert_eq!(Some(seat.account_id), account.workspace_id);
    }
    assert_eq!(house.world().received_at("/oauth/revoke").len(), 0);
}

#[tokio::test]
async fn signing_in_again_is_the_same_account_in_the_same_place() {
    let house = House::open().await;
    let plus = house.sign_in(PLUS).await;
    house.sign_in(TEAM).await;
    let again = house.sign_in(PLUS).await;
    assert_eq!(again.id, plus.id);
    let listed = house.accounts().list().await.unwrap();
    let ids: Vec<_> = listed
        .iter()
        .map(|account| (&account.id, account.active))
        .collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], (&plus.id, true));
}

#[tokio::test]
async fn the_list_tells_the_kinds_apart_and_the_workspaces_name_once_it_is_known() {
    let house = House::open().await;
    house.sign_in(TEAM).await;
    house
        .accounts()
        .sign_in_with_api_key(Secret::new("sk-1"))
        .await
        .unwrap();
    let token = house.world().access_token(TEAM);
    house
        .accounts()
        .sign_in_with_access_token(token)
        .await
        .unwrap();
    let team = house.accounts().list().await.unwrap().remove(0);
    assert_eq!(team.workspace_name, None);
    house.accounts().pass_of(&team.id).await.unwrap();
    let listed = house.accounts().list().await.unwrap();
    assert_eq!(listed[0].workspace_name.as_deref(), Some("Example Team"));
    assert_eq!(listed[0].plan.as_ref().unwrap().to_string(), "Team");
    let kinds: Vec<_> = listed.iter().map(|account| account.kind).collect();
    assert_eq!(kinds, [Kind::ChatGpt, Kind::ApiKey, Kind::AccessToken]);
    assert!(
        listed
            .iter()
            .all(|account| account.state == State::SignedIn)
    );
}

#[tokio::test]
async fn accounts_survive_a_restart_and_a_lost_order() {
    let house = House::open().await;
    let plus = house.sign_in(PLUS).await;
    let team = house.sign_in(TEAM).await;
    let next = house.neighbour(Unusual::default()).await;
    assert_eq!(next.accounts.pass().await.unwrap().account, team.id);
    house
        .here
        .vault
        .write("accounts", Secret::new("nonsense"))
        .await
        .unwrap();
    let listed = next.accounts.list().await.unwrap();
    assert_eq!(listed.len(), 2);
    assert_eq!(listed.iter().filter(|account| account.active).count(), 1);
    next.accounts.activate(&plus.id).await.unwrap();
    assert_eq!(next.accounts.pass().await.unwrap().account, plus.id);
}

#[tokio::test]
async fn an_unreadable_record_is_passed_over() {
    let house = House::open().await;
    let plus = house.sign_in(PLUS).await;
    house.sign_in(TEAM).await;
    house
        .keep(&plus, &serde_json::json!({"kind": "from the future"}))
        .await;
    assert_eq!(house.accounts().list().await.unwrap().len(), 1);
    assert!(house.accounts().pass().await.is_ok());
}

#[tokio::test]
async fn nothing_is_read_before_it_is_needed_and_nobody_is_asked_by_a_list() {
    let house = House::open().await;
    house.sign_in(PLUS).await;
    house.minutes_pass(120);
    house.world().forget_received();
    let next = house.neighbour(Unusual::default()).await;
    assert_eq!(
        next.accounts.list().await.unwrap()[0].email.as_deref(),
        Some(PLUS)
    );
    assert_eq!(house.world().received().len(), 0);
}
