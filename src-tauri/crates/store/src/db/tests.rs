mod aside;

use std::fs;

use base::Timestamp;

use super::*;
use crate::snapshots::Snapshots;

struct Place {
    dir: tempfile::TempDir,
    clock: Clock,
}

impl Place {
    fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            clock: Clock::manual(Timestamp::from_seconds(1_700_000_000)).0,
        }
    }

    fn paths(&self) -> Paths {
        Paths::under(self.dir.path())
    }

    fn open(&self) -> Database {
        Database::open(&self.paths(), self.clock.clone()).unwrap()
    }

    fn snapshots(&self, db: &Database) -> Snapshots {
        Snapshots::open(db.clone(), self.clock.clone())
    }
}

async fn put(db: &Database, name: &str) -> Result<(), DatabaseFault> {
    let name = name.to_owned();
    db.write(move |connection| {
        connection.execute(
            "INSERT INTO snapshot (name, at, json) VALUES (?1, 0, '{}')",
            [name],
        )?;
        Ok(())
    })
    .await
}

fn names(db: &Database) -> Vec<String> {
    db.ask(|connection| {
        let mut statement = connection.prepare("SELECT name FROM snapshot ORDER BY name")?;
        statement.query_map([], |row| row.get(0))?.collect()
    })
    .unwrap()
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_new_start() {
    let place = Place::new();
    let db = place.open();
    put(&db, "one").await.unwrap();
    place.snapshots(&db).put("two", "{\"a\":1}");
    db.close().await.unwrap();
    assert_eq!(put(&db, "late").await, Err(DatabaseFault::Closed));
    assert_eq!(db.close().await, Err(DatabaseFault::Closed));
    let again = place.open();
    assert_eq!(names(&again), ["one", "two"]);
    let kept = place.snapshots(&again).get("two").unwrap();
    assert_eq!(kept, (place.clock.now(), "{\"a\":1}".to_owned()));
    assert_eq!(place.snapshots(&again).get("three"), None);
}

#[tokio::test]
async fn dropping_the_last_handle_writes_what_was_handed_over() {
    let place = Place::new();
    let db = place.open();
    place.snapshots(&db).put("one", "{}");
    drop(db);
    assert_eq!(names(&place.open()), ["one"]);
}

#[tokio::test]
async fn work_that_fails_takes_no_other_with_it() {
    let place = Place::new();
    let db = place.open();
    put(&db, "one").await.unwrap();
    let half = db.write(|connection| {
        connection.execute(
            "INSERT INTO snapshot (name, at, json) VALUES ('half', 0, '{}')",
            [],
        )?;
        connection.execute(
            "INSERT INTO snapshot (name, at, json) VALUES ('one', 0, '{}')",
            [],
        )?;
        Ok(())
    });
    let (failed, fine) = tokio::join!(half, put(&db, "two"));
    assert!(
        matches!(failed, Err(DatabaseFault::Failed(_))),
        "{failed:?}"
    );
    fine.unwrap();
    assert_eq!(names(&db), ["one", "two"]);
}

#[tokio::test]
async fn a_full_queue_refuses_lines_and_keeps_room_for_duties() {
    let place = Place::new();
    let db = place.open();
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let (reached, inside) = oneshot::channel();
    let blocked = db.hand_over(
        Rank::Duty,
        move |_| {
            let _ = reached.send(());
            let _ = wait.recv();
            Ok(())
        },
        |_| {},
    );
    blocked.unwrap();
    inside.await.unwrap();
    for _ in 0..queue::MOST_LINES {
        db.hand_over(Rank::Line, |_| Ok(()), |_| {}).unwrap();
    }
    let refused = db.hand_over(Rank::Line, |_| Ok(()), |_| {});
    assert_eq!(refused, Err(DatabaseFault::Crowded));
    for _ in 0..queue::MOST_DUTIES {
        db.hand_over(Rank::Duty, |_| Ok(()), |_| {}).unwrap();
    }
    let refused = db.hand_over(Rank::Duty, |_| Ok(()), |_| {});
    assert_eq!(refused, Err(DatabaseFault::Crowded));
    go.send(()).unwrap();
    // As soon as there is room again, work goes in and comes out.
    while db.flush().await == Err(DatabaseFault::Crowded) {
        tokio::task::yield_now().await;
    }
    put(&db, "after").await.unwrap();
    assert_eq!(names(&db), ["after"]);
}

#[test]
fn a_new_database_is_in_order() {
    let place = Place::new();
    let db = place.open();
    let pragma = |name: &str| -> String {
        db.ask(|connection| {
            connection.query_row(&format!("PRAGMA {name}"), [], |row| {
                row.get::<_, rusqlite::types::Value>(0)
            })
        })
        .map(|value| format!("{value:?}"))
        .unwrap()
    };
    assert_eq!(pragma("journal_mode"), "Text(\"wal\")");
    assert_eq!(pragma("synchronous"), "Integer(1)");
    assert_eq!(pragma("auto_vacuum"), "Integer(2)");
    assert_eq!(pragma("busy_timeout"), "Integer(5000)");
    assert_eq!(db.recovered_from(), None);
    let write = db.ask(|connection| connection.execute("DELETE FROM usage", []));
    assert!(write.is_err(), "reading connections only read");
}

#[cfg(unix)]
#[tokio::test]
async fn the_files_are_for_their_owner() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let db = place.open();
    put(&db, "one").await.unwrap();
    let mut seen = Vec::new();
    for entry in fs::read_dir(place.paths().data).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600,
            "{path:?}"
        );
        seen.push(path.file_name().unwrap().to_owned());
    }
    seen.sort();
    assert_eq!(
        seen,
        [
            "database.lock",
            "postern.db",
            "postern.db-shm",
            "postern.db-wal"
        ]
    );
}

