//! The desktop program: set up, compiled, started.

use std::process::Command;

use crate::Ended;
use crate::failure::{Because as _, Failure};
use crate::machine::{Need, packages};
use crate::page::Page;
use crate::place::{Place, Profile};
use crate::release;
use crate::run;

/// The command `run`: everything from a bare checkout to the open window.
pub(crate) fn run(place: &Place) -> Result<Ended, Failure> {
    build(place, Profile::Dev)?;
    println!("Postern starts; Ctrl-C ends it.");
    let status = Command::new(program(place))
        .status()
        .because("could not start Postern")?;
    Ok(match status.success() {
        true => Ended::Well,
        false => Ended::Badly,
    })
}

/// Installs what is missing, builds the page, compiles the program with the page in it.
pub(crate) fn build(place: &Place, profile: Profile) -> Result<(), Failure> {
    ready()?;
    Page::ready(place)?.build()?;
    match profile {
        Profile::Dev => {
            let mut cargo = Command::new("cargo");
            cargo.current_dir(place.root()).arg("build");
            run::loudly(cargo.args(PACKAGES))
        }
        Profile::Release => release::compile(place),
    }
}

/// Installs what the program is compiled against.
pub(crate) fn ready() -> Result<(), Failure> {
    if cfg!(target_os = "linux") {
        // The second is looked for with the help of the first.
        packages(&[Need::Libraries])?;
        packages(&[Need::Webview])?;
    }
    Ok(())
}

/// Installs what stages of the real program are made of.
pub(crate) fn stage() -> Result<(), Failure> {
    packages(&[
        Need::Keyring,
        Need::Bus,
        Need::Display,
        Need::WebDriver,
        Need::Browser,
        Need::WindowManager,
        Need::Windows,
        Need::Keys,
        Need::Clipboard,
        Need::Properties,
    ])
}

/// The compiled program.
pub(crate) fn program(place: &Place) -> std::path::PathBuf {
    place.program(Profile::Dev, "postern-desktop")
}

/// Both programs, and the stand-in for trying them. Always all: what is compiled of the crates that they
/// share depends on who shares them.
pub(crate) const PACKAGES: [&str; 6] = [
    "--package",
    "desktop",
    "--package",
    "cli",
    "--package",
    "standin",
];
