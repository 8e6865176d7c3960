//! The device-code flow of contract auth 2.

use http::StatusCode;
use serde_json::{Value, json};
use standin::world::knobs::{DeviceCodes, DeviceMode, Interval};
use standin::world::{CLIENT_ID, DeviceFault};

use crate::caller::{Answer, Caller, claims};

const USERCODE: &str = "/api/accounts/deviceauth/usercode";
const TOKEN: &str = "/api/accounts/deviceauth/token";

/// A fresh code: the body of its polls.
async fn begin(caller: &Caller) -> Value {
    let answer = caller
        .json(USERCODE, &json!({"client_id": CLIENT_ID}))
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let told = answer.json();
    json!({"device_auth_id": told["device_auth_id"], "user_code": told["user_code"]})
}

fn typed(code: &Value) -> &str {
    code["user_code"].as_str().unwrap()
}

async fn redeem(caller: &Caller, told: &Value, redirect_uri: &str) -> Answer {
    let text = |name: &str| told[name].as_str().unwrap().to_owned();
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &text("authorization_code")),
        ("redirect_uri", redirect_uri),
        ("client_id", CLIENT_ID),
        ("code_verifier", &text("code_verifier")),
    ];
    caller.form("/oauth/token", &fields).await
}

#[track_caller]
fn refused(answer: &Answer, status: u16, error: &str) {
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["error"]),
        (status, &json!(error))
    );
}

#[tokio::test]
async fn pending_then_approved_then_tokens() {
    let caller = Caller::start().await;
    let code = begin(&caller).await;
    refused(
        &caller.json(TOKEN, &code).await,
        403,
        "authorization_pending",
    );
    caller
        .world()
        .turn(|knobs| knobs.device_pending_status = 404);
    refused(
        &caller.json(TOKEN, &code).await,
        404,
        "authorization_pending",
    );
    let lower = typed(&code).to_lowercase();
    caller
        .world()
        .approve_device(&lower, "team@example.test")
        .unwrap();
    let told = caller.json(TOKEN, &code).await.json();
    let verifier = told["code_verifier"].as_str().unwrap();
    assert!((43..=128).contains(&verifier.len()));
    assert_eq!(told["code_challenge"].as_str().unwrap().len(), 43);
    let callback = format!("http://{}/deviceauth/callback", caller.standin.addr());
    let tokens = redeem(&caller, &told, &callback).await.json();
    let claims = claims(tokens["id_token"].as_str().unwrap());
    assert_eq!(
        claims["https://api.openai.com/auth"]["chatgpt_account_id"],
        "acct_team"
    );
    refused(&caller.json(TOKEN, &code).await, 400, "invalid_grant");
    caller.standin.stop().await;
}

#[tokio::test]
async fn the_code_is_bound_to_the_issuer_as_the_device_saw_it() {
    let caller = Caller::start().await;
    let port = caller.standin.addr().port();
    let rows = [
        (
            format!("http://127.0.0.1:{port}/deviceauth/callback"),
            StatusCode::OK,
        ),
        // TLS may end in front of us.
        (
            format!("https://127.0.0.1:{port}/deviceauth/callback"),
            StatusCode::OK,
        ),
        (
            format!("http://localhost:{port}/deviceauth/callback"),
            StatusCode::BAD_REQUEST,
        ),
        (
            "http://127.0.0.1:1455/auth/callback".into(),
            StatusCode::BAD_REQUEST,
        ),
    ];
    for (callback, status) in rows {
        let code = begin(&caller).await;
        caller
            .world()
            .approve_device(typed(&code), "plus@example.test")
            .unwrap();
        let told = caller.json(TOKEN, &code).await.json();
        assert_eq!(
            redeem(&caller, &told, &callback).await.status,
            status,
            "{callback}"
        );
    }
    caller.standin.stop().await;
}

#[tokio::test]
async fn every_end_of_a_poll_has_its_own_answer() {
    let caller = Caller::start().await;
    let denied = begin(&caller).await;
    caller.world().deny_device(typed(&denied)).unwrap();
    refused(
        &caller.json(TOKEN, &denied).await,
        401,
        "authorization_declined",
    );
    let expired = begin(&caller).await;
    caller.world().expire_device(typed(&expired)).unwrap();
    refused(&caller.json(TOKEN, &expired).await, 410, "expired_token");
    let old = begin(&caller).await;
    caller
        .world()
        .approve_device(typed(&old), "plus@example.test")
        .unwrap();
    caller.pass(900);
    refused(&caller.json(TOKEN, &old).await, 410, "expired_token");
    let mut wrong = begin(&caller).await;
    wrong["user_code"] = json!("WRONG-CODES");
    refused(&caller.json(TOKEN, &wrong).await, 400, "invalid_grant");
    let modes = [
        (DeviceMode::Declined, 401, "authorization_declined"),
        (DeviceMode::Slow, 429, "slow_down"),
        (DeviceMode::Broken, 500, "server_error"),
    ];
    for (mode, status, error) in modes {
        let code = begin(&caller).await;
        caller.world().turn(|knobs| knobs.device = mode);
        refused(&caller.json(TOKEN, &code).await, status, error);
    }
    caller.standin.stop().await;
}

