//! Every state, how it is reached and how it is left.

use std::sync::mpsc;

use super::*;

#[tokio::test]
async fn a_keyring_that_fails_is_told_as_it_is() {
    let rows = [
        (
            KeyringFault::Locked,
            VaultState::Locked,
            "your keyring is locked, so the saved secrets cannot be read",
        ),
        (
            KeyringFault::Missing,
            VaultState::Missing,
            "this system has no keyring",
        ),
        (
            KeyringFault::Denied,
            VaultState::Denied,
            "the keyring refused access to the saved secrets",
        ),
        (
            KeyringFault::Other("boom".into()),
            VaultState::Denied,
            "the keyring failed: boom",
        ),
    ];
    for (fault, state, sentence) in rows {
        for with_file in [false, true] {
            let home = Home::new();
            if with_file {
                home.kept(VaultChoice::Keyring).await;
            }
            home.keyring.fail(fault.clone());
            let vault = home.open(None).await;
            assert_eq!(vault.state(), state);
            assert_eq!(vault.read("one").await.unwrap_err().to_string(), sentence);
            assert_eq!(vault.names().await.unwrap_err().to_string(), sentence);
            let write = vault.write("one", secret("new")).await.unwrap_err();
            assert_eq!(write.to_string(), sentence);
            assert!(write.hint().is_some());
            assert_eq!(vault.fault().unwrap().to_string(), sentence);

            home.keyring.mend();
            vault.retry().await;
            assert_eq!(vault.state(), VaultState::Ok(VaultKind::Keyring));
            assert!(vault.fault().is_none());
            let wanted = with_file.then_some("first");
            assert_eq!(
                read(&vault, "one").await.as_deref(),
                wanted,
                "nothing was overwritten"
            );
        }
    }
}

#[tokio::test]
async fn nothing_is_chosen_silently() {
    let home = Home::new();
    home.keyring.fail(KeyringFault::Missing);
    let vault = home.open(None).await;
    assert!(vault.write("one", secret("first")).await.is_err());
    assert!(!home.file().exists());
    vault.choose(VaultChoice::Plain).await.unwrap();
    vault.write("one", secret("first")).await.unwrap();
    assert_eq!(
        home.open(None).await.state(),
        VaultState::Ok(VaultKind::Plain)
    );
}

#[tokio::test]
async fn opening_never_prompts_and_retrying_does() {
    let rows = [
        (Ok(()), VaultState::Ok(VaultKind::Keyring)),
        (Err(KeyringFault::Denied), VaultState::Denied),
        (Err(KeyringFault::Locked), VaultState::Locked),
    ];
    for (answer, state) in rows {
        let home = Home::new();
        home.kept(VaultChoice::Keyring).await;
        home.keyring.fail(KeyringFault::Locked);
        home.keyring.answer_prompt(answer);
        let vault = home.open(None).await;
        assert_eq!(vault.state(), VaultState::Locked);
        vault.retry().await;
        assert_eq!(vault.state(), state);
    }
}

#[tokio::test]
async fn a_keyring_unlocked_elsewhere_is_noticed_after_a_while() {
    let home = Home::new();
    home.kept(VaultChoice::Keyring).await;
    home.keyring.fail(KeyringFault::Locked);
    let vault = home.open(None).await;
    let mut states = vault.states();
    home.keyring.mend();
    assert!(vault.read("one").await.is_err(), "asked a moment ago");
    home.hand.advance(Duration::from_secs(5));
    assert_eq!(read(&vault, "one").await.as_deref(), Some("first"));
    assert!(states.has_changed().unwrap());
    assert_eq!(
        *states.borrow_and_update(),
        VaultState::Ok(VaultKind::Keyring)
    );
}

/// Answers only when told to.
struct Slow {
    inner: MemoryKeyring,
    begun: Arc<tokio::sync::Notify>,
    go: parking_lot::Mutex<mpsc::Receiver<()>>,
}

impl KeyHolder for Slow {
    fn load(&self) -> Result<Option<Secret>, KeyringFault> {
        self.begun.notify_one();
        let _ = self.go.lock().recv();
        self.inner.load()
    }

    fn save(&self, key: &Secret) -> Result<(), KeyringFault> {
        self.inner.save(key)
    }

    fn delete(&self) -> Result<(), KeyringFault> {
        self.inner.delete()
    }
}

