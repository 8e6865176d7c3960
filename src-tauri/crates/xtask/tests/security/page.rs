//! What `docs/security.md` promises: every attempt in its tables names the tests that show what comes
//! of it, all of them exist, and no attack that is tried is missing there.

use std::fs;

use crate::promises::{promises, quoted};
use crate::sources::{Tests, named_tests, root, sources};

#[test]
fn every_test_that_is_named_exists_and_every_attempt_names_one() {
    let (page, tests) = (page(), Tests::read());
    let mut missing = Vec::new();
    let mut rows = 0;
    for (row, promised) in promises(&page) {
        rows += 1;
        if quoted(promised).next().is_none() {
            missing.push(format!("no test in {row}"));
        }
        let unknown = quoted(promised).filter(|name| !tests.has(name));
        missing.extend(unknown.map(|name| format!("no test `{name}`")));
    }
    let elsewhere = named_tests(&page)
        .into_iter()
        .filter(|name| !tests.has(name));
    missing.extend(elsewhere.map(|name| format!("no test `{name}`")));
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    assert!(rows > 20, "{rows} rows are no threat model");
}

#[test]
fn every_attack_is_on_the_page() {
    let page = page();
    let folder = root().join("src-tauri/crates/cli/tests/attack");
    let mut tried = 0;
    for file in sources().filter(|file| file.starts_with(&folder)) {
        let text = fs::read_to_string(&file).unwrap();
        let file = file.file_name().unwrap().to_string_lossy().into_owned();
        for rest in text.split("#[tokio::test]\nasync fn ").skip(1) {
            let name = rest.split('(').next().unwrap();
            let test = format!("`cli/tests/attack/{file}::{name}`");
            assert!(page.contains(&test), "{test} is not named");
            tried += 1;
        }
    }
    assert!(tried > 20, "{tried} attacks");
}

#[test]
fn what_is_not_defended_is_said() {
    let page = page();
    let (_, open) = page.split_once("\n## What is not defended\n").unwrap();
    let open = open.split("\n## ").next().unwrap();
    assert!(open.matches("\n- ").count() > 5, "{open}");
}

fn page() -> String {
    fs::read_to_string(root().join("docs/security.md")).unwrap()
}