#[tokio::test]
async fn the_second_poll_succeeds_by_itself_where_that_is_wished() {
    let caller = Caller::start().await;
    caller.world().turn(|knobs| {
        knobs.device = DeviceMode::Auto;
        knobs.auto_person = "team@example.test/acct_team_personal".into();
    });
    let code = begin(&caller).await;
    refused(
        &caller.json(TOKEN, &code).await,
        403,
        "authorization_pending",
    );
    let told = caller.json(TOKEN, &code).await.json();
    let callback = format!("http://{}/deviceauth/callback", caller.standin.addr());
    let tokens = redeem(&caller, &told, &callback).await.json();
    let seat = caller
        .world()
        .seat_of(tokens["access_token"].as_str().unwrap())
        .unwrap();
    assert_eq!(seat.account_id, "acct_team_personal");
    caller.standin.stop().await;
}

#[tokio::test]
async fn a_poll_that_comes_too_soon_is_told_so_where_that_is_wished() {
    let caller = Caller::start().await;
    caller
        .world()
        .turn(|knobs| knobs.device_enforce_interval = true);
    let code = begin(&caller).await;
    refused(
        &caller.json(TOKEN, &code).await,
        403,
        "authorization_pending",
    );
    caller.pass(4);
    refused(&caller.json(TOKEN, &code).await, 429, "slow_down");
    caller.pass(5);
    refused(
        &caller.json(TOKEN, &code).await,
        403,
        "authorization_pending",
    );
    caller.standin.stop().await;
}

#[tokio::test]
async fn the_interval_is_text_a_number_or_nothing() {
    let caller = Caller::start().await;
    let rows = [
        (Interval::Text, json!("5")),
        (Interval::Number, json!(5)),
        (Interval::Missing, Value::Null),
    ];
    for (interval, written) in rows {
        caller
            .world()
            .turn(|knobs| knobs.device_interval = interval);
        let told = caller
            .json(USERCODE, &json!({"client_id": CLIENT_ID}))
            .await
            .json();
        assert_eq!(told["interval"], written);
        assert!(told.get("usercode").is_none());
    }
    caller.standin.stop().await;
}

#[tokio::test]
async fn a_code_may_be_refused_from_the_start() {
    let caller = Caller::start().await;
    let right = json!({"client_id": CLIENT_ID});
    let rows = [
        (json!({}), 400),
        (json!({"client_id": "app_unknown"}), 401),
        (json!({"client_id": CLIENT_ID, "scope": "openid"}), 400),
    ];
    for (body, status) in rows {
        assert_eq!(caller.json(USERCODE, &body).await.status, status, "{body}");
    }
    let as_form = caller.form(USERCODE, &[("client_id", CLIENT_ID)]).await;
    assert_eq!(as_form.status, StatusCode::BAD_REQUEST);
    for (codes, status) in [
        (DeviceCodes::Disabled, 404),
        (DeviceCodes::Unavailable, 503),
    ] {
        caller.world().turn(|knobs| knobs.device_codes = codes);
        assert_eq!(caller.json(USERCODE, &right).await.status, status);
    }
    caller.standin.stop().await;
}

#[tokio::test]
async fn a_person_decides_on_the_page() {
    let caller = Caller::start().await;
    let page = caller
        .get("/codex/device?user_code=%22%3Cb%3E")
        .await
        .text();
    assert!(
        page.contains("id=\"continue\"") && page.contains("&quot;&lt;b&gt;"),
        "{page}"
    );
    let [yes, no] = [begin(&caller).await, begin(&caller).await];
    let person = ("standin_person", "plus@example.test");
    let decide = async |code: &Value, answer: &str| {
        let fields = [
            ("user_code", typed(code)),
            person,
            ("standin_answer", answer),
        ];
        caller.form("/codex/device", &fields).await.status
    };
    assert_eq!(decide(&yes, "approve").await, StatusCode::OK);
    assert_eq!(decide(&no, "deny").await, StatusCode::OK);
    assert_eq!(decide(&no, "approve").await, StatusCode::BAD_REQUEST);
    assert_eq!(caller.json(TOKEN, &yes).await.status, StatusCode::OK);
    refused(
        &caller.json(TOKEN, &no).await,
        401,
        "authorization_declined",
    );
    let stranger = [
        ("user_code", typed(&yes)),
        ("standin_person", "nobody@example.test"),
    ];
    assert_eq!(
        caller.form("/codex/device", &stranger).await.status,
        StatusCode::BAD_REQUEST
    );
    let unknown = caller
        .world()
        .approve_device("NONE-SUCHX", "plus@example.test");
    assert_eq!(unknown, Err(DeviceFault::Unknown));
    let homeless = caller
        .world()
        .approve_device_for(typed(&no), "plus@example.test", "acct_pro");
    assert_eq!(homeless, Err(DeviceFault::NoSuchSeat));
    caller.standin.stop().await;
}