#[tokio::test]
async fn an_older_postern_opens_a_newer_database() {
    let place = Place::new();
    let db = place.open();
    db.write(|connection| {
        connection.execute_batch(
            "ALTER TABLE usage ADD COLUMN colour TEXT NOT NULL DEFAULT 'blue';
             ALTER TABLE local_key ADD COLUMN budget INTEGER;
             CREATE TABLE later (x);
             INSERT INTO migration VALUES (9999, 0);",
        )
    })
    .await
    .unwrap();
    drop(db);
    let db = place.open();
    let log = crate::usage::Log::open(db.clone(), place.clock.clone());
    drop(log.ticket(crate::usage::Line::default(), Default::default()));
    db.flush().await.unwrap();
    assert_eq!(log.recent(9).len(), 1);
    assert_eq!(db.recovered_from(), None);
}

#[test]
fn many_that_open_at_once_make_the_tables_once() {
    let place = Place::new();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| place.open());
        }
    });
    let count: i64 = place
        .open()
        .ask(|connection| {
            connection.query_row("SELECT count(*) FROM migration", [], |row| row.get(0))
        })
        .unwrap();
    assert_eq!(count, 5);
}

#[tokio::test]
async fn a_damaged_file_is_moved_aside_and_told() {
    let wrecks: [fn(Vec<u8>) -> Vec<u8>; 3] = [
        |_| b"this is no database at all, but long enough to look like one; ".repeat(40),
        |mut bytes| {
            bytes[100..4096].fill(0xAA);
            bytes
        },
        |mut bytes| {
            bytes[..16].fill(0);
            bytes
        },
    ];
    for wreck in wrecks {
        let place = Place::new();
        let db = place.open();
        put(&db, "one").await.unwrap();
        db.close().await.unwrap();
        drop(db);
        let file = place.paths().database_file();
        fs::write(&file, wreck(fs::read(&file).unwrap())).unwrap();
        let wrecked = fs::read(&file).unwrap();

        let db = place.open();
        let aside = db.recovered_from().unwrap();
        assert_eq!(
            aside,
            place.paths().data.join("postern.db.damaged-1700000000000")
        );
        assert_eq!(fs::read(aside).unwrap(), wrecked);
        put(&db, "two").await.unwrap();
        assert_eq!(names(&db), ["database.damaged", "two"]);
        drop(db);
        assert_eq!(place.open().recovered_from(), None);
    }
}

#[tokio::test]
async fn keys_and_stops_are_saved_out_of_a_damaged_file() {
    let place = Place::new();
    let db = place.open();
    db.write(|connection| {
        connection.execute_batch(
            "INSERT INTO local_key (id, name, hash, created_at) VALUES ('key_a', 'editor', x'00', 5);
             INSERT INTO cooldown VALUES ('acct', 1, 2, '{}', '[]');
             INSERT INTO usage (request_id, at, dialect, path, stream, status, ended, attempts, total_ms, ignored)
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
             SELECT 'req_' || i, i, 'chat', '/', 0, 200, 'whole', 1, 1, '[]' FROM n;",
        )
    })
    .await
    .unwrap();
    let root: i64 = db
        .ask(|connection| {
            connection.query_row(
                "SELECT rootpage FROM sqlite_schema WHERE name = 'usage_at'",
                [],
                |row| row.get(0),
            )
        })
        .unwrap();
    db.close().await.unwrap();
    drop(db);
    let file = place.paths().database_file();
    let mut bytes = fs::read(&file).unwrap();
    let at = usize::try_from(root - 1).unwrap() * 4096;
    bytes[at..at + 4096].fill(0x55);
    fs::write(&file, bytes).unwrap();

    let db = place.open();
    assert!(db.recovered_from().is_some());
    let kept: (String, i64) = db
        .ask(|connection| {
            connection.query_row(
                "SELECT local_key.name, cooldown.until FROM local_key, cooldown",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
        })
        .unwrap();
    assert_eq!(kept, ("editor".to_owned(), 2));
}

#[test]
fn a_folder_in_the_place_of_the_file_is_told() {
    let place = Place::new();
    fs::create_dir_all(place.paths().database_file()).unwrap();
    let fault = Database::open(&place.paths(), place.clock).unwrap_err();
    assert!(matches!(fault, DatabaseFault::Unreachable(_)), "{fault}");
    assert_eq!(
        fault.hint(),
        Some("check the permissions of the data folder")
    );
}

#[tokio::test]
async fn a_full_disk_is_told_and_recovered_from() {
    let place = Place::new();
    let db = place.open();
    let limit = |pages: i64| {
        db.write(move |connection| {
            connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))
        })
    };
    limit(1).await.unwrap();
    let big = || {
        let json = "x".repeat(1 << 20);
        db.write(move |connection| {
            connection.execute("INSERT INTO snapshot VALUES ('big', 0, ?1)", [json])
        })
    };
    assert_eq!(big().await, Err(DatabaseFault::Full));
    assert_eq!(names(&db), [""; 0]);
    limit(1 << 20).await.unwrap();
    big().await.unwrap();
    assert_eq!(names(&db), ["big"]);
}
