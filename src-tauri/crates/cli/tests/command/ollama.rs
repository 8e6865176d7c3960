//! `serve` with a door for apps that speak Ollama's API, and what `status` says of it.

use std::net::TcpListener;

use crate::desk::{Desk, http};
use crate::json;

fn write(desk: &Desk, settings: &str) {
    let file = desk.home.path().join("config.toml");
    std::fs::write(file, settings).unwrap();
}

#[tokio::test]
async fn status_says_where_ollama_is_served() {
    let desk = Desk::signed_in().await;
    write(
        &desk,
        "ollama = true\nollama_port = 0\nollama_key = false\n",
    );
    let server = desk.serve().await;
    let status = json(&desk.run(&["status", "--json"]).await);
    let at = status["server"]["ollama"].as_str().unwrap().to_owned();
    assert_ne!(format!("http://{at}"), server.address);
    let tags = http().get(format!("http://{at}/api/tags"));
    assert_eq!(tags.send().await.unwrap().status(), 200);
    let told = desk.run(&["status"]).await.out;
    assert!(told.contains(&format!("Ollama   http://{at}\n")), "{told}");
    assert_eq!(server.terminate().await, Some(0));
    assert!(http().get(format!("http://{at}/")).send().await.is_err());
}

#[tokio::test]
async fn a_taken_port_keeps_nothing_else_from_being_served() {
    let desk = Desk::signed_in().await;
    let held = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = held.local_addr().unwrap().port();
    write(&desk, &format!("ollama = true\nollama_port = {port}\n"));
    let server = desk.serve().await;
    let told = desk.run(&["status"]).await.out;
    let line = format!("Ollama   not listening: port {port} is used by another program\n");
    assert!(told.contains(&line), "{told}");
    // The settings are followed, and the next change is another try.
    drop(held);
    write(
        &desk,
        &format!("ollama = true\nollama_port = {port}\ndrain_secs = 9\n"),
    );
    while json(&desk.run(&["status", "--json"]).await)["server"]["ollama"].is_null() {}
    let greeting = http().get(format!("http://127.0.0.1:{port}/")).send().await;
    assert_eq!(greeting.unwrap().text().await.unwrap(), "Ollama is running");
    write(&desk, "");
    while !json(&desk.run(&["status", "--json"]).await)["server"]["ollama"].is_null() {}
    let told = desk.run(&["status"]).await.out;
    assert!(!told.contains("Ollama"), "{told}");
    assert_eq!(server.terminate().await, Some(0));
}
