//! Codex access tokens and platform API keys.

use auth::{Fault, Kind, PassKind};
use base::Secret;
use http::StatusCode;
use standin::Scripted;

use crate::house::{House, PLUS, TEAM, Unusual, requirements};

const WHOAMI: &str = "/api/accounts/v1/user-auth-credential/whoami";

#[tokio::test]
async fn the_token_is_sent_to_whoami_and_its_owner_is_shown() {
    let house = House::open().await;
    let token = house.world().access_token(TEAM);
    let pasted = Secret::new(format!(" {}\n", token.reveal()));
    let account = house
        .accounts()
        .sign_in_with_access_token(pasted)
        .await
        .unwrap();
    let asked = &house.world().received_at(WHOAMI)[0];
    assert_eq!(
        asked.header("authorization").unwrap(),
        format!("Bearer {}", token.reveal())
    );
    assert_eq!(account.kind, Kind::AccessToken);
    assert_eq!(account.email.as_deref(), Some(TEAM));
    assert_eq!(account.workspace_id.as_deref(), Some("acct_team"));
    assert_eq!(account.plan.unwrap().as_str(), "team");
    let pass = house.accounts().pass().await.unwrap();
    assert_eq!((pass.kind, pass.bearer), (PassKind::Plan, token));
    assert_eq!(pass.chatgpt_account_id.as_deref(), Some("acct_team"));
}

#[tokio::test]
async fn the_owner_is_asked_for_once_per_process_and_never_kept() {
    let house = House::open().await;
    let token = house.world().access_token(PLUS);
    let account = house
        .accounts()
        .sign_in_with_access_token(token.clone())
        .await
        .unwrap();
    for _ in 0..3 {
        house.accounts().pass().await.unwrap();
    }
    assert_eq!(house.world().received_at(WHOAMI).len(), 1);
    let kept = house.kept(&account).await.unwrap();
    assert_eq!(
        kept,
        serde_json::json!({"kind": "access_token", "token": token.reveal()})
    );
    let neighbour = house.neighbour(Unusual::default()).await;
    assert_eq!(
        neighbour.accounts.list().await.unwrap()[0].email,
        None,
        "a list asks nobody"
    );
    neighbour.accounts.pass().await.unwrap();
    assert_eq!(house.world().received_at(WHOAMI).len(), 2);
    assert_eq!(
        neighbour.accounts.list().await.unwrap()[0].email.as_deref(),
        Some(PLUS)
    );
}

#[tokio::test]
async fn a_missing_email_is_kept_missing() {
    let house = House::open().await;
    house.world().turn(|knobs| knobs.whoami_email = false);
    let token = house.world().access_token(PLUS);
    let account = house
        .accounts()
        .sign_in_with_access_token(token)
        .await
        .unwrap();
    assert_eq!(account.email, None);
}

#[tokio::test]
async fn a_workspace_mismatch_is_rejected_before_saving() {
    let house = House::open_with(Unusual {
        policy: requirements(r#"allowed_chatgpt_workspaces = ["A"]"#),
        ..Unusual::default()
    })
    .await;
    let token = house.world().access_token(PLUS);
    let fault = house
        .accounts()
        .sign_in_with_access_token(token)
        .await
        .unwrap_err();
    assert_eq!(
        fault.to_string(),
        "Login is restricted to workspace id(s) A."
    );
    assert_eq!(house.here.vault.names().await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn an_invalid_token_is_rejected_in_the_contracts_words() {
    let house = House::open().await;
    let token = Secret::new("at-nobody");
    let fault = house
        .accounts()
        .sign_in_with_access_token(token)
        .await
        .unwrap_err();
    assert!(matches!(fault, Fault::Credential(_)));
    assert_eq!(
        fault.to_string(),
        "personal access token metadata request failed with status 401 Unauthorized"
    );
    assert_eq!(house.here.vault.names().await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn other_prefixes_are_explained_without_asking_anyone() {
    let house = House::open().await;
    for text in ["eyJhbGciOi.e30.c2ln", "sk-1", "nonsense", ""] {
        let fault = house
            .accounts()
            .sign_in_with_access_token(Secret::new(text))
            .await
            .unwrap_err();
        assert!(
            fault.to_string().contains("one begins with `at-`"),
            "{text}"
        );
    }
    assert_eq!(house.world().received().len(), 0);
}

#[tokio::test]
async fn an_issuer_in_trouble_is_not_the_tokens_fault() {
    let house = House::open().await;
    house
        .world()
        .script(WHOAMI, Scripted::status(StatusCode::BAD_GATEWAY));
    let token = house.world().access_token(PLUS);
    let fault = house
        .accounts()
        .sign_in_with_access_token(token.clone())
        .await
        .unwrap_err();
    assert!(matches!(fault, Fault::Transient { .. }));
    assert!(
        house
            .accounts()
            .sign_in_with_access_token(token)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_key_goes_to_the_platform_and_is_asked_about_nowhere() {
    let house = House::open().await;
    let key = Secret::new("sk-test-1");
    let account = house
        .accounts()
        .sign_in_with_api_key(key.clone())
        .await
        .unwrap();
    assert_eq!((account.kind, account.active), (Kind::ApiKey, true));
    let pass = house.accounts().pass().await.unwrap();
    assert_eq!((pass.kind, pass.bearer), (PassKind::Platform, key));
    assert_eq!(pass.base, house.standin.platform());
    assert_eq!(
        (pass.chatgpt_account_id, pass.routing_override),
        (None, None)
    );
    assert_eq!(house.world().received().len(), 0);
    for bad in ["", "  ", "two words", "sk-\u{e4}"] {
        let fault = house
            .accounts()
            .sign_in_with_api_key(Secret::new(bad))
            .await
            .unwrap_err();
        assert!(matches!(fault, Fault::Credential(_)), "{bad}");
    }
}
