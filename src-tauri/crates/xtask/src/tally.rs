//! How many passed and how many failed.

use std::fmt;
use std::ops::AddAssign;

use crate::Ended;

/// The count of one suite, or of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Tally {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
}

impl Tally {
    /// One check with this result.
    pub(crate) fn one(passed: bool) -> Self {
        Self {
            passed: usize::from(passed),
            failed: usize::from(!passed),
        }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
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

    /// Prints all rows, and the sum as the last line; well where nothing failed.
    pub(crate) fn close(&self) -> Ended {
        let mut sum = Tally::default();
        println!();
        for (name, tally) in &self.rows {
            println!("{name:<28} {tally}");
            sum += *tally;
        }
        println!("{sum}");
        match sum.failed {
            0 => Ended::Well,
            _ => Ended::Badly,
        }
    }
}
