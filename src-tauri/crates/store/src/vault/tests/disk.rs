//! What happens to the file: killed writers, rot, strangers, permissions, a full or closed disk.

use std::fs;

use super::*;

/// A vault over a file that someone has done something to.
async fn after(change: impl FnOnce(&Home)) -> (Home, Vault) {
    let home = Home::new();
    home.kept(VaultChoice::Keyring).await;
    change(&home);
    let vault = home.open(None).await;
    (home, vault)
}

fn rewrite(home: &Home, change: impl FnOnce(Vec<u8>) -> Vec<u8>) {
    fs::write(home.file(), change(fs::read(home.file()).unwrap())).unwrap();
}

#[tokio::test]
async fn a_writer_killed_before_the_rename_costs_nothing() {
    let (home, vault) = after(|home| {
        let draft = home.paths().data.join(".secrets.sealed.draft-4194305-0");
        fs::write(draft, "half of a fi").unwrap();
    })
    .await;
    assert_eq!(read(&vault, "one").await.as_deref(), Some("first"));
    vault.write("two", secret("second")).await.unwrap();
    let left: Vec<_> = fs::read_dir(home.paths().data)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("draft"))
        .collect();
    assert_eq!(left, [""; 0]);
}

#[tokio::test]
async fn a_file_that_makes_no_sense_is_told_and_never_overwritten() {
    type Change = fn(Vec<u8>) -> Vec<u8>;
    let rows: [(&str, Change); 5] = [
        (
            "the file of saved secrets is damaged: it is cut short",
            |mut bytes| {
                bytes.truncate(bytes.len() / 2);
                bytes
            },
        ),
        (
            "the file of saved secrets is damaged: it is cut short",
            |_| Vec::new(),
        ),
        (
            "the file of saved secrets is damaged: its checksum does not match",
            |mut bytes| {
                let middle = bytes.len() / 2;
                bytes[middle] ^= 4;
                bytes
            },
        ),
        ("is not a file of saved secrets", |_| {
            b"ssh-rsa AAAA".to_vec()
        }),
        ("is not a file of saved secrets", |_| vec![0; 4096]),
    ];
    for (sentence, change) in rows {
        let (home, vault) = after(|home| rewrite(home, change)).await;
        let before = fs::read(home.file()).unwrap();
        assert_eq!(vault.state(), VaultState::Damaged);
        let told = vault.read("one").await.unwrap_err();
        assert!(told.to_string().ends_with(sentence), "{told}");
        assert!(vault.write("one", secret("x")).await.is_err());
        assert_eq!(fs::read(home.file()).unwrap(), before);
        vault.start_over().await.unwrap();
        vault.write("one", secret("again")).await.unwrap();
        assert_eq!(read(&vault, "one").await.as_deref(), Some("again"));
    }
}

#[tokio::test]
async fn a_file_damaged_and_restored_under_a_running_process_is_told_and_then_read_again() {
    let home = Home::new();
    let vault = home.kept(VaultChoice::Keyring).await;
    let good = fs::read(home.file()).unwrap();
    fs::write(home.file(), &good[..good.len() - 3]).unwrap();
    assert!(vault.read("one").await.is_err());
    assert_eq!(vault.state(), VaultState::Damaged);
    assert!(vault.fault().is_some());
    fs::write(home.file(), &good).unwrap();
    assert_eq!(read(&vault, "one").await.as_deref(), Some("first"));
    assert_eq!(vault.state(), VaultState::Ok(VaultKind::Keyring));
    assert!(vault.fault().is_none());
}

#[tokio::test]
async fn a_running_process_begins_anew_in_the_way_it_kept_things() {
    for choice in [VaultChoice::Plain, passphrase("p"), VaultChoice::Keyring] {
        let home = Home::new();
        let vault = home.kept(choice.clone()).await;
        fs::write(home.file(), "rot").unwrap();
        assert!(vault.write("two", secret("second")).await.is_err());
        vault.start_over().await.unwrap();
        vault.write("two", secret("second")).await.unwrap();
        let again = home.open(Some(choice.clone())).await;
        assert_eq!(again.state(), VaultState::Ok(choice.kind()));
        assert_eq!(again.names().await.unwrap(), ["two"]);
    }
}

