//! The results as a page: what was tried with which client, and what came of it.
//!
//! The page holds nothing that changes by itself: no times, no dates, no machine.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::client::{CLIENTS, Client, Rows, Section};
use crate::tally::Tally;

/// The shared table of cases.
#[derive(Debug, Deserialize)]
pub(super) struct Table {
    model: String,
    #[serde(flatten)]
    sections: BTreeMap<String, Vec<Row>>,
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
    /// Why it failed.
    #[serde(default)]
    note: String,
}

/// The reports of all runners. A runner that wrote none has no version and no cases.
#[derive(Debug)]
pub(super) struct Reports(Vec<(&'static Client, Report)>);

impl Reports {
    /// Reads what lies in `results`.
    pub(super) fn read(results: &Path) -> Self {
        let report = |client: &'static Client| {
            let text = fs::read_to_string(results.join(client.report())).ok();
            let report = text.and_then(|text| serde_json::from_str(&text).ok());
            (client, report.unwrap_or_default())
        };
        Self(CLIENTS.iter().map(report).collect())
    }

    /// The count of each runner; one that wrote nothing has failed once.
    pub(super) fn tallies(&self) -> impl Iterator<Item = (&'static str, Tally)> {
        let each = self.0.iter();
        each.map(|(client, report)| (client.name, report.tally()))
    }
}

impl Report {
    fn tally(&self) -> Tally {
        if self.cases.is_empty() {
            return Tally::one(false);
        }
        let failed: Vec<_> = self.cases.iter().filter(|case| !case.ok).collect();
        let told = failed
            .iter()
            .map(|case| format!("{}: {}", case.id, case.note));
        Tally {
            passed: self.cases.len() - failed.len(),
            failed: failed.len(),
            failures: told.collect(),
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
    let _ = writeln!(page, "{HEAD}");
    let _ = writeln!(page, "| client | version | passed |\n|---|---|---|");
    for (Client { title, .. }, report) in &reports.0 {
        let (version, all) = (&report.version, report.cases.len());
        let passed = report.tally().passed;
        let _ = writeln!(page, "| {title} | {version} | {passed} of {all} |");
    }
    shared(&mut page, table, reports);
    for (client, report) in &reports.0 {
        let rows = match client.rows {
            Rows::Own(section) => Some(section),
            Rows::Shared(_) => client.besides,
        };
        if let Some(Section { name, heading }) = rows {
            own(&mut page, heading, table.rows(name), report);
        }
    }
    page
}

/// The cases that all OpenAI SDKs run, a column for each.
fn shared(page: &mut String, table: &Table, reports: &Reports) {
    let columns = reports.0.iter().filter_map(|(client, report)| {
        let Rows::Shared(head) = client.rows else {
            return None;
        };
        Some((head, report.words()))
    });
    let columns: Vec<_> = columns.collect();
    let model = &table.model;
    let heads: Vec<_> = columns.iter().map(|(head, _)| *head).collect();
    let (heads, rule) = (heads.join(" | "), "---|".repeat(heads.len()));
    let _ = writeln!(page, "\n## OpenAI SDKs\n\nEvery case asks for `{model}`.");
    for (title, rows) in table.shared() {
        let _ = writeln!(
            page,
            "\n### {title}\n\n| case | | {heads} |\n|---|---|{rule}"
        );
        for (id, what) in rows {
            let words = columns.iter().map(|(_, words)| {
                let word = words.get(id.as_str());
                word.copied().unwrap_or(ABSENT)
            });
            let words: Vec<_> = words.collect();
            let _ = writeln!(page, "| `{id}` | {what} | {} |", words.join(" | "));
        }
    }
}

/// The cases of one client, which no other runs.
fn own(page: &mut String, title: &str, rows: &[Row], report: &Report) {
    let words = report.words();
    let _ = writeln!(page, "\n## {title}\n\n| case | | |\n|---|---|---|");
    for Row { id, title } in rows {
        let word = words.get(id.as_str()).copied().unwrap_or(ABSENT);
        let _ = writeln!(page, "| `{id}` | {title} | {word} |");
    }
}

impl Table {
    /// The rows of one section.
    fn rows(&self, section: &str) -> &[Row] {
        self.sections.get(section).map_or(&[], Vec::as_slice)
    }

    /// All rows that all OpenAI SDKs run, under their headings.
    fn shared(&self) -> [(&'static str, Vec<(String, &str)>); 9] {
        let about = |subjects: &[&str]| {
            let is_about = |row: &&Row| subjects.iter().any(|subject| row.id.starts_with(subject));
            once(self.rows("cases").iter().filter(is_about))
        };
        [
            ("Responses", about(&["responses/", "socket/"])),
            ("Chat Completions", about(&["chat/"])),
            ("Completions", about(&["completions/"])),
            (
                "Models, keys, retries",
                about(&["models/", "keys/", "retries/"]),
            ),
            ("Refused as it stands", once(self.rows("invalid").iter())),
            (
                "Refused before the first word",
                in_both(self.rows("refusals"), "refused"),
            ),
            (
                "Failed after the first words",
                in_both(self.rows("failures"), "failed"),
            ),
            ("The plan's limit", in_both(self.rows("quotas"), "refused")),
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
    use super::super::client::SDK;
    use super::*;

    fn report(cases: &[(&str, bool)]) -> Report {
        let case = |(id, ok): &(&str, bool)| Case {
            id: (*id).into(),
            ok: *ok,
            note: String::new(),
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
            sections: BTreeMap::from([
                ("cases".into(), vec![row("responses/a"), row("chat/b")]),
                ("refusals".into(), vec![row("c")]),
                ("codex".into(), vec![row("codex/d")]),
                ("ollama".into(), vec![row("ollama/e")]),
                ("types".into(), vec![row("types/f")]),
            ]),
        };
        let reports = CLIENTS.iter().filter_map(|client| {
            let cases: &[(&str, bool)] = match client.name {
                SDK => &[
                    ("responses/a", true),
                    ("responses/refused/c", false),
                    ("types/f", true),
                ],
                "openai-node" => &[("responses/a", true), ("chat/b", true)],
                "codex" => &[("codex/d", true)],
                "ollama-python" => &[("ollama/e", false)],
                _ => return None,
            };
            Some((client, report(cases)))
        });
        let reports = Reports(reports.collect());
        let page = page(&table, &reports);
        for line in [
            "| OpenAI SDK for Python | 1.2.3 | 2 of 3 |",
            "| `types/f` | T | pass |",
            "| `responses/a` | T | pass | pass |",
            "| `chat/b` | T | **not run** | pass |",
            "| `responses/refused/c` | T | **fail** | **not run** |",
            "| `codex/d` | T | pass |",
            "| `ollama/e` | T | **fail** |",
        ] {
            assert!(page.contains(line), "{line} in\n{page}");
        }
    }

    #[test]
    fn a_runner_without_a_report_has_failed() {
        let empty = tempfile::tempdir().unwrap();
        let reports = Reports::read(empty.path());
        assert_eq!(reports.tallies().count(), CLIENTS.len());
        assert!(reports.tallies().all(|(_, tally)| tally.failed == 1));
    }
}
