//! `cargo xtask demo --desktop`: the app itself, first run and all, with the stand-in as ChatGPT.

use std::fs;
use std::process::Command;

use super::Programs;
use crate::Ended;
use crate::child::Child;
use crate::desktop;
use crate::failure::{Because as _, Failure};
use crate::folder::Folder;
use crate::place::{Place, Profile};
use crate::stack;
use crate::wish::Wish;

/// Builds, starts, and stays up until the app is quit or a signal comes.
pub(super) fn run(place: &Place, programs: Programs) -> Result<Ended, Failure> {
    match programs {
        Programs::ToBuild => desktop::build(place, Profile::Dev)?,
        Programs::Built => {}
    }
    let wish = Wish::listen()?;
    let folder = Folder::make("postern")?;
    let standin = stack::start_standin(place, Profile::Dev, folder.path())?;
    let issuer = format!("http://{}", stack::address(&standin.line()?)?);
    let home = folder.path().join("home");
    write_settings(&home, &issuer)?;
    println!(
        "\nThe stand-in plays ChatGPT at {issuer}. Its page lets you in as whoever you choose."
    );
    let mut command = Command::new(desktop::program(place));
    command.env("POSTERN_HOME", &home);
    let mut app = Child::start("postern-desktop", &mut command, folder.path())?;
    println!("Postern starts; quit it or press Ctrl-C to end everything.");
    while !app.has_left() && !wish.has_come() {
        if let Some(line) = app.next_line() {
            println!("{line}");
        }
    }
    drop(app);
    drop(standin);
    println!("\nEverything has ended.");
    Ok(Ended::Well)
}

/// A free port and a plain file: neither the person's own Postern nor their keyring is touched.
pub(crate) fn write_settings(home: &std::path::Path, issuer: &str) -> Result<(), Failure> {
    let text = format!(
        "port = 0\nvault = \"plain\"\nissuer = \"{issuer}\"\nupstream = \"{issuer}/backend-api\"\n"
    );
    fs::create_dir_all(home).because("could not make the demo's home")?;
    fs::write(home.join("config.toml"), text).because("could not write the demo's settings")
}
