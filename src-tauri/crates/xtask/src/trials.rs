//! `cargo xtask faults` and its like: one part of what `test` runs, alone, with its counts.
//!
//! Each part is some test binaries of the workspace, so that nothing here can be left out of `test`.

use std::process::Command;

use crate::Ended;
use crate::failure::Failure;
use crate::place::Place;
use crate::run;
use crate::suite::{count, has_nextest};
use crate::tally::Board;

/// Some test binaries of one package, under the name of the command that runs them. A command may have
/// several rows.
struct Trial {
    command: &'static str,
    package: &'static str,
    binaries: &'static [&'static str],
}

/// What each command runs.
const TRIALS: &[Trial] = &[
    Trial {
        command: "faults",
        package: "cli",
        binaries: &["faults", "machine"],
    },
    Trial {
        command: "attack",
        package: "cli",
        binaries: &["attack"],
    },
    Trial {
        command: "attack",
        package: "xtask",
        binaries: &["security"],
    },
];

/// True where `word` is the name of such a command.
pub(crate) fn has(word: &str) -> bool {
    TRIALS.iter().any(|trial| trial.command == word)
}

/// Builds and runs what the command `word` stands for; the last line is the count of all.
pub(crate) fn run(place: &Place, word: &str) -> Result<Ended, Failure> {
    let mut board = Board::default();
    let trials = TRIALS.iter().filter(|trial| trial.command == word);
    for (trial, binary) in trials.flat_map(|it| it.binaries.iter().map(move |binary| (it, binary)))
    {
        board.begin(binary);
        let mut command = trial.of(binary, has_nextest());
        command.current_dir(place.root());
        let watched = run::watched(command.env("CARGO_TERM_COLOR", "never"))?;
        board.end(binary, count::tally(&watched));
    }
    Ok(board.close())
}

impl Trial {
    fn of(&self, binary: &str, nextest: bool) -> Command {
        let mut cargo = Command::new("cargo");
        match nextest {
            true => cargo.args(["nextest", "run"]),
            false => cargo.arg("test"),
        };
        cargo.args([
            "--package",
            self.package,
            "--test",
            binary,
            "--no-fail-fast",
        ]);
        cargo
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A binary that does not exist would be told as a failure only when somebody runs the command.
    #[test]
    fn every_binary_exists() {
        let crates = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
        for trial in TRIALS {
            for binary in trial.binaries {
                let tests = format!("{crates}/{}/tests", trial.package);
                let is_there = [format!("{binary}/main.rs"), format!("{binary}.rs")]
                    .iter()
                    .any(|file| std::fs::exists(format!("{tests}/{file}")).unwrap());
                assert!(is_there, "{tests}: {binary}");
            }
        }
    }
}