#[tokio::test]
async fn starting_over_does_nothing_to_a_vault_that_is_well() {
    let home = Home::new();
    let vault = home.kept(VaultChoice::Plain).await;
    vault.start_over().await.unwrap();
    assert_eq!(read(&vault, "one").await.as_deref(), Some("first"));
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_and_its_folder_are_for_their_owner() {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for choice in [VaultChoice::Keyring, passphrase("p"), VaultChoice::Plain] {
        let home = Home::new();
        let vault = home.kept(choice).await;
        assert_eq!((mode(home.file()), mode(home.paths().data)), (0o600, 0o700));
        for entry in fs::read_dir(home.paths().data).unwrap() {
            assert_eq!(mode(entry.unwrap().path()), 0o600);
        }
        fs::set_permissions(home.file(), fs::Permissions::from_mode(0o666)).unwrap();
        fs::set_permissions(home.paths().data, fs::Permissions::from_mode(0o755)).unwrap();
        vault.write("two", secret("second")).await.unwrap();
        assert_eq!((mode(home.file()), mode(home.paths().data)), (0o600, 0o700));
        fs::set_permissions(home.file(), fs::Permissions::from_mode(0o644)).unwrap();
        home.open(None).await;
        assert_eq!(mode(home.file()), 0o600);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_in_the_place_of_the_file_is_not_followed() {
    let (home, vault) = after(|home| {
        let elsewhere = home.dir.path().join("elsewhere");
        fs::rename(home.file(), &elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, home.file()).unwrap();
    })
    .await;
    assert_eq!(vault.state(), VaultState::Damaged);
    let told = vault.read("one").await.unwrap_err().to_string();
    assert!(told.ends_with("is a link or not a regular file"), "{told}");
    assert!(vault.write("one", secret("x")).await.is_err());
    assert!(fs::symlink_metadata(home.file()).unwrap().is_symlink());
}

#[tokio::test]
async fn a_file_that_vanished_is_an_empty_vault() {
    let home = Home::new();
    let vault = home.kept(VaultChoice::Keyring).await;
    fs::remove_file(home.file()).unwrap();
    assert_eq!(read(&vault, "one").await, None);
    vault.write("two", secret("second")).await.unwrap();
    assert_eq!(home.open(None).await.names().await.unwrap(), ["two"]);
}

#[tokio::test]
async fn a_folder_that_vanished_is_no_empty_vault() {
    // It has only read: nothing was made or locked.
    let (home, vault) = after(|_| {}).await;
    let (folder, aside) = (home.paths().data, home.dir.path().join("aside"));
    fs::rename(&folder, &aside).unwrap();
    assert!(vault.read("one").await.is_err());
    assert!(vault.write("two", secret("lost")).await.is_err());
    #[cfg(unix)]
    {
        fs::create_dir(&folder).unwrap();
        assert!(vault.read("one").await.is_err());
        assert!(vault.write("two", secret("lost")).await.is_err());
        fs::remove_dir(&folder).unwrap();
    }
    fs::rename(&aside, &folder).unwrap();
    assert_eq!(read(&vault, "one").await.as_deref(), Some("first"));
    vault.write("two", secret("second")).await.unwrap();
}

#[tokio::test]
async fn a_disk_that_says_no_keeps_the_old_value() {
    let home = Home::new();
    fs::write(home.paths().data, "a file where the folder should be").unwrap();
    let vault = home.open(Some(VaultChoice::Plain)).await;
    let fault = vault.write("one", secret("x")).await.unwrap_err();
    assert!(matches!(fault, VaultFault::File { .. }), "{fault}");
    assert_eq!(
        fault.hint(),
        Some("check the disk and the permissions of that folder")
    );
}

#[tokio::test]
async fn a_write_whose_caller_left_is_whole_or_did_not_happen() {
    let home = Home::new();
    let vault = home.kept(VaultChoice::Keyring).await;
    for _ in 0..20 {
        tokio::select! {
            biased;
            () = async { for _ in 0..3 { tokio::task::yield_now().await; } } => {}
            _ = vault.write("two", secret("second")) => {}
        }
    }
    vault.write("three", secret("third")).await.unwrap();
    let fresh = home.open(None).await;
    assert_eq!(read(&fresh, "one").await.as_deref(), Some("first"));
    assert_eq!(read(&fresh, "three").await.as_deref(), Some("third"));
}
