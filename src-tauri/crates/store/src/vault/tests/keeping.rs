//! What is kept, in every kind of vault, by one process and by several.

use super::*;

fn kinds() -> [VaultChoice; 4] {
    [
        VaultChoice::Keyring,
        passphrase("correct horse"),
        VaultChoice::Plain,
        VaultChoice::Session,
    ]
}

#[tokio::test]
async fn every_kind_reads_what_it_wrote_and_forgets_what_it_should() {
    for choice in kinds() {
        let home = Home::new();
        let vault = home.open(Some(choice.clone())).await;
        assert_eq!(read(&vault, "one").await, None);
        vault.write("one", secret("first")).await.unwrap();
        vault.write("two", secret("second")).await.unwrap();
        vault.write("one", secret("third")).await.unwrap();
        assert_eq!(read(&vault, "one").await.as_deref(), Some("third"));
        assert_eq!(vault.names().await.unwrap(), ["one", "two"]);
        vault.remove("one").await.unwrap();
        vault.remove("never").await.unwrap();
        assert_eq!(vault.names().await.unwrap(), ["two"], "{choice:?}");
    }
}

#[tokio::test]
async fn the_next_process_finds_what_was_kept_but_not_a_session() {
    for choice in kinds() {
        let home = Home::new();
        let kind = choice.kind();
        drop(home.kept(choice.clone()).await);
        let again = match &choice {
            VaultChoice::Passphrase(_) => home.open(Some(choice.clone())).await,
            VaultChoice::Keyring | VaultChoice::Plain | VaultChoice::Session => {
                home.open(None).await
            }
        };
        let wanted = (kind != VaultKind::Session).then_some("first");
        assert_eq!(read(&again, "one").await.as_deref(), wanted);
        assert_eq!(home.file().exists(), wanted.is_some());
        if kind == VaultKind::Keyring {
            assert!(home.keyring.key().is_some());
        } else {
            assert_eq!(home.keyring.key(), None);
        }
    }
}

#[tokio::test]
async fn nothing_is_made_before_something_is_kept() {
    let home = Home::new();
    let vault = home.open(None).await;
    assert_eq!(vault.state(), VaultState::Ok(VaultKind::Keyring));
    assert_eq!(read(&vault, "one").await, None);
    vault.remove("one").await.unwrap();
    assert_eq!(
        (
            home.file().exists(),
            home.paths().config.join("data/secrets.sealed").exists()
        ),
        (false, false)
    );
}