#[tokio::test]
async fn a_keyring_that_hangs_counts_as_locked_and_its_late_answer_is_taken() {
    let home = Home::new();
    home.kept(VaultChoice::Keyring).await;
    let (go, wait) = mpsc::channel();
    let begun = Arc::new(tokio::sync::Notify::new());
    let slow = Arc::new(Slow {
        inner: home.keyring.clone(),
        begun: Arc::clone(&begun),
        go: parking_lot::Mutex::new(wait),
    });
    let opening = home.open_with(None, slow);
    let passing = async {
        begun.notified().await;
        home.hand.until_sleeping(1).await;
        home.hand.advance(Duration::from_secs(10));
    };
    let (vault, ()) = tokio::join!(opening, passing);
    assert_eq!(vault.state(), VaultState::Locked);
    assert!(vault.read("one").await.is_err());

    let mut states = vault.states();
    go.send(()).unwrap();
    states
        .wait_for(|state| *state == VaultState::Ok(VaultKind::Keyring))
        .await
        .unwrap();
    assert_eq!(read(&vault, "one").await.as_deref(), Some("first"));
}

#[tokio::test]
async fn keyring_calls_run_one_at_a_time_on_one_thread() {
    #[derive(Default)]
    struct Watched {
        inner: MemoryKeyring,
        inside: std::sync::atomic::AtomicUsize,
        threads: parking_lot::Mutex<std::collections::HashSet<std::thread::ThreadId>>,
    }
    impl KeyHolder for Watched {
        fn load(&self) -> Result<Option<Secret>, KeyringFault> {
            use std::sync::atomic::Ordering::SeqCst;
            assert_eq!(self.inside.fetch_add(1, SeqCst), 0);
            self.threads.lock().insert(std::thread::current().id());
            std::thread::yield_now();
            self.inside.fetch_sub(1, SeqCst);
            self.inner.load()
        }
        fn save(&self, key: &Secret) -> Result<(), KeyringFault> {
            self.inner.save(key)
        }
        fn delete(&self) -> Result<(), KeyringFault> {
            self.inner.delete()
        }
    }
    let home = Home::new();
    home.keyring.fail(KeyringFault::Locked);
    let watched = Arc::new(Watched::default());
    let holder: Arc<dyn KeyHolder> = Arc::clone(&watched) as _;
    let vault = home.open_with(None, holder).await;
    let writes = (0..8).map(|number| {
        let vault = vault.clone();
        async move {
            vault
                .write(&format!("n{number}"), secret("v"))
                .await
                .unwrap();
        }
    });
    for write in writes {
        write.await;
    }
    vault.retry().await;
    let threads = watched.threads.lock().clone();
    assert_eq!(threads.len(), 1);
    assert!(!threads.contains(&std::thread::current().id()));
}

#[tokio::test]
async fn a_keyring_rests_when_its_vault_is_gone() {
    struct Resting(MemoryKeyring, std::sync::mpsc::Sender<()>);
    impl KeyHolder for Resting {
        fn load(&self) -> Result<Option<Secret>, KeyringFault> {
            self.0.load()
        }
        fn save(&self, key: &Secret) -> Result<(), KeyringFault> {
            self.0.save(key)
        }
        fn delete(&self) -> Result<(), KeyringFault> {
            self.0.delete()
        }
        fn rest(&self) {
            let _ = self.1.send(());
        }
    }
    let (rested, rests) = std::sync::mpsc::channel();
    let home = Home::new();
    let resting = Arc::new(Resting(home.keyring.clone(), rested));
    let vault = home.open_with(None, resting).await;
    vault.write("one", secret("first")).await.unwrap();
    drop(vault);
    // Ends when the holder is gone, and with it the thread.
    assert_eq!(rests.iter().count(), 1);
}

#[tokio::test]
async fn a_keyring_that_panics_is_a_fault_and_is_asked_again() {
    struct Fragile(MemoryKeyring, std::sync::atomic::AtomicBool);
    impl KeyHolder for Fragile {
        fn load(&self) -> Result<Option<Secret>, KeyringFault> {
            if !self.1.swap(true, std::sync::atomic::Ordering::SeqCst) {
                std::panic::resume_unwind(Box::new("boom"));
            }
            self.0.load()
        }
        fn save(&self, key: &Secret) -> Result<(), KeyringFault> {
            self.0.save(key)
        }
        fn delete(&self) -> Result<(), KeyringFault> {
            self.0.delete()
        }
    }
    let home = Home::new();
    let fragile = Fragile(home.keyring.clone(), false.into());
    let vault = home.open_with(None, Arc::new(fragile)).await;
    let told = vault.fault().unwrap().to_string();
    assert_eq!(told, "the keyring failed: it gave no answer");
    vault.retry().await;
    assert_eq!(vault.state(), VaultState::Ok(VaultKind::Keyring));
}

