//! How many passed and how many failed.

use std::fmt;
use std::ops::AddAssign;

use crate::Ended;

/// The count of one suite, or of all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Tally {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    /// What is known of the failures; perhaps of fewer than there are.
    pub(crate) failures: Vec<String>,
}

impl Tally {
    /// One check with this result.
    pub(crate) fn one(passed: bool) -> Self {
        Self {
            passed: usize::from(passed),
            failed: usize::from(!passed),
            failures: Vec::new(),
        }
    }

    /// Says whether `what` holds, and counts it.
    pub(crate) fn note(&mut self, what: &str, holds: bool) {
        let line = format!("{}{what}", if holds { PASS } else { FAIL });
        println!("{line}");
        self.hear(&line);
    }

    /// Counts what another process noted, where `line` is that.
    pub(crate) fn hear(&mut self, line: &str) {
        if line.starts_with(PASS) {
            self.passed += 1;
        } else if let Some(what) = line.strip_prefix(FAIL) {
            self.failed += 1;
            self.failures.push(what.to_owned());
        }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.failures.extend(other.failures);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// The rows of a run: a suite, its count, and the sum at the end.
#[derive(Debug, Default)]
pub(crate) struct Board {
    rows: Vec<(&'static str, Tally)>,
}

impl Board {
    /// Announces a step before it runs.
    pub(crate) fn begin(&self, name: &str) {
        println!("\n== {name}");
    }

    /// Notes a step's count and says it at once.
    pub(crate) fn end(&mut self, name: &'static str, tally: Tally) {
        println!("== {name}: {tally}");
        self.rows.push((name, tally));
    }

    /// Prints what failed, all rows, and the sum as the last line; well where nothing failed.
    ///
    /// Of a long run only the end may be at hand, so the failures are told there once more.
    pub(crate) fn close(self) -> Ended {
        for (name, tally) in &self.rows {
            for failure in &tally.failures {
                println!("\nfailed in {name}: {failure}");
            }
        }
        let mut sum = Tally::default();
        println!();
        for (name, tally) in self.rows {
            println!("{name:<28} {tally}");
            sum += tally;
        }
        println!("{sum}");
        match sum.failed {
            0 => Ended::Well,
            _ => Ended::Badly,
        }
    }
}

const PASS: &str = "PASS ";
const FAIL: &str = "FAIL ";
