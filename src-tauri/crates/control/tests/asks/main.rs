//! Every ask, JSON in and JSON out, against a stand-in for ChatGPT.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fail by panicking"
)]

mod accounts;
mod desk;
mod keys;
mod log;
mod ollama;
mod proxy;
mod settings;
mod shell;
mod tries;
mod vault;

use std::collections::BTreeSet;

use control::ask::Ask;
use control::{Code, Shell};
use desk::Desk;

#[tokio::test]
async fn what_is_no_ask_is_refused_and_not_repeated() {
    let desk = Desk::new().await;
    for text in [
        "",
        "{}",
        r#"{"ask":"format","with":null}"#,
        r#"{"ask":"setProxy","with":"secret-1"}"#,
        r#"{"ask":"signInWithToken","with":{"kind":"accessToken","txt":"secret-1"}}"#,
        r#"{"ask":"addKey"}"#,
    ] {
        let complaint = desk.engine.ask(Shell::Window, text.as_bytes()).await;
        let complaint = complaint.unwrap_err();
        assert_eq!(complaint.code, Code::BadAsk, "{text}");
        assert!(!complaint.message.contains("secret"), "{complaint:?}");
    }
}

#[test]
fn a_secret_on_its_way_in_cannot_be_printed() {
    let asks = [
        r#"{"ask":"signInWithToken","with":{"kind":"apiKey","text":"hunter2"}}"#,
        r#"{"ask":"finishPaste","with":"hunter2"}"#,
        r#"{"ask":"vaultChoose","with":{"kind":"passphrase","passphrase":"hunter2"}}"#,
    ];
    for text in asks {
        let ask = Ask::parse(text.as_bytes()).unwrap();
        assert!(!format!("{ask:?}").contains("hunter2"), "{ask:?}");
    }
}

/// Every ask has a test here that sends it.
#[test]
fn every_ask_is_asked_in_a_test() {
    let tests = concat!(
        include_str!("accounts.rs"),
        include_str!("desk.rs"),
        include_str!("keys.rs"),
        include_str!("log.rs"),
        include_str!("proxy.rs"),
        include_str!("settings.rs"),
        include_str!("shell.rs"),
        include_str!("tries.rs"),
        include_str!("vault.rs"),
    );
    let asked = |name: &&&str| {
        let name = camel(name);
        [".ask(", ".refused("].iter().any(|call| {
            tests
                .split(call)
                .skip(1)
                .any(|rest| rest.trim_start().starts_with(&format!("\"{name}\"")))
        })
    };
    let missing: BTreeSet<_> = Ask::NAMES.iter().filter(|name| !asked(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (head, tail) = word.split_at(1);
        name + &head.to_uppercase() + tail
    })
}
