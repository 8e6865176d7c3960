//! The file of secrets on disk: reading it, replacing it, moving it aside. Everything blocks.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use base::{Chance, Timestamp};

use super::fault::VaultFault;
use super::sheet::{Content, Seal};
use crate::paths::Paths;
use crate::private::{self, Found, Identity, Stamp};

/// Where the file lies.
#[derive(Debug, Clone)]
pub(super) struct Shelf {
    folder: PathBuf,
    file: PathBuf,
    /// The folder that was found there first. A disk that goes away is no empty one.
    known: Arc<OnceLock<Identity>>,
}

/// The file as it was found; `None` where there is none.
pub(super) type Bytes = Option<(Vec<u8>, Stamp)>;

impl Shelf {
    pub(super) fn new(paths: &Paths) -> Self {
        Self {
            folder: paths.data.clone(),
            file: paths.secrets_file(),
            known: Arc::default(),
        }
    }

    pub(super) fn file(&self) -> &PathBuf {
        &self.file
    }

    pub(super) fn stamp(&self) -> Option<Stamp> {
        private::stamp(&self.file)
    }

    pub(super) fn read(&self) -> Result<Bytes, VaultFault> {
        match private::read(&self.file) {
            Ok(Found::Nothing) => match self.look() {
                Ok(()) => Ok(None),
                Err(error) => Err(self.fault("read", error)),
            },
            Ok(Found::NotAFile) => Err(VaultFault::NotAFile(self.file.clone())),
            Ok(Found::Bytes(bytes, stamp)) => match self.look() {
                Ok(()) => Ok(Some((bytes, stamp))),
                Err(error) => Err(self.fault("read", error)),
            },
            Err(error) => Err(self.fault("read", error)),
        }
    }

    /// Only for whoever holds the turn at the file.
    pub(super) fn write(
        &self,
        seal: &Seal,
        content: &Content,
        chance: &Chance,
    ) -> Result<(), VaultFault> {
        let bytes = seal.write(content, chance)?;
        private::sweep(&self.file)
            .and_then(|()| private::replace(&self.file, &bytes))
            .map_err(|error| self.fault("write", error))
    }

    /// Gives a file that cannot be opened another name; nothing is lost.
    pub(super) fn put_aside(&self, at: Timestamp) -> Result<Option<PathBuf>, VaultFault> {
        let aside = self.folder.join(format!("secrets.aside-{}", at.millis()));
        match std::fs::rename(&self.file, &aside) {
            Ok(()) => Ok(Some(aside)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.fault("move", error)),
        }
    }

    /// The lock file of `what`, in a folder that is there.
    pub(super) fn lock(&self, what: &str) -> Result<PathBuf, VaultFault> {
        self.look()
            .and_then(|()| private::own_folder(&self.folder))
            .and_then(|()| self.look())
            .map_err(|error| self.fault("make the folder of", error))?;
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        let name: String = what.chars().map(plain).collect();
        Ok(self.folder.join(format!("{name}.lock")))
    }

    /// Looks whether the folder is the one that it was, or not yet there.
    ///
    /// # Errors
    /// It is gone, or another is in its place: then what is in it, or is not, says nothing.
    fn look(&self) -> io::Result<()> {
        let found = match std::fs::metadata(&self.folder) {
            Ok(found) if found.is_dir() => found,
            Ok(_) => return Err(io::ErrorKind::NotADirectory.into()),
            Err(error) if self.known.get().is_some() => return Err(error),
            Err(_) => return Ok(()),
        };
        let here = private::identity(&found);
        match *self.known.get_or_init(|| here) == here {
            true => Ok(()),
            false => Err(io::Error::other("its folder was replaced by another")),
        }
    }

    pub(super) fn fault(&self, what: &'static str, source: io::Error) -> VaultFault {
        VaultFault::File {
            what,
            path: self.file.clone(),
            source: Arc::new(source),
        }
    }
}
