//! Settings, changed by name.

use control::Code;
use serde_json::{Value, json};

use crate::desk::{Desk, Plan};

fn setting<'a>(view: &'a Value, key: &str) -> &'a Value {
    let settings = view["settings"].as_array().unwrap();
    settings
        .iter()
        .find(|setting| setting["key"] == key)
        .unwrap()
}

#[tokio::test]
async fn every_setting_has_its_value_its_default_and_its_place() {
    let desk = Desk::new().await;
    let view = desk.ask("settings", Value::Null).await;
    assert_eq!(setting(&view, "port")["value"], 0);
    assert_eq!(setting(&view, "port")["default"], 7678);
    assert_eq!(
        setting(&view, "theme")["choices"],
        json!(["system", "light", "dark"])
    );
    assert_eq!(setting(&view, "http_proxy")["value"], Value::Null);
    assert_eq!(setting(&view, "issuer")["fixed"], true);
    assert_eq!(setting(&view, "log_keep_days")["group"], "privacy");
    let keys = view["settings"].as_array().unwrap().iter();
    let keys: Vec<_> = keys
        .map(|setting| setting["key"].as_str().unwrap())
        .collect();
    assert!(!keys.contains(&"vault"));
    assert_eq!(keys.len(), store::settings::NAMES.len() - 1);
    assert!(view["file"].as_str().unwrap().ends_with("config.toml"));
}

#[tokio::test]
async fn a_good_change_counts_and_a_bad_one_says_why() {
    let desk = Desk::new().await;
    let change = |key: &str, value: Value| json!({"key": key, "value": value});
    for (key, value) in [
        ("language", json!("zh-CN")),
        ("keep_running", json!(true)),
        ("log_keep_days", json!(7)),
        ("allowed_origins", json!(["https://app.test"])),
    ] {
        let view = desk.ask("changeSetting", change(key, value.clone())).await;
        assert_eq!(setting(&view, key)["value"], value, "{key}");
        let view = desk.ask("changeSetting", change(key, Value::Null)).await;
        let setting = setting(&view, key);
        assert_eq!(setting["value"], setting["default"], "{key}");
    }
    let complaint = desk
        .refused("changeSetting", change("theme", json!("pink")))
        .await;
    assert_eq!(complaint.code, Code::BadSettings);
    assert!(complaint.message.contains("`light`"), "{complaint:?}");
    for key in ["colour", "vault"] {
        let complaint = desk.refused("changeSetting", change(key, json!("x"))).await;
        assert_eq!(complaint.code, Code::NotFound, "{key}");
    }
    let fixed = change("upstream", json!("https://example.test"));
    let complaint = desk.refused("changeSetting", fixed).await;
    assert_eq!(complaint.code, Code::Unavailable);
}

#[tokio::test]
async fn a_wrong_file_is_shown_and_mended() {
    let desk = Desk::with(Plan {
        settings: "port = 0\ncolour = 1\n".to_owned(),
        ..Plan::default()
    })
    .await;
    let problems = desk.state().await["problems"].clone();
    assert_eq!(problems, json!(["`colour` is not a setting"]));
    let change = json!({"key": "theme", "value": "dark"});
    let complaint = desk.refused("changeSetting", change).await;
    assert_eq!(complaint.code, Code::BadSettings);
    std::fs::write(desk.home.path().join("config.toml"), "port = 0\n").unwrap();
    desk.until(|state| state.problems.is_empty()).await;
}
