//! The device flow.

use std::time::Duration;

use auth::{Account, Fault, PHISHING_WARNING};
use http::StatusCode;
use serde_json::json;
use standin::world::knobs::{Claims, DeviceCodes, DeviceMode, Interval};
use standin::{Act, Scripted};

use crate::house::{House, PLUS, Unusual, requirements};

const POLLS: &str = "/api/accounts/deviceauth/token";
const STEP: Duration = Duration::from_millis(250);

/// Begins, approves once the first poll has come, and waits for the end.
async fn sign_in(house: &House) -> Result<Account, Fault> {
    let begun = house.accounts().begin_device().await?;
    let code = begun.code.clone();
    let approved = async {
        house.world().until_received(POLLS, 1).await;
        house.world().approve_device(&code, PLUS).unwrap();
    };
    let both = async { tokio::join!(begun.finish(), approved).0 };
    house.while_time_passes(STEP, both).await
}

#[tokio::test]
async fn device_code_login_succeeds() {
    for pending in [404, 403] {
        let house = House::open().await;
        house
            .world()
            .turn(|knobs| knobs.device_pending_status = pending);
        let account = sign_in(&house).await.unwrap();
        assert_eq!(account.workspace_id.as_deref(), Some("acct_plus"));
        assert_eq!(
            house.kept(&account).await.unwrap()["account_id"],
            "acct_plus"
        );
        assert!(house.world().received_at(POLLS).len() >= 2);
        let asked = &house
            .world()
            .received_at("/api/accounts/deviceauth/usercode")[0];
        assert_eq!(
            asked.json(),
            json!({"client_id": "app_EMoamEEZ73f0CkXaXp7hrann"})
        );
        assert_eq!(asked.header("originator"), None);
    }
}

#[tokio::test]
async fn the_code_is_shown_with_its_page_and_its_end() {
    let house = House::open().await;
    let begun = house.accounts().begin_device().await.unwrap();
    assert_eq!(
        begun.url,
        house.standin.issuer().join("/codex/device").unwrap()
    );
    assert_eq!(begun.code, house.world().device_codes()[0].0);
    assert_eq!(
        begun.expires_at,
        house.clock.now().plus(Duration::from_secs(15 * 60))
    );
}

#[tokio::test]
async fn device_code_login_rejects_workspace_mismatch() {
    let house = House::open_with(Unusual {
        policy: requirements(r#"allowed_chatgpt_workspaces = ["X"]"#),
        ..Unusual::default()
    })
    .await;
    let fault = sign_in(&house).await.unwrap_err();
    assert_eq!(
        fault.to_string(),
        "Login is restricted to workspace id(s) X."
    );
    assert_eq!(house.accounts().list().await.unwrap(), []);
}

#[tokio::test]
async fn device_code_login_handles_usercode_http_failure() {
    for (codes, sentence) in [
        (
            DeviceCodes::Unavailable,
            "device code request failed with status 503 Service Unavailable",
        ),
        (
            DeviceCodes::Disabled,
            "device code login is not enabled for this Codex server. Use the browser login or verify the server URL.",
        ),
    ] {
        let house = House::open().await;
        house.world().turn(|knobs| knobs.device_codes = codes);
        let fault = house.accounts().begin_device().await.unwrap_err();
        assert_eq!(fault.to_string(), sentence);
        assert_eq!(house.accounts().list().await.unwrap(), []);
    }
}

#[tokio::test]
async fn device_code_login_persists_without_auth_claims() {
    let house = House::open().await;
    house.world().turn(|knobs| knobs.claims = Claims::Bare);
    let account = sign_in(&house).await.unwrap();
    assert_eq!((account.email, account.workspace_id), (None, None));
    assert_eq!(house.accounts().list().await.unwrap().len(), 1);
}

#[tokio::test]
async fn device_code_login_handles_error_payload() {
    let house = House::open().await;
    house
        .world()
        .turn(|knobs| knobs.device = DeviceMode::Declined);
    let begun = house.accounts().begin_device().await.unwrap();
    let fault = begun.finish().await.unwrap_err();
    assert_eq!(
        fault.to_string(),
        "device auth failed with status 401 Unauthorized"
    );
    assert_eq!(house.world().received_at(POLLS).len(), 1);
    assert_eq!(house.accounts().list().await.unwrap(), []);
}

#[tokio::test]
async fn an_exchange_that_fails_says_so() {
    let house = House::open().await;
    house
        .world()
        .script("/oauth/token", Scripted::status(StatusCode::BAD_REQUEST));
    let fault = sign_in(&house).await.unwrap_err();
    assert_eq!(
        fault.to_string(),
        "device code exchange failed: token endpoint returned status 400 Bad Request: unknown error"
    );
}

#[test]
fn device_code_prompt_renders_phishing_warning() {
    assert!(PHISHING_WARNING.starts_with("Continue only if you started this login"));
    assert!(
        PHISHING_WARNING.ends_with("If a website or another person gave you this code, cancel.")
    );
}

#[tokio::test]
async fn an_interval_may_be_a_number_or_missing() {
    for interval in [Interval::Number, Interval::Missing, Interval::Text] {
        let house = House::open().await;
        house.world().turn(|knobs| {
            knobs.device_interval = interval;
            knobs.device_enforce_interval = true;
        });
        assert!(sign_in(&house).await.is_ok(), "{interval:?}");
        let polls = house.world().received_at(POLLS);
        let gap = polls[1].at.since(polls[0].at);
        assert!(gap >= Duration::from_secs(5), "{interval:?}: {gap:?}");
    }
}

#[tokio::test]
async fn trouble_while_polling_is_retried_with_growing_pauses() {
    let house = House::open().await;
    let world = house.world();
    world.turn(|knobs| knobs.device_interval_secs = 1);
    for act in [
        Scripted::status(StatusCode::TOO_MANY_REQUESTS),
        Scripted::status(StatusCode::INTERNAL_SERVER_ERROR),
        Scripted::once(Act::Drop),
        Scripted::status(StatusCode::BAD_GATEWAY),
    ] {
        world.script(POLLS, act);
    }
    assert!(sign_in(&house).await.is_ok());
    let at: Vec<_> = world
        .received_at(POLLS)
        .iter()
        .map(|poll| poll.at)
        .collect();
    for (pair, seconds) in at.windows(2).zip([2, 4, 8, 16]) {
        let gap = pair[1].since(pair[0]);
        assert!(gap >= Duration::from_secs(seconds), "{gap:?} < {seconds} s");
    }
}

#[tokio::test]
async fn fifteen_minutes_are_enough() {
    let house = House::open().await;
    let begun = house.accounts().begin_device().await.unwrap();
    let ending = async {
        house.world().until_received(POLLS, 1).await;
        house.minutes_pass(15);
    };
    let (outcome, ()) = tokio::join!(begun.finish(), ending);
    assert_eq!(
        outcome.unwrap_err().to_string(),
        "device auth timed out after 15 minutes"
    );
}
