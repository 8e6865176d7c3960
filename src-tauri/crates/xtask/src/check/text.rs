//! What every source file must be: short, and finished.

use std::fs;

use super::files;
use crate::failure::{Because as _, Failure};
use crate::place::Place;

/// One line for each source file that is too long or says that something is left to do.
pub(super) fn complaints(place: &Place) -> Result<Vec<String>, Failure> {
    let mut complaints = Vec::new();
    for file in files(place)?.iter().filter(|file| is_source(file)) {
        let text = fs::read_to_string(place.root().join(file))
            .because(format!("could not read `{file}`"))?;
        complaints.extend(judge(file, &text));
    }
    Ok(complaints)
}

fn judge(file: &str, text: &str) -> Vec<String> {
    let length = text.lines().count();
    let long = (length > MOST_LINES)
        .then(|| format!("{file}: {length} lines; {MOST_LINES} are the most, so it has two ideas"));
    let unfinished = text.lines().enumerate().filter_map(|(at, line)| {
        let mark = UNFINISHED.iter().find(|mark| line.contains(**mark))?;
        Some(format!(
            "{file}:{}: {mark}: finish it or leave it out",
            at + 1
        ))
    });
    long.into_iter().chain(unfinished).collect()
}

fn is_source(file: &str) -> bool {
    let is_written = !file.contains("/fixtures/") && !file.contains("/bindings/");
    is_written && SUFFIXES.iter().any(|suffix| file.ends_with(suffix))
}

const MOST_LINES: usize = 400;
const SUFFIXES: [&str; 8] = [
    ".rs", ".ts", ".svelte", ".py", ".mjs", ".js", ".css", ".html",
];
/// Put together here, so that this file may pass its own check.
const UNFINISHED: [&str; 3] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X:"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_and_marks_are_judged() {
        let long = "x\n".repeat(MOST_LINES + 1);
        let marked = format!("fine\n// {}: later\n", UNFINISHED[0]);
        let rows: [(&str, usize); 4] = [
            (&long, 1),
            (&long[2..], 0),
            (&marked, 1),
            ("fn main() {}\n", 0),
        ];
        for (text, complaints) in rows {
            assert_eq!(judge("a.rs", text).len(), complaints);
        }
    }

    #[test]
    fn fixtures_and_other_files_are_not_source() {
        let rows = [
            ("src-tauri/crates/base/src/lib.rs", true),
            ("src-tauri/crates/translate/fixtures/a/case.rs", false),
            ("Cargo.lock", false),
            ("README.md", false),
        ];
        for (file, expected) in rows {
            assert_eq!(is_source(file), expected, "{file}");
        }
    }
}
