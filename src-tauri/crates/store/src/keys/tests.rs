use std::time::Duration;

use rusqlite::Connection;

use super::*;
use crate::paths::Paths;
use crate::settings::ChatReasoning;
use crate::vault::{KeyringFault, MemoryKeyring, VaultChoice, VaultParts};

struct Home {
    dir: tempfile::TempDir,
    keyring: MemoryKeyring,
    clock: Clock,
    hand: base::Hand,
}

/// What one process has open.
struct Process {
    db: Database,
    vault: Vault,
    keys: Keys,
}

impl Home {
    fn new() -> Self {
        let (clock, hand) = Clock::manual(Timestamp::from_seconds(1000));
        Self {
            dir: tempfile::tempdir().unwrap(),
            keyring: MemoryKeyring::new(),
            clock,
            hand,
        }
    }

    async fn start(&self, choice: Option<VaultChoice>) -> Process {
        let paths = Paths::under(self.dir.path());
        let db = Database::open(&paths, self.clock.clone()).unwrap();
        let vault = Vault::open(VaultParts {
            paths,
            choice,
            keyring: Arc::new(self.keyring.clone()),
            clock: self.clock.clone(),
            chance: Chance::system(),
        })
        .await;
        let keys = Keys::open(
            db.clone(),
            vault.clone(),
            self.clock.clone(),
            Chance::system(),
        );
        Process { db, vault, keys }
    }
}

#[tokio::test]
async fn a_key_opens_the_door_until_it_is_revoked() {
    let home = Home::new();
    let Process { keys, vault, .. } = home.start(None).await;
    let (key, text) = keys.add("editor").await.unwrap();
    let random = text.reveal().strip_prefix("pk-postern-").unwrap();
    assert!(random.len() == 40 && random.chars().all(|c| c.is_ascii_alphanumeric()));
    assert_eq!(keys.admit(text.reveal()).as_deref(), Some(&key));
    assert_eq!(keys.reveal("editor").await.unwrap(), Some(text.clone()));
    for wrong in [
        "",
        "pk-postern-",
        &text.reveal()[1..],
        &format!("{} ", text.reveal()),
    ] {
        assert_eq!(keys.admit(wrong), None);
    }
    home.hand.advance(Duration::from_secs(5));
    assert!(keys.revoke("editor").await.unwrap());
    assert_eq!(keys.admit(text.reveal()), None);
    assert_eq!(keys.reveal("editor").await.unwrap(), None);
    assert!(!keys.revoke("editor").await.unwrap());
    assert_eq!(vault.names().await.unwrap(), [""; 0], "its text is gone");
    assert_eq!(
        keys.list()[0].revoked_at,
        Some(Timestamp::from_seconds(1005))
    );
}

#[tokio::test]
async fn names_are_unique_among_the_living() {
    let home = Home::new();
    let Process { keys, vault, .. } = home.start(None).await;
    let (_, old) = keys.add("editor").await.unwrap();
    let fault = keys.add("editor").await.unwrap_err();
    assert_eq!(fault.to_string(), "a key named `editor` exists already");
    assert_eq!(vault.names().await.unwrap().len(), 1);
    keys.revoke("editor").await.unwrap();
    let (_, new) = keys.add("editor").await.unwrap();
    assert_ne!(old, new);
    assert_eq!(keys.reveal("editor").await.unwrap(), Some(new));
    let long = "x".repeat(65);
    for bad in ["", " editor", "editor\n", "a\u{7}b", &long] {
        assert!(
            matches!(keys.add(bad).await, Err(KeysFault::BadName(_))),
            "{bad:?}"
        );
    }
    keys.add("Schl\u{fc}ssel 2").await.unwrap();
}

#[tokio::test]
async fn of_two_processes_that_add_one_name_at_once_one_wins_and_nothing_is_left_of_the_other() {
    let home = Home::new();
    let [one, two] = [home.start(None).await, home.start(None).await];
    let (first, second) = tokio::join!(one.keys.add("editor"), two.keys.add("editor"));
    let (won, lost) = match (first, second) {
        (Ok(won), Err(lost)) | (Err(lost), Ok(won)) => (won, lost),
        both => panic!("{both:?}"),
    };
    assert!(matches!(lost, KeysFault::Taken(_)), "{lost}");
    assert_eq!(one.keys.reveal("editor").await.unwrap(), Some(won.1));
    assert_eq!(one.vault.names().await.unwrap().len(), 1);
}

