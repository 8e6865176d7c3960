//! `cargo xtask test`: everything that must pass, with its counts.

mod count;
mod demo;

use std::process::Command;

use crate::Ended;
use crate::conformance;
use crate::failure::Failure;
use crate::machine::{Need, packages};
use crate::place::Place;
use crate::run;
use crate::tally::Board;

/// Sets up, runs every suite, also after one has failed; the last line is the count of all.
pub(crate) fn run(place: &Place) -> Result<Ended, Failure> {
    packages(&[
        Need::Keyring,
        Need::Bus,
        Need::Python,
        Need::Curl,
        Need::Namespace,
        Need::Link,
    ])?;
    let mut board = Board::default();
    for suite in [Suite::Crates, Suite::Examples] {
        board.begin(suite.name());
        // No colour: the counts are read from what is printed.
        let mut command = suite.command();
        command
            .current_dir(place.root())
            .env("CARGO_TERM_COLOR", "never");
        let watched = run::watched(&mut command)?;
        board.end(suite.name(), count::tally(&watched));
    }
    // The tests of the programs have compiled the programs.
    conformance::steps(place, &mut board)?;
    board.begin("demo");
    board.end("demo", demo::check(place)?);
    Ok(match board.close().failed {
        0 => Ended::Well,
        _ => Ended::Badly,
    })
}

/// What `cargo` itself runs.
#[derive(Debug, Clone, Copy)]
enum Suite {
    /// The workspace's default members: what needs no webview.
    Crates,
    /// The examples in the documentation.
    Examples,
}

impl Suite {
    fn name(self) -> &'static str {
        match self {
            Self::Crates => "crates",
            Self::Examples => "examples",
        }
    }

    fn command(self) -> Command {
        let mut cargo = Command::new("cargo");
        match self {
            Self::Crates if has_nextest() => cargo.args(["nextest", "run", "--no-fail-fast"]),
            Self::Crates => cargo.args(["test", "--all-targets", "--no-fail-fast"]),
            Self::Examples => cargo.args(["test", "--doc", "--no-fail-fast"]),
        };
        cargo
    }
}

/// The faster runner, where the machine has it.
fn has_nextest() -> bool {
    run::quietly(Command::new("cargo").args(["nextest", "--version"])).is_ok()
}
