//! A database that another program holds, that is damaged, or that a newer Postern made.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::home::Home;
use crate::page::Page;
use crate::{ask, signed_in};

fn file(home: &Home) -> PathBuf {
    home.folder.path().join("data/postern.db")
}

#[tokio::test]
async fn a_damaged_database_is_told_once() {
    let home = signed_in().await;
    home.key("app").await;
    fs::write(file(&home), "no database").unwrap();
    let first = home.run(&["status"]).await;
    assert_eq!(first.code, Some(0), "{first:?}");
    let (_, rest) = first.err.split_once("it was moved to `").unwrap();
    let (moved, rest) = rest.split_once('`').unwrap();
    assert!(rest.contains("a new one was begun"), "{first:?}");
    assert_eq!(fs::read_to_string(moved).unwrap(), "no database");
    assert!(first.out.contains("plus@example.test"), "{first:?}");
    let second = home.run(&["status"]).await;
    assert_eq!(
        (second.code, second.err.contains("moved")),
        (Some(0), false)
    );

    let key = home.key("again").await;
    let server = home.serve().await;
    assert_eq!(ask(&server, &key).await.unwrap().0, 200);
}

#[tokio::test]
async fn whoever_opens_it_first_the_person_is_told() {
    let home = signed_in().await;
    fs::write(file(&home), "no database").unwrap();
    // Neither a command that shows something else nor a script is the person.
    assert_eq!(home.run(&["keys", "list"]).await.err.lines().count(), 1);
    let status = home.run(&["status", "--json"]).await;
    let status: Value = serde_json::from_str(&status.out).unwrap();
    let moved = status["damaged_database"].as_str().unwrap().to_owned();
    assert!(Path::new(&moved).exists(), "{moved}");
    let settings = home.folder.path().join("config.toml");
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, text.replace("# port = 7678", "port = 0")).unwrap();

    let page = Page::open(&home).await;
    for _ in 0..2 {
        let state = page.ask("state", Value::Null).await.unwrap();
        assert_eq!(state["damagedDatabase"], moved.as_str());
    }
    page.kill();
    assert!(!home.run(&["status"]).await.err.contains("moved"));
}

#[tokio::test]
async fn a_database_of_a_newer_postern_is_refused_and_left_as_it_is() {
    let home = signed_in().await;
    home.key("app").await;
    let mut bytes = fs::read(file(&home)).unwrap();
    // `user_version` (https://www.sqlite.org/fileformat.html, 1.3).
    bytes[60..64].copy_from_slice(&7_u32.to_be_bytes());
    fs::write(file(&home), &bytes).unwrap();
    for arguments in [
        &["status"][..],
        &["serve", "--port", "0"],
        &["keys", "list"],
    ] {
        let ended = home.run(arguments).await;
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert!(ended.err.contains("made by a newer Postern"), "{ended:?}");
        assert!(ended.err.contains("update Postern"), "{ended:?}");
    }
    assert!(
        fs::read(file(&home)).unwrap() == bytes,
        "the file was changed"
    );
}

#[tokio::test]
async fn a_database_that_another_program_holds_stops_no_request() {
    let home = signed_in().await;
    let key = home.key("app").await;
    let server = home.serve().await;
    assert_eq!(ask(&server, &key).await.unwrap().0, 200);
    let holder = Holder::start(&file(&home));
    for _ in 0..5 {
        assert_eq!(ask(&server, &key).await.unwrap().0, 200);
    }
    let busy = home.run(&["keys", "add", "other"]).await;
    assert_eq!(busy.code, Some(1), "{busy:?}");
    assert!(busy.err.contains("keeps the database busy"), "{busy:?}");
    assert!(busy.err.contains("close other programs"), "{busy:?}");
    drop(holder);
    assert_eq!(ask(&server, &key).await.unwrap().0, 200);
    home.key("other").await;
}

/// Another program that writes and does not come to an end.
struct Holder(Child);

impl Holder {
    fn start(file: &Path) -> Self {
        let mut child = Command::new("python3")
            .args(["-c", HOLD])
            .arg(file)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        assert_eq!(line, "held\n");
        Self(child)
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

const HOLD: &str = r#"
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"#;
