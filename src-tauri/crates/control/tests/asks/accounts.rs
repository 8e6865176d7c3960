//! Signing in and out.

use control::Code;
use control::news::Note;
use control::state::Account;
use serde_json::{Value, json};
use standin::world::knobs::{DeviceCodes, DeviceMode};

use crate::desk::{Desk, EMAIL, Plan, http, note};

/// Where the stand-in sends the browser of a person who approves.
async fn approved(url: &str) -> String {
    let url = format!("{url}&standin_person={EMAIL}");
    let answer = http().get(url).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 302);
    answer.headers()["location"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_pasted_address_signs_in_and_turns_the_proxy_on() {
    let desk = Desk::new().await;
    let mut news = desk.engine.news();
    let state = desk.state().await;
    assert_eq!(state["headline"]["says"]["id"], "notSignedIn");
    let step = desk.ask("signIn", json!("paste")).await;
    assert_eq!(
        (&step["way"], &step["opened"]),
        (&json!("paste"), &json!(false))
    );
    assert_eq!(desk.state().await["signingIn"], step);
    assert_eq!(desk.ask("openUrl", json!("signIn")).await, json!(true));
    let url = desk.host.opened.lock().pop().unwrap();
    assert_eq!(json!(url), step["url"]);

    let wrong = "http://localhost:1455/auth/callback?code=a&state=b";
    let complaint = desk.refused("finishPaste", json!(wrong)).await;
    assert_eq!(complaint.code, Code::WrongPaste, "{complaint:?}");
    let account = desk.ask("finishPaste", json!(approved(&url).await)).await;
    assert_eq!(account["email"], EMAIL);
    assert!(matches!(note(&mut news).await, Note::SignedIn { .. }));
    desk.until(|state| state.proxy.is_on()).await;
    let state = desk.state().await;
    assert_eq!(state["signingIn"], Value::Null);
    assert_eq!(state["account"]["is"], "ok");
    assert_eq!(state["headline"]["says"]["id"], "ready");
    let complaint = desk.refused("finishPaste", json!("late")).await;
    assert_eq!(complaint.code, Code::Cancelled);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_does_not_end_before_its_account_is_shown() {
    let desk = Desk::new().await;
    for _ in 0..20 {
        let step = desk.ask("signIn", json!("paste")).await;
        let address = approved(step["url"].as_str().unwrap()).await;
        let mut states = desk.engine.states();
        let answered = async {
            desk.ask("finishPaste", json!(address)).await;
            desk.state().await
        };
        let ended = async {
            let over = states.wait_for(|state| state.signing_in.is_none());
            over.await.unwrap().account.clone()
        };
        let (answered, ended) = tokio::join!(answered, ended);
        assert!(matches!(ended, Account::Ok { .. }), "{ended:?}");
        assert_eq!(answered["account"]["is"], "ok");
        assert_eq!(answered["signingIn"], Value::Null);
        desk.ask("signOut", Value::Null).await;
    }
}

#[tokio::test]
async fn a_browser_sign_in_ends_without_anyone_asking() {
    let desk = Desk::new().await;
    let step = desk.ask("signIn", json!("browser")).await;
    assert_eq!(step["opened"], true);
    let url = desk.host.opened.lock()[0].clone();
    assert_eq!(json!(url), step["url"]);
    http().get(approved(&url).await).send().await.unwrap();
    desk.until(|state| matches!(state.account, Account::Ok { .. }))
        .await;
    assert_eq!(desk.state().await["signingIn"], Value::Null);
}

#[tokio::test]
async fn a_browser_sign_in_takes_a_pasted_address_too() {
    let desk = Desk::new().await;
    let step = desk.ask("signIn", json!("browser")).await;
    let complaint = desk.refused("finishPaste", json!("nonsense")).await;
    assert_eq!(complaint.code, Code::WrongPaste);
    let address = approved(step["url"].as_str().unwrap()).await;
    let account = desk.ask("finishPaste", json!(address)).await;
    assert_eq!(account["email"], EMAIL);
}

#[tokio::test]
async fn a_code_is_shown_and_its_sign_in_can_be_given_up() {
    let desk = Desk::new().await;
    let mut news = desk.engine.news();
    let step = desk.ask("signIn", json!("device")).await;
    assert!(step["code"].as_str().unwrap().len() >= 8, "{step}");
    assert!(step["expiresAtMs"].as_i64() > step["sinceMs"].as_i64());
    assert!(desk.host.opened.lock().is_empty());
    desk.ask("cancelSignIn", Value::Null).await;
    assert_eq!(desk.state().await["signingIn"], Value::Null);
    desk.ask("cancelSignIn", Value::Null).await;

    desk.standin
        .world()
        .turn(|knobs| knobs.device = DeviceMode::Auto);
    desk.ask("signIn", json!("device")).await;
    let Note::SignedIn { account } = note(&mut news).await else {
        panic!("giving up is told to nobody");
    };
    assert_eq!(account.email.as_deref(), Some(EMAIL));
}

#[tokio::test]
async fn a_sign_in_that_cannot_begin_says_which_way_is_left() {
    let desk = Desk::new().await;
    desk.standin
        .world()
        .turn(|knobs| knobs.device_codes = DeviceCodes::Disabled);
    let complaint = desk.refused("signIn", json!("device")).await;
    assert_eq!(complaint.code, Code::CodesOff, "{complaint:?}");

    let held: Vec<_> = (0..2)
        .map(|_| std::net::TcpListener::bind("127.0.0.1:0").unwrap())
        .collect();
    let port = |at: usize| held[at].local_addr().unwrap().port();
    let ports = auth::Ports {
        preferred: port(0),
        fallback: port(1),
    };
    let desk = Desk::with(Plan {
        ports,
        ..Plan::default()
    })
    .await;
    let complaint = desk.refused("signIn", json!("browser")).await;
    assert_eq!(complaint.code, Code::SignInPorts, "{complaint:?}");
    assert_eq!(complaint.hint, None, "a command helps nobody in a window");
    assert_eq!(desk.state().await["signingIn"], Value::Null);
}

#[tokio::test]
async fn a_sign_in_that_is_declined_is_told_once() {
    let desk = Desk::new().await;
    let mut news = desk.engine.news();
    desk.standin
        .world()
        .turn(|knobs| knobs.device = DeviceMode::Declined);
    desk.ask("signIn", json!("device")).await;
    let Note::SignInFailed { complaint } = note(&mut news).await else {
        panic!("not told");
    };
    assert!(!complaint.message.is_empty());
    assert_eq!(desk.state().await["signingIn"], Value::Null);
}

#[tokio::test]
async fn accounts_live_side_by_side_and_one_is_active() {
    let desk = Desk::new().await;
    desk.sign_in().await;
    let key = json!({"kind": "apiKey", "text": "sk-standin-platform"});
    let platform = desk.ask("signInWithToken", key).await;
    assert_eq!(platform["kind"], "api_key");
    let accounts = desk.ask("accounts", Value::Null).await;
    let kinds = |accounts: &Value| -> Vec<(String, bool)> {
        let accounts = accounts.as_array().unwrap().iter();
        let told = |account: &Value| {
            let kind = account["kind"].as_str().unwrap().to_owned();
            (kind, account["active"].as_bool().unwrap())
        };
        accounts.map(told).collect()
    };
    let both = |first, second| {
        vec![
            ("access_token".to_owned(), first),
            ("api_key".to_owned(), second),
        ]
    };
    assert_eq!(kinds(&accounts), both(false, true));
    let first = accounts[0]["id"].clone();
    desk.ask("activateAccount", first.clone()).await;
    assert_eq!(
        kinds(&desk.ask("accounts", Value::Null).await),
        both(true, false)
    );
    assert_eq!(desk.state().await["account"]["account"]["id"], first);
    let complaint = desk.refused("activateAccount", json!("0")).await;
    assert_eq!((complaint.code, complaint.hint), (Code::Other, None));

    let signed_out = desk.ask("signOut", first).await;
    assert_eq!(signed_out["account"]["kind"], "access_token");
    desk.ask("signOut", Value::Null).await;
    assert_eq!(desk.state().await["account"]["is"], "none");
    let complaint = desk.refused("signOut", Value::Null).await;
    assert_eq!(complaint.code, Code::SignedOut);
}

#[tokio::test]
async fn a_bad_token_signs_nobody_in() {
    let desk = Desk::new().await;
    let token = json!({"kind": "accessToken", "text": "at-unknown"});
    let complaint = desk.refused("signInWithToken", token).await;
    assert!(!complaint.message.contains("at-unknown"), "{complaint:?}");
    assert_eq!(desk.state().await["account"]["is"], "none");
}

#[tokio::test]
async fn the_codex_clis_sign_in_is_used_where_there_is_one() {
    let desk = Desk::new().await;
    let complaint = desk.refused("useCodexCli", Value::Null).await;
    assert!(!complaint.message.is_empty());
    let codex = desk.home.path().join(".codex");
    std::fs::create_dir(&codex).unwrap();
    let file = json!({"OPENAI_API_KEY": "sk-standin-platform"}).to_string();
    std::fs::write(codex.join("auth.json"), file).unwrap();
    let account = desk.ask("useCodexCli", Value::Null).await;
    assert_eq!(account["kind"], "codex_cli");
    assert_eq!(desk.state().await["account"]["is"], "ok");
}

#[tokio::test]
async fn a_sign_in_that_ends_by_itself_is_shown_and_told() {
    let desk = Desk::signed_in().await;
    let mut news = desk.engine.news();
    let key = desk.key("editor").await;
    desk.chat(&key).await;
    desk.standin.world().invalidate("at-standin-acct_plus");
    let body = json!({"model": "gpt-5.5", "messages": [{"role": "user", "content": "hi"}]});
    let (status, _) = desk.call(&key, "/chat/completions", body).await;
    assert_eq!(status, 401);
    let Note::SignInEnded { why } = note(&mut news).await else {
        panic!("not told");
    };
    assert!(!why.is_empty());
    assert_eq!(desk.state().await["headline"]["says"]["id"], "signInAgain");
}
