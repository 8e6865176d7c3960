//! The page: its tools, its build, and its own checks, by the scripts of `ui/package.json`.

use std::path::PathBuf;
use std::process::Command;

use crate::failure::Failure;
use crate::machine::{Need, Node, node, packages};
use crate::place::{Place, Profile};
use crate::run::{self, Watched};

/// The page's folder, ready to run its scripts.
#[derive(Debug)]
pub(crate) struct Page {
    node: Node,
    folder: PathBuf,
    programs: PathBuf,
}

impl Page {
    /// Installs Node and what the page is made with.
    pub(crate) fn ready(place: &Place) -> Result<Self, Failure> {
        packages(&[Need::Python])?;
        let node = node(place)?;
        let folder = place.root().join("ui");
        node.install(&folder)?;
        Ok(Self {
            node,
            folder,
            programs: place.programs(Profile::Dev),
        })
    }

    /// Builds the page into `ui/dist`, from where the window and the browser's door take it.
    pub(crate) fn build(&self) -> Result<(), Failure> {
        run::loudly(&mut self.script("build"))
    }

    /// Runs a script with our own output and says whether it ended well.
    pub(crate) fn passes(&self, script: &str) -> Result<bool, Failure> {
        run::passes(&mut self.script(script))
    }

    /// Runs a script and keeps what it prints.
    pub(crate) fn watched(&self, script: &str) -> Result<Watched, Failure> {
        run::watched(&mut self.script(script))
    }

    /// Tauri's own command, which packs programs.
    pub(crate) fn tauri(&self) -> Command {
        self.node
            .command(&self.folder.join("node_modules/@tauri-apps/cli/tauri.js"))
    }

    fn script(&self, name: &str) -> Command {
        let mut command = self.node.script(&self.folder, name);
        command
            .env("CI", "1")
            // The counts are read from what is printed.
            .env("NO_COLOR", "1")
            .env("POSTERN_PROGRAMS", &self.programs);
        command
    }
}
