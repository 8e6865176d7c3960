use base::Clock;

use super::*;
use crate::paths::Paths;

fn open(home: &tempfile::TempDir) -> (Database, Cooldowns) {
    let clock = Clock::manual(Timestamp::from_seconds(0)).0;
    let db = Database::open(&Paths::under(home.path()), clock).unwrap();
    (db.clone(), Cooldowns::open(db))
}

fn stop(until: i64) -> Cooldown {
    Cooldown {
        until: Timestamp::from_seconds(until),
        since: Timestamp::from_seconds(1),
        body: "{\"error\":{\"type\":\"usage_limit_reached\"}}".to_owned(),
        headers: vec![("x-codex-primary-used-percent".to_owned(), "100".to_owned())],
    }
}

#[tokio::test]
async fn a_stop_counts_at_once_and_outlives_the_process() {
    let home = tempfile::tempdir().unwrap();
    let (db, cooldowns) = open(&home);
    assert_eq!(cooldowns.of("acct"), None);
    cooldowns.set("acct", stop(10));
    assert_eq!(cooldowns.of("acct"), Some(stop(10)));
    cooldowns.set("acct", stop(20));
    assert_eq!(cooldowns.of("acct"), Some(stop(20)));
    assert_eq!(cooldowns.of("other"), None);
    db.close().await.unwrap();
    drop((db, cooldowns));

    let (db, cooldowns) = open(&home);
    assert_eq!(cooldowns.of("acct"), Some(stop(20)));
    cooldowns.clear("acct");
    assert_eq!(cooldowns.of("acct"), None);
    db.flush().await.unwrap();
    assert_eq!(cooldowns.of("acct"), None);
    assert!(cooldowns.0.ahead.lock().changes.is_empty());
}

#[tokio::test]
async fn two_processes_share_their_stops() {
    let home = tempfile::tempdir().unwrap();
    let [(one_db, one), (two_db, two)] = [open(&home), open(&home)];
    one.set("acct", stop(10));
    one_db.flush().await.unwrap();
    assert_eq!(two.of("acct"), Some(stop(10)));
    two.clear("acct");
    two_db.flush().await.unwrap();
    assert_eq!(one.of("acct"), None);
    two.set("acct", stop(30));
    two_db.flush().await.unwrap();
    assert_eq!(one.of("acct"), Some(stop(30)));
}

#[tokio::test]
async fn the_last_of_many_changes_is_the_one_that_stays() {
    let home = tempfile::tempdir().unwrap();
    let (db, cooldowns) = open(&home);
    std::thread::scope(|scope| {
        for until in 0..20 {
            let cooldowns = cooldowns.clone();
            scope.spawn(move || cooldowns.set("acct", stop(until)));
        }
    });
    let here = cooldowns.of("acct");
    db.flush().await.unwrap();
    assert_eq!(cooldowns.of("acct"), here);
    assert_eq!(open(&home).1.of("acct"), here);
}

#[tokio::test]
async fn a_stop_that_cannot_be_written_still_counts_here() {
    let home = tempfile::tempdir().unwrap();
    let (db, cooldowns) = open(&home);
    db.close().await.unwrap();
    cooldowns.set("acct", stop(10));
    assert_eq!(cooldowns.of("acct"), Some(stop(10)));
    cooldowns.clear("acct");
    assert_eq!(cooldowns.of("acct"), None);
}
