//! The results as a page: what was tried with which client, and what came of it.
//!
//! The page holds nothing that changes by itself: no times, no dates, no machine.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::tally::Tally;

/// The shared table of cases.
#[derive(Debug, Deserialize)]
pub(super) struct Table {
    model: String,
    cases: Vec<Row>,
    invalid: Vec<Row>,
    refusals: Vec<Row>,
    failures: Vec<Row>,
    quotas: Vec<Row>,
    codex: Vec<Row>,
    anthropic: Vec<Row>,
    claude_code: Vec<Row>,
    ollama: Vec<Row>,
}

/// One row; what else it holds is the runners' business.
#[derive(Debug, Deserialize)]
struct Row {
    id: String,
    title: String,
}

/// What a runner wrote.
#[derive(Debug, Default, Deserialize)]
struct Report {
    version: String,
    cases: Vec<Case>,
}

#[derive(Debug, Deserialize)]
struct Case {
    id: String,
    ok: bool,
}

/// The reports of all runners. A runner that wrote none has no version and no cases.
#[derive(Debug, Default)]
pub(super) struct Reports {
    python: Report,
    node: Report,
    codex: Report,
    anthropic: Report,
    claude_code: Report,
    ollama: Report,
}

impl Reports {
    /// Reads what lies in `results`.
    pub(super) fn read(results: &Path) -> Self {
        let report = |name: &str| {
            let text = fs::read_to_string(results.join(name)).ok();
            text.and_then(|text| serde_json::from_str(&text).ok())
                .unwrap_or_default()
        };
        Self {
            python: report("openai-python.json"),
            node: report("openai-node.json"),
            codex: report("codex.json"),
            anthropic: report("anthropic-python.json"),
            claude_code: report("claude-code.json"),
            ollama: report("ollama-python.json"),
        }
    }

    /// The count of each runner; one that wrote nothing has failed once.
    pub(super) fn tallies(&self) -> [(&'static str, Tally); 6] {
        [
            ("openai-python", self.python.tally()),
            ("openai-node", self.node.tally()),
            ("codex", self.codex.tally()),
            ("anthropic-python", self.anthropic.tally()),
            ("claude-code", self.claude_code.tally()),
            ("ollama-python", self.ollama.tally()),
        ]
    }
}

impl Report {
    fn tally(&self) -> Tally {
        if self.cases.is_empty() {
            return Tally::one(false);
        }
        let passed = self.cases.iter().filter(|case| case.ok).count();
        Tally {
            passed,
            failed: self.cases.len() - passed,
        }
    }

    fn words(&self) -> BTreeMap<&str, &'static str> {
        let word = |case: &Case| if case.ok { "pass" } else { "**fail**" };
        let rows = self.cases.iter();
        rows.map(|case| (case.id.as_str(), word(case))).collect()
    }
}

/// The whole page.
pub(super) fn page(table: &Table, reports: &Reports) -> String {
    let mut page = String::new();
    let (python, node) = (reports.python.words(), reports.node.words());
    let model = &table.model;
    let _ = writeln!(page, "{HEAD}");
    let _ = writeln!(page, "| client | version | passed |\n|---|---|---|");
    for (name, report, tally) in [
        (
            "OpenAI SDK for Python",
            &reports.python,
            reports.python.tally(),
        ),
        ("OpenAI SDK for Node", &reports.node, reports.node.tally()),
        ("Codex CLI", &reports.codex, reports.codex.tally()),
        (
            "Anthropic SDK for Python",
            &reports.anthropic,
            reports.anthropic.tally(),
        ),
        (
            "Claude Code",
            &reports.claude_code,
            reports.claude_code.tally(),
        ),
        (
            "Ollama's client for Python",
            &reports.ollama,
            reports.ollama.tally(),
        ),
    ] {
        let (version, all) = (&report.version, report.cases.len());
        let _ = writeln!(page, "| {name} | {version} | {} of {all} |", tally.passed);
    }
    let _ = writeln!(page, "\n## OpenAI SDKs\n\nEvery case asks for `{model}`.");
    for (title, rows) in table.sections() {
        let _ = writeln!(
            page,
            "\n### {title}\n\n| case | | Python | Node |\n|---|---|---|---|"
        );
        for (id, what) in rows {
            let found = |words: &BTreeMap<&str, &'static str>| {
                words.get(id.as_str()).copied().unwrap_or(ABSENT)
            };
            let (python, node) = (found(&python), found(&node));
            let _ = writeln!(page, "| `{id}` | {what} | {python} | {node} |");
        }
    }
    section(&mut page, "Codex CLI", &table.codex, &reports.codex);
    let anthropic = "Anthropic SDK for Python";
    section(&mut page, anthropic, &table.anthropic, &reports.anthropic);
    let (rows, report) = (&table.claude_code, &reports.claude_code);
    section(&mut page, "Claude Code", rows, report);
    section(&mut page, "Ollama", &table.ollama, &reports.ollama);
    page
}

