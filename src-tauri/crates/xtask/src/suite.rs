//! `cargo xtask test`: everything that must pass, with its counts.

pub(crate) mod count;
mod demo;

use std::process::Command;

use crate::Ended;
use crate::bundle;
use crate::conformance;
use crate::desktop;
use crate::failure::Failure;
use crate::machine::{Need, packages};
use crate::page::Page;
use crate::place::Place;
use crate::run;
use crate::tally::Board;

/// Sets up, runs every suite, also after one has failed; the last line is the count of all.
pub(crate) fn run(place: &Place) -> Result<Ended, Failure> {
    packages(&[Need::Python, Need::Curl, Need::Namespace, Need::Link])?;
    desktop::stage()?;
    // The story of the desktop program ends with a request of OpenAI's SDK.
    conformance::ready(place)?;
    desktop::ready()?;
    // The desktop program has the page inside.
    let page = Page::ready(place)?;
    page.build()?;
    let mut board = Board::default();
    for suite in [Suite::Workspace, Suite::Examples] {
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
    board.begin("page");
    board.end("page", count::tally(&page.watched("test")?));
    board.begin("page in a browser");
    board.end("page in a browser", count::tally(&page.watched("e2e")?));
    conformance::steps(place, &mut board)?;
    board.begin("packages");
    board.end("packages", bundle::trial::check(place)?);
    board.begin("demo");
    board.end("demo", demo::check(place)?);
    board.begin("demo --desktop");
    board.end("demo --desktop", demo::check_desktop(place)?);
    Ok(board.close())
}

/// What `cargo` itself runs.
#[derive(Debug, Clone, Copy)]
enum Suite {
    Workspace,
    /// The examples in the documentation.
    Examples,
}

impl Suite {
    fn name(self) -> &'static str {
        match self {
            Self::Workspace => "workspace",
            Self::Examples => "examples",
        }
    }

    fn command(self) -> Command {
        let mut cargo = Command::new("cargo");
        match self {
            Self::Workspace if has_nextest() => {
                cargo.args(["nextest", "run", "--workspace", "--no-fail-fast"])
            }
            Self::Workspace => {
                cargo.args(["test", "--workspace", "--all-targets", "--no-fail-fast"])
            }
            Self::Examples => cargo.args(["test", "--workspace", "--doc", "--no-fail-fast"]),
        };
        cargo
    }
}

/// The faster runner, where the machine has it.
pub(crate) fn has_nextest() -> bool {
    run::quietly(Command::new("cargo").args(["nextest", "--version"])).is_ok()
}