#[tokio::test]
async fn one_process_sees_what_another_added_and_revoked() {
    let home = Home::new();
    let [server, command] = [home.start(None).await, home.start(None).await];
    assert_eq!(server.keys.admit("anything"), None);
    let (key, text) = command.keys.add("editor").await.unwrap();
    assert_eq!(server.keys.admit(text.reveal()).as_deref(), Some(&key));
    assert_eq!(
        server.keys.reveal("editor").await.unwrap(),
        Some(text.clone())
    );
    command.keys.revoke("editor").await.unwrap();
    assert_eq!(server.keys.admit(text.reveal()), None);
}

#[tokio::test]
async fn what_is_chosen_for_a_key_holds_for_it_alone_and_in_every_process() {
    let home = Home::new();
    let [server, command] = [home.start(None).await, home.start(None).await];
    let (key, text) = command.keys.add("editor").await.unwrap();
    command.keys.add("other").await.unwrap();
    assert_eq!(key.preferences, Preferences::default());
    assert!(server.keys.admit(text.reveal()).is_some());
    for (_, reasoning) in ChatReasoning::WORDS {
        let chosen = Preferences {
            reasoning: Some(reasoning),
            model: Some("gpt-5.5-high".to_owned()),
        };
        assert!(command.keys.prefer("editor", chosen.clone()).await.unwrap());
        let admitted = server.keys.admit(text.reveal()).unwrap();
        assert_eq!(admitted.preferences, chosen, "seen at once");
        let listed = home.start(None).await.keys.list();
        let listed: Vec<_> = listed.iter().map(|key| &key.preferences).collect();
        assert_eq!(listed, [&chosen, &Preferences::default()]);
    }
    let nothing = Preferences::default();
    assert!(
        command
            .keys
            .prefer("editor", nothing.clone())
            .await
            .unwrap()
    );
    assert_eq!(server.keys.list()[0].preferences, nothing);
    for bad in ["", "two words", "x\n", &"x".repeat(129)] {
        let chosen = Preferences {
            model: Some(bad.to_owned()),
            ..Preferences::default()
        };
        let fault = command.keys.prefer("editor", chosen).await.unwrap_err();
        assert!(matches!(fault, KeysFault::BadModel(_)), "{bad:?}");
    }
    command.keys.revoke("editor").await.unwrap();
    for gone in ["editor", "nobody"] {
        assert!(!command.keys.prefer(gone, nothing.clone()).await.unwrap());
    }
}

#[tokio::test]
async fn keys_of_an_older_postern_have_chosen_nothing() {
    let home = Home::new();
    let process = home.start(None).await;
    let (_, text) = process.keys.add("editor").await.unwrap();
    let older = "ALTER TABLE local_key DROP COLUMN reasoning;
        ALTER TABLE local_key DROP COLUMN model; DELETE FROM migration WHERE number = 4;";
    let undo = |connection: &Connection| connection.execute_batch(older);
    process.db.write(undo).await.unwrap();
    drop(process);
    let Process { keys, db, .. } = home.start(None).await;
    let admitted = keys.admit(text.reveal()).unwrap();
    assert_eq!(admitted.preferences, Preferences::default());
    let newer = "UPDATE local_key SET reasoning = 'aloud', model = 'gpt-5.5'";
    db.write(move |connection| connection.execute_batch(newer))
        .await
        .unwrap();
    let admitted = keys.admit(text.reveal()).unwrap();
    let known = Preferences {
        reasoning: None,
        model: Some("gpt-5.5".to_owned()),
    };
    assert_eq!(admitted.preferences, known, "the word of a newer one");
}

#[tokio::test]
async fn the_door_opens_while_the_keyring_is_locked_and_keys_can_be_revoked() {
    let home = Home::new();
    let (_, text) = home.start(None).await.keys.add("editor").await.unwrap();
    home.keyring.fail(KeyringFault::Locked);
    let before = home.keyring.calls();
    let Process { keys, .. } = home.start(None).await;
    let asked = home.keyring.calls();
    assert_eq!(asked, before + 1, "opening the vault asks once");
    assert!(keys.admit(text.reveal()).is_some());
    assert_eq!(home.keyring.calls(), asked, "admitting never asks");
    assert!(matches!(
        keys.reveal("editor").await,
        Err(KeysFault::Vault(_))
    ));
    let fault = keys.add("other").await.unwrap_err();
    assert_eq!(
        fault.to_string(),
        "your keyring is locked, so the saved secrets cannot be read"
    );
    assert_eq!(keys.list().len(), 1, "no row without a text");
    assert!(keys.revoke("editor").await.unwrap());
    assert_eq!(keys.admit(text.reveal()), None);
}

