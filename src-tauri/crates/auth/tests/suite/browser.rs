//! The browser flow, from the page to the kept account.

use auth::{Fault, Ports};
use standin::world::knobs::{Claims, Restriction};
use standin::{Act, Scripted};

use crate::callback::get;
use crate::house::{House, PLUS, TEAM, Unusual, requirements};

pub(crate) const ANY: Ports = Ports {
    preferred: 0,
    fallback: 0,
};

#[tokio::test]
async fn end_to_end_login_flow_persists_the_account_and_revokes_what_it_replaces() {
    let house = House::open().await;
    let before = house.sign_in(PLUS).await;
    let stale = house.kept(&before).await.unwrap();
    house.world().turn(|knobs| knobs.state_suffix = true);

    let begun = house.accounts().begin_browser_on(ANY).await.unwrap();
    let back = house.approve(&begun.url, PLUS).await;
    assert!(back.query().unwrap().contains("onboarding_entrypoint"));
    let (page, account) = tokio::join!(get(&back), begun.finish());

    let account = account.unwrap();
    assert_eq!(page.status, 200);
    assert!(page.body.contains("You are signed in"));
    assert_eq!(account.id, before.id);
    assert_eq!(account.email.as_deref(), Some(PLUS));
    assert_eq!(account.workspace_id.as_deref(), Some("acct_plus"));
    let kept = house.kept(&account).await.unwrap();
    assert_ne!(kept["refresh_token"], stale["refresh_token"]);
    assert_eq!(kept["account_id"], "acct_plus");
    let pass = house.accounts().pass().await.unwrap();
    assert_eq!(pass.bearer.reveal(), kept["access_token"]);
    let revoked = house.world().until_received("/oauth/revoke", 1).await;
    assert_eq!(revoked[0].json()["token"], stale["refresh_token"]);
}

#[tokio::test]
async fn the_authorize_url_says_what_the_contract_says() {
    let house = House::open().await;
    let begun = house.accounts().begin_browser_on(ANY).await.unwrap();
    let value = |name: &str| {
        let mut pairs = begun.url.query_pairs().filter(|(key, _)| key == name);
        let (_, value) = pairs.next().unwrap();
        assert!(pairs.next().is_none(), "{name} twice");
        value.into_owned()
    };
    assert_eq!(begun.url.path(), "/oauth/authorize");
    for (name, expected) in [
        ("response_type", "code"),
        ("client_id", "app_EMoamEEZ73f0CkXaXp7hrann"),
        (
            "redirect_uri",
            &format!("http://127.0.0.1:{}/auth/callback", begun.port),
        ),
        ("scope", "openid profile email offline_access"),
        ("code_challenge_method", "S256"),
        ("id_token_add_organizations", "true"),
        ("codex_cli_simplified_flow", "true"),
        ("originator", "postern"),
    ] {
        assert_eq!(value(name), expected, "{name}");
    }
    assert_eq!(
        (value("state").len(), value("code_challenge").len()),
        (43, 43)
    );
    let query = begun.url.query().unwrap();
    assert!(query.contains("openid%20profile") && !query.contains('+'));
    assert!(!query.contains("allowed_workspace_id"));
}

#[tokio::test]
async fn the_exchange_is_a_plain_form_without_our_name() {
    let house = House::open().await;
    house.sign_in(PLUS).await;
    let exchange = &house.world().received_at("/oauth/token")[0];
    let mut names: Vec<String> = exchange.form().into_iter().map(|(name, _)| name).collect();
    names.sort();
    assert_eq!(
        names,
        [
            "client_id",
            "code",
            "code_verifier",
            "grant_type",
            "redirect_uri"
        ]
    );
    let verifier = exchange
        .form()
        .into_iter()
        .find(|(name, _)| name == "code_verifier");
    assert_eq!(verifier.unwrap().1.len(), 86);
    assert_eq!(exchange.header("originator"), None);
    assert_eq!(exchange.header("user-agent"), None);
}

