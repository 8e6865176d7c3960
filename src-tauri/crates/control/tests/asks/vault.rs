//! Secrets that cannot be reached, and the one button for each way.

use std::sync::Arc;

use control::state::VaultView;
use control::{Code, Engine, VaultKind};
use serde_json::{Value, json};
use store::{KeyringFault, MemoryKeyring};

use crate::desk::{Desk, FakeHost, Plan, core};

fn with(fault: Option<KeyringFault>) -> Plan {
    let keyring = MemoryKeyring::new();
    if let Some(fault) = fault {
        keyring.fail(fault);
    }
    Plan {
        vault: Some(VaultKind::Keyring),
        keyring,
        ..Plan::default()
    }
}

#[tokio::test]
async fn a_locked_keyring_is_unlocked_by_its_button() {
    let desk = Desk::with(with(Some(KeyringFault::Locked))).await;
    let state = desk.state().await;
    assert_eq!(state["vault"], json!({"is": "locked"}));
    assert_eq!(state["headline"]["action"], "unlock");
    desk.keyring.answer_prompt(Ok(()));
    let state = desk.ask("vaultRetry", Value::Null).await;
    assert_eq!(state["vault"], json!({"is": "ok", "kind": "keyring"}));
    desk.sign_in().await;
}

#[tokio::test]
async fn a_keyring_that_refuses_is_asked_again() {
    let desk = Desk::with(with(Some(KeyringFault::Denied))).await;
    assert_eq!(desk.state().await["headline"]["says"]["id"], "vaultDenied");
    desk.keyring.mend();
    let state = desk.ask("vaultRetry", Value::Null).await;
    assert_eq!(state["vault"]["is"], "ok");
}

#[tokio::test]
async fn without_a_keyring_there_are_three_ways() {
    for (kind, told) in [
        (
            json!({"kind": "plain"}),
            json!({"is": "ok", "kind": "plain"}),
        ),
        (json!({"kind": "session"}), json!({"is": "sessionOnly"})),
        (
            json!({"kind": "passphrase", "passphrase": "correct horse"}),
            json!({"is": "ok", "kind": "passphrase"}),
        ),
    ] {
        let desk = Desk::with(with(Some(KeyringFault::Missing))).await;
        let state = desk.state().await;
        assert_eq!(state["headline"]["action"], "chooseVault");
        let state = desk.ask("vaultChoose", kind).await;
        assert_eq!(state["vault"], told);
        desk.sign_in().await;
    }
    let desk = Desk::with(with(Some(KeyringFault::Missing))).await;
    let complaint = desk
        .refused("vaultChoose", json!({"kind": "passphrase"}))
        .await;
    assert_eq!(
        (complaint.code, complaint.hint),
        (Code::PassphraseNeeded, None)
    );
    let complaint = desk
        .refused(
            "vaultChoose",
            json!({"kind": "keyring", "passphrase": null}),
        )
        .await;
    assert_eq!(complaint.code, Code::VaultClosed);
}

#[tokio::test]
async fn a_lost_key_leaves_signing_in_anew() {
    let desk = Desk::with(with(None)).await;
    desk.sign_in().await;
    desk.engine.close().await.unwrap();
    let plan = with(None);
    let core = core(&desk.home, &desk.standin, &plan).await.unwrap();
    let engine = Engine::start(core, Arc::new(FakeHost::default())).await;
    assert_eq!(engine.state().vault, VaultView::KeyGone);
    let desk = Desk { engine, ..desk };
    let state = desk.ask("vaultStartOver", Value::Null).await;
    assert_eq!(state["vault"]["is"], "ok");
    assert_eq!(state["headline"]["says"]["id"], "notSignedIn");
    desk.sign_in().await;
}
