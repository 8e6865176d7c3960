//! `POST /oauth/revoke` (contract auth 5.5).

use http::{Method, StatusCode};
use serde_json::json;
use standin::BearerFault;
use standin::world::CLIENT_ID;

use crate::caller::Caller;

const PATH: &str = "/oauth/revoke";

#[tokio::test]
async fn a_refresh_token_takes_its_grant_along_and_an_access_token_only_itself() {
    let caller = Caller::start().await;
    let [whole, single] = [(); 2].map(|()| caller.world().sign_in("plus@example.test"));
    let body = json!({
        "token": whole.refresh_token.reveal(),
        "token_type_hint": "refresh_token",
        "client_id": CLIENT_ID,
    });
    let answer = caller.json(PATH, &body).await;
    assert_eq!((answer.status, answer.json()), (StatusCode::OK, json!({})));
    let dead = caller.world().seat_of(whole.access_token.reveal());
    assert_eq!(dead, Err(BearerFault::Revoked));
    let body = json!({
        "token": single.access_token.reveal(),
        "token_type_hint": "access_token",
    });
    assert_eq!(caller.json(PATH, &body).await.status, StatusCode::OK);
    let dead = caller.world().seat_of(single.access_token.reveal());
    assert_eq!(dead, Err(BearerFault::Revoked));
    for (tokens, status) in [
        (&whole, StatusCode::UNAUTHORIZED),
        (&single, StatusCode::OK),
    ] {
        let body = json!({
            "client_id": CLIENT_ID,
            "grant_type": "refresh_token",
            "refresh_token": tokens.refresh_token.reveal(),
        });
        assert_eq!(caller.json("/oauth/token", &body).await.status, status);
    }
    caller.standin.stop().await;
}

#[tokio::test]
async fn each_form_has_exactly_its_own_fields() {
    let caller = Caller::start().await;
    caller
        .world()
        .turn(|knobs| knobs.extra_client_ids = vec!["app_other".into()]);
    let tokens = caller.world().sign_in("plus@example.test");
    let held = tokens.refresh_token.reveal();
    let rows = [
        (
            json!({"token": held, "token_type_hint": "refresh_token"}),
            400,
        ),
        (json!({"token": held, "client_id": CLIENT_ID}), 400),
        (
            json!({"token_type_hint": "refresh_token", "client_id": CLIENT_ID}),
            400,
        ),
        (
            json!({"token": held, "token_type_hint": "id_token", "client_id": CLIENT_ID}),
            400,
        ),
        (
            json!({"token": held, "token_type_hint": "refresh_token", "client_id": "app_x"}),
            401,
        ),
        (
            json!({"token": held, "token_type_hint": "refresh_token", "client_id": "app_other"}),
            400,
        ),
        (
            json!({"token": held, "token_type_hint": "access_token", "client_id": CLIENT_ID}),
            400,
        ),
        (
            json!({"token": "x", "token_type_hint": "access_token", "more": "y"}),
            400,
        ),
        // RFC 7009, section 2.2: a token nobody knows is as good as revoked.
        (
            json!({"token": "x", "token_type_hint": "access_token"}),
            200,
        ),
        (
            json!({"token": "x", "token_type_hint": "refresh_token", "client_id": CLIENT_ID}),
            200,
        ),
    ];
    for (body, status) in rows {
        assert_eq!(caller.json(PATH, &body).await.status, status, "{body}");
    }
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let answer = caller
        .send(Method::POST, PATH, &form, format!("token={held}").into())
        .await;
    assert_eq!(answer.unwrap().status, StatusCode::BAD_REQUEST);
    assert!(
        caller.world().seat_of(tokens.access_token.reveal()).is_ok(),
        "nothing was revoked"
    );
    caller.standin.stop().await;
}
