//! No room on the disk, and a home that nobody can write to: told in one sentence, and nothing that
//! was there is lost.

use crate::ask;
use crate::disk::Disk;
use crate::home::Ended;
use crate::refresh::bearers;

/// How often the log is read before its row counts as lost.
const TRIES: usize = 200;

async fn key(disk: &Disk) -> String {
    let ended = disk.run(&["keys", "add", "app"]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    ended.out.trim().to_owned()
}

fn renewals(disk: &Disk) -> usize {
    let world = disk.home.standin.world();
    let sent = world.received_at("/oauth/token").into_iter();
    sent.filter(|it| it.json()["grant_type"] == "refresh_token")
        .count()
}

fn expire_what_is_used(disk: &Disk) {
    let world = disk.home.standin.world();
    assert!(world.expire(&bearers(&world.received()).pop().unwrap()));
}

/// How many rows the log has, once there are `count`: a row is written after its answer has ended.
async fn rows(disk: &Disk, count: usize) -> usize {
    let mut there = 0;
    for _ in 0..TRIES {
        let ended = disk.run(&["logs", "--json", "-n", "100000"]).await;
        assert_eq!(ended.code, Some(0), "{ended:?}");
        there = ended.out.lines().count();
        if there >= count {
            return there;
        }
    }
    panic!("{there} rows, not {count}");
}

#[track_caller]
fn told(ended: &Ended, sentences: &[&str]) {
    assert_eq!(ended.code, Some(1), "{ended:?}");
    for sentence in sentences {
        assert!(ended.err.contains(sentence), "{sentence}: {ended:?}");
    }
}

#[tokio::test]
async fn a_full_disk_costs_rows_of_the_log_and_nothing_else() {
    let disk = Disk::new(4).await;
    let key = key(&disk).await;
    let server = disk.serve().await;
    assert_eq!(ask(&server, &key).await.unwrap().0, 200);
    rows(&disk, 1).await;
    disk.fill();
    for _ in 0..20 {
        assert_eq!(ask(&server, &key).await.unwrap().0, 200);
    }
    told(
        &disk.run(&["keys", "add", "other"]).await,
        &["the disk is full", "free some disk space"],
    );
    // A refresh token that cannot be noted as sent is not sent.
    expire_what_is_used(&disk);
    let (status, body) = ask(&server, &key).await.unwrap();
    assert_eq!((status, renewals(&disk)), (401, 0), "{body}");
    assert!(body.contains("could not write"), "{body}");
    disk.free();
    assert_eq!(ask(&server, &key).await.unwrap().0, 200);
    assert_eq!(renewals(&disk), 1);
    let kept = rows(&disk, 2).await;
    server.kill();

    let server = disk.serve().await;
    assert_eq!(ask(&server, &key).await.unwrap().0, 200);
    assert_eq!(renewals(&disk), 1);
    rows(&disk, kept + 1).await;
}

#[tokio::test]
async fn a_start_on_a_full_disk_says_so_and_costs_nothing() {
    let disk = Disk::new(4).await;
    let key = key(&disk).await;
    disk.fill();
    told(
        &disk.run(&["serve", "--port", "0"]).await,
        &["the disk is full", "free some disk space"],
    );
    disk.free();
    let server = disk.serve().await;
    assert_eq!(ask(&server, &key).await.unwrap().0, 200);
}

#[tokio::test]
async fn a_home_that_cannot_be_written_is_told_and_left_as_it_is() {
    let disk = Disk::new(4).await;
    let key = key(&disk).await;
    disk.remount("ro");
    for arguments in [
        &["status"][..],
        &["keys", "add", "other"],
        &["serve", "--port", "0"],
    ] {
        let sentences = ["Read-only file system", "check the permissions"];
        told(&disk.run(arguments).await, &sentences);
    }
    disk.remount("rw");
    let server = disk.serve().await;
    assert_eq!(ask(&server, &key).await.unwrap().0, 200);
}
