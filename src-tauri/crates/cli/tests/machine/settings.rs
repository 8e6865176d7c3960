//! Killed while settings and keys are written.
//!
//! Laws: the file is always whole, with what was acknowledged or what was being written; nothing
//! else in it changes; and a key that was made or revoked stays so.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use serde_json::{Value, json};

use crate::dice::Dice;
use crate::page::Page;
use crate::signed_in;

/// What was asked and acknowledged, over all lives.
#[derive(Debug, Default)]
struct Written {
    /// The value that was asked for last.
    asked: u64,
    /// The value that was acknowledged last.
    acknowledged: u64,
    /// Texts of keys that nobody asked to revoke.
    keys: BTreeMap<String, String>,
    revoked: Vec<String>,
}

#[tokio::test]
async fn killed_during_a_write_of_settings_1() {
    lives(20).await;
}

#[tokio::test]
async fn killed_during_a_write_of_settings_2() {
    lives(20).await;
}

#[tokio::test]
async fn killed_during_a_write_of_settings_3() {
    lives(20).await;
}

async fn lives(count: usize) {
    let dice = Dice::new();
    let home = signed_in().await;
    let file = home.folder.path().join("config.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("# port = 7678", "port = 0")).unwrap();
    let first = Page::open(&home).await;
    let written = Mutex::new(Written::default());
    write_once(&first, &written).await.unwrap();
    first.kill();
    let others = all_but_ours(&fs::read_to_string(&file).unwrap());

    let watch = Watch::start(file.clone(), others.clone());
    for life in 0..count {
        let page = Page::open(&home).await;
        all_is_there(&page, &written, life).await;
        let writing = async { while write_once(&page, &written).await.is_some() {} };
        tokio::select! {
            () = writing => panic!("life {life}: it died by itself"),
            () = dice.pause(250) => {}
        }
        page.kill();
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(all_but_ours(&text), others, "life {life}");
        let mut written = written.lock();
        let value = ours(&text);
        let (asked, acknowledged) = (written.asked, written.acknowledged);
        assert!(
            value == acknowledged || value == asked,
            "life {life}: {value}, not {acknowledged} or {asked}"
        );
        written.acknowledged = value;
    }
    let looks = watch.end().await;
    let written = written.into_inner();
    eprintln!(
        "{count} lives: {} settings, {looks} looks at the file, {} keys",
        written.asked,
        written.revoked.len()
    );
}

/// Writes one setting, makes one key, and revokes one; `None` where the program died meanwhile.
async fn write_once(page: &Page, written: &Mutex<Written>) -> Option<()> {
    let next = {
        let mut written = written.lock();
        written.asked += 1;
        written.asked
    };
    let change = json!({ "key": KEY, "value": next });
    page.ask("changeSetting", change).await?;
    written.lock().acknowledged = next;
    let name = format!("app-{next}");
    let made = page.ask("addKey", json!(name)).await?;
    let text = made["secret"].as_str().unwrap().to_owned();
    let oldest = {
        let mut written = written.lock();
        written.keys.insert(name, text);
        // What is about to be revoked may be revoked.
        written.keys.pop_first().filter(|_| next.is_multiple_of(2))
    };
    if let Some((name, _)) = oldest {
        page.ask("revokeKey", json!(name)).await?;
        written.lock().revoked.push(name);
    }
    Some(())
}

async fn all_is_there(page: &Page, written: &Mutex<Written>, life: usize) {
    let settings = page.ask("settings", Value::Null).await.unwrap();
    assert_eq!(settings["problems"], json!([]), "life {life}");
    let listed = page.ask("keys", Value::Null).await.unwrap();
    let listed: Vec<&str> = listed
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|key| key["name"].as_str())
        .collect();
    let (keys, revoked) = {
        let written = written.lock();
        (written.keys.clone(), written.revoked.clone())
    };
    for (name, text) in keys {
        let told = page.ask("revealKey", json!(name)).await.unwrap();
        assert_eq!(told["secret"], json!(text), "life {life}: {name}");
    }
    for name in revoked {
        assert!(
            !listed.contains(&name.as_str()),
            "life {life}: {name} is back"
        );
    }
}

/// Somebody who reads the file all the time, and never finds half of it.
struct Watch {
    over: Arc<AtomicBool>,
    looks: tokio::task::JoinHandle<usize>,
}

impl Watch {
    fn start(file: PathBuf, others: Vec<String>) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&over);
        let looks = tokio::task::spawn_blocking(move || {
            let mut looks = 0;
            while !ended.load(Ordering::Relaxed) {
                let text = fs::read_to_string(&file).unwrap();
                assert_eq!(all_but_ours(&text), others, "look {looks}");
                looks += 1;
                std::thread::yield_now();
            }
            looks
        });
        Self { over, looks }
    }

    async fn end(mut self) -> usize {
        self.over.store(true, Ordering::Relaxed);
        (&mut self.looks).await.unwrap()
    }
}

/// It must not go on after a test that failed.
impl Drop for Watch {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

/// The value of the setting that is written.
fn ours(text: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(KEY));
    let value = line.and_then(|rest| rest.trim().strip_prefix('='));
    value.unwrap().trim().parse().unwrap()
}

/// Every other line.
fn all_but_ours(text: &str) -> Vec<String> {
    let others = text.lines().filter(|line| !line.starts_with(KEY));
    others.map(str::to_owned).collect()
}

const KEY: &str = "store_max_mib";