/// The cases of one client, which no other runs.
fn section(page: &mut String, title: &str, rows: &[Row], report: &Report) {
    let words = report.words();
    let _ = writeln!(page, "\n## {title}\n\n| case | | |\n|---|---|---|");
    for Row { id, title } in rows {
        let word = words.get(id.as_str()).copied().unwrap_or(ABSENT);
        let _ = writeln!(page, "| `{id}` | {title} | {word} |");
    }
}

impl Table {
    /// All rows that both SDKs run, under their headings.
    fn sections(&self) -> [(&'static str, Vec<(String, &str)>); 9] {
        let about = |subjects: &[&str]| {
            let is_about = |row: &&Row| subjects.iter().any(|subject| row.id.starts_with(subject));
            once(self.cases.iter().filter(is_about))
        };
        [
            ("Responses", about(&["responses/", "socket/"])),
            ("Chat Completions", about(&["chat/"])),
            ("Completions", about(&["completions/"])),
            (
                "Models, keys, retries",
                about(&["models/", "keys/", "retries/"]),
            ),
            ("Refused as it stands", once(self.invalid.iter())),
            (
                "Refused before the first word",
                in_both(&self.refusals, "refused"),
            ),
            (
                "Failed after the first words",
                in_both(&self.failures, "failed"),
            ),
            ("The plan's limit", in_both(&self.quotas, "refused")),
            (
                "Images, audio, files",
                about(&["images/", "audio/", "files/"]),
            ),
        ]
    }
}

fn once<'t>(rows: impl Iterator<Item = &'t Row>) -> Vec<(String, &'t str)> {
    rows.map(|row| (row.id.clone(), row.title.as_str()))
        .collect()
}

/// Each row once for each dialect.
fn in_both<'t>(rows: &'t [Row], kind: &str) -> Vec<(String, &'t str)> {
    let both = |row: &'t Row| {
        ["responses", "chat"].map(|dialect| {
            let id = format!("{dialect}/{kind}/{}", row.id);
            (id, row.title.as_str())
        })
    };
    rows.iter().flat_map(both).collect()
}

const HEAD: &str = "\
# Conformance

What real clients do with Postern in front of the stand-in. Written by `cargo xtask test`; a run
that gives another page fails. The table of cases is `src-tauri/clients/cases.json`.
";
/// What stands where a runner did not come to a case.
const ABSENT: &str = "**not run**";

#[cfg(test)]
mod tests {
    use super::*;

    fn report(cases: &[(&str, bool)]) -> Report {
        let case = |(id, ok): &(&str, bool)| Case {
            id: (*id).into(),
            ok: *ok,
        };
        Report {
            version: "1.2.3".into(),
            cases: cases.iter().map(case).collect(),
        }
    }

    #[test]
    fn a_page_tells_passes_failures_and_what_was_not_run() {
        let row = |id: &str| Row {
            id: id.into(),
            title: "T".into(),
        };
        let table = Table {
            model: "m".into(),
            cases: vec![row("responses/a"), row("chat/b")],
            invalid: vec![],
            refusals: vec![row("c")],
            failures: vec![],
            quotas: vec![],
            codex: vec![row("codex/d")],
            anthropic: vec![row("messages/e")],
            claude_code: vec![row("claude-code/f")],
            ollama: vec![row("ollama/e")],
        };
        let reports = Reports {
            python: report(&[("responses/a", true), ("responses/refused/c", false)]),
            node: report(&[("responses/a", true), ("chat/b", true)]),
            codex: report(&[("codex/d", true)]),
            anthropic: report(&[("messages/e", true)]),
            claude_code: report(&[("claude-code/f", false)]),
            ollama: report(&[("ollama/e", false)]),
        };
        let page = page(&table, &reports);
        for line in [
            "| OpenAI SDK for Python | 1.2.3 | 1 of 2 |",
            "| `responses/a` | T | pass | pass |",
            "| `chat/b` | T | **not run** | pass |",
            "| `responses/refused/c` | T | **fail** | **not run** |",
            "| `codex/d` | T | pass |",
            "| `messages/e` | T | pass |",
            "| `claude-code/f` | T | **fail** |",
            "| `ollama/e` | T | **fail** |",
        ] {
            assert!(page.contains(line), "{line} in\n{page}");
        }
    }

    #[test]
    fn a_runner_without_a_report_has_failed() {
        let empty = tempfile::tempdir().unwrap();
        let tallies = Reports::read(empty.path()).tallies();
        assert!(tallies.iter().all(|(_, tally)| tally.failed == 1));
    }
}
