use std::fs;

use base::Hand;

use super::trim::used_bytes;
use super::*;
use crate::paths::Paths;
use crate::vault::{MemoryKeyring, VaultChoice, VaultParts};
use crate::{Ended, KeyHolder, Keys, Line, Log};

/// One home, one keyring, one clock that stands; as many processes as a test opens archives.
struct Home {
    dir: tempfile::TempDir,
    keyring: MemoryKeyring,
    clock: Clock,
    hand: Hand,
}

impl Home {
    fn new() -> Self {
        let (clock, hand) = Clock::manual(Timestamp::from_seconds(1_800_000_000));
        Self {
            dir: tempfile::tempdir().unwrap(),
            keyring: MemoryKeyring::new(),
            clock,
            hand,
        }
    }

    fn paths(&self) -> Paths {
        Paths::under(self.dir.path())
    }

    async fn vault(&self, choice: VaultChoice) -> Vault {
        let keyring: Arc<dyn KeyHolder> = Arc::new(self.keyring.clone());
        let parts = VaultParts {
            paths: self.paths(),
            choice: Some(choice),
            keyring,
            clock: self.clock.clone(),
            chance: Chance::system(),
        };
        Vault::open(parts).await
    }

    fn database(&self) -> Database {
        Database::open(&self.paths(), self.clock.clone()).unwrap()
    }

    async fn open(&self) -> Archive {
        self.open_in(self.vault(VaultChoice::Keyring).await)
    }

    fn open_in(&self, vault: Vault) -> Archive {
        Archive::open(self.database(), vault, self.clock.clone(), Chance::system())
    }
}

impl Archive {
    async fn keep_now(&self, kept: Kept) {
        self.keep(&self.sealer().await.unwrap(), kept);
    }

    async fn ids(&self, key: &str, id: &str) -> Option<Vec<String>> {
        let line = self.line(key, id).await.unwrap()?;
        Some(line.into_iter().map(|kept| kept.id).collect())
    }

    async fn rows(&self) -> i64 {
        let sql = "SELECT count(*) FROM kept_response";
        let rows = self.ask(|connection| connection.query_row(sql, [], |row| row.get(0)));
        rows.await.unwrap()
    }

    async fn used(&self) -> u64 {
        self.ask(used_bytes).await.unwrap()
    }
}

fn kept(key: &str, id: &str, previous: Option<&str>) -> Kept {
    Kept {
        key_id: key.into(),
        id: id.into(),
        previous: previous.map(str::to_owned),
        account: "acct".into(),
        model: "gpt-5.6-terra".into(),
        created_at: Timestamp::from_seconds(1_800_000_000),
        items: Vec::new(),
        content: format!("what {id} said").into_bytes(),
    }
}

fn sized(id: &str, bytes: usize) -> Kept {
    Kept {
        content: vec![b'x'; bytes],
        ..kept("key", id, None)
    }
}

fn item(id: &str, content: &str) -> Item {
    Item {
        id: id.into(),
        account: None,
        model: Some("m".into()),
        content: content.into(),
    }
}

#[tokio::test]
async fn what_was_kept_is_found_at_once_and_by_the_next_process() {
    let home = Home::new();
    let archive = home.open().await;
    for (id, previous) in [("a", None), ("b", Some("a")), ("c", Some("b"))] {
        archive.keep_now(kept("key", id, previous)).await;
    }
    assert_eq!(archive.ids("key", "c").await.unwrap(), ["a", "b", "c"]);
    let found = archive.find("key", "b").await.unwrap().unwrap();
    assert_eq!(found, kept("key", "b", Some("a")));
    drop(archive);
    let again = home.open().await;
    assert_eq!(again.ids("key", "c").await.unwrap(), ["a", "b", "c"]);
    assert_eq!(again.ids("key", "d").await, None);
}

#[tokio::test]
async fn no_key_reaches_what_belongs_to_another() {
    let home = Home::new();
    let archive = home.open().await;
    let mine = Kept {
        items: vec!["msg_1".into()],
        ..kept("mine", "a", None)
    };
    archive.keep_now(mine).await;
    archive.keep_now(kept("yours", "b", Some("a"))).await;
    assert_eq!(archive.find("yours", "a").await.unwrap(), None);
    assert_eq!(archive.ids("yours", "b").await, None);
    assert_eq!(archive.holder("yours", "msg_1").await.unwrap(), None);
    assert!(!archive.forget("yours", "a").await.unwrap());
    let holder = archive.holder("mine", "msg_1").await.unwrap();
    assert_eq!(holder.unwrap().id, "a");
    assert!(archive.forget("mine", "a").await.unwrap());
    assert_eq!(archive.holder("mine", "msg_1").await.unwrap(), None);
}