#[tokio::test]
async fn the_oldest_key_comes_first_and_a_new_name_does_not_change_that() {
    let home = Home::new();
    let Process { keys, .. } = home.start(None).await;
    for name in ["z-first", "gone", "a-second"] {
        keys.add(name).await.unwrap();
    }
    home.hand.advance(Duration::from_secs(1));
    keys.add("m-third").await.unwrap();
    assert!(keys.revoke("gone").await.unwrap());
    let keys = keys.list();
    let names: Vec<_> = keys.iter().map(|key| key.name.as_str()).collect();
    assert_eq!(names, ["z-first", "a-second", "m-third", "gone"]);
}

#[tokio::test]
async fn uses_are_noted_and_survive() {
    let home = Home::new();
    let Process { db, keys, .. } = home.start(None).await;
    let (editor, _) = keys.add("editor").await.unwrap();
    let (chat, _) = keys.add("chat").await.unwrap();
    home.hand.advance(Duration::from_secs(1));
    keys.touch(&editor);
    assert_eq!(
        keys.list()[0].last_used_at,
        Some(Timestamp::from_seconds(1001)),
        "at once"
    );
    for _ in 0..5 {
        home.hand.advance(Duration::from_secs(1));
        keys.touch(&editor);
        keys.touch(&chat);
        db.flush().await.unwrap();
    }
    let used: Vec<_> = home.start(None).await.keys.list();
    let used: Vec<_> = used
        .iter()
        .map(|key| (key.name.as_str(), key.last_used_at))
        .collect();
    let at = Some(Timestamp::from_seconds(1006));
    assert_eq!(used, [("editor", at), ("chat", at)]);
}

#[tokio::test]
async fn a_use_does_not_make_the_door_read_its_keys_again() {
    let home = Home::new();
    let Process { db, keys, .. } = home.start(None).await;
    let (editor, text) = keys.add("editor").await.unwrap();
    let before = keys.admit(text.reveal()).unwrap();
    keys.touch(&editor);
    db.flush().await.unwrap();
    let after = keys.admit(text.reveal()).unwrap();
    assert!(Arc::ptr_eq(&before, &after));
}

#[tokio::test]
async fn a_session_keeps_texts_in_memory_only() {
    let home = Home::new();
    let Process { keys, db, .. } = home.start(Some(VaultChoice::Session)).await;
    let (_, text) = keys.add("editor").await.unwrap();
    assert_eq!(keys.reveal("editor").await.unwrap(), Some(text.clone()));
    drop((keys, db));
    let Process { keys, .. } = home.start(Some(VaultChoice::Session)).await;
    assert_eq!(keys.reveal("editor").await.unwrap(), None);
    assert!(keys.admit(text.reveal()).is_some());
}

#[tokio::test]
async fn no_text_is_in_the_database_nor_in_what_is_printed() {
    let home = Home::new();
    let Process { db, keys, .. } = home.start(None).await;
    let mut texts = Vec::new();
    for number in 0..5 {
        let name = format!("app {number}");
        let (key, text) = keys.add(&name).await.unwrap();
        keys.touch(&key);
        let printed = format!("{keys:?} {key:?} {text:?} {:?}", keys.admit(text.reveal()));
        assert!(!printed.contains(text.reveal()), "{printed}");
        texts.push(text);
    }
    keys.revoke("app 1").await.unwrap();
    db.flush().await.unwrap();
    for entry in std::fs::read_dir(Paths::under(home.dir.path()).data).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for text in &texts {
            // Neither the whole text nor the part that matters.
            let random = &text.reveal().as_bytes()["pk-postern-".len()..];
            assert!(!bytes.windows(random.len()).any(|window| window == random));
        }
    }
    drop(keys);
}

#[tokio::test]
async fn the_door_stays_as_it_was_while_the_database_cannot_be_read() {
    let home = Home::new();
    let Process { db, keys, .. } = home.start(None).await;
    let (_, text) = keys.add("editor").await.unwrap();
    assert!(keys.admit(text.reveal()).is_some());
    db.write(|connection| connection.execute_batch("ALTER TABLE edition RENAME TO gone"))
        .await
        .unwrap();
    assert!(keys.admit(text.reveal()).is_some());
    assert_eq!(keys.admit("pk-postern-wrong"), None);
}
