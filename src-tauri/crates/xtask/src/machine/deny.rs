//! `cargo-deny` in exactly one version, so that a rule means the same everywhere.

use std::path::PathBuf;
use std::process::Command;

use crate::failure::Failure;
use crate::place::Place;
use crate::run;

/// The machine's `cargo-deny` when it is the right one, else our own, compiled once.
pub(crate) fn cargo_deny(place: &Place) -> Result<PathBuf, Failure> {
    let own = place.tools().join("deny/bin/cargo-deny");
    for program in [PathBuf::from("cargo-deny"), own.clone()] {
        let version = run::quietly(Command::new(&program).arg("--version"));
        if version.is_ok_and(|said| said.trim().ends_with(VERSION)) {
            return Ok(program);
        }
    }
    println!("missing: cargo-deny {VERSION}; compiling it takes some minutes, once");
    run::loudly(
        Command::new("cargo")
            .args([
                "install",
                "cargo-deny",
                "--locked",
                "--version",
                VERSION,
                "--root",
            ])
            .arg(place.tools().join("deny")),
    )?;
    Ok(own)
}

const VERSION: &str = "0.20.2";