#[tokio::test]
async fn login_server_includes_forced_workspaces_as_one_query_param() {
    let house = House::open_with(Unusual {
        policy: requirements(r#"allowed_chatgpt_workspaces = ["w1", "w2"]"#),
        ..Unusual::default()
    })
    .await;
    let begun = house.accounts().begin_browser_on(ANY).await.unwrap();
    let allowed: Vec<String> = begun
        .url
        .query_pairs()
        .filter(|(key, _)| key == "allowed_workspace_id")
        .map(|(_, value)| value.into_owned())
        .collect();
    assert_eq!(allowed, ["w1,w2"]);
}

#[tokio::test]
async fn forced_chatgpt_workspace_id_mismatch_blocks_login() {
    let house = House::open_with(Unusual {
        policy: requirements(r#"allowed_chatgpt_workspaces = ["A", "B"]"#),
        ..Unusual::default()
    })
    .await;
    for claims in [Claims::Full, Claims::WithoutAccount] {
        house.world().turn(|knobs| {
            knobs.workspace_restriction = Restriction::Ignored;
            knobs.claims = claims;
        });
        let begun = house.accounts().begin_browser_on(ANY).await.unwrap();
        let back = house.approve(&begun.url, PLUS).await;
        let (page, outcome) = tokio::join!(get(&back), begun.finish());
        let fault = outcome.unwrap_err();
        assert!(matches!(fault, Fault::Policy(_)));
        assert_eq!(
            fault.to_string(),
            "Login is restricted to workspace id(s) A, B."
        );
        assert!(
            page.body
                .contains("Login is restricted to workspace id(s) A, B.")
        );
        assert_eq!(house.accounts().list().await.unwrap(), []);
    }
    // What is not kept is not left behind at the issuer either.
    house.world().until_received("/oauth/revoke", 2).await;
}

#[tokio::test]
async fn oauth_access_denied_missing_entitlement_blocks_login_with_clear_error() {
    let (page, fault) = denied("missing_entitlement").await;
    assert_eq!(
        fault.to_string(),
        "Codex is not enabled for your workspace. Contact your workspace administrator to request access to Codex."
    );
    assert!(page.contains("You do not have access to Codex"));
    assert!(!page.contains("missing_codex_entitlement"));
}

#[tokio::test]
async fn oauth_access_denied_unknown_reason_uses_generic_error_page() {
    for (answer, sentence) in [
        (
            "deny",
            "Sign-in failed: The resource owner denied the request.",
        ),
        ("deny_plain", "Sign-in failed: access_denied"),
    ] {
        let (page, fault) = denied(answer).await;
        assert_eq!(fault.to_string(), sentence);
        assert!(page.contains("Sign-in could not be completed") && page.contains(sentence));
    }
}

async fn denied(answer: &str) -> (String, Fault) {
    let house = House::open().await;
    let begun = house.accounts().begin_browser_on(ANY).await.unwrap();
    let back = house.answer(&begun.url, "standin_answer", answer).await;
    let (page, outcome) = tokio::join!(get(&back), begun.finish());
    assert_eq!(page.status, 200);
    assert_eq!(house.accounts().list().await.unwrap(), []);
    let fault = outcome.unwrap_err();
    assert!(matches!(fault, Fault::Denied(_)));
    (page.body, fault)
}

#[tokio::test]
async fn a_failed_exchange_keeps_what_was_there() {
    let house = House::open().await;
    let before = house.sign_in(PLUS).await;
    let body = serde_json::json!({"error": {"message": "the code is stale", "code": "x"}});
    house.world().script(
        "/oauth/token",
        Scripted::json(http::StatusCode::BAD_REQUEST, &body),
    );
    let begun = house.accounts().begin_browser_on(ANY).await.unwrap();
    let back = house.approve(&begun.url, TEAM).await;
    let (page, outcome) = tokio::join!(get(&back), begun.finish());
    let sentence =
        "Token exchange failed: token endpoint returned status 400 Bad Request: the code is stale";
    assert_eq!(outcome.unwrap_err().to_string(), sentence);
    assert!(page.body.contains(sentence));
    let accounts = house.accounts().list().await.unwrap();
    assert_eq!(accounts.len(), 1);
    assert_eq!(accounts[0].id, before.id);
    assert_eq!(house.world().received_at("/oauth/revoke").len(), 0);
}

#[tokio::test]
async fn an_exchange_that_is_cut_or_dropped_is_told_without_its_secrets() {
    for act in [Act::Drop, Act::LoseReply, Act::CutReply { after: 40 }] {
        let house = House::open().await;
        house.world().script("/oauth/token", Scripted::once(act));
        let begun = house.accounts().begin_browser_on(ANY).await.unwrap();
        let back = house.approve(&begun.url, PLUS).await;
        let (_, outcome) = tokio::join!(get(&back), begun.finish());
        let sentence = outcome.unwrap_err().to_string();
        assert!(
            sentence.starts_with("Token exchange failed: token endpoint could not be reached: "),
            "{sentence}"
        );
        assert!(!sentence.contains("standin"), "{sentence}");
    }
}
