//! Nothing secret rests in the open, wherever one looks.

use crate::desk::{Desk, files_with, http};
use crate::json;

#[tokio::test]
async fn a_secret_on_the_command_line_is_refused_and_not_repeated() {
    let desk = Desk::new().await;
    for option in ["--api-key", "--access-token"] {
        let ended = desk.run(&["login", option, "sk-typed-by-mistake"]).await;
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.err.contains("standard input"), "{ended:?}");
        assert!(!ended.err.contains("typed-by-mistake"), "{ended:?}");
    }
    let without_a_dash = ["login", "--api-key"];
    let ended = desk
        .run_with_input(&without_a_dash, "sk-standin-platform\n")
        .await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

#[tokio::test]
async fn keys_are_told_to_scripts_as_json() {
    let desk = Desk::new().await;
    let added = json(&desk.run(&["keys", "add", "editor", "--json"]).await);
    assert_eq!(added["name"], "editor");
    let shown = json(&desk.run(&["keys", "show", "editor", "--json"]).await);
    assert_eq!(shown, added);
    let key = added["key"].as_str().unwrap();
    assert_eq!(desk.run(&["token"]).await.out.trim(), key);
}

#[tokio::test]
async fn no_file_below_the_home_holds_a_token_or_a_key() {
    let desk = Desk::with_vault("passphrase", Some("correct horse")).await;
    assert_eq!(desk.run(&["login", "--device"]).await.code, Some(0));
    let key = desk
        .run(&["keys", "add", "app"])
        .await
        .out
        .trim()
        .to_owned();
    let server = desk.serve().await;
    let body = serde_json::json!({"model": "gpt-5.5", "input": "a very private question"});
    let answer = http()
        .post(format!("{}/v1/responses", server.address))
        .bearer_auth(&key)
        .json(&body)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    answer.bytes().await.unwrap();
    assert_eq!(server.terminate().await, Some(0));

    let bearers: Vec<String> = desk
        .standin
        .world()
        .received()
        .iter()
        .filter_map(|received| received.headers.get("authorization"))
        .map(|value| value.to_str().unwrap().replacen("Bearer ", "", 1))
        .collect();
    assert!(!bearers.is_empty());
    let secrets = [
        "oaistb_rt_",
        "correct horse",
        "a very private question",
        // How any JSON web token begins; shorter, and what is sealed would hold it by chance.
        "eyJhbGci",
        "eyJ0eXAi",
        &key,
    ];
    for secret in secrets
        .into_iter()
        .chain(bearers.iter().map(String::as_str))
    {
        assert_eq!(
            files_with(desk.home.path(), secret),
            Vec::<String>::new(),
            "{secret}"
        );
    }
}
