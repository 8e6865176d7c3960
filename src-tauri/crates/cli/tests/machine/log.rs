//! Killed while the log of requests is written.
//!
//! Laws: a row that anybody has seen stays; the rows of one app are a beginning of what it was
//! answered, without gaps; no row is there twice; and the database is never taken for damaged.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::process::Child;
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use parking_lot::Mutex;
use serde_json::{Value, json};

use crate::dice::Dice;
use crate::home::{Home, Up, http};
use crate::signed_in;

#[tokio::test]
async fn killed_during_a_write_of_the_log_1() {
    lives(20).await;
}

#[tokio::test]
async fn killed_during_a_write_of_the_log_2() {
    lives(20).await;
}

#[tokio::test]
async fn killed_during_a_write_of_the_log_3() {
    lives(20).await;
}

async fn lives(count: usize) {
    let dice = Dice::new();
    let home = signed_in().await;
    let key = home.key("app").await;
    let reader = Reader::start(&home);
    let mut before = Vec::new();
    for life in 0..count {
        let answered = one_life(&home, &key, &dice).await;
        let rows = kept(&home).await;
        let all: BTreeSet<&String> = rows.iter().collect();
        assert_eq!(all.len(), rows.len(), "life {life}: a row is there twice");
        for answered in &answered {
            begins_with_what_was_kept(answered, &all, life);
        }
        for row in before.iter().chain(reader.seen.lock().iter()) {
            assert!(
                all.contains(row),
                "life {life}: the row {row} was seen and is gone"
            );
        }
        before = rows;
    }
    let seen = reader.seen.lock().len();
    assert!(seen > count, "the reader saw {seen} rows");
    was_never_damaged(&home);
    eprintln!(
        "{count} lives: {} rows, {seen} of them seen elsewhere",
        before.len()
    );
}

/// Apps ask until the server dies; what each of them was answered.
async fn one_life(home: &Home, key: &str, dice: &Dice) -> Vec<Vec<String>> {
    let server = home.serve().await;
    let answered: [Mutex<Vec<String>>; APPS] = Default::default();
    let apps = answered
        .iter()
        .zip([Asks::Answers, Asks::Nonsense].into_iter().cycle());
    let mut asking: FuturesUnordered<_> = apps
        .map(|(answered, asks)| ask_on(&server, key, asks, answered))
        .collect();
    tokio::select! {
        _ = asking.next() => panic!("it died by itself"),
        () = dice.pause(300) => {}
    }
    drop(asking);
    server.kill();
    answered.into_iter().map(Mutex::into_inner).collect()
}

fn was_never_damaged(home: &Home) {
    let entries = std::fs::read_dir(home.folder.path().join("data")).unwrap();
    for entry in entries {
        let name = entry.unwrap().file_name();
        assert!(!name.to_string_lossy().contains("damaged"), "{name:?}");
    }
}

/// What an app asks for.
#[derive(Debug, Clone, Copy)]
enum Asks {
    Answers,
    /// What nobody serves: refused at once, and a row all the same.
    Nonsense,
}

/// One app: it asks again as soon as it was answered, until the server dies.
async fn ask_on(server: &Up, key: &str, asks: Asks, answered: &Mutex<Vec<String>>) {
    let client = http();
    let body = json!({"model": "gpt-5.5", "input": "Say hello.", "store": false});
    let path = match asks {
        Asks::Answers => "/v1/responses",
        Asks::Nonsense => "/v1/nonsense",
    };
    loop {
        let request = client.post(format!("{}{path}", server.address));
        let Ok(answer) = request.bearer_auth(key).json(&body).send().await else {
            return;
        };
        let id = answer.headers()["x-postern-request-id"].to_str().unwrap();
        let id = id.to_owned();
        if answer.bytes().await.is_err() {
            return;
        }
        answered.lock().push(id);
    }
}

/// A row can be missing only where all later ones of the same app are missing too.
fn begins_with_what_was_kept(answered: &[String], kept: &BTreeSet<&String>, life: usize) {
    let there = answered.iter().take_while(|id| kept.contains(id)).count();
    let later: Vec<_> = answered[there..]
        .iter()
        .filter(|id| kept.contains(id))
        .collect();
    assert!(
        later.is_empty(),
        "life {life}: a gap after {there} rows, before {later:?}"
    );
}

/// The ids of all rows.
async fn kept(home: &Home) -> Vec<String> {
    let ended = home.run(&["logs", "--json", "-n", "1000000"]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    ended.out.lines().map(id).collect()
}

fn id(row: &str) -> String {
    let row: Value = serde_json::from_str(row).unwrap();
    row["id"].as_str().unwrap().to_owned()
}

/// A process of its own that reads the log while others write and die.
struct Reader {
    child: Child,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Reader {
    fn start(home: &Home) -> Self {
        let mut child = home
            .command(&["logs", "--follow", "--json"])
            .spawn()
            .unwrap();
        let rows = BufReader::new(child.stdout.take().unwrap()).lines();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&seen);
        // It ends with the child, because the pipe does.
        drop(tokio::task::spawn_blocking(move || {
            for row in rows.map_while(Result::ok) {
                told.lock().push(id(&row));
            }
        }));
        Self { child, seen }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const APPS: usize = 12;
