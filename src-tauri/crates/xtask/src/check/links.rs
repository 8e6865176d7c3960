//! Links in Markdown: every file and every heading they name must exist.

use std::fs;
use std::path::Path;

use super::files;
use crate::failure::{Because as _, Failure};
use crate::place::Place;

/// One line for each link inside the checkout that leads nowhere.
pub(super) fn complaints(place: &Place) -> Result<Vec<String>, Failure> {
    let mut complaints = Vec::new();
    for file in files(place)?.iter().filter(|file| file.ends_with(".md")) {
        let path = place.root().join(file);
        let text = fs::read_to_string(&path).because(format!("could not read `{file}`"))?;
        let broken = targets(&text).into_iter();
        let broken = broken.filter(|target| !resolves(&path, &text, target));
        complaints.extend(broken.map(|target| format!("{file}: `{target}` leads nowhere")));
    }
    Ok(complaints)
}

/// What the links of a text point at, except other sites.
fn targets(text: &str) -> Vec<String> {
    let mut targets = Vec::new();
    for line in prose(text) {
        let mut rest = line.as_str();
        while let Some((_, after)) = rest.split_once("](") {
            let Some((target, next)) = after.split_once(')') else {
                break;
            };
            rest = next;
            let target = target.split_whitespace().next().unwrap_or_default();
            if !target.is_empty() && !target.contains("://") && !target.starts_with("mailto:") {
                targets.push(target.to_owned());
            }
        }
    }
    targets
}

/// The lines outside fenced code, without what stands between backticks.
fn prose(text: &str) -> Vec<String> {
    let mut is_code = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code {
            lines.push(line.split('`').step_by(2).collect());
        }
    }
    lines
}

fn resolves(from: &Path, text: &str, target: &str) -> bool {
    let (file, heading) = target.split_once('#').unwrap_or((target, ""));
    let path = match file {
        "" => from.to_owned(),
        file => from.parent().unwrap_or(from).join(file),
    };
    if !path.exists() {
        return false;
    }
    if heading.is_empty() {
        return true;
    }
    let named = match file {
        "" => Some(text.to_owned()),
        _ => fs::read_to_string(&path).ok(),
    };
    named.is_some_and(|text| headings(&text).iter().any(|found| found == heading))
}

/// The names that headings get: lower case, spaces to hyphens, no punctuation.
fn headings(text: &str) -> Vec<String> {
    let mut is_code = false;
    let mut names = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        }
        if line.starts_with('#') && !is_code {
            let title = line.trim_start_matches('#').trim().to_lowercase();
            let kept = title
                .chars()
                .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
            names.push(kept.map(|c| if c == ' ' { '-' } else { c }).collect());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_outside_code_only() {
        let text =
            "[a](one.md) and [b](two.md#x)\n`[c](no.md)`\n```\n[d](no.md)\n```\n[e](https://x.y)";
        assert_eq!(targets(text), ["one.md", "two.md#x"]);
    }

    #[test]
    fn a_link_needs_its_file_and_its_heading() {
        let folder = tempfile::tempdir().unwrap();
        let from = folder.path().join("a.md");
        let text = "# One thing, said\n";
        fs::write(&from, text).unwrap();
        fs::write(folder.path().join("b.md"), "## Two\n").unwrap();
        let rows = [
            ("b.md", true),
            ("b.md#two", true),
            ("b.md#three", false),
            ("c.md", false),
            ("#one-thing-said", true),
            ("#other", false),
        ];
        for (target, expected) in rows {
            assert_eq!(resolves(&from, text, target), expected, "{target}");
        }
    }
}
