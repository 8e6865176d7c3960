//! The Codex CLI's own sign-in, read only.

use std::fs;
use std::path::{Path, PathBuf};

use auth::{Fault, Kind, PassKind, State};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::house::{House, PLUS, TEAM, Unusual, requirements};

struct Codex(TempDir);

impl Codex {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn home(&self) -> &Path {
        self.0.path()
    }

    fn file(&self) -> PathBuf {
        self.home().join("auth.json")
    }

    fn write(&self, auth: &Value) {
        fs::write(self.file(), serde_json::to_string_pretty(auth).unwrap()).unwrap();
    }

    /// What `codex login` leaves behind.
    fn sign_in(&self, house: &House, email: &str) -> String {
        let tokens = house.world().sign_in(email);
        let seat = house.world().seat_of(tokens.access_token.reveal()).unwrap();
        self.write(&json!({
            "auth_mode": "chatgpt",
            "OPENAI_API_KEY": null,
            "tokens": {
                "id_token": tokens.id_token.reveal(),
                "access_token": tokens.access_token.reveal(),
                "refresh_token": tokens.refresh_token.reveal(),
                "account_id": seat.account_id,
            },
            "last_refresh": "2026-11-20T10:00:00.000000000Z",
        }));
        tokens.access_token.reveal().to_owned()
    }
}

async fn house(codex: &Codex) -> House {
    House::open_with(Unusual {
        codex_home: Some(codex.home().into()),
        ..Unusual::default()
    })
    .await
}

#[tokio::test]
async fn its_sign_in_is_used_and_never_touched() {
    let codex = Codex::new();
    let house = house(&codex).await;
    let token = codex.sign_in(&house, PLUS);
    let before = fs::read(codex.file()).unwrap();
    let account = house.accounts().use_codex_cli().await.unwrap();
    assert_eq!(account.kind, Kind::CodexCli);
    assert_eq!(account.email.as_deref(), Some(PLUS));
    let pass = house.accounts().pass().await.unwrap();
    assert_eq!(pass.bearer.reveal(), token);
    assert_eq!(pass.chatgpt_account_id.as_deref(), Some("acct_plus"));
    // Refused, expired, signed out: the file stays as it was, and nobody renews or revokes.
    assert!(matches!(
        house.accounts().recover(&pass).await.unwrap_err(),
        Fault::NeedsSignIn(_)
    ));
    house.minutes_pass(61);
    let fault = house.accounts().pass().await.unwrap_err();
    assert_eq!(
        fault.to_string(),
        "the Codex CLI's sign-in has expired; it is renewed when Codex runs next"
    );
    assert!(matches!(
        house.accounts().list().await.unwrap()[0].state,
        State::NeedsSignIn(_)
    ));
    house.accounts().sign_out(&account.id).await.unwrap();
    assert_eq!(fs::read(codex.file()).unwrap(), before);
    assert_eq!(fs::read_dir(codex.home()).unwrap().count(), 1);
    assert_eq!(
        house.renewals().len() + house.world().received_at("/oauth/revoke").len(),
        0
    );
}

#[tokio::test]
async fn a_token_that_codex_has_renewed_is_picked_up() {
    let codex = Codex::new();
    let house = house(&codex).await;
    codex.sign_in(&house, PLUS);
    house.accounts().use_codex_cli().await.unwrap();
    let old = house.accounts().pass().await.unwrap();
    let renewed = codex.sign_in(&house, PLUS);
    let recovered = house.accounts().recover(&old).await.unwrap();
    assert_eq!(recovered.bearer.reveal(), renewed);
    assert_ne!(recovered.generation, old.generation);
    let other = codex.sign_in(&house, TEAM);
    let pass = house.accounts().pass().await.unwrap();
    assert_eq!(pass.bearer.reveal(), other);
    assert_eq!(pass.chatgpt_account_id.as_deref(), Some("acct_team"));
}

#[tokio::test]
async fn its_other_modes_are_used_or_explained() {
    let codex = Codex::new();
    let house = house(&codex).await;
    let at = house.world().access_token(TEAM);
    codex.write(&json!({"OPENAI_API_KEY": null, "personal_access_token": at.reveal()}));
    let account = house.accounts().use_codex_cli().await.unwrap();
    assert_eq!(account.email.as_deref(), Some(TEAM));
    let pass = house.accounts().pass().await.unwrap();
    assert_eq!((pass.kind, pass.bearer), (PassKind::Plan, at));
    codex.write(&json!({"auth_mode": "apikey", "OPENAI_API_KEY": "sk-1"}));
    assert_eq!(
        house.accounts().pass().await.unwrap().kind,
        PassKind::Platform
    );
    for (auth, words) in [
        (json!({"auth_mode": "agentIdentity"}), "agent identity"),
        (json!({"auth_mode": "bedrockApiKey"}), "Bedrock"),
        (json!({"OPENAI_API_KEY": null}), "signed out"),
        (json!("nonsense"), "not in a form"),
    ] {
        codex.write(&auth);
        let fault = house.accounts().pass().await.unwrap_err();
        assert!(
            matches!(&fault, Fault::CodexCli(why) if why.contains(words)),
            "{fault}"
        );
        assert!(house.accounts().use_codex_cli().await.is_err());
    }
}

#[tokio::test]
async fn without_a_file_there_is_a_sentence() {
    let codex = Codex::new();
    let house = house(&codex).await;
    let fault = house.accounts().use_codex_cli().await.unwrap_err();
    assert!(
        fault
            .to_string()
            .starts_with("there is no Codex sign-in in `")
    );
    assert!(fault.hint().unwrap().contains("codex login"));
    let homeless = house.neighbour(Unusual::default()).await;
    assert!(matches!(
        homeless.accounts.use_codex_cli().await.unwrap_err(),
        Fault::CodexCli(_)
    ));
    assert_eq!(house.accounts().list().await.unwrap(), []);
}

#[tokio::test]
async fn the_policy_holds_for_it_too() {
    let codex = Codex::new();
    let house = house(&codex).await;
    codex.sign_in(&house, PLUS);
    for (rules, words) in [
        (
            r#"allowed_login_methods = ["api"]"#,
            "ChatGPT login is disabled",
        ),
        (
            r#"allowed_chatgpt_workspaces = ["A"]"#,
            "Login is restricted to workspace id(s) A.",
        ),
    ] {
        let strict = house
            .neighbour(Unusual {
                policy: requirements(rules),
                codex_home: Some(codex.home().into()),
                ..Unusual::default()
            })
            .await;
        let fault = strict.accounts.use_codex_cli().await.unwrap_err();
        assert!(fault.to_string().starts_with(words), "{fault}");
    }
}
