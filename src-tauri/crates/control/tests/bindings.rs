//! The page's types are made from ours, and are the ones that are committed.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

fn files(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries
        .filter(|entry| entry.path().extension().is_some_and(|kind| kind == "ts"))
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read_to_string(entry.path()).unwrap())
        })
        .collect()
}

#[test]
fn bindings_are_current() {
    let fresh = tempfile::tempdir().unwrap();
    control::bindings::write(fresh.path()).unwrap();
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../ui/src/bindings");
    let (fresh, committed) = (files(fresh.path()), files(&committed));
    let names = |files: &BTreeMap<String, String>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        names(&committed),
        names(&fresh),
        "run `cargo xtask bindings`"
    );
    for (name, text) in &fresh {
        assert_eq!(&committed[name], text, "{name}: run `cargo xtask bindings`");
    }
}

#[test]
fn no_number_is_a_bigint_and_nothing_is_any() {
    let fresh = tempfile::tempdir().unwrap();
    control::bindings::write(fresh.path()).unwrap();
    for (name, text) in files(fresh.path()) {
        assert!(
            !text.contains("bigint") && !text.contains("any;"),
            "{name}: {text}"
        );
    }
}
