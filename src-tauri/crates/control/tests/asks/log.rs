//! The request log, and what is learnt from it.

use control::Code;
use serde_json::{Value, json};

use crate::desk::{Desk, rows};

fn ids(page: &Value) -> Vec<String> {
    let rows = page["rows"].as_array().unwrap().iter();
    rows.map(|row| row["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn requests_become_rows_clients_and_news() {
    let desk = Desk::signed_in().await;
    let (editor, chat) = (desk.key("editor").await, desk.key("chat").await);
    let mut news = desk.engine.news();
    desk.chat(&editor).await;
    desk.chat(&chat).await;
    let wrong = json!({"model": "gpt-5.5", "messages": []});
    assert_eq!(desk.call(&chat, "/v1/chat/completions", wrong).await.0, 400);
    desk.until(|state| {
        state
            .clients
            .iter()
            .all(|client| client.last_seen_ms.is_some())
    })
    .await;
    let rows = rows(&mut news, 3).await;
    assert_eq!(
        (rows[0].app.as_deref(), rows[2].status),
        (Some("editor"), 400)
    );

    let all = desk.ask("requests", json!({"limit": 2})).await;
    assert_eq!((&all["total"], ids(&all).len()), (&json!(3), 2));
    let rest = json!({"limit": 2, "before": all["next"], "filter": {}});
    let rest = desk.ask("requests", rest).await;
    assert_eq!(
        (&rest["next"], ids(&rest)),
        (&Value::Null, vec![rows[0].id.clone()])
    );
    let narrow = json!({"limit": 9, "filter": {"errors": true, "app": "chat", "text": "400"}});
    let narrow = desk.ask("requests", narrow).await;
    assert_eq!(ids(&narrow), [rows[2].id.as_str()]);
    assert_eq!(narrow["rows"][0]["oddPath"], true);
    assert_eq!(narrow["apps"], json!(["chat", "editor"]));
    let nothing = json!({"limit": 9, "filter": {"model": "gpt-0"}});
    assert_eq!(desk.ask("requests", nothing).await["total"], 0);

    let state = desk.state().await;
    let clients = &state["clients"];
    assert_eq!(
        (&clients[0]["name"], &clients[1]["name"]),
        (&json!("chat"), &json!("editor"))
    );
    assert_eq!(clients[1]["lastModel"], "gpt-5.5");
    let result = &clients[0]["lastResult"];
    assert_eq!(
        (&result["status"], &result["oddPath"]),
        (&json!(400), &json!("/v1/v1/chat/completions"))
    );
    assert_eq!(state["headline"]["says"]["id"], "on");
}

#[tokio::test]
async fn a_report_can_be_handed_on() {
    let desk = Desk::signed_in().await;
    let key = desk.key("My diary").await;
    desk.chat(&key).await;
    desk.until(|state| state.clients[0].last_seen_ms.is_some())
        .await;
    let page = desk.ask("requests", json!({"limit": 1})).await;
    let report = desk
        .ask("requestReport", page["rows"][0]["id"].clone())
        .await;
    let report = report.as_str().unwrap();
    assert!(report.contains("Model: gpt-5.5") && report.contains("Status: 200"));
    for gone in ["diary", "pk-postern", "acct_plus", "example.test"] {
        assert!(!report.contains(gone), "{report}");
    }
    let complaint = desk.refused("requestReport", json!("req_0")).await;
    assert_eq!(complaint.code, Code::NotFound);
}

#[tokio::test]
async fn usage_is_told_for_every_day_and_app() {
    let desk = Desk::signed_in().await;
    let key = desk.key("editor").await;
    desk.chat(&key).await;
    desk.until(|state| state.clients[0].last_seen_ms.is_some())
        .await;
    let days = desk.ask("usageByDay", json!(30)).await;
    let days = days.as_array().unwrap();
    assert_eq!(days.len(), 30);
    let (today, before) = days.split_last().unwrap();
    assert!(before.iter().all(|day| day["apps"] == json!([])));
    let app = &today["apps"][0];
    assert_eq!(
        (&app["app"], &app["requests"]),
        (&json!("editor"), &json!(1))
    );
    assert!(app["inputTokens"].as_u64() > Some(0) && app["outputTokens"].as_u64() > Some(0));
    assert_eq!(
        desk.ask("usageByDay", json!(0))
            .await
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_refused_origin_is_a_row_and_can_be_allowed() {
    let desk = Desk::signed_in().await;
    let key = desk.key("notes").await;
    let body = json!({"model": "gpt-5.5", "messages": [{"role": "user", "content": "hi"}]});
    let origin = Some("app://obsidian.md");
    let mut news = desk.engine.news();
    let path = "/chat/completions";
    let (status, _) = desk.call_from(&key, path, body.clone(), origin).await;
    assert_eq!(status, 403);
    rows(&mut news, 1).await;
    let page = desk.ask("requests", json!({"limit": 1})).await;
    let refused = page["rows"][0]["origin"].clone();
    assert_eq!(refused, "app://obsidian.md");
    assert_eq!(desk.ask("allowOrigin", refused.clone()).await, Value::Null);
    desk.ask("allowOrigin", refused).await;
    let (status, told) = desk.call_from(&key, path, body, origin).await;
    assert_eq!(status, 200, "{told}");
    let file = std::fs::read_to_string(desk.home.path().join("config.toml")).unwrap();
    assert_eq!(file.matches("app://obsidian.md").count(), 1);
    let complaint = desk.refused("allowOrigin", json!("*")).await;
    assert_eq!(complaint.code, Code::BadSettings);
}
