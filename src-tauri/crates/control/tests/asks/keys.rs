//! Local keys and the cards that use them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use control::Code;
use serde_json::{Value, json};

use crate::desk::Desk;

#[tokio::test]
async fn a_key_is_made_shown_and_revoked() {
    let desk = Desk::new().await;
    let made = desk.ask("addKey", json!("editor")).await;
    let secret = made["secret"].as_str().unwrap();
    assert!(secret.starts_with("pk-postern-"));
    assert_eq!(desk.ask("revealKey", json!("editor")).await, made);
    let listed = desk.ask("keys", Value::Null).await;
    assert_eq!(listed[0]["name"], "editor");
    assert!(!listed.to_string().contains(secret));
    assert_eq!(desk.state().await["clients"][0]["name"], "editor");
    let complaint = desk.refused("addKey", json!("editor")).await;
    assert_eq!(complaint.code, Code::NameTaken);
    desk.ask("revokeKey", json!("editor")).await;
    assert_eq!(desk.ask("keys", Value::Null).await, json!([]));
    assert_eq!(desk.state().await["clients"], json!([]));
    for ask in ["revealKey", "revokeKey"] {
        let complaint = desk.refused(ask, json!("editor")).await;
        assert_eq!((complaint.code, complaint.hint), (Code::NotFound, None));
    }
    desk.refused("revealKey", json!("editor")).await;
}

#[tokio::test]
async fn a_choice_for_a_key_is_kept_and_shown() {
    let desk = Desk::new().await;
    desk.key("editor").await;
    let nothing = json!({ "model": null, "reasoning": null });
    assert_eq!(desk.ask("keys", Value::Null).await[0]["chosen"], nothing);
    for (chosen, shown) in [
        (
            json!({ "model": " gpt-5.5 ", "reasoning": "think_tags" }),
            json!({ "model": "gpt-5.5", "reasoning": "think_tags" }),
        ),
        (
            json!({ "model": "", "reasoning": "hidden" }),
            json!({ "model": null, "reasoning": "hidden" }),
        ),
        (nothing.clone(), nothing),
    ] {
        let choice = json!({ "name": "editor", "chosen": chosen });
        desk.ask("preferKey", choice).await;
        assert_eq!(desk.ask("keys", Value::Null).await[0]["chosen"], shown);
    }
    let refused = async |name: &str, model: &str| {
        let choice = json!({ "name": name, "chosen": { "model": model } });
        desk.refused("preferKey", choice).await.code
    };
    assert_eq!(refused("editor", "two words").await, Code::Other);
    assert_eq!(refused("nobody", "gpt-5.5").await, Code::NotFound);
}

#[tokio::test]
async fn a_tray_copies_the_oldest_key_or_makes_one() {
    let desk = Desk::new().await;
    let first = desk.engine.any_key().await.unwrap();
    assert_eq!(desk.ask("keys", Value::Null).await[0]["name"], "default");
    desk.key("later").await;
    assert_eq!(desk.engine.any_key().await.unwrap(), first);
}

#[tokio::test]
async fn cards_have_the_address_and_the_models_of_now() {
    let desk = Desk::signed_in().await;
    let base = desk.base_url().await;
    let models = desk.ask("models", Value::Null).await;
    let model = models[0]["id"].as_str().unwrap();
    let cards = desk.ask("connectCards", Value::Null).await;
    let text = cards.to_string();
    assert!(text.contains(&base) && text.contains(model), "{text}");
    assert!(!text.contains("pk-postern-"));
}

#[tokio::test]
async fn a_link_carries_the_apps_own_key_to_the_system_only() {
    let desk = Desk::signed_in().await;
    assert_eq!(desk.ask("importInto", json!("deepchat")).await, Value::Null);
    let link = desk.host.opened.lock().pop().unwrap();
    let (_, data) = link.split_once("&data=").unwrap();
    let data = data
        .replace("%3D", "=")
        .replace("%2B", "+")
        .replace("%2F", "/");
    let data: Value = serde_json::from_slice(&STANDARD.decode(data).unwrap()).unwrap();
    let key = desk.ask("revealKey", json!("DeepChat")).await;
    assert_eq!(data["apiKey"], key["secret"]);
    assert_eq!(data["baseUrl"], json!(desk.base_url().await));

    let complaint = desk.refused("importInto", json!("zed")).await;
    assert_eq!(complaint.code, Code::Unavailable);
    let complaint = desk.refused("importInto", json!("word")).await;
    assert_eq!(complaint.code, Code::NotFound);
    *desk.host.opens_nothing.lock() = true;
    let complaint = desk.refused("importInto", json!("deepchat")).await;
    assert_eq!(complaint.code, Code::Unavailable);
    assert!(!complaint.message.contains("pk-"), "{complaint:?}");
}