#[tokio::test]
async fn nothing_that_was_said_rests_in_the_open() {
    let home = Home::new();
    let archive = home.open().await;
    archive.keep_now(kept("key", "a", None)).await;
    let sealer = archive.sealer().await.unwrap();
    let conversation = Conversation {
        key_id: "key".into(),
        id: "conv".into(),
        created_at: Timestamp::from_seconds(0),
        content: b"what metadata said".to_vec(),
    };
    archive
        .keep_conversation(&sealer, conversation)
        .await
        .unwrap();
    archive.add_items(&sealer, "key", "conv", vec![item("i", "what an item said")]);
    archive.0.db.flush().await.unwrap();
    drop(archive);
    let mut files = 0;
    for file in fs::read_dir(home.paths().data).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap_or_default();
        let said = bytes.windows(5).any(|five| five == b" said");
        assert!(!said);
        files += 1;
    }
    assert!(files > 1);
}

#[tokio::test]
async fn a_row_that_was_moved_or_sealed_with_another_key_does_not_open() {
    let home = Home::new();
    let archive = home.open().await;
    archive.keep_now(kept("mine", "a", None)).await;
    archive.keep_now(kept("mine", "b", None)).await;
    let moved = archive.write(|connection| {
        connection.execute(
            "UPDATE kept_response SET key_id = 'yours' WHERE id = 'a'",
            [],
        )
    });
    assert_eq!(moved.await.unwrap(), 1);
    assert_eq!(archive.find("yours", "a").await.unwrap(), None);
    assert!(archive.find("mine", "b").await.unwrap().is_some());
    drop(archive);
    let other = home.open_in(home.vault(VaultChoice::Session).await);
    assert_eq!(other.find("mine", "b").await.unwrap(), None);
}

#[tokio::test]
async fn two_processes_make_one_key() {
    let home = Home::new();
    let (one, two) = (home.open().await, home.open().await);
    let (first, second) = tokio::join!(one.sealer(), two.sealer());
    one.keep(&first.unwrap(), kept("key", "a", None));
    two.keep(&second.unwrap(), kept("key", "b", None));
    assert!(one.find("key", "a").await.unwrap().is_some());
    assert!(two.find("key", "b").await.unwrap().is_some());
    let three = home.open().await;
    for id in ["a", "b"] {
        assert!(three.find("key", id).await.unwrap().is_some(), "{id}");
    }
}

#[tokio::test]
async fn what_is_used_lives_on_and_the_rest_expires() {
    let home = Home::new();
    let archive = home.open().await;
    let day = Duration::from_secs(24 * 60 * 60);
    for (id, previous) in [("a", None), ("b", Some("a")), ("x", None)] {
        archive.keep_now(kept("key", id, previous)).await;
    }
    home.hand.advance(day * 20);
    archive.keep_now(kept("key", "c", Some("b"))).await;
    home.hand.advance(day * 20);
    assert_eq!(archive.ids("key", "c").await.unwrap(), ["a", "b", "c"]);
    assert_eq!(archive.find("key", "x").await.unwrap(), None);
    for _ in 0..BETWEEN_SWEEPS {
        archive.keep_now(kept("key", "y", None)).await;
    }
    assert_eq!(archive.rows().await, 4, "x is gone for good");
    home.hand.advance(day * 31);
    assert_eq!(archive.ids("key", "c").await, None);
}

#[tokio::test]
async fn the_longest_unused_goes_when_there_is_no_room() {
    let home = Home::new();
    let archive = home.open().await;
    let bounds = Bounds {
        max_bytes: 10_000,
        ..Bounds::default()
    };
    archive.bound(bounds);
    for id in ["a", "b", "c"] {
        home.hand.advance(Duration::from_secs(1));
        archive.keep_now(sized(id, 4000)).await;
        assert!(archive.used().await <= 10_000);
    }
    assert_eq!(archive.find("key", "a").await.unwrap(), None);
    assert!(archive.find("key", "b").await.unwrap().is_some());
    archive.keep_now(sized("huge", 20_000)).await;
    assert_eq!(archive.find("key", "huge").await.unwrap(), None);
    archive.keep_now(sized("d", 4000)).await;
    archive.bound(Bounds {
        max_bytes: 0,
        ..bounds
    });
    assert!(!archive.is_on());
    assert_eq!(archive.used().await, 0);
}

