//! The shape of the workspace: who may know whom, how long a file may be, and that every
//! invariant has its test.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

mod sources;

use self::sources::{Tests, named_tests, root, sources};

/// Who may depend on whom. Anything not listed is forbidden, so a new arrow is a decision.
const ARROWS: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("wire", &[]),
    ("translate", &["wire"]),
    ("upstream", &["base", "wire"]),
    ("store", &["base"]),
    ("auth", &["base", "store"]),
    (
        "gateway",
        &["base", "wire", "translate", "upstream", "auth", "store"],
    ),
    (
        "control",
        &["base", "wire", "auth", "store", "upstream", "gateway"],
    ),
    ("cli", &["base", "control"]),
    ("desktop", &["base", "control"]),
    ("standin", &["base", "wire"]),
    ("xtask", &[]),
    (
        "fuzz",
        &["base", "wire", "translate", "store", "auth", "gateway"],
    ),
];

/// Crates that must build without these, also by way of others.
const ABSENT: &[(&str, &[&str])] = &[
    ("wire", &["tokio", "hyper", "reqwest", "rusqlite", "rustls"]),
    (
        "translate",
        &["tokio", "hyper", "reqwest", "rusqlite", "rustls"],
    ),
    (
        "base",
        &["hyper", "reqwest", "rusqlite", "rustls", "serde_json"],
    ),
    ("gateway", &["tauri"]),
    ("control", &["tauri"]),
    ("cli", &["tauri"]),
];

/// Dependencies that one crate alone may name.
const OWNED: &[(&str, &str)] = &[
    ("rusqlite", "store"),
    ("keyring", "store"),
    ("keyring-core", "store"),
    ("secret-service", "store"),
    ("zbus-secret-service-keyring-store", "store"),
    ("chacha20poly1305", "store"),
    ("oauth2", "auth"),
    ("clap", "cli"),
    ("tauri", "desktop"),
];

const MOST_LINES: usize = 400;

#[test]
fn crates_depend_only_downwards() {
    let allowed: BTreeMap<_, _> = ARROWS.iter().copied().collect();
    for (name, package) in packages() {
        let may = allowed
            .get(name.as_str())
            .unwrap_or_else(|| panic!("`{name}` has no row in ARROWS"));
        for (to, is_test_only) in dependencies(&package) {
            let is_ours = allowed.contains_key(to.as_str());
            assert!(
                !is_ours || is_test_only || may.contains(&to.as_str()),
                "`{name}` must not depend on `{to}`"
            );
        }
    }
}

#[test]
fn the_pure_floors_cannot_wait_or_reach_anything() {
    for (name, absent) in ABSENT {
        let tree = cargo(&[
            "tree",
            "--edges=normal,build",
            "--prefix=none",
            "--format={p}",
            "--package",
            name,
        ]);
        let found: BTreeSet<&str> = tree
            .lines()
            .filter_map(|line| line.split(' ').next())
            .collect();
        assert!(
            found.contains(name),
            "`cargo tree` says nothing about `{name}`"
        );
        for unwanted in *absent {
            assert!(
                !found.contains(unwanted),
                "`{name}` must build without `{unwanted}`"
            );
        }
    }
}

#[test]
fn some_dependencies_have_one_owner() {
    for (name, package) in packages() {
        for (to, is_test_only) in dependencies(&package) {
            if let Some((_, owner)) = OWNED.iter().find(|(owned, _)| *owned == to) {
                let is_owner = *owner == name || is_test_only;
                assert!(is_owner, "`{to}` belongs to `{owner}`, not to `{name}`");
            }
        }
    }
}

#[test]
fn no_file_has_two_ideas() {
    let mut long = Vec::new();
    for file in sources() {
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        if lines > MOST_LINES {
            long.push(format!("{}: {lines} lines", file.display()));
        }
    }
    assert!(
        long.is_empty(),
        "{MOST_LINES} lines are the most:\n{}",
        long.join("\n")
    );
}

#[test]
fn the_page_may_ask_and_hear_and_nothing_else() {
    let read = |file: &str| -> Value {
        let text = fs::read_to_string(root().join("src-tauri").join(file)).unwrap();
        serde_json::from_str(&text).unwrap()
    };
    let files = fs::read_dir(root().join("src-tauri/capabilities")).unwrap();
    assert_eq!(files.count(), 1, "one page, one list of what it may do");
    let granted = &read("capabilities/main.json")["permissions"];
    let needed = serde_json::json!([
        "allow-ask",
        "core:event:allow-listen",
        "core:event:allow-unlisten"
    ]);
    assert_eq!(granted, &needed);
    let security = &read("tauri.conf.json")["app"]["security"];
    let policy = security["csp"].as_str().unwrap();
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    assert!(
        !policy.contains("unsafe") && !policy.contains('*'),
        "{policy}"
    );
    assert_eq!(security["capabilities"], serde_json::json!(["main"]));
}

#[test]
fn only_one_file_of_the_page_speaks_to_the_window() {
    let speaks = |file: &PathBuf| fs::read_to_string(file).unwrap().contains("'@tauri-apps/");
    let is_page = |file: &PathBuf| file.starts_with(root().join("ui/src"));
    let files: Vec<PathBuf> = sources().filter(is_page).filter(speaks).collect();
    assert_eq!(files, [root().join("ui/src/ipc/tauri.ts")]);
}

/// The process that shows the page has nothing to lose: it knows the pipe to its program only.
#[test]
fn the_window_knows_nothing_of_the_core() {
    let is_view = |file: &PathBuf| {
        file.starts_with(root().join("src-tauri/src/view"))
            || *file == root().join("src-tauri/src/view.rs")
    };
    let files: Vec<PathBuf> = sources().filter(is_view).collect();
    assert!(files.len() > 1, "{files:?}");
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for line in text.lines().map(str::trim) {
            let is_use = line.starts_with("use ") || line.starts_with("pub use ");
            let is_core = ["control::", "base::", "compose::", "Engine"];
            let strays = is_use && is_core.iter().any(|name| line.contains(name));
            assert!(!strays, "{}: {line}", file.display());
        }
    }
}

/// The map of `src-tauri` lists its invariants, each with the test that holds it in parentheses:
/// a file, or a file and a function in it.
#[test]
fn every_invariant_has_its_test() {
    let map = fs::read_to_string(root().join("src-tauri/README.md")).unwrap();
    let (_, section) = map
        .split_once("## Invariants")
        .expect("a section `Invariants`");
    let section = section.split("\n## ").next().unwrap_or(section);
    let all = Tests::read();
    let mut held = 0;
    for invariant in section.split("\n- ").skip(1) {
        let tests = named_tests(invariant);
        assert!(!tests.is_empty(), "no test is named for: {invariant}");
        for test in tests {
            assert!(all.has(test), "no test `{test}`, named for: {invariant}");
        }
        held += 1;
    }
    assert!(held > 0, "no invariants are listed");
}

fn packages() -> BTreeMap<String, Value> {
    let metadata = cargo(&["metadata", "--format-version=1", "--no-deps", "--offline"]);
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages
        .map(|package| {
            (
                package["name"].as_str().unwrap().to_owned(),
                package.clone(),
            )
        })
        .collect()
}

/// The names of what a package depends on, and whether only its tests do.
fn dependencies(package: &Value) -> Vec<(String, bool)> {
    let rows = package["dependencies"].as_array().unwrap().iter();
    rows.map(|row| {
        (
            row["name"].as_str().unwrap().to_owned(),
            row["kind"] == "dev",
        )
    })
    .collect()
}

fn cargo(words: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(words)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {words:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}
