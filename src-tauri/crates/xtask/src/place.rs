//! Where things are: the checkout, the built programs, what `xtask` installs for itself.

use std::path::{Path, PathBuf};

use crate::failure::{Because as _, Failure};

/// The folders every command works in.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    root: PathBuf,
    target: PathBuf,
    own: PathBuf,
}

impl Place {
    /// The checkout this program was compiled from, and the target directory it runs from.
    pub(crate) fn find() -> Result<Self, Failure> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .nth(3)
            .ok_or_else(|| Failure::new("the checkout has no root"))?;
        let program = std::env::current_exe().because("could not find the running program")?;
        let target = program
            .ancestors()
            .nth(2)
            .ok_or_else(|| Failure::new("the running program is in no target directory"))?
            .to_owned();
        Ok(Self {
            root: root.to_owned(),
            target,
            own: program,
        })
    }

    /// The same with another checkout, and what is compiled in it.
    pub(crate) fn at(&self, root: PathBuf) -> Self {
        Self {
            target: root.join("target"),
            root,
            ..self.clone()
        }
    }

    /// The same, with everything compiled into another folder.
    pub(crate) fn compiled_into(&self, target: PathBuf) -> Self {
        Self {
            target,
            ..self.clone()
        }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// This program. A build may have put a newer one there since it was started.
    pub(crate) fn own(&self) -> &Path {
        &self.own
    }

    /// Where everything is compiled into.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// What `xtask` installs and keeps between runs.
    pub(crate) fn tools(&self) -> PathBuf {
        self.target.join("xtask")
    }

    /// How this program was compiled, and so the others beside it.
    pub(crate) fn profile(&self) -> Profile {
        let optimised = self
            .own
            .starts_with(self.target.join(Profile::Release.folder()));
        if optimised {
            Profile::Release
        } else {
            Profile::Dev
        }
    }

    /// The folder of a client suite, such as `openai-python`.
    pub(crate) fn client(&self, name: &str) -> PathBuf {
        self.root.join("src-tauri/clients").join(name)
    }

    /// The folder of the workspace's built programs.
    pub(crate) fn programs(&self, profile: Profile) -> PathBuf {
        self.target.join(profile.folder())
    }

    /// A built program of the workspace.
    pub(crate) fn program(&self, profile: Profile, name: &str) -> PathBuf {
        self.programs(profile).join(name)
    }
}

/// How the programs are compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    Dev,
    Release,
}

impl Profile {
    fn folder(self) -> &'static str {
        match self {
            Self::Dev => "debug",
            Self::Release => "release",
        }
    }
}
