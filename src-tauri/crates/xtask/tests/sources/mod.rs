//! What people wrote, and which tests are in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The texts of all source files.
pub(crate) struct Tests(Vec<(PathBuf, String)>);

impl Tests {
    pub(crate) fn read() -> Self {
        let texts = sources().map(|file| {
            let text = fs::read_to_string(&file).unwrap();
            (file, text)
        });
        Self(texts.collect())
    }

    /// True where `name` is a file, or `file::function` a test in it.
    pub(crate) fn has(&self, name: &str) -> bool {
        let (file, function) = match name.split_once("::") {
            Some((file, function)) => (file, Some(function)),
            None => (name, None),
        };
        let mut files = self.0.iter().filter(|(path, _)| path.ends_with(file));
        files.any(|(_, text)| function.is_none_or(|name| has_test(text, name)))
    }
}

/// What stands between backticks and looks like `crate/tests/file.rs` or `crate/….rs::function`.
pub(crate) fn named_tests(text: &str) -> Vec<&str> {
    let quoted = text.split('`').skip(1).step_by(2);
    quoted.filter(|word| word.contains(".rs")).collect()
}

/// True where a function of that name stands below the attribute of a test, or where a test that
/// runs by a list of its own has the name in it.
fn has_test(text: &str, name: &str) -> bool {
    if text.contains(&format!("\"{name}\"")) {
        return true;
    }
    let wanted = format!("fn {name}(");
    let mut found = text.match_indices(&wanted);
    found.any(|(at, _)| {
        let above = text[..at].rsplit('\n').skip(1).map(str::trim);
        let mut above = above.take_while(|line| line.starts_with(['#', '/']));
        above.any(|line| line == "#[test]" || line.starts_with("#[tokio::test"))
    })
}

/// Every source file that people write, below `src-tauri` and `ui`.
pub(crate) fn sources() -> impl Iterator<Item = PathBuf> {
    let listed = Command::new("git")
        .current_dir(root())
        .args([
            "-c",
            "safe.directory=*",
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .output()
        .unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let is_written = |file: &&str| !file.contains("/fixtures/") && !file.contains("/bindings/");
    let is_source = |file: &&str| SUFFIXES.iter().any(|suffix| file.ends_with(suffix));
    let files: Vec<PathBuf> = listed
        .lines()
        .filter(is_written)
        .filter(is_source)
        .map(|file| root().join(file))
        .filter(|file| file.is_file())
        .collect();
    assert!(!files.is_empty(), "git lists no sources");
    files.into_iter()
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(3)
        .unwrap()
}

const SUFFIXES: &[&str] = &[".rs", ".ts", ".svelte", ".py", ".mjs"];
