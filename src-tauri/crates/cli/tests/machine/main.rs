//! The real program on a machine that fails it: killed at any moment, without room on the disk,
//! with a home that cannot be written, and with a database that others hold, damage or renew.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test may fail by panicking, and says with which seed"
)]

mod database;
mod dice;
#[cfg(target_os = "linux")]
mod disk;
#[cfg(target_os = "linux")]
mod full;
#[path = "../home/mod.rs"]
mod home;
mod log;
mod page;
mod refresh;
mod settings;

use home::{Home, Up, http};

/// A home at which somebody is signed in.
async fn signed_in() -> Home {
    let home = Home::empty().await;
    home.sign_in().await;
    home
}

/// Status and body of one small request.
async fn ask(server: &Up, key: &str) -> reqwest::Result<(u16, String)> {
    let body = serde_json::json!({"model": "gpt-5.5", "input": "Say hello.", "store": false});
    let answer = http()
        .post(format!("{}/v1/responses", server.address))
        .bearer_auth(key)
        .json(&body)
        .send()
        .await?;
    Ok((answer.status().as_u16(), answer.text().await?))
}
