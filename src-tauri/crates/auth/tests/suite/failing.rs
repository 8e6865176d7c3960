//! Renewals that are refused, and renewals that fail for now.

use std::time::Duration;

use auth::{Class, Fault, State};
use http::StatusCode;
use serde_json::{Value, json};
use standin::Scripted;

use crate::house::{House, PLUS, Unusual};

const TOKEN: &str = "/oauth/token";

fn refusal(status: u16, body: &Value) -> Scripted {
    Scripted::json(StatusCode::from_u16(status).unwrap(), body)
}

/// The first party's test, status, body, class, and how the sentence of contract auth 3.4 ends.
fn permanent() -> [(&'static str, u16, Value, Class, &'static str); 6] {
    let nested = |code: &str| json!({"error": {"code": code, "message": "m"}});
    let expired = " because your refresh token has expired";
    let used = " because your refresh token was already used";
    [
        (
            "refresh_token_returns_permanent_error_for_expired_refresh_token",
            401,
            nested("refresh_token_expired"),
            Class::Expired,
            expired,
        ),
        (
            "refresh_token_does_not_retry_after_permanent_failure",
            401,
            nested("refresh_token_reused"),
            Class::Exhausted,
            used,
        ),
        (
            "refresh_token_does_not_retry_after_bad_request_reused_failure",
            400,
            nested("refresh_token_reused"),
            Class::Exhausted,
            used,
        ),
        (
            "revoked",
            401,
            json!({"error": "refresh_token_invalidated"}),
            Class::Revoked,
            " because your refresh token was revoked",
        ),
        (
            "refresh_token_does_not_retry_after_standard_invalid_grant_failure",
            400,
            json!({"error": "invalid_grant"}),
            Class::Other,
            "",
        ),
        ("any other 401", 401, json!({}), Class::Other, ""),
    ]
}

#[tokio::test]
async fn permanent_failures_are_told_once_asked_once_and_keep_the_tokens() {
    for (name, status, body, class, why) in permanent() {
        let house = House::open().await;
        let account = house.sign_in(PLUS).await;
        let before = house.kept(&account).await.unwrap();
        house.minutes_pass(61);
        house.world().script(TOKEN, refusal(status, &body).always());
        let sentence = format!(
            "Your access token could not be refreshed{why}. Please log out and sign in again."
        );
        for _ in 0..2 {
            let fault = house.accounts().pass().await.unwrap_err();
            assert!(
                matches!(&fault, Fault::Permanent { class: told, .. } if *told == class),
                "{name}: {fault:?}"
            );
            assert_eq!(fault.to_string(), sentence, "{name}");
            assert!(fault.needs_sign_in());
            house.minutes_pass(30);
        }
        assert_eq!(house.renewals().len(), 1, "{name}");
        assert_eq!(house.kept(&account).await.unwrap(), before, "{name}");
    }
}

#[tokio::test]
async fn refresh_token_does_not_cache_other_bad_request_failure() {
    let house = House::open().await;
    house.sign_in(PLUS).await;
    house.minutes_pass(61);
    let body = json!({"error": "invalid_request", "error_description": "not today"});
    house.world().script(TOKEN, refusal(400, &body).times(2));
    for renewals in 1..=2 {
        let fault = house.accounts().pass().await.unwrap_err();
        assert!(matches!(fault, Fault::Transient { .. }));
        assert_eq!(
            fault.to_string(),
            "Failed to refresh token: 400 Bad Request: not today"
        );
        assert_eq!(house.renewals().len(), renewals);
        house.seconds_pass(5);
    }
    assert!(house.accounts().pass().await.is_ok());
}

#[tokio::test]
async fn refresh_token_reloads_changed_auth_after_permanent_failure() {
    let house = House::open().await;
    let account = house.sign_in(PLUS).await;
    house.minutes_pass(61);
    house.world().script(TOKEN, refusal(401, &json!({})));
    assert!(house.accounts().pass().await.is_err());
    let neighbour = house.neighbour(Unusual::default()).await;
    let again = house.sign_in_at(&neighbour, PLUS).await;
    assert_eq!(again.id, account.id);
    assert!(house.accounts().pass().await.is_ok());
    assert_eq!(house.renewals().len(), 1);
    assert_eq!(
        house.accounts().list().await.unwrap()[0].state,
        State::SignedIn
    );
}