#[tokio::test]
async fn a_key_that_is_gone_has_its_own_state_and_a_new_beginning() {
    let home = Home::new();
    home.kept(VaultChoice::Keyring).await;
    home.keyring.delete().unwrap();
    let vault = home.open(None).await;
    assert_eq!(vault.state(), VaultState::KeyGone);
    let sentence = "the saved secrets cannot be opened: their key is gone from the keyring";
    assert_eq!(vault.read("one").await.unwrap_err().to_string(), sentence);
    assert_eq!(
        vault
            .write("one", secret("x"))
            .await
            .unwrap_err()
            .to_string(),
        sentence
    );
    assert_eq!(
        home.keyring.key(),
        None,
        "no new key was made for a file that has another"
    );

    let before = std::fs::read(home.file()).unwrap();
    vault.start_over().await.unwrap();
    assert_eq!(vault.state(), VaultState::Ok(VaultKind::Keyring));
    assert_eq!(vault.names().await.unwrap(), [""; 0]);
    vault.write("one", secret("again")).await.unwrap();
    let aside = home.paths().data.join("secrets.aside-1700000000000");
    assert_eq!(std::fs::read(aside).unwrap(), before, "nothing is lost");
}

#[tokio::test]
async fn a_key_that_is_exchanged_is_told_and_a_running_process_notices() {
    let home = Home::new();
    let running = home.kept(VaultChoice::Keyring).await;
    let other = Home::new();
    other.kept(VaultChoice::Keyring).await;
    home.keyring.save(&other.keyring.key().unwrap()).unwrap();
    let vault = home.open(None).await;
    assert_eq!(vault.state(), VaultState::KeyGone);
    let told = vault.fault().unwrap().to_string();
    assert_eq!(
        told,
        "the saved secrets cannot be opened: they were sealed with another key"
    );
    // Who has the old key in memory reads on until the file is sealed with the new one.
    assert_eq!(read(&running, "one").await.as_deref(), Some("first"));
    vault.start_over().await.unwrap();
    vault.write("two", secret("second")).await.unwrap();
    assert_eq!(running.names().await.unwrap(), ["two"]);
}

#[tokio::test]
async fn a_key_that_is_no_key_is_told_without_being_quoted() {
    let home = Home::new();
    home.keyring.save(&secret("hunter2")).unwrap();
    let vault = home.open(None).await;
    assert_eq!(vault.state(), VaultState::Denied);
    assert_eq!(
        vault.fault().unwrap().to_string(),
        "the keyring failed: its entry is not a key"
    );
}

#[tokio::test]
async fn a_passphrase_is_asked_for_and_checked() {
    let home = Home::new();
    home.kept(passphrase("right")).await;
    let vault = home.open(None).await;
    assert_eq!(vault.state(), VaultState::Locked);
    let told = vault.read("one").await.unwrap_err().to_string();
    assert_eq!(told, "the saved secrets are protected by a passphrase");

    let wrong = vault.choose(passphrase("wrong")).await.unwrap_err();
    assert_eq!(wrong.to_string(), "the passphrase is wrong");
    assert_eq!(vault.state(), VaultState::Denied);
    vault.choose(passphrase("right")).await.unwrap();
    assert_eq!(read(&vault, "one").await.as_deref(), Some("first"));
    assert_eq!(
        home.open(Some(passphrase("wrong"))).await.state(),
        VaultState::Denied
    );
    assert_eq!(home.keyring.calls(), 0);
}

#[tokio::test]
async fn an_unopenable_file_of_another_kind_is_left_alone() {
    let home = Home::new();
    home.kept(passphrase("p")).await;
    let before = std::fs::read(home.file()).unwrap();
    let vault = home.open(Some(VaultChoice::Plain)).await;
    let told = vault
        .write("one", secret("x"))
        .await
        .unwrap_err()
        .to_string();
    assert_eq!(
        told,
        "the saved secrets are kept with `passphrase`, not with `plain`"
    );
    assert_eq!(std::fs::read(home.file()).unwrap(), before);
    vault.start_over().await.unwrap();
    assert_eq!(vault.state(), VaultState::Ok(VaultKind::Plain));
}

#[tokio::test]
async fn a_choice_that_does_not_work_changes_nothing() {
    let home = Home::new();
    let vault = home.kept(VaultChoice::Plain).await;
    home.keyring.fail(KeyringFault::Missing);
    assert!(vault.choose(VaultChoice::Keyring).await.is_err());
    assert_eq!(vault.state(), VaultState::Ok(VaultKind::Plain));
    vault.write("two", secret("second")).await.unwrap();
    assert_eq!(home.open(None).await.names().await.unwrap(), ["one", "two"]);
}

#[tokio::test]
async fn a_locked_vault_can_serve_a_session_and_return() {
    let home = Home::new();
    home.kept(VaultChoice::Keyring).await;
    home.keyring.fail(KeyringFault::Locked);
    let vault = home.open(None).await;
    vault.choose(VaultChoice::Session).await.unwrap();
    vault.write("two", secret("second")).await.unwrap();
    assert_eq!(vault.names().await.unwrap(), ["two"]);
    home.keyring.mend();
    vault.choose(VaultChoice::Keyring).await.unwrap();
    assert_eq!(vault.names().await.unwrap(), ["one", "two"]);
}
