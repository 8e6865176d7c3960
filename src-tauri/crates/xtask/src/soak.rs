//! `cargo xtask soak`: six hours' worth of a busy person's load on the released program.
//!
//! What six hours are, what is measured and what must hold stands in `cli/tests/soak`; a shorter
//! form of it runs with every other test.

use std::process::Command;

use crate::Ended;
use crate::desktop;
use crate::failure::Failure;
use crate::page::Page;
use crate::place::Place;
use crate::release;
use crate::run;

/// Compiles the program as it is released, runs the load, and prints counts and samples.
pub(crate) fn run(place: &Place) -> Result<Ended, Failure> {
    desktop::ready()?;
    Page::ready(place)?.build()?;
    let mut cargo = Command::new("cargo");
    cargo.current_dir(place.root());
    cargo.args(["test", "--release", "--package", "cli", "--test", "soak"]);
    cargo.args(["--", "--ignored", "--nocapture"]);
    let cargo = release::optimised(&mut cargo, place)?;
    Ok(match run::passes(cargo)? {
        true => Ended::Well,
        false => Ended::Badly,
    })
}
