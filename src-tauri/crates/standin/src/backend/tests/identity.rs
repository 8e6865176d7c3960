//! Who may ask, and with which headers.

use http::Method;
use serde_json::{Value, json};

use super::client::Got;
use super::{Door, ask};

async fn check(door: &Door, headers: &[(&str, &str)], status: u16, body: Value) {
    let got = door.post_with(&ask("hi"), headers).await;
    assert_eq!((got.status, got.json()), (status, body), "{headers:?}");
}

#[tokio::test]
async fn a_bearer_is_refused_in_the_words_of_its_row() {
    let door = Door::open().await;
    let unauthorized = json!({"detail": "Unauthorized"});
    check(&door, &[("authorization", "")], 401, unauthorized.clone()).await;
    check(
        &door,
        &[("authorization", "Bearer nobody")],
        401,
        unauthorized.clone(),
    )
    .await;
    let key = door.world().api_key();
    let key = format!("Bearer {}", key.reveal());
    check(&door, &[("authorization", &key)], 401, unauthorized).await;
    let coded = async |end: fn(&crate::World, &str) -> bool, code: &str| {
        let token = door.world().sign_in("plus@example.test").access_token;
        end(door.world(), token.reveal());
        let bearer = format!("Bearer {}", token.reveal());
        let got = door
            .post_with(&ask("hi"), &[("authorization", &bearer)])
            .await;
        assert_eq!(
            (got.status, &got.json()["error"]["code"]),
            (401, &json!(code))
        );
        assert_eq!(got.header("x-openai-authorization-error"), Some(code));
    };
    coded(crate::World::expire, "token_expired").await;
    coded(crate::World::invalidate, "token_invalidated").await;
    coded(crate::World::revoke, "token_revoked").await;
}

#[tokio::test]
async fn an_access_token_for_automation_is_as_good_as_a_sign_in() {
    let door = Door::open().await;
    let token = door.world().access_token("plus@example.test");
    let bearer = format!("Bearer {}", token.reveal());
    let got = door
        .post_with(&ask("hi"), &[("authorization", &bearer)])
        .await;
    assert_eq!(got.said(), "You said: hi");
}

#[tokio::test]
async fn the_workspace_must_be_the_tokens() {
    let door = Door::open().await;
    let wrong = json!({"detail": {"code": "invalid_workspace_selected"}});
    check(&door, &[("chatgpt-account-id", "")], 403, wrong.clone()).await;
    check(&door, &[("chatgpt-account-id", "acct_team")], 403, wrong).await;
}

#[tokio::test]
async fn routing_headers_must_be_what_was_told() {
    let code = |code: &str| json!({"detail": {"code": code}});
    let plus = Door::open().await;
    let over = "x-openai-account-routing-override";
    let (fedramp, routing) = (
        code("invalid_fedramp_header"),
        code("invalid_account_routing_override"),
    );
    check(&plus, &[("x-openai-fedramp", "true")], 403, fedramp.clone()).await;
    check(&plus, &[(over, "us")], 403, routing.clone()).await;
    let gov = Door::of("gov@example.test").await;
    assert_eq!(gov.post(&ask("hi")).await.said(), "You said: hi");
    check(&gov, &[("x-openai-fedramp", "")], 403, fedramp).await;
    check(&gov, &[(over, "")], 403, routing.clone()).await;
    check(&gov, &[(over, "us")], 403, routing).await;
}

#[tokio::test]
async fn headers_of_a_local_client_are_refused() {
    let door = Door::open().await;
    for (name, value) in [
        ("x-stainless-lang", "python"),
        ("x-stainless-retry-count", "0"),
        ("x-api-key", "k"),
        ("anthropic-version", "2023-06-01"),
        ("anthropic-beta", "x"),
        ("cookie", "session=1"),
        ("cookie", "__cf_bm=1; session=1"),
    ] {
        let detail = json!({"detail": format!("Forbidden header: {name}")});
        check(&door, &[(name, value)], 400, detail).await;
    }
    let got = door
        .post_with(
            &ask("hi"),
            &[("cookie", "__cf_bm=1; _cfuvid=2; cf_clearance=3")],
        )
        .await;
    assert_eq!(got.status, 200);
}

#[tokio::test]
async fn identity_headers_are_required() {
    let door = Door::open().await;
    for (name, value, missing) in [
        ("originator", "", "originator"),
        ("user-agent", "", "User-Agent"),
        ("accept", "application/json", "Accept: text/event-stream"),
        (
            "content-type",
            "text/plain",
            "Content-Type: application/json",
        ),
    ] {
        let detail = json!({"detail": format!("Missing header: {missing}")});
        check(&door, &[(name, value)], 400, detail).await;
    }
}

#[tokio::test]
async fn a_turn_state_stays_with_its_account() {
    let door = Door::open().await;
    let got: Got = door.post(&ask("hi")).await;
    let state = got.header("x-codex-turn-state").unwrap().to_owned();
    let again = door
        .post_with(&ask("hi"), &[("x-codex-turn-state", &state)])
        .await;
    assert_eq!(again.header("x-codex-turn-state"), Some(state.as_str()));
    let foreign = [("x-codex-turn-state", "ts_acct_pro.abc")];
    check(
        &door,
        &foreign,
        400,
        json!({"detail": "Invalid turn state"}),
    )
    .await;
}

#[tokio::test]
async fn other_ways_in_are_closed_as_they_are_live() {
    let door = Door::open().await;
    let path = "/backend-api/codex/responses";
    let upgrade = [("upgrade", "websocket"), ("connection", "Upgrade")];
    let got = door.send(Method::GET, path, &upgrade, "").await.unwrap();
    assert_eq!((got.status, got.body.len()), (426, 0));
    let not_found = json!({"detail": "Not Found"});
    for path in [
        "/backend-api/codex/responses/compact",
        "/backend-api/codex/other",
        "/backend-api/x",
    ] {
        let got = door.send(Method::POST, path, &[], "{}").await.unwrap();
        assert_eq!((got.status, got.json()), (404, not_found.clone()), "{path}");
    }
}

#[tokio::test]
async fn plans_and_versions_decide_who_gets_a_model() {
    let free = Door::of("free@example.test").await;
    let sol = super::with(ask("hi"), json!({"model": "gpt-5.6-sol"}));
    let got = free.post(&sol).await;
    assert_eq!(
        (got.status, got.json()),
        (404, json!({"detail": "Model not found gpt-5.6-sol"}))
    );
    let got = free.post_with(&ask("hi"), &[("version", "0.100.0")]).await;
    assert_eq!(got.status, 400);
    assert!(got.text().contains("requires a newer version of Codex"));
    free.world().hide_models(&["gpt-5.5"]);
    assert!(
        free.post(&ask("hi"))
            .await
            .text()
            .contains("model is not supported")
    );
}