#[tokio::test]
async fn a_revoked_key_leaves_nothing_behind() {
    let home = Home::new();
    let vault = home.vault(VaultChoice::Keyring).await;
    let db = home.database();
    let keys = Keys::open(db, vault.clone(), home.clock.clone(), Chance::system());
    let archive = home.open_in(vault);
    let (key, _) = keys.add("app").await.unwrap();
    archive.keep_now(kept(&key.id, "a", None)).await;
    assert!(archive.find(&key.id, "a").await.unwrap().is_some());
    keys.revoke("app").await.unwrap();
    assert_eq!(archive.rows().await, 0);
}

#[tokio::test]
async fn a_closed_vault_keeps_nothing() {
    let home = Home::new();
    drop(home.open().await.sealer().await.unwrap());
    home.keyring.fail(crate::KeyringFault::Denied);
    let closed = home.open().await;
    assert!(matches!(closed.sealer().await, Err(ArchiveFault::Vault(_))));
    let found = closed.find("key", "a").await;
    assert!(matches!(found, Err(ArchiveFault::Vault(_))), "{found:?}");
}

#[tokio::test]
async fn the_log_keeps_its_lines_beside_a_large_archive() {
    let home = Home::new();
    let archive = home.open().await;
    archive.keep_now(sized("large", 2_000_000)).await;
    let log = Log::open(archive.0.db.clone(), home.clock.clone());
    let line = Line {
        at: home.clock.now(),
        ..Line::default()
    };
    let ticket = log.ticket(line, home.clock.passed());
    ticket.finish(Ended::Whole);
    log.bound(crate::usage::Bounds {
        max_bytes: 500_000,
        keep: Bounds::default().keep,
    });
    archive.0.db.flush().await.unwrap();
    assert!(archive.used().await > 2_000_000);
    assert_eq!(log.recent(10).len(), 1);
}

#[tokio::test]
async fn a_conversation_has_its_items_in_order() {
    let home = Home::new();
    let archive = home.open().await;
    let sealer = archive.sealer().await.unwrap();
    let conversation = |content: &str| Conversation {
        key_id: "key".into(),
        id: "conv".into(),
        created_at: Timestamp::from_seconds(7),
        content: content.into(),
    };
    archive.add_items(&sealer, "key", "conv", vec![item("early", "lost")]);
    archive
        .keep_conversation(&sealer, conversation("one"))
        .await
        .unwrap();
    let items = ["a", "b", "c"].map(|id| item(id, id));
    archive.add_items(&sealer, "key", "conv", items[..2].to_vec());
    archive.add_items(&sealer, "key", "conv", items[2..].to_vec());
    assert_eq!(archive.items("key", "conv").await.unwrap(), items);
    archive
        .keep_conversation(&sealer, conversation("two"))
        .await
        .unwrap();
    let found = archive.conversation("key", "conv").await.unwrap();
    assert_eq!(found, Some(conversation("two")));
    assert_eq!(archive.items("key", "conv").await.unwrap().len(), 3);
    let put = async |id, item| archive.put_items(&sealer, "key", id, vec![item]).await;
    assert!(!put("gone", item("a", "a")).await.unwrap());
    assert!(put("conv", item("a", "again")).await.unwrap());
    assert!(archive.forget_item("key", "conv", "b").await.unwrap());
    assert!(!archive.forget_item("key", "conv", "b").await.unwrap());
    assert!(!archive.forget_item("other", "conv", "a").await.unwrap());
    assert_eq!(archive.conversation("other", "conv").await.unwrap(), None);
    assert!(!archive.forget_conversation("other", "conv").await.unwrap());
    assert!(archive.forget_conversation("key", "conv").await.unwrap());
    assert_eq!(archive.items("key", "conv").await.unwrap(), []);
    assert_eq!(archive.used().await, 0);
}

#[tokio::test]
async fn an_older_database_is_brought_up_to_date() {
    let home = Home::new();
    drop(home.database());
    let old = home.database();
    let undone = old.write(|connection| {
        connection.execute_batch(
            "DROP TABLE kept_response; DROP TABLE kept_item; DROP TABLE conversation_item;
             DROP TABLE conversation; DELETE FROM migration WHERE number = 2;",
        )
    });
    undone.await.unwrap();
    old.close().await.unwrap();
    let archive = home.open().await;
    archive.keep_now(kept("key", "a", None)).await;
    assert_eq!(archive.ids("key", "a").await.unwrap(), ["a"]);
}

mod bounds;
mod completions;
