//! Getting in without a key, or with one that is nearly right.

use reqwest::StatusCode;

use crate::desk::{files_with, http};
use crate::raw;
use crate::stage::Stage;

async fn models(stage: &Stage, key: &str) -> reqwest::Response {
    let asked = http()
        .get(format!("{}/v1/models", stage.server.address))
        .bearer_auth(key);
    asked.send().await.unwrap()
}

#[tokio::test]
async fn who_guesses_is_told_to_stop_and_a_good_key_still_opens() {
    let stage = Stage::open().await;
    let wrong = |number: usize| format!("pk-postern-{number:040}");
    let mut told = Vec::new();
    for number in 0..40 {
        told.push(models(&stage, &wrong(number)).await.status().as_u16());
    }
    assert_eq!(told, [[401; 30].as_slice(), &[429; 10]].concat());
    let last = models(&stage, &wrong(41)).await;
    let head = last.headers();
    let wait: u64 = head["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(head["x-should-retry"], "false");
    let said = last.text().await.unwrap();
    assert!(said.contains("too_many_wrong_keys"), "{said}");
    assert_eq!(models(&stage, &stage.key).await.status(), StatusCode::OK);
    // Who sends none is no guesser.
    let none = http().get(format!("{}/v1/models", stage.server.address));
    assert_eq!(none.send().await.unwrap().status(), 401);
    assert_eq!(stage.server.terminate().await, Some(0));
    let log = stage.desk.home.path().join("logs/postern.log");
    let log = std::fs::read_to_string(log).unwrap();
    assert_eq!(log.matches("keys.guessed").count(), 1, "{log}");
}

#[tokio::test]
async fn nothing_that_is_nearly_the_key_opens() {
    let stage = Stage::open().await;
    let key = stage.key.clone();
    let short = &key[..key.len() - 1];
    let bare = key.trim_start_matches("pk-postern-");
    let swapped = key.to_ascii_uppercase();
    for lines in [
        format!("authorization: Bearer {short}"),
        format!("authorization: Bearer {key}{key}"),
        format!("authorization: Bearer {bare}"),
        format!("authorization: Bearer {swapped}"),
        format!("authorization: Bearer {key}, Bearer x"),
        format!("authorization: Bearer \"{key}\""),
        format!("authorization: Bearer {key}%00"),
        format!("authorization: {key}"),
        format!("authorization: Basic {key}"),
        format!("authorization: Bearer x\r\nx-api-key: {key}"),
        format!("x-api-key: {key}\r\napi-key: {short}"),
        format!("cookie: authorization=Bearer {key}"),
        format!("proxy-authorization: Bearer {key}"),
        format!("x-forwarded-authorization: Bearer {key}"),
        "x-forwarded-for: 127.0.0.1\r\nforwarded: for=127.0.0.1".to_owned(),
    ] {
        let bytes = format!(
            "GET /v1/models?key={key}&api_key={key}&access_token={key} HTTP/1.1\r\nhost: localhost\r\n\
             {lines}\r\nconnection: close\r\n\r\n"
        );
        let answer = raw::exchange(stage.at(), bytes).await;
        assert_eq!(raw::statuses(&answer), [401], "{lines}");
        assert!(!answer.contains(bare), "{answer}");
    }
    assert!(stage.serves().await);
    assert_eq!(stage.server.terminate().await, Some(0));
    // The desk keeps its secrets in a plain file, and nowhere else.
    let held = files_with(stage.desk.home.path(), bare);
    let is_vault = |file: &String| file.ends_with("secrets.sealed");
    assert!(held.iter().all(is_vault), "{held:?}");
}
