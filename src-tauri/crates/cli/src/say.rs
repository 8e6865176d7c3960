//! Words on the terminal. A closed pipe is no error: nobody reads any more. What others wrote is among
//! them, so nothing that a terminal would obey gets through.

use std::io::{self, Write as _};

use control::{Complaint, plain};
use serde::Serialize;

/// One line on standard output.
pub(crate) fn line(text: &str) {
    let _ = told(text);
}

/// The same, for those who have to know whether anybody reads.
pub(crate) fn told(text: &str) -> io::Result<()> {
    written(&plain::line(text))
}

/// One line on standard error.
pub(crate) fn aside(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", plain::line(text));
}

/// A value as one line of JSON on standard output.
pub(crate) fn json(value: &impl Serialize) {
    let _ = told_json(value);
}

/// The same, for those who have to know whether anybody reads.
pub(crate) fn told_json(value: &impl Serialize) -> io::Result<()> {
    written(&plain::json(&serde_json::to_string(value)?))
}

fn written(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

/// What went wrong, and what to do about it.
pub(crate) fn complain(complaint: &Complaint) {
    aside(&format!("error: {complaint}"));
    if let Some(hint) = &complaint.hint {
        aside(&format!("hint: {hint}"));
    }
}

/// A table with aligned columns.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) {
    let shown = |cell: &String| plain::line(cell).into_owned();
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| row.iter().map(shown).collect())
        .collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([head[column].len()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let row = |cells: &mut dyn Iterator<Item = &str>| {
        let padded: Vec<String> = cells
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        line(padded.join("  ").trim_end());
    };
    row(&mut head.iter().copied());
    for cells in &rows {
        row(&mut cells.iter().map(String::as_str));
    }
}

/// `some`, or a dash where nothing is known.
pub(crate) fn or_dash(some: Option<impl ToString>) -> String {
    some.map_or_else(|| "—".to_owned(), |some| some.to_string())
}

/// Stays visible for as long as it is so (design, guard 1).
pub(crate) const WIDE: &str = "warning: other devices on the network can reach this server; a key is all they need to use your plan";
