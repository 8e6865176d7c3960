//! A private folder for a while.

use std::fs::{self, DirBuilder};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::failure::{Because as _, Failure};

/// A folder that only its owner may enter; dropping it removes it with all it holds.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// Makes `NAME-PROCESS-NUMBER` where the system keeps what is temporary.
    pub(crate) fn make(name: &str) -> Result<Self, Failure> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("{name}-{}-{number}", process::id()));
        private()
            .create(&path)
            .because(format!("could not make `{}`", path.display()))?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

/// Makes folders that only their owner may enter. Elsewhere than on Unix they are so where they lie, in
/// the person's own place for what is temporary.
fn private() -> DirBuilder {
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;

        let mut builder = DirBuilder::new();
        builder.mode(0o700);
        builder
    }
    #[cfg(not(unix))]
    DirBuilder::new()
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("xtask: could not remove `{}`: {error}", self.0.display());
        }
    }
}
