//! The command as scripts use it: against a stand-in, without a keyboard.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fail by panicking"
)]

mod desk;
mod ollama;
mod secrecy;
mod serving;

use desk::{Desk, EMAIL, Ended};

fn json(ended: &Ended) -> serde_json::Value {
    assert_eq!(ended.code, Some(0), "{ended:?}");
    serde_json::from_str(&ended.out).unwrap()
}

#[tokio::test]
async fn a_device_login_prints_address_and_code_and_finishes() {
    let desk = Desk::new().await;
    let ended = desk.run(&["login", "--device"]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let lines: Vec<&str> = ended.out.lines().collect();
    assert_eq!(
        lines[0],
        desk.standin.issuer().join("codex/device").unwrap().as_str()
    );
    assert!(lines[1].len() >= 8 && !lines[1].contains(' '), "{lines:?}");
    assert!(lines[2].starts_with("Signed in as "), "{lines:?}");
    assert!(
        ended.err.contains("cancel"),
        "the phishing warning: {}",
        ended.err
    );
}

#[tokio::test]
async fn keys_print_the_key_and_nothing_else() {
    let desk = Desk::new().await;
    let added = desk.run(&["keys", "add", "editor"]).await;
    let key = added.out.strip_suffix('\n').unwrap();
    assert_eq!((added.code, added.err.as_str()), (Some(0), ""));
    assert!(key.starts_with("pk-postern-") && key.len() == 51, "{key}");
    assert_eq!(desk.run(&["keys", "show", "editor"]).await.out.trim(), key);
    assert_eq!(desk.run(&["token"]).await.out.trim(), key);
    let listed = desk.run(&["keys", "list", "--json"]).await;
    assert!(!listed.out.contains(key));
    assert_eq!(json(&listed)[0]["name"], "editor");
    assert_eq!(desk.run(&["keys", "add", "editor"]).await.code, Some(1));
    assert_eq!(desk.run(&["keys", "revoke", "editor"]).await.code, Some(0));
    assert_eq!(desk.run(&["keys", "show", "editor"]).await.code, Some(1));
    assert_eq!(desk.run(&["keys", "revoke", "editor"]).await.code, Some(1));
}

#[tokio::test]
async fn what_is_set_for_a_key_is_listed_and_can_be_taken_back() {
    let desk = Desk::new().await;
    desk.run(&["keys", "add", "editor"]).await;
    let set = async |words: &[&str]| {
        let words: Vec<&str> = ["keys", "set", "editor"]
            .iter()
            .chain(words)
            .copied()
            .collect();
        let ended = desk.run(&words).await;
        let listed = json(&desk.run(&["keys", "list", "--json"]).await)[0].clone();
        (
            ended.code,
            listed["model"].clone(),
            listed["reasoning"].clone(),
        )
    };
    let (none, model) = (serde_json::Value::Null, serde_json::json!("gpt-5.5"));
    let hidden = serde_json::json!("hidden");
    assert_eq!(
        set(&["--model", "gpt-5.5"]).await,
        (Some(0), model.clone(), none.clone())
    );
    assert_eq!(
        set(&["--reasoning", "hidden"]).await,
        (Some(0), model.clone(), hidden.clone())
    );
    let table = desk.run(&["keys", "list"]).await.out;
    assert!(
        table.contains("gpt-5.5") && table.contains("hidden"),
        "{table}"
    );
    assert_eq!(
        set(&["--model", "two words"]).await,
        (Some(1), model.clone(), hidden.clone())
    );
    assert_eq!(
        set(&["--reasoning", "aloud"]).await,
        (Some(2), model, hidden.clone())
    );
    assert_eq!(
        set(&["--model", "-"]).await,
        (Some(0), none.clone(), hidden)
    );
    assert_eq!(
        set(&["--reasoning", "setting"]).await,
        (Some(0), none.clone(), none.clone())
    );
    assert_eq!(set(&[]).await, (Some(2), none.clone(), none));
    let ended = desk
        .run(&["keys", "set", "nobody", "--model", "gpt-5.5"])
        .await;
    assert_eq!(ended.code, Some(1));
}

#[tokio::test]
async fn accounts_of_every_kind_live_side_by_side() {
    let desk = Desk::signed_in().await;
    let token = desk
        .run_with_input(
            &["login", "--access-token", "-", "--json"],
            "at-standin-acct_team\n",
        )
        .await;
    assert_eq!(json(&token)["kind"], "access_token");
    let key = desk
        .run_with_input(
            &["login", "--api-key", "-", "--json"],
            "sk-standin-platform\n",
        )
        .await;
    assert_eq!(json(&key)["kind"], "api_key");
    let accounts = json(&desk.run(&["accounts", "--json"]).await);
    assert_eq!(accounts.as_array().unwrap().len(), 3);
    let active = |accounts: &serde_json::Value| {
        let accounts = accounts.as_array().unwrap().iter();
        let mut active = accounts.filter(|account| account["active"] == true);
        let id = active.next().unwrap()["id"].as_str().unwrap().to_owned();
        assert!(active.next().is_none());
        id
    };
    assert_eq!(active(&accounts), accounts[2]["id"].as_str().unwrap());
    let first = accounts[0]["id"].as_str().unwrap();
    assert_eq!(desk.run(&["accounts", "--use", first]).await.code, Some(0));
    assert_eq!(
        active(&json(&desk.run(&["accounts", "--json"]).await)),
        first
    );
    assert_eq!(
        desk.run(&["accounts", "--use", "nobody"]).await.code,
        Some(1)
    );
}

#[tokio::test]
async fn logging_out_revokes_and_forgets() {
    let desk = Desk::signed_in().await;
    let ended = desk.run(&["logout", "--json"]).await;
    let told = json(&ended);
    assert_eq!(
        (&told["revoked"], &told["account"]["kind"]),
        (&true.into(), &"chatgpt".into())
    );
    assert_eq!(desk.standin.world().received_at("/oauth/revoke").len(), 1);
    assert_eq!(
        json(&desk.run(&["accounts", "--json"]).await),
        serde_json::json!([])
    );
    assert_eq!(desk.run(&["logout"]).await.code, Some(3));
}

#[tokio::test]
async fn models_and_status_are_told_to_scripts() {
    let desk = Desk::signed_in().await;
    let models = json(&desk.run(&["models", "--json"]).await);
    assert!(
        models
            .as_array()
            .unwrap()
            .iter()
            .any(|model| model["id"] == "gpt-5.5"),
        "{models}"
    );
    let status = json(&desk.run(&["status", "--json"]).await);
    assert_eq!(status["account"]["email"], EMAIL);
    assert_eq!(
        (&status["server"], &status["vault"]),
        (&serde_json::Value::Null, &"ok".into())
    );
    for words in [
        &["status"][..],
        &["models"],
        &["accounts"],
        &["keys", "list"],
        &["logs"],
    ] {
        let ended = desk.run(words).await;
        assert_eq!(ended.code, Some(0), "{words:?}: {ended:?}");
    }
}

#[tokio::test]
async fn exit_codes_tell_failures_apart() {
    let desk = Desk::new().await;
    assert_eq!(desk.run(&["models"]).await.code, Some(3));
    assert_eq!(desk.run(&["nonsense"]).await.code, Some(2));
    assert_eq!(
        desk.run(&["login", "--device", "--paste"]).await.code,
        Some(2)
    );
    let refused = desk
        .run_with_input(&["login", "--access-token", "-"], "eyJ.not.ours\n")
        .await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    std::fs::write(
        desk.home.path().join("config.toml"),
        "port = 70000\ntypo = 1\n",
    )
    .unwrap();
    let wrong = desk.run(&["status"]).await;
    assert_eq!(wrong.code, Some(6), "{wrong:?}");
    assert!(
        wrong.err.contains("`port`") && wrong.err.contains("`typo`"),
        "{wrong:?}"
    );
}

#[tokio::test]
async fn a_passphrase_is_asked_for_and_never_guessed() {
    let mut desk = Desk::with_vault("passphrase", Some("correct horse")).await;
    assert_eq!(desk.run(&["keys", "add", "a"]).await.code, Some(0));
    assert_eq!(desk.run(&["keys", "show", "a"]).await.code, Some(0));
    desk.set_passphrase(Some("wrong horse"));
    assert_eq!(desk.run(&["keys", "show", "a"]).await.code, Some(4));
    desk.set_passphrase(None);
    let ended = desk.run(&["keys", "show", "a"]).await;
    assert_eq!(ended.code, Some(4), "{ended:?}");
}

#[tokio::test]
async fn completions_are_made_for_each_shell() {
    let desk = Desk::new().await;
    for shell in ["bash", "zsh", "fish"] {
        let ended = desk.run(&["completions", shell]).await;
        assert_eq!(ended.code, Some(0));
        assert!(
            ended.out.contains("postern") && ended.out.contains("doctor"),
            "{shell}"
        );
    }
}

#[tokio::test]
async fn without_a_keyring_nobody_signs_in_for_nothing() {
    let desk = Desk::with_vault("keyring", None).await;
    let ended = desk.run(&["login", "--device"]).await;
    assert_eq!((ended.code, ended.out.as_str()), (Some(4), ""), "{ended:?}");
    assert!(
        ended.err.contains("no keyring") && ended.err.contains("--vault"),
        "{ended:?}"
    );
    assert_eq!(desk.standin.world().received().len(), 0);
}
