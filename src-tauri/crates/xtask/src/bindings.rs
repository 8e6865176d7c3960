//! `cargo xtask bindings`: the page's types, made anew from those of `control`.

use std::process::Command;

use crate::Ended;
use crate::failure::Failure;
use crate::place::Place;
use crate::run;

/// Writes them. That they are current is a test of `control`.
pub(crate) fn run(place: &Place) -> Result<Ended, Failure> {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(place.root());
    cargo.args(["run", "--quiet", "--package", "control", "--example"]);
    run::loudly(cargo.args(["bindings", "--", "ui/src/bindings"]))?;
    Ok(Ended::Well)
}
