//! A refused credential is renewed once, however many meet it.

use futures_util::future::join_all;
use standin::Scripted;
use store::Ended;

use crate::stage::{Account, Plan, RESPONSES, Stage, chat, responses};

const TOKEN: &str = "/oauth/token";

async fn browser() -> Stage {
    let stage = Stage::with(Plan {
        account: Account::Browser("plus@example.test"),
        ..Plan::default()
    })
    .await;
    assert_eq!(
        stage
            .post("/v1/responses", &responses("warm up", false))
            .await
            .status,
        200
    );
    stage.lines(1).await;
    stage.world().forget_received();
    stage
}

/// The access token that requests go out with.
async fn current(stage: &Stage) -> String {
    stage
        .post("/v1/responses", &responses("who am I", false))
        .await;
    let asked = stage.asked();
    let bearer = asked.last().unwrap().header("authorization").unwrap();
    let token = bearer.trim_start_matches("Bearer ").to_owned();
    stage.world().forget_received();
    token
}

#[tokio::test]
async fn fifty_requests_with_an_expired_token_cause_one_refresh() {
    let stage = browser().await;
    let token = current(&stage).await;
    assert!(stage.world().expire(&token));
    let asking = (0..50).map(|number| {
        let stage = &stage;
        async move {
            let body = responses(&format!("number {number}"), number % 2 == 0);
            stage.post("/v1/responses", &body).await
        }
    });
    let replies = join_all(asking).await;
    for (number, reply) in replies.iter().enumerate() {
        assert_eq!(reply.status, 200, "{number}: {}", reply.text());
        assert!(reply.text().contains(&format!("You said: number {number}")));
    }
    assert_eq!(stage.world().received_at(TOKEN).len(), 1);
    let lines = stage.lines(52).await;
    assert!(lines.iter().all(|line| line.ended == Ended::Whole));
}

#[tokio::test]
async fn a_refusal_that_stays_causes_one_refresh_and_a_401() {
    for (name, code) in [
        ("token-invalidated", "token_invalidated"),
        ("token-expired", "token_expired"),
        ("token-revoked", "token_revoked"),
        ("unauthorized", "unauthorized"),
    ] {
        let stage = browser().await;
        let body = responses(&format!("[[http {name}]]"), false);
        let reply = stage.post("/v1/responses", &body).await;
        assert_eq!(reply.status, 401, "{name}");
        let error = &reply.json()["error"];
        assert_eq!(error["code"], code);
        assert_eq!(error["hint"], "run `postern login`");
        assert_eq!(stage.asked().len(), 2, "{name}");
        assert_eq!(stage.world().received_at(TOKEN).len(), 1, "{name}");
        let line = stage.lines(2).await.remove(1);
        assert_eq!(
            (line.status, line.attempts, line.ended),
            (401, 2, Ended::Refused)
        );
        let again = stage
            .post(
                "/v1/chat/completions",
                &chat(&format!("[[http {name}]]"), true),
            )
            .await;
        assert_eq!(again.status, 401);
        assert_eq!(
            stage.world().received_at(TOKEN).len(),
            1,
            "{name}: renewed again at once"
        );
    }
}

#[tokio::test]
async fn a_refusal_that_passes_is_never_seen() {
    for name in ["token-expired", "auth-headers"] {
        let stage = browser().await;
        let body = responses(&format!("[[http {name} times=1]] hello"), true);
        let reply = stage.post("/v1/responses", &body).await;
        assert_eq!(reply.status, 200, "{name}");
        assert_eq!(
            (stage.asked().len(), stage.world().received_at(TOKEN).len()),
            (2, 1)
        );
        assert_eq!(stage.lines(2).await[1].attempts, 2);
    }
}

#[tokio::test]
async fn a_credential_that_cannot_be_renewed_says_so() {
    let stage = Stage::open().await;
    let reply = stage
        .post("/v1/responses", &responses("[[http token-revoked]]", false))
        .await;
    assert_eq!(reply.status, 401);
    assert_eq!(
        (stage.asked().len(), stage.world().received_at(TOKEN).len()),
        (1, 0)
    );
}

#[tokio::test]
async fn an_issuer_that_fails_is_told_as_something_that_may_pass() {
    let stage = browser().await;
    let token = current(&stage).await;
    assert!(stage.world().expire(&token));
    let broken = Scripted::status(http::StatusCode::INTERNAL_SERVER_ERROR).always();
    stage.world().script(TOKEN, broken);
    let reply = stage
        .post("/v1/responses", &responses("hello", false))
        .await;
    assert_eq!(reply.status, 503, "{}", reply.text());
    assert_eq!(reply.json()["error"]["code"], "credential_not_ready");
    assert!(reply.header("retry-after").is_some());
    assert_eq!(stage.world().received_at(RESPONSES).len(), 1);
}