#[tokio::test]
async fn get_account_omits_chatgpt_after_permanent_refresh_failure() {
    let house = House::open().await;
    house.sign_in(PLUS).await;
    house.minutes_pass(61);
    house.world().script(
        TOKEN,
        refusal(401, &json!({"error": {"code": "refresh_token_expired"}})),
    );
    let fault = house.accounts().pass().await.unwrap_err();
    let listed = house.accounts().list().await.unwrap().remove(0);
    assert_eq!(listed.state, State::NeedsSignIn(fault.to_string()));
}

#[tokio::test]
async fn refresh_token_returns_transient_error_on_server_failure() {
    let house = House::open().await;
    let account = house.sign_in(PLUS).await;
    let before = house.kept(&account).await.unwrap();
    house.minutes_pass(61);
    house
        .world()
        .script(TOKEN, Scripted::status(StatusCode::INTERNAL_SERVER_ERROR));
    let fault = house.accounts().pass().await.unwrap_err();
    assert!(!fault.needs_sign_in());
    assert_eq!(
        fault.to_string(),
        "Failed to refresh token: 500 Internal Server Error: unknown error"
    );
    // While the back-off lasts the answer comes at once, and nobody is asked.
    let again = house.accounts().pass().await.unwrap_err();
    assert!(
        matches!(again, Fault::Transient { retry_in: Some(wait), .. } if wait > Duration::ZERO)
    );
    assert_eq!(house.renewals().len(), 1);
    assert_eq!(house.kept(&account).await.unwrap(), before);
    assert!(matches!(
        house.accounts().list().await.unwrap()[0].state,
        State::Struggling(_)
    ));
    house.seconds_pass(3);
    assert!(house.accounts().pass().await.is_ok());
}

#[tokio::test]
async fn a_refresh_storm_is_bounded() {
    let house = House::open().await;
    house.sign_in(PLUS).await;
    house.minutes_pass(61);
    house.world().script(
        TOKEN,
        Scripted::status(StatusCode::INTERNAL_SERVER_ERROR).always(),
    );
    for _ in 0..3600 {
        assert!(house.accounts().pass().await.is_err());
        house.seconds_pass(1);
    }
    // Doubling from two seconds to five minutes, each shortened by half at most.
    let at: Vec<_> = house.renewals().iter().map(|renewal| renewal.at).collect();
    assert!(
        (14..=34).contains(&at.len()),
        "{} renewals in an hour",
        at.len()
    );
    let last = at[at.len() - 1].since(at[at.len() - 2]);
    assert!((150..=301).contains(&last.as_secs()), "{last:?}");
}

#[tokio::test]
async fn a_good_token_is_used_while_its_renewal_fails() {
    for (status, body) in [
        (500, json!({})),
        (401, json!({"error": {"code": "refresh_token_expired"}})),
    ] {
        let house = House::open().await;
        house.sign_in(PLUS).await;
        let before = house.accounts().pass().await.unwrap();
        house.minutes_pass(56);
        house.world().script(TOKEN, refusal(status, &body).always());
        for _ in 0..5 {
            assert_eq!(house.accounts().pass().await.unwrap().bearer, before.bearer);
        }
        assert_eq!(house.renewals().len(), 1);
        house.minutes_pass(4);
        assert!(house.accounts().pass().await.is_err(), "and no longer");
    }
}

#[tokio::test]
async fn an_answer_without_an_access_token_is_a_failure() {
    let house = House::open().await;
    house.sign_in(PLUS).await;
    house.minutes_pass(61);
    house.world().script(TOKEN, refusal(200, &json!({})));
    let fault = house.accounts().pass().await.unwrap_err();
    assert!(matches!(fault, Fault::Transient { .. }), "{fault:?}");
    house.seconds_pass(3);
    assert!(house.accounts().pass().await.is_ok());
}

#[tokio::test]
async fn an_issuer_that_cannot_be_reached_is_no_lost_answer() {
    let house = House::open().await;
    house.sign_in(PLUS).await;
    house.minutes_pass(61);
    let closed = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = closed.local_addr().unwrap().port();
    drop(closed);
    let proxy = url::Url::parse(&format!("http://127.0.0.1:{port}")).unwrap();
    let offline = house
        .neighbour(Unusual {
            proxy: Some(proxy),
            ..Unusual::default()
        })
        .await;
    let fault = offline.accounts.pass().await.unwrap_err();
    assert!(matches!(fault, Fault::Transient { .. }), "{fault:?}");
    assert!(fault.to_string().starts_with("Failed to refresh token: "));
    assert!(
        house.accounts().pass().await.is_ok(),
        "the token was not spent"
    );
}
