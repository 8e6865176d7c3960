//! `/admin/*`: the methods of the world over HTTP, and how strict it is.

use bytes::Bytes;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use standin::world::knobs::DeviceMode;
use standin::world::{CLIENT_ID, Entry};
use standin::{BearerFault, Knobs};

use crate::caller::{Answer, Caller};

async fn delete(caller: &Caller, path: &str) -> Answer {
    caller
        .send(Method::DELETE, path, &[], Bytes::new())
        .await
        .unwrap()
}

/// Posts what must work.
async fn post(caller: &Caller, path: &str, body: Value) -> Value {
    let answer = caller.json(path, &body).await;
    assert_eq!(
        answer.status,
        StatusCode::OK,
        "{path} {body}: {}",
        answer.text()
    );
    answer.json()
}

#[tokio::test]
async fn what_is_wrong_is_named_and_changes_nothing() {
    let caller = Caller::start().await;
    let seats = caller.world().seats();
    for (path, body, status, named) in WRONG {
        let body: Value = serde_json::from_str(body).unwrap();
        let answer = caller.json(path, &body).await;
        assert_eq!(answer.status, *status, "{path} {body}: {}", answer.text());
        let why = answer.json()["error"].as_str().unwrap().to_owned();
        assert!(why.contains(named), "{path} {body}: {why}");
    }
    for path in [
        "/admin/nothing",
        "/admin/received?since=1",
        "/admin/received?after=x",
    ] {
        assert!(caller.get(path).await.status.is_client_error(), "{path}");
    }
    assert_eq!(caller.world().knobs(), Knobs::default());
    assert_eq!(caller.world().seats(), seats);
    assert_eq!(
        caller.get("/x").await.status,
        StatusCode::NOT_FOUND,
        "no script was kept"
    );
    caller.standin.stop().await;
}

#[tokio::test]
async fn knobs_turn_one_by_one_and_all_back() {
    let caller = Caller::start().await;
    let shown = post(&caller, "/admin/knobs", json!({"device": "auto"})).await;
    post(
        &caller,
        "/admin/knobs",
        json!({"refresh_omits": ["id_token"], "any_loopback_port": true}),
    )
    .await;
    let knobs = caller.world().knobs();
    assert_eq!(shown["device"], "auto");
    assert_eq!(knobs.device, DeviceMode::Auto);
    assert!(knobs.any_loopback_port && knobs.refresh_omits.len() == 1);
    assert_eq!(caller.get("/admin/knobs").await.json(), json!(knobs));
    assert_eq!(delete(&caller, "/admin/knobs").await.status, StatusCode::OK);
    assert_eq!(caller.world().knobs(), Knobs::default());
    caller.standin.stop().await;
}

#[tokio::test]
async fn people_seats_and_tokens() {
    let caller = Caller::start().await;
    let new = json!({
        "email": "new@example.test",
        "plan": "business",
        "account_id": "acct_new",
        "workspace": "New",
        "fedramp": true,
    });
    post(&caller, "/admin/people", new).await;
    let change = json!({
        "account_id": "acct_new",
        "plan": "edu",
        "origin": null,
        "routing_override": "us",
        "entry": "twice",
    });
    post(&caller, "/admin/seat", change).await;
    let seat = &caller.world().seats_of("new@example.test")[0];
    assert_eq!(
        (seat.plan.as_str(), seat.fedramp),
        ("edu", true),
        "what is not given stays"
    );
    assert_eq!(
        (seat.routing.entry, &seat.routing.origin),
        (Entry::Twice, &None)
    );
    assert_eq!(seat.routing_override(), Some("us"));
    let listed = caller.get("/admin/people").await.json();
    assert!(
        listed
            .as_array()
            .unwrap()
            .iter()
            .any(|it| it["account_id"] == "acct_new")
    );

    let which = json!({"email": "team@example.test", "account_id": "acct_team_personal"});
    let tokens = post(&caller, "/admin/sign_in", which).await;
    let access = tokens["access_token"].as_str().unwrap();
    assert_eq!(
        caller.world().seat_of(access).unwrap().account_id,
        "acct_team_personal"
    );
    post(&caller, "/admin/expire", json!({"token": access})).await;
    assert_eq!(caller.world().seat_of(access), Err(BearerFault::Expired));
    for (route, fault) in [
        ("/admin/invalidate", BearerFault::Invalidated),
        ("/admin/revoke", BearerFault::Revoked),
    ] {
        let someone = json!({"email": "plus@example.test"});
        let token = post(&caller, "/admin/access_token", someone).await["access_token"].clone();
        post(&caller, route, json!({"token": token})).await;
        assert_eq!(caller.world().seat_of(token.as_str().unwrap()), Err(fault));
    }
    let key = post(&caller, "/admin/api_key", json!({})).await["api_key"].clone();
    assert!(caller.world().seat_of(key.as_str().unwrap()).is_ok());
    caller.standin.stop().await;
}

