//! `serve`, and the commands that look at it.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use crate::desk::{Desk, http};
use crate::json;

#[tokio::test]
async fn following_the_log_ends_when_nobody_reads_any_more() {
    let desk = Desk::signed_in().await;
    let key = desk.run(&["keys", "add", "editor"]).await;
    let server = desk.serve().await;
    ask(&server.address, key.out.trim()).await;
    let mut command = desk.command(&["logs", "--follow"]);
    let (line, mut reader) = tokio::task::spawn_blocking(move || {
        let mut reader = command.spawn().unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(reader.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        (line, reader)
    })
    .await
    .unwrap();
    assert!(line.contains("whole"), "{line}");
    ask(&server.address, key.out.trim()).await;
    let ended = tokio::task::spawn_blocking(move || reader.wait().unwrap());
    assert_eq!(ended.await.unwrap().code(), Some(0));
}

#[tokio::test]
async fn a_server_says_where_it_listens_and_leaves_with_zero() {
    let desk = Desk::signed_in().await;
    let key = desk
        .run(&["keys", "add", "app"])
        .await
        .out
        .trim()
        .to_owned();
    let server = desk.serve().await;
    let address = server.address.clone();
    let answer = http()
        .get(format!("{address}/healthz"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.text().await.unwrap(), "ok");

    let status = json(&desk.run(&["status", "--json"]).await);
    assert_eq!(status["base_url"], format!("{address}/v1"));
    let second = desk.run(&["serve", "--port", "0"]).await;
    assert_eq!(second.code, Some(5), "{second:?}");
    assert!(second.err.contains(&address), "{second:?}");

    assert_eq!(ask(&address, &key).await, 200);
    desk.run(&["keys", "revoke", "app"]).await;
    assert_eq!(ask(&address, &key).await, 401);

    assert_eq!(server.terminate().await, Some(0));
    assert!(
        http()
            .get(format!("{address}/healthz"))
            .send()
            .await
            .is_err()
    );
    let rows = desk.run(&["logs", "--json"]).await.out;
    let rows: Vec<serde_json::Value> = rows
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let asked: Vec<_> = rows
        .iter()
        .filter(|row| row["path"] == "/v1/responses")
        .collect();
    assert_eq!(asked.len(), 2, "{rows:?}");
    assert_eq!(
        (&asked[0]["app"], &asked[0]["ended"]),
        (&"app".into(), &"whole".into())
    );
    assert_eq!(
        (&asked[1]["status"], &asked[1]["ended"]),
        (&401.into(), &"refused".into())
    );
}

#[tokio::test]
async fn a_server_that_cannot_answer_yet_says_what_is_missing() {
    let desk = Desk::new().await;
    let mut server = desk.serve().await;
    let mut err = BufReader::new(server.take_err());
    let told = tokio::task::spawn_blocking(move || {
        let mut lines = [String::new(), String::new()];
        for line in &mut lines {
            err.read_line(line).unwrap();
        }
        lines
    });
    let [account, key] = told.await.unwrap();
    assert!(account.contains("postern login"), "{account}");
    assert!(key.contains("postern keys add"), "{key}");
    assert_eq!(server.terminate().await, Some(0));
}

#[tokio::test]
async fn closed_secrets_are_not_told_as_signed_out() {
    let desk = Desk::with_vault("passphrase", Some("correct horse")).await;
    assert_eq!(desk.run(&["keys", "add", "app"]).await.code, Some(0));
    let mut unasked = Command::new(env!("CARGO_BIN_EXE_postern"));
    unasked.env_clear().stdin(Stdio::null());
    unasked.arg("--home").arg(desk.home.path()).arg("status");
    unasked.stdout(Stdio::piped()).stderr(Stdio::piped());
    let told = Desk::ended(unasked, "").await;
    assert!(told.out.contains("Account  unknown"), "{told:?}");
}

#[tokio::test]
async fn six_checks_pass_beside_a_running_server() {
    let desk = Desk::signed_in().await;
    let alone = json(&desk.run(&["doctor", "--json"]).await);
    assert_eq!(
        outcomes(&alone),
        ["pass", "pass", "skipped", "skipped", "pass", "skipped"],
        "{alone}"
    );
    desk.run(&["keys", "add", "app"]).await;
    let server = desk.serve().await;
    let beside = json(&desk.run(&["doctor", "--json"]).await);
    assert_eq!(
        outcomes(&beside),
        ["pass", "pass", "pass", "pass", "pass", "skipped"],
        "{beside}"
    );
    assert_eq!(server.terminate().await, Some(0));
}

fn outcomes(checks: &serde_json::Value) -> Vec<&str> {
    let checks = checks.as_array().unwrap().iter();
    checks
        .map(|check| check["outcome"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_login_in_another_process_is_seen_at_once() {
    let desk = Desk::new().await;
    let key = desk
        .run(&["keys", "add", "app"])
        .await
        .out
        .trim()
        .to_owned();
    let server = desk.serve().await;
    assert_eq!(ask(&server.address, &key).await, 401);
    desk.run(&["login", "--device"]).await;
    assert_eq!(ask(&server.address, &key).await, 200);
    desk.run(&["logout"]).await;
    assert_eq!(ask(&server.address, &key).await, 401);
    assert_eq!(server.terminate().await, Some(0));
}

/// The status of one small request.
async fn ask(address: &str, key: &str) -> u16 {
    let body = serde_json::json!({"model": "gpt-5.5", "input": "Say hello."});
    http()
        .post(format!("{address}/v1/responses"))
        .bearer_auth(key)
        .json(&body)
        .send()
        .await
        .unwrap()
        .status()
        .as_u16()
}
