//! What `docs/translation.md` and the pages below it promise: every test and every recorded case that
//! they name exists, every recorded case is named, and every trap of the contract has a test.
//!
//! A table whose last column is called `test` makes promises. In that column stand, between
//! backticks, `crate/….rs::function`, or a folder of `translate/fixtures`: `dialect/case`, or `case`
//! alone on a page that says whose cases it means (`translate/fixtures/<dialect>/`).
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

mod promises;
mod sources;

use self::promises::{cells, promises, quoted};
use self::sources::{Tests, named_tests, root};

/// A page of the translation contract.
struct Page {
    name: String,
    text: String,
    /// The folders of fixtures that it speaks for.
    dialects: BTreeSet<String>,
}

#[test]
fn every_test_and_every_case_that_is_named_exists() {
    let tests = Tests::read();
    let mut missing = Vec::new();
    for page in pages() {
        let mut miss = |what: String| missing.push(format!("{}: {what}", page.name));
        for test in named_tests(&page.text)
            .into_iter()
            .filter(|test| !tests.has(test))
        {
            miss(format!("no test `{test}`"));
        }
        let mut rows = 0;
        for (row, promised) in promises(&page.text) {
            rows += 1;
            if !promised.contains('`') {
                miss(format!("no test in {row}"));
            }
            let is_known = |word: &&str| word.contains(".rs::") || !page.cases(word).is_empty();
            for word in quoted(promised).filter(|word| !is_known(word)) {
                miss(format!("`{word}` is no test and no case"));
            }
        }
        if rows == 0 {
            miss("it promises nothing".to_owned());
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_case_is_named_on_the_page_of_its_dialect() {
    let pages = pages();
    let mut unnamed = Vec::new();
    for dialect in folders(&fixtures()) {
        let mut of_dialect = pages.iter().filter(|page| page.dialects.contains(&dialect));
        let page = of_dialect.next();
        let page = page.unwrap_or_else(|| panic!("no page names `translate/fixtures/{dialect}/`"));
        assert!(of_dialect.next().is_none(), "two pages name `{dialect}`");
        let promised = promises(&page.text).map(|(_, promised)| promised);
        let named: BTreeSet<PathBuf> = promised
            .flat_map(quoted)
            .flat_map(|word| page.cases(word))
            .collect();
        let cases = folders(&fixtures().join(&dialect));
        assert!(!cases.is_empty(), "`{dialect}` has no cases");
        let is_named = |case: &String| named.contains(&fixtures().join(&dialect).join(case));
        let cases = cases.iter().filter(|case| !is_named(case));
        unnamed.extend(cases.map(|case| format!("{}: `{dialect}/{case}`", page.name)));
    }
    assert!(unnamed.is_empty(), "not named:\n{}", unnamed.join("\n"));
}

#[test]
fn every_trap_has_its_test() {
    let page = fs::read_to_string(root().join("docs/translation.md")).unwrap();
    let numbers = promises(&page).filter_map(|(row, _)| cells(row).next()?.parse().ok());
    let numbers: Vec<u32> = numbers.collect();
    assert_eq!(numbers, (1..=TRAPS).collect::<Vec<_>>());
}

#[test]
fn every_page_is_in_the_index() {
    let index = fs::read_to_string(root().join("docs/translation.md")).unwrap();
    for page in pages().iter().filter(|page| page.name != INDEX) {
        let link = format!("](translation/{})", page.name);
        assert!(index.contains(&link), "no link to {}", page.name);
    }
}

impl Page {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let named = text.split("translate/fixtures/").skip(1);
        let named = named.filter_map(|rest| Some(rest.split_once('/')?.0));
        let is_name = |name: &&str| {
            let fits = |c: char| c.is_ascii_lowercase() || c == '-';
            !name.is_empty() && name.chars().all(fits)
        };
        Self {
            name: path.file_name().unwrap().to_string_lossy().into_owned(),
            dialects: named.filter(is_name).map(str::to_owned).collect(),
            text,
        }
    }

    /// The recorded cases that a word names.
    fn cases(&self, word: &str) -> Vec<PathBuf> {
        let whole = word.contains('/').then(|| fixtures().join(word));
        let own = self.dialects.iter();
        let own = own.map(|dialect| fixtures().join(dialect).join(word));
        whole
            .into_iter()
            .chain(own)
            .filter(|path| path.is_dir())
            .collect()
    }
}

fn pages() -> Vec<Page> {
    let below = fs::read_dir(root().join("docs/translation")).unwrap();
    let below = below.map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = below.chain([root().join("docs/translation.md")]).collect();
    paths.sort();
    paths.iter().map(|path| Page::read(path)).collect()
}

fn folders(of: &Path) -> Vec<String> {
    let entries = fs::read_dir(of).unwrap().map(Result::unwrap);
    let folders = entries.filter(|entry| entry.path().is_dir());
    let mut names: Vec<String> = folders
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn fixtures() -> PathBuf {
    root().join("src-tauri/crates/translate/fixtures")
}

const INDEX: &str = "translation.md";

/// Contract backend, section 12.
const TRAPS: u32 = 30;