#[tokio::test]
async fn device_codes_are_listed_and_decided() {
    let caller = Caller::start().await;
    let mut codes = Vec::new();
    for _ in 0..4 {
        let path = "/api/accounts/deviceauth/usercode";
        let told = post(&caller, path, json!({"client_id": CLIENT_ID})).await;
        codes.push(told["user_code"].clone());
    }
    let email = "team@example.test";
    let elsewhere =
        json!({"user_code": codes[1], "email": email, "account_id": "acct_team_personal"});
    post(
        &caller,
        "/admin/device/approve",
        json!({"user_code": codes[0], "email": email}),
    )
    .await;
    post(&caller, "/admin/device/approve", elsewhere).await;
    post(
        &caller,
        "/admin/device/deny",
        json!({"user_code": codes[2]}),
    )
    .await;
    post(
        &caller,
        "/admin/device/expire",
        json!({"user_code": codes[3]}),
    )
    .await;
    let listed = caller.get("/admin/device").await.json();
    let states: Vec<_> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["state"].clone())
        .collect();
    assert_eq!(states, ["approved", "approved", "denied", "expired"]);
    assert_eq!(listed[0]["user_code"], codes[0]);
    caller.standin.stop().await;
}

#[tokio::test]
async fn scripts_can_be_posted_and_forgotten() {
    let caller = Caller::start().await;
    let script = json!({
        "path": "/oauth/token",
        "act": "answer",
        "status": 429,
        "headers": {"retry-after": "7"},
        "body": {"error": "slow_down"},
    });
    post(&caller, "/admin/script", script).await;
    let text = json!({"path": "/oauth/*", "act": "answer", "body": "words", "times": 0});
    post(&caller, "/admin/script", text).await;
    let first = caller.get("/oauth/token").await;
    assert_eq!(
        (first.status.as_u16(), &first.headers["retry-after"]),
        (429, &"7".parse().unwrap())
    );
    assert_eq!(first.headers["content-type"], "application/json");
    assert_eq!(first.json(), json!({"error": "slow_down"}));
    for _ in 0..3 {
        assert_eq!(caller.get("/oauth/token").await.text(), "words");
    }
    delete(&caller, "/admin/script").await;
    for act in ["drop", "lose_reply", "cut_reply", "cut"] {
        post(
            &caller,
            "/admin/script",
            json!({"path": "/oauth/x", "act": act}),
        )
        .await;
        let asked = caller
            .send(Method::GET, "/oauth/x", &[], Bytes::new())
            .await;
        assert!(asked.is_err(), "{act}");
    }
    post(
        &caller,
        "/admin/script",
        json!({"path": "/oauth/x", "act": "pass"}),
    )
    .await;
    assert_eq!(caller.get("/oauth/x").await.status, StatusCode::NOT_FOUND);
    caller.standin.stop().await;
}

