//! What goes when there is no room or no time left, and what stays beside it.

use super::*;

#[tokio::test]
async fn the_log_keeps_its_lines_beside_many_small_answers() {
    let home = Home::new();
    let archive = home.open().await;
    let log = Log::open(archive.0.db.clone(), home.clock.clone());
    log.bound(crate::usage::Bounds {
        max_bytes: 500_000,
        keep: Bounds::default().keep,
    });
    for number in 0..800 {
        let items = (0..20).map(|item| format!("msg_{number:040}_{item}"));
        let small = Kept {
            items: items.collect(),
            ..kept("key", &number.to_string(), None)
        };
        archive.keep_now(small).await;
        if number % 200 == 0 {
            archive.0.db.flush().await.unwrap();
        }
    }
    for _ in 0..200 {
        let line = Line {
            at: home.clock.now(),
            ..Line::default()
        };
        log.ticket(line, home.clock.passed()).finish(Ended::Whole);
    }
    archive.0.db.flush().await.unwrap();
    assert_eq!(archive.rows().await, 800);
    assert_eq!(log.recent(1000).len(), 200);
}

#[tokio::test]
async fn what_no_longer_fits_goes_oldest_first_and_its_room_is_given_back() {
    let home = Home::new();
    let archive = home.open().await;
    let sealer = archive.sealer().await.unwrap();
    let conversation = Conversation {
        key_id: "key".into(),
        id: "conv".into(),
        created_at: Timestamp::from_seconds(7),
        content: Vec::new(),
    };
    let kept = archive.keep_conversation(&sealer, conversation);
    kept.await.unwrap();
    let said = "x".repeat(50_000);
    archive.add_items(&sealer, "key", "conv", vec![item("i", &said)]);
    for number in 0..20 {
        home.hand.advance(Duration::from_secs(1));
        archive.keep_now(sized(&number.to_string(), 10_000)).await;
    }
    // The conversation and ten of the answers are more than what has to go.
    archive.bound(Bounds {
        max_bytes: 106_000,
        ..Bounds::default()
    });
    assert_eq!(archive.conversation("key", "conv").await.unwrap(), None);
    assert_eq!(archive.rows().await, 10);
    assert!(archive.find("key", "10").await.unwrap().is_some());
    let sql = "PRAGMA freelist_count";
    let free = archive.ask(|connection| connection.query_row(sql, [], |row| row.get::<_, i64>(0)));
    assert_eq!(free.await.unwrap(), 0);
}

#[tokio::test]
async fn an_answer_that_meets_the_end_of_keeping_is_not_kept() {
    let home = Home::new();
    let archive = home.open().await;
    // Handed over only after the bound was lowered and trimmed to.
    let late = archive.trimming(|connection| {
        connection.execute(
            "INSERT INTO kept_response (key_id, id, account, model, created_at, expires_at, bytes,
                 seal, sealed)
             VALUES ('key', 'a', '', '', 0, 9000000000000, 600, '', x'')",
            [],
        )
    });
    archive.bound(Bounds {
        max_bytes: 0,
        ..Bounds::default()
    });
    assert_eq!(archive.0.db.write(late).await.unwrap(), 1);
    assert_eq!(archive.rows().await, 0);
}

#[tokio::test]
async fn a_shorter_life_holds_for_what_is_there() {
    let home = Home::new();
    let archive = home.open().await;
    let day = Duration::from_secs(24 * 60 * 60);
    archive.keep_now(kept("key", "a", None)).await;
    archive.bound(Bounds {
        keep: day,
        ..Bounds::default()
    });
    archive.0.db.flush().await.unwrap();
    home.hand.advance(day / 2);
    assert!(archive.find("key", "a").await.unwrap().is_some());
    home.hand.advance(day);
    assert_eq!(archive.find("key", "a").await.unwrap(), None);
}

#[tokio::test]
async fn what_expired_meanwhile_goes_when_the_bounds_are_told() {
    let home = Home::new();
    let archive = home.open().await;
    archive.keep_now(kept("key", "a", None)).await;
    drop(archive);
    home.hand.advance(Duration::from_secs(31 * 24 * 60 * 60));
    let again = home.open().await;
    again.bound(Bounds::default());
    assert_eq!(again.rows().await, 0);
}

#[tokio::test]
async fn what_is_committed_can_be_read_when_nothing_can_be_written() {
    let home = Home::new();
    let archive = home.open().await;
    archive.keep_now(kept("key", "a", None)).await;
    archive.0.db.close().await.unwrap();
    archive.0.pending.fetch_add(1, Ordering::AcqRel);
    assert!(archive.find("key", "a").await.unwrap().is_some());
}

#[tokio::test]
async fn what_is_kept_after_the_vault_began_anew_is_found_by_the_next_process() {
    let home = Home::new();
    let archive = home.open().await;
    archive.keep_now(kept("key", "a", None)).await;
    home.keyring.delete().unwrap();
    let other = home.vault(VaultChoice::Keyring).await;
    other.start_over().await.unwrap();
    other
        .write("one", base::Secret::new("first"))
        .await
        .unwrap();
    archive.keep_now(kept("key", "b", None)).await;
    drop(archive);
    let again = home.open().await;
    assert!(again.find("key", "b").await.unwrap().is_some());
}
