//! What concerns the program around the engine.

use std::sync::Arc;

use control::state::Tray;
use control::{Code, Engine, Shell};
use serde_json::{Value, json};

use crate::desk::{Desk, FakeHost, Plan, core};

#[tokio::test]
async fn the_version_says_where_the_page_is_shown() {
    let desk = Desk::new().await;
    let version = desk.ask("version", Value::Null).await;
    let expected = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "shell": "window",
        "system": std::env::consts::OS,
    });
    assert_eq!(version, expected);
    let text = br#"{"ask":"version","with":null}"#;
    let version = desk.engine.ask(Shell::Browser, text).await.unwrap();
    assert_eq!(version["shell"], "browser");
}

#[tokio::test]
async fn starting_at_login_is_what_the_system_says() {
    let desk = Desk::new().await;
    assert_eq!(
        desk.ask("autostart", Value::Null).await,
        json!({"is": "off"})
    );
    let on = desk.ask("setAutostart", json!(true)).await;
    assert_eq!(on, json!({"is": "on"}));
    *desk.host.autostart.lock() = false;
    assert_eq!(
        desk.ask("autostart", Value::Null).await,
        json!({"is": "off"})
    );
}

#[tokio::test]
async fn the_first_run_is_shown_once() {
    let desk = Desk::new().await;
    assert_eq!(desk.state().await["firstRun"], true);
    let state = desk.ask("finishFirstRun", Value::Null).await;
    assert_eq!(state["firstRun"], false);
    desk.engine.close().await.unwrap();
    let plan = Plan::default();
    let again = core(&desk.home, &desk.standin, &plan).await.unwrap();
    let engine = Engine::start(again, Arc::new(FakeHost::default())).await;
    assert!(!engine.state().first_run);
}

#[tokio::test]
async fn only_known_places_are_opened() {
    let desk = Desk::new().await;
    let complaint = desk.refused("openUrl", json!("signIn")).await;
    assert_eq!(complaint.code, Code::Cancelled);
    let complaint = desk.refused("openUrl", json!("https://evil.test")).await;
    assert_eq!(complaint.code, Code::BadAsk);
    for (place, start) in [
        ("securitySettings", "https://chatgpt.com/"),
        ("usage", "https://chatgpt.com/"),
        ("settingsFolder", "/"),
        ("logsFolder", "/"),
    ] {
        assert_eq!(desk.ask("openUrl", json!(place)).await, json!(true));
        let opened = desk.host.opened.lock().pop().unwrap();
        assert!(opened.starts_with(start), "{place}: {opened}");
    }
    *desk.host.opens_nothing.lock() = true;
    assert_eq!(desk.ask("openUrl", json!("usage")).await, json!(false));
}

#[tokio::test]
async fn six_checks_tell_how_things_are_without_commands() {
    let desk = Desk::signed_in().await;
    desk.key("editor").await;
    desk.engine.set_tray(Tray::Absent {
        why: "this desktop has no tray".into(),
    });
    let checks = desk.ask("doctor", Value::Null).await;
    let checks = checks.as_array().unwrap();
    let told: Vec<_> = checks
        .iter()
        .map(|check| {
            (
                check["name"].as_str().unwrap(),
                check["outcome"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("keyring", "pass"),
            ("sign-in", "pass"),
            ("listener", "pass"),
            ("call with a key", "pass"),
            ("backend", "pass"),
            ("tray host", "fail"),
        ]
    );
    desk.ask("setProxy", json!(false)).await;
    let checks = desk.ask("doctor", Value::Null).await;
    assert_eq!(checks[2]["outcome"], "skipped");
    assert!(!checks.to_string().contains("`postern "), "{checks}");
}

#[tokio::test]
async fn models_are_those_of_the_account() {
    let desk = Desk::new().await;
    let complaint = desk.refused("models", Value::Null).await;
    assert_eq!((complaint.code, complaint.hint), (Code::SignedOut, None));
    desk.sign_in().await;
    let models = desk.ask("models", Value::Null).await;
    let models = models.as_array().unwrap();
    assert!(
        models.iter().any(|model| model["id"] == "gpt-5.5"),
        "{models:?}"
    );
}