#[tokio::test]
async fn what_was_received_is_shown_in_a_readable_form() {
    let caller = Caller::start().await;
    let headers = [("x-twice", "1"), ("x-twice", "2"), ("x-once", "3")];
    for body in [&b"{\"a\":1}"[..], b"words", b"\xff\xfe"] {
        let body = Bytes::copy_from_slice(body);
        caller
            .send(Method::POST, "/oauth/x?q=1", &headers, body)
            .await
            .unwrap();
    }
    caller.get("/oauth/y").await;
    let shown = caller.get("/admin/received?path=/oauth/x").await.json();
    let bodies = [
        ("json", json!({"a": 1})),
        ("text", json!("words")),
        ("base64", json!("//4=")),
    ];
    for (one, (form, body)) in shown.as_array().unwrap().iter().zip(bodies) {
        assert_eq!(one[form], body);
        assert_eq!(
            (&one["method"], &one["query"]),
            (&json!("POST"), &json!("q=1"))
        );
        assert_eq!(one["headers"]["x-twice"], json!(["1", "2"]));
        assert_eq!(one["headers"]["x-once"], "3");
    }
    let later = caller.get("/admin/received?after=3").await.json();
    assert_eq!(later.as_array().unwrap().len(), 1);
    assert_eq!(later[0]["path"], "/oauth/y");
    delete(&caller, "/admin/received").await;
    assert_eq!(caller.get("/admin/received").await.json(), json!([]));
    caller.standin.stop().await;
}

/// Route, body, status, and what the answer names.
const WRONG: &[(&str, &str, u16, &str)] = &[
    ("/admin/knobs", r#"{"devise": "auto"}"#, 400, "devise"),
    (
        "/admin/knobs",
        r#"{"access_lifetime_secs": 1, "device": "magic"}"#,
        400,
        "magic",
    ),
    ("/admin/knobs", r#"{"device_codes": null}"#, 400, "null"),
    ("/admin/knobs", "[]", 400, "map"),
    (
        "/admin/people",
        r#"{"email": "x@example.test"}"#,
        400,
        "plan",
    ),
    (
        "/admin/people",
        r#"{"email": "x", "plan": "plus", "age": 7}"#,
        400,
        "age",
    ),
    (
        "/admin/seat",
        r#"{"account_id": "acct_none"}"#,
        409,
        "nobody",
    ),
    (
        "/admin/seat",
        r#"{"account_id": "acct_plus", "entry": "thrice"}"#,
        400,
        "thrice",
    ),
    ("/admin/sign_in", "{}", 400, "email"),
    (
        "/admin/sign_in",
        r#"{"email": "plus@example.test", "account_id": "x"}"#,
        409,
        "seat",
    ),
    ("/admin/access_token", r#"{"mail": "x"}"#, 400, "mail"),
    ("/admin/api_key", r#"{"x": 1}"#, 400, "x"),
    ("/admin/revoke", r#"{"token": "unknown"}"#, 409, "token"),
    ("/admin/expire", r#"{"token": 7}"#, 400, "string"),
    (
        "/admin/device/approve",
        r#"{"user_code": "X", "email": "x", "at": 1}"#,
        400,
        "at",
    ),
    (
        "/admin/device/approve",
        r#"{"user_code": "X", "email": "free@example.test"}"#,
        409,
        "unknown",
    ),
    (
        "/admin/device/deny",
        r#"{"user_code": "X"}"#,
        409,
        "unknown",
    ),
    ("/admin/script", r#"{"path": "/x"}"#, 400, "act"),
    (
        "/admin/script",
        r#"{"path": "/x", "act": "explode"}"#,
        400,
        "explode",
    ),
    (
        "/admin/script",
        r#"{"path": "/x", "act": "drop", "status": 500}"#,
        400,
        "status",
    ),
    (
        "/admin/script",
        r#"{"path": "/x", "act": "answer", "after": 5}"#,
        400,
        "after",
    ),
    (
        "/admin/script",
        r#"{"path": "/x", "act": "answer", "status": 99}"#,
        400,
        "status",
    ),
    (
        "/admin/script",
        r#"{"path": "/x", "act": "answer", "headers": {"a b": "c"}}"#,
        400,
        "a b",
    ),
    ("/admin/nothing", "{}", 404, "route"),
];
