//! Python environments below target/xtask, made by `uv` from a `requirements.txt`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::packages::install;
use crate::failure::{Because as _, Failure};
use crate::place::Place;
use crate::run;

/// An environment with everything of its `requirements.txt`.
#[derive(Debug, Clone)]
pub(crate) struct Python {
    folder: PathBuf,
}

impl Python {
    /// A program of the environment.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.folder.join("bin").join(name)
    }
}

/// The environment `name` with exactly what `requirements` lists; made again when the list changed.
pub(crate) fn python(place: &Place, name: &str, requirements: &Path) -> Result<Python, Failure> {
    let wanted = fs::read_to_string(requirements)
        .because(format!("could not read `{}`", requirements.display()))?;
    let folder = place.tools().join(name);
    let made = Python {
        folder: folder.clone(),
    };
    let stamp = folder.join("installed.txt");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(made);
    }
    let uv = uv(place)?;
    run::loudly(
        Command::new(&uv)
            .args(["venv", "--quiet", "--clear"])
            .arg(&folder),
    )?;
    run::loudly(
        Command::new(&uv)
            .args(["pip", "install", "--quiet", "--python"])
            .arg(&folder)
            .arg("--requirements")
            .arg(requirements),
    )?;
    fs::write(&stamp, wanted).because(format!("could not write `{}`", stamp.display()))?;
    Ok(made)
}

/// The machine's `uv`, or one of our own.
fn uv(place: &Place) -> Result<PathBuf, Failure> {
    if run::exists("uv") && run::quietly(Command::new("uv").arg("--version")).is_ok() {
        return Ok("uv".into());
    }
    let folder = place.tools().join("uv");
    let own = folder.join("bin/uv");
    if own.is_file() {
        return Ok(own);
    }
    println!("missing: uv; it is installed into `{}`", folder.display());
    let mut venv = Command::new("python3");
    venv.args(["-m", "venv", "--clear"]).arg(&folder);
    if !run::passes(&mut venv)? {
        // Debian's Python comes without the part that makes environments.
        install(&["python3-venv"])?;
        run::loudly(&mut venv)?;
    }
    run::loudly(Command::new(folder.join("bin/pip")).args(["install", "--quiet", UV]))?;
    Ok(own)
}

const UV: &str = "uv==0.13.8";
