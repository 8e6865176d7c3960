//! `POST /oauth/token` with a refresh token: rotation, reuse, and the literal refusals of 3.4.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use standin::BearerFault;
use standin::world::CLIENT_ID;
use standin::world::knobs::TokenField;

use crate::caller::{Answer, Caller, encode};

fn body(token: &str) -> Value {
    json!({"client_id": CLIENT_ID, "grant_type": "refresh_token", "refresh_token": token})
}

async fn refresh(caller: &Caller, token: &str) -> Answer {
    caller.json("/oauth/token", &body(token)).await
}

fn token<'a>(tokens: &'a Value, name: &str) -> &'a str {
    tokens[name].as_str().unwrap()
}

#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.json()["error"]["code"], code);
}

#[tokio::test]
async fn each_refresh_rotates_and_the_older_access_token_lives_on() {
    let caller = Caller::start().await;
    let first = caller.world().sign_in("team@example.test");
    let mut held = first.refresh_token.reveal().to_owned();
    for reason in [
        "proactive_expiry",
        "scheduled",
        "unauthorized_recovery",
        "forced",
    ] {
        let mut body = body(&held);
        body["refresh_reason"] = json!(reason);
        let answer = caller.json("/oauth/token", &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{reason}");
        let tokens = answer.json();
        assert_ne!(token(&tokens, "refresh_token"), held);
        let seat = caller
            .world()
            .seat_of(token(&tokens, "access_token"))
            .unwrap();
        assert_eq!(seat.account_id, "acct_team");
        held = token(&tokens, "refresh_token").to_owned();
    }
    assert!(caller.world().seat_of(first.access_token.reveal()).is_ok());
    caller.standin.stop().await;
}

#[tokio::test]
async fn reuse_is_said_once_and_ends_the_family() {
    let caller = Caller::start().await;
    let first = caller.world().sign_in("plus@example.test");
    let bystander = caller.world().sign_in("plus@example.test");
    let second = refresh(&caller, first.refresh_token.reveal()).await.json();
    let answer = refresh(&caller, first.refresh_token.reveal()).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    // The literal body of contract auth 3.4.
    let literal = json!({"error": {
        "message": "Your refresh token has already been used to generate a new access token. Please try signing in again.",
        "type": "invalid_request_error",
        "param": null,
        "code": "refresh_token_reused",
    }});
    assert_eq!(answer.json(), literal);
    for spent in [
        first.refresh_token.reveal(),
        token(&second, "refresh_token"),
    ] {
        refused(
            &refresh(&caller, spent).await,
            401,
            "refresh_token_invalidated",
        );
    }
    for dead in [first.access_token.reveal(), token(&second, "access_token")] {
        assert_eq!(caller.world().seat_of(dead), Err(BearerFault::Invalidated));
    }
    assert_eq!(
        refresh(&caller, bystander.refresh_token.reveal())
            .await
            .status,
        StatusCode::OK
    );
    caller.standin.stop().await;
}

#[tokio::test]
async fn of_fifty_refreshes_at_once_one_wins() {
    let caller = Caller::start().await;
    let tokens = caller.world().sign_in("plus@example.test");
    let shown = tokens.refresh_token.reveal();
    let answers = futures_util::future::join_all((0..50).map(|_| refresh(&caller, shown))).await;
    let won = answers
        .iter()
        .filter(|it| it.status == StatusCode::OK)
        .count();
    let reused = answers
        .iter()
        .filter(|it| it.text().contains("refresh_token_reused"))
        .count();
    assert_eq!((won, reused), (1, 1));
    caller.standin.stop().await;
}

#[tokio::test]
async fn time_ends_refresh_and_access_tokens() {
    let caller = Caller::start().await;
    caller.world().turn(|knobs| {
        knobs.access_lifetime_secs = 60;
        knobs.refresh_lifetime_secs = 120;
    });
    let tokens = caller.world().sign_in("plus@example.test");
    caller.pass(59);
    assert!(caller.world().seat_of(tokens.access_token.reveal()).is_ok());
    caller.pass(1);
    let late = caller.world().seat_of(tokens.access_token.reveal());
    assert_eq!(late, Err(BearerFault::Expired));
    caller.pass(60);
    let answer = refresh(&caller, tokens.refresh_token.reveal()).await;
    refused(&answer, 401, "refresh_token_expired");
    caller
        .world()
        .turn(|knobs| knobs.refresh_refusal_status = 400);
    let answer = refresh(&caller, tokens.refresh_token.reveal()).await;
    refused(&answer, 400, "refresh_token_expired");
    caller.standin.stop().await;
}

#[tokio::test]
async fn the_administrator_expires_invalidates_and_revokes() {
    let caller = Caller::start().await;
    let world = caller.world();
    let [expired, invalidated, revoked] = [(); 3].map(|()| world.sign_in("plus@example.test"));
    assert!(world.expire(expired.access_token.reveal()));
    assert!(world.expire(expired.refresh_token.reveal()));
    assert!(world.invalidate(invalidated.access_token.reveal()));
    assert!(world.revoke(revoked.refresh_token.reveal()));
    let rows = [
        (
            &expired,
            BearerFault::Expired,
            "token_expired",
            "refresh_token_expired",
        ),
        (
            &invalidated,
            BearerFault::Invalidated,
            "token_invalidated",
            "refresh_token_invalidated",
        ),
        (
            &revoked,
            BearerFault::Revoked,
            "token_revoked",
            "refresh_token_invalidated",
        ),
    ];
    for (tokens, fault, bearer_code, refresh_code) in rows {
        assert_eq!(world.seat_of(tokens.access_token.reveal()), Err(fault));
        assert_eq!(fault.code(), Some(bearer_code));
        let answer = refresh(&caller, tokens.refresh_token.reveal()).await;
        refused(&answer, 401, refresh_code);
    }
    let key = world.access_token("plus@example.test");
    assert!(world.revoke(key.reveal()));
    assert_eq!(world.seat_of(key.reveal()), Err(BearerFault::Revoked));
    assert_eq!(world.seat_of("at-unknown"), Err(BearerFault::Unknown));
    assert!(!world.revoke("unknown") && !world.invalidate("unknown") && !world.expire("unknown"));
    caller.standin.stop().await;
}

#[tokio::test]
async fn a_malformed_refresh_is_refused_and_spends_nothing() {
    let caller = Caller::start().await;
    caller
        .world()
        .turn(|knobs| knobs.extra_client_ids = vec!["app_other".into()]);
    let tokens = caller.world().sign_in("plus@example.test");
    let held = tokens.refresh_token.reveal();
    for (name, value, status, error) in WRONG {
        let mut body = body(held);
        match serde_json::from_str(value).unwrap() {
            Value::Null => drop(body.as_object_mut().unwrap().remove(*name)),
            value => body[name] = value,
        }
        let answer = caller.json("/oauth/token", &body).await;
        assert_eq!(answer.status, *status, "{body}");
        assert_eq!(answer.json()["error"], *error, "{body}");
    }
    let list = caller.json("/oauth/token", &json!([])).await;
    assert_eq!(list.json()["error"], "invalid_request");
    let form = encode(&[
        ("grant_type", "refresh_token"),
        ("client_id", CLIENT_ID),
        ("refresh_token", held),
    ]);
    for content_type in ["application/x-www-form-urlencoded", "text/json"] {
        let headers = [("content-type", content_type)];
        let answer = caller
            .send(Method::POST, "/oauth/token", &headers, form.clone().into())
            .await;
        assert_eq!(
            answer.unwrap().status,
            StatusCode::BAD_REQUEST,
            "{content_type}"
        );
    }
    assert_eq!(refresh(&caller, held).await.status, StatusCode::OK);
    caller.standin.stop().await;
}

#[tokio::test]
async fn fields_may_be_left_out_and_without_a_new_one_the_old_token_stays() {
    let caller = Caller::start().await;
    let tokens = caller.world().sign_in("plus@example.test");
    let all = [
        TokenField::IdToken,
        TokenField::AccessToken,
        TokenField::RefreshToken,
    ];
    for (omitted, name) in all
        .into_iter()
        .zip(["id_token", "access_token", "refresh_token"])
    {
        let held = caller.world().sign_in("plus@example.test");
        caller
            .world()
            .turn(|knobs| knobs.refresh_omits = vec![omitted]);
        let answer = refresh(&caller, held.refresh_token.reveal()).await.json();
        assert_eq!(answer[name], Value::Null);
        let left = ["id_token", "access_token", "refresh_token"].map(|it| answer[it].is_string());
        assert_eq!(left.iter().filter(|it| **it).count(), 2, "{name}");
    }
    // The knob still leaves the refresh token out: nothing rotates.
    for _ in 0..3 {
        assert_eq!(
            refresh(&caller, tokens.refresh_token.reveal()).await.status,
            StatusCode::OK
        );
    }
    caller.standin.stop().await;
}

#[tokio::test]
async fn a_changed_plan_shows_in_the_next_token() {
    let caller = Caller::start().await;
    let tokens = caller.world().sign_in("plus@example.test");
    assert!(
        caller
            .world()
            .change_seat("acct_plus", |seat| seat.plan = "pro".into())
    );
    assert_eq!(
        caller
            .world()
            .seat_of(tokens.access_token.reveal())
            .unwrap()
            .plan,
        "pro"
    );
    let next = refresh(&caller, tokens.refresh_token.reveal()).await.json();
    let claims = crate::caller::claims(token(&next, "id_token"));
    assert_eq!(
        claims["https://api.openai.com/auth"]["chatgpt_plan_type"],
        "pro"
    );
    caller.standin.stop().await;
}

/// Field, its value as JSON, status, error; `null` leaves the field out.
const WRONG: &[(&str, &str, u16, &str)] = &[
    ("scope", "\"openid\"", 400, "invalid_request"),
    ("refresh_reason", "\"boredom\"", 400, "invalid_request"),
    ("client_id", "null", 400, "invalid_request"),
    ("client_id", "7", 400, "invalid_request"),
    ("client_id", "\"app_unknown\"", 401, "invalid_client"),
    ("client_id", "\"app_other\"", 400, "invalid_grant"),
    ("grant_type", "null", 400, "invalid_request"),
    ("grant_type", "\"password\"", 400, "unsupported_grant_type"),
    ("refresh_token", "null", 400, "invalid_request"),
    ("refresh_token", "\"\"", 400, "invalid_request"),
    (
        "refresh_token",
        "\"oaistb_rt_unknown\"",
        400,
        "invalid_grant",
    ),
];
