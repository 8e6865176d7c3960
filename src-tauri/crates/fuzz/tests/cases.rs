//! The cases that fuzzing begins with, and those it found: none breaks a law.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn no_case_breaks_a_law() {
    for (name, run) in fuzz::TARGETS {
        let cases = cases(name);
        assert!(!cases.is_empty(), "{name} has no cases");
        for case in cases {
            let bytes = fs::read(&case).unwrap();
            run(&bytes);
            // Cut off anywhere, and with one byte before it, which some targets take as a choice.
            for end in [0, bytes.len() / 3, bytes.len() / 2] {
                run(&bytes[..end]);
            }
            for first in [0u8, 3, 7, 13, 255] {
                run(&[&[first], bytes.as_slice()].concat());
            }
        }
    }
}

/// `corpus/<target>/*`, and for what golden cases exist for, those.
fn cases(name: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let fixtures = root.join("../translate/fixtures");
    let golden = |dialect: &str, file: &str| {
        files(&fixtures.join(dialect))
            .into_iter()
            .map(|case| case.join(file))
            .filter(|file| file.exists())
            .collect()
    };
    let mut cases = match name {
        "answer" | "frames" => golden("chat", "upstream.sse"),
        dialect if fixtures.join(dialect).exists() => golden(dialect, "request.json"),
        _ => Vec::new(),
    };
    cases.extend(files(&root.join("corpus").join(name)));
    cases
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.map(|entry| entry.unwrap().path()).collect()
}

/// `cargo xtask fuzz` reads the names from a file, because it is linked with none of this.
#[test]
fn the_list_names_every_target() {
    let listed: Vec<&str> = include_str!("../targets.txt").lines().collect();
    let targets: Vec<&str> = fuzz::TARGETS.iter().map(|(name, _)| *name).collect();
    assert_eq!(listed, targets);
}
