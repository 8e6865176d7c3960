//! The door for apps that speak Ollama's API: it follows the settings, and its troubles are told.

use std::net::TcpListener;

use serde_json::json;

use crate::desk::{Desk, http};

async fn set(desk: &Desk, key: &str, value: serde_json::Value) {
    desk.ask("changeSetting", json!({ "key": key, "value": value }))
        .await;
}

#[tokio::test]
async fn it_opens_and_closes_with_its_setting_and_a_taken_port_is_told() {
    let desk = Desk::signed_in().await;
    let held = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = held.local_addr().unwrap().port();
    set(&desk, "ollama_port", json!(port)).await;
    set(&desk, "ollama", json!(true)).await;
    desk.until(|state| !state.problems.is_empty()).await;
    let problem = &desk.state().await["problems"][0];
    let problem = problem.as_str().unwrap();
    assert!(
        problem.contains(&port.to_string()) && problem.contains("Ollama"),
        "{problem}"
    );
    drop(held);
    // Any change of the settings is another try.
    set(&desk, "hide_email", json!(true)).await;
    desk.until(|state| state.problems.is_empty()).await;
    let url = format!("http://127.0.0.1:{port}/");
    let greeting = http().get(&url).send().await.unwrap();
    assert_eq!(greeting.text().await.unwrap(), "Ollama is running");
    set(&desk, "ollama", json!(false)).await;
    while http().get(&url).send().await.is_ok() {
        tokio::task::yield_now().await;
    }
}
