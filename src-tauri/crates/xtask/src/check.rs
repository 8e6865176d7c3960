//! `cargo xtask check`: everything that can be judged without running the product.

mod links;
mod text;

use std::process::Command;

use crate::Ended;
use crate::desktop;
use crate::failure::Failure;
use crate::icons;
use crate::machine;
use crate::page::Page;
use crate::place::Place;
use crate::run;
use crate::tally::{Board, Tally};

/// Runs every check, also after one has failed, and prints the count.
pub(crate) fn run(place: &Place) -> Result<Ended, Failure> {
    desktop::ready()?;
    // Without it the desktop program does not compile.
    Page::ready(place)?.build()?;
    let mut board = Board::default();
    for check in CHECKS {
        board.begin(check.name);
        let passed = (check.passes)(place)?;
        board.end(check.name, Tally::one(passed));
    }
    Ok(board.close())
}

struct Check {
    name: &'static str,
    passes: fn(&Place) -> Result<bool, Failure>,
}

const CHECKS: [Check; 8] = [
    Check {
        name: "format",
        passes: |place| run::passes(cargo(place).args(["fmt", "--all", "--check"])),
    },
    Check {
        name: "text",
        passes: |place| Ok(complain(&text::complaints(place)?)),
    },
    Check {
        name: "links",
        passes: |place| Ok(complain(&links::complaints(place)?)),
    },
    Check {
        name: "icons",
        passes: |place| Ok(complain(&icons::complaints(place)?)),
    },
    Check {
        name: "dependencies",
        passes: |place| {
            let mut deny = Command::new(machine::cargo_deny(place)?);
            deny.current_dir(place.root());
            run::passes(deny.args(["check", "bans", "licenses", "sources"]))
        },
    },
    Check {
        name: "page",
        passes: |place| Page::ready(place)?.passes("check"),
    },
    Check {
        name: "lints",
        passes: |place| {
            let words = ["clippy", "--workspace", "--all-targets"];
            run::passes(cargo(place).args(words).args(["--", "-D", "warnings"]))
        },
    },
    Check {
        name: "documentation",
        passes: |place| {
            let words = ["doc", "--workspace", "--no-deps"];
            let words = words.iter().chain(&["--document-private-items"]);
            run::passes(cargo(place).args(words).env("RUSTDOCFLAGS", "-D warnings"))
        },
    },
];

/// Prints each complaint; true where there is none.
fn complain(complaints: &[String]) -> bool {
    for complaint in complaints {
        println!("{complaint}");
    }
    complaints.is_empty()
}

/// The files that belong to the checkout, relative to its root, in order.
fn files(place: &Place) -> Result<Vec<String>, Failure> {
    let mut git = Command::new("git");
    // Whoever the checkout belongs to: CI often runs as somebody else.
    git.current_dir(place.root())
        .args(["-c", "safe.directory=*"]);
    git.args(["ls-files", "--cached", "--others", "--exclude-standard"]);
    let mut files: Vec<String> = run::quietly(&mut git)?.lines().map(str::to_owned).collect();
    files.retain(|file| place.root().join(file).is_file());
    files.sort_unstable();
    files.dedup();
    Ok(files)
}

fn cargo(place: &Place) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(place.root());
    cargo
}