#[tokio::test]
async fn two_processes_see_each_other_and_know_that_something_changed() {
    for choice in [VaultChoice::Keyring, passphrase("p"), VaultChoice::Plain] {
        let home = Home::new();
        let [one, two] = [
            home.open(Some(choice.clone())).await,
            home.open(Some(choice)).await,
        ];
        let before = two.generation();
        assert_eq!(two.generation(), before);
        one.write("shared", secret("a")).await.unwrap();
        assert_ne!(two.generation(), before);
        assert_eq!(read(&two, "shared").await.as_deref(), Some("a"));
        two.write("shared", secret("b")).await.unwrap();
        assert_eq!(read(&one, "shared").await.as_deref(), Some("b"));
        one.remove("shared").await.unwrap();
        assert_eq!(read(&two, "shared").await, None);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_writers_lose_nothing() {
    let home = Home::new();
    let processes = [
        home.open(None).await,
        home.open(None).await,
        home.open(None).await,
    ];
    let tasks = base::Tasks::new();
    for number in 0..50 {
        let vault = processes[number % processes.len()].clone();
        tasks.spawn("writer", move |_| async move {
            let (name, value) = (format!("name-{number:02}"), format!("value-{number}"));
            vault.write(&name, Secret::new(value)).await.unwrap();
            if number % 5 == 0 {
                vault.write("shared", secret("x")).await.unwrap();
            }
        });
    }
    assert_eq!(
        tasks.wind_down(Duration::from_secs(60)).await,
        base::Drained::Fully
    );
    let fresh = home.open(None).await;
    assert_eq!(fresh.names().await.unwrap().len(), 51);
    for number in 0..50 {
        let wanted = format!("value-{number}");
        assert_eq!(
            read(&fresh, &format!("name-{number:02}")).await,
            Some(wanted)
        );
    }
}

#[tokio::test]
async fn two_processes_that_start_at_once_make_one_key() {
    let home = Home::new();
    let [one, two] = [home.open(None).await, home.open(None).await];
    let (first, second) = tokio::join!(one.write("a", secret("1")), two.write("b", secret("2")));
    first.unwrap();
    second.unwrap();
    let fresh = home.open(None).await;
    assert_eq!(fresh.names().await.unwrap(), ["a", "b"]);
}

#[tokio::test]
async fn a_choice_carries_over_what_is_kept() {
    for from in [
        VaultChoice::Keyring,
        passphrase("old"),
        VaultChoice::Plain,
        VaultChoice::Session,
    ] {
        for to in [VaultChoice::Keyring, passphrase("new"), VaultChoice::Plain] {
            let home = Home::new();
            let vault = home.kept(from.clone()).await;
            vault.choose(to.clone()).await.unwrap();
            assert_eq!(
                vault.state(),
                VaultState::Ok(to.kind()),
                "{from:?} to {to:?}"
            );
            assert_eq!(read(&vault, "one").await.as_deref(), Some("first"));
            let again = home.open(Some(to.clone())).await;
            assert_eq!(read(&again, "one").await.as_deref(), Some("first"));
            let text = std::fs::read_to_string(home.file()).unwrap();
            assert_eq!(text.contains("first"), to.kind() == VaultKind::Plain);
        }
    }
}

#[tokio::test]
async fn a_vault_that_becomes_a_session_leaves_the_file_alone() {
    let home = Home::new();
    let vault = home.kept(VaultChoice::Keyring).await;
    vault.choose(VaultChoice::Session).await.unwrap();
    vault.write("two", secret("second")).await.unwrap();
    assert_eq!(vault.names().await.unwrap(), ["one", "two"]);
    assert_eq!(vault.state(), VaultState::SessionOnly);
    assert_eq!(home.open(None).await.names().await.unwrap(), ["one"]);
}

#[tokio::test]
async fn a_session_leaves_nothing_on_disk() {
    let home = Home::new();
    let vault = home.kept(VaultChoice::Session).await;
    vault.remove("one").await.unwrap();
    assert_eq!(std::fs::read_dir(home.dir.path()).unwrap().count(), 0);
    assert_eq!(home.keyring.calls(), 0);
}

#[tokio::test]
async fn who_opens_another_way_on_purpose_converts_the_file_and_others_follow() {
    let home = Home::new();
    let running = home.kept(VaultChoice::Plain).await;
    let command = home.open(Some(VaultChoice::Keyring)).await;
    assert_eq!(command.state(), VaultState::Ok(VaultKind::Keyring));
    assert_eq!(read(&command, "one").await.as_deref(), Some("first"));
    assert_eq!(read(&running, "one").await.as_deref(), Some("first"));
    assert_eq!(running.state(), VaultState::Ok(VaultKind::Keyring));
    running.write("two", secret("second")).await.unwrap();
    assert_eq!(read(&command, "two").await.as_deref(), Some("second"));
}

#[tokio::test]
async fn turns_are_taken_across_processes_and_apart_from_writing() {
    let home = Home::new();
    let [one, two] = [home.open(None).await, home.open(None).await];
    let held = one.turn("refresh acct/1").await.unwrap();
    two.write("while", secret("held")).await.unwrap();
    let _other = two.turn("refresh acct/2").await.unwrap();
    let next = two.turn("refresh acct/1");
    tokio::pin!(next);
    tokio::select! {
        biased;
        _ = &mut next => panic!("two had the turn at once"),
        () = tokio::task::yield_now() => {}
    }
    drop(held);
    let _mine = next.await.unwrap();
}

#[tokio::test]
async fn nothing_public_prints_a_secret() {
    let home = Home::new();
    let vault = home.kept(passphrase("hunter2-passphrase")).await;
    vault.write("k", secret("hunter2-value")).await.unwrap();
    let parts = VaultParts {
        paths: home.paths(),
        choice: Some(passphrase("hunter2-passphrase")),
        keyring: Arc::new(home.keyring.clone()),
        clock: home.clock.clone(),
        chance: Chance::system(),
    };
    home.keyring.save(&secret("hunter2-key")).unwrap();
    let printed = format!(
        "{vault:?} {parts:?} {:?} {:?} {:?} {:?}",
        home.keyring,
        vault.read("k").await,
        vault.turn("x").await,
        passphrase("hunter2-passphrase"),
    );
    assert!(!printed.contains("hunter2"), "{printed}");
}
