//! `cargo xtask screens`: pictures of the real window and the real tray in every state.

use std::path::PathBuf;
use std::process::Command;

use crate::Ended;
use crate::desktop;
use crate::failure::Failure;
use crate::machine::{Need, packages};
use crate::page::Page;
use crate::place::Place;
use crate::run;

/// Takes all pictures into `docs/screens`, or into the folder that is named.
pub(crate) fn run(place: &Place, words: &[&str]) -> Result<Ended, Failure> {
    let folder = match words {
        [] => place.root().join("docs/screens"),
        [folder] => PathBuf::from(folder),
        _ => return Err(Failure::new("`screens` takes one folder")),
    };
    packages(&[
        Need::Panel,
        Need::PanelSettings,
        Need::Theme,
        Need::Letters,
        Need::Pictures,
        Need::Ground,
    ])?;
    desktop::stage()?;
    desktop::ready()?;
    Page::ready(place)?.build()?;
    let mut cargo = Command::new("cargo");
    cargo.current_dir(place.root());
    cargo.args(["test", "--package", "desktop", "--test", "screens", "--"]);
    run::loudly(cargo.arg(folder))?;
    Ok(Ended::Well)
}
