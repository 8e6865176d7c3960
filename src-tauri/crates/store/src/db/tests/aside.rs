//! Files that are put aside, and files that are left alone.

use super::*;

#[tokio::test]
async fn a_damage_is_told_until_somebody_was_told() {
    let place = Place::new();
    assert_eq!(place.open().damage(), None);
    fs::write(place.paths().database_file(), "rot").unwrap();
    let aside = place.open().recovered_from().unwrap().to_owned();
    // The process that found it may be one that nobody looks at.
    let db = place.open();
    assert_eq!((db.recovered_from(), db.damage()), (None, Some(aside)));
    db.damage_was_told();
    db.flush().await.unwrap();
    assert_eq!(db.damage(), None);
    drop(db);
    assert_eq!(place.open().damage(), None);
}

#[tokio::test]
async fn a_database_of_a_later_form_is_refused_and_left_as_it_is() {
    let place = Place::new();
    let db = place.open();
    put(&db, "one").await.unwrap();
    db.close().await.unwrap();
    drop(db);
    let file = place.paths().database_file();
    raise_form(&file);
    let bytes = fs::read(&file).unwrap();
    let wal = file.with_extension("db-wal");
    let waiting = fs::read(&wal).unwrap();
    assert!(
        !waiting.is_empty(),
        "part of it waits in the write-ahead log"
    );
    for _ in 0..2 {
        let fault = Database::open(&place.paths(), place.clock.clone()).unwrap_err();
        assert_eq!(fault, DatabaseFault::Newer);
        assert_eq!(fs::read(&file).unwrap(), bytes);
        assert_eq!(fs::read(&wal).unwrap(), waiting);
    }
    assert_eq!(DatabaseFault::Newer.hint(), Some("update Postern"));
}

/// What a later Postern does that dies before it is done with the write-ahead log.
#[expect(clippy::disallowed_methods, reason = "this plays another program")]
fn raise_form(file: &Path) {
    let later = Connection::open(file).unwrap();
    later
        .set_db_config(
            rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
            true,
        )
        .unwrap();
    later.execute_batch("PRAGMA user_version = 1").unwrap();
}
