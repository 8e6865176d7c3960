//! The settings file, and what becomes of it while the program runs.
//!
//! What is in force is always good: a file that is wrong, half written, or gone leaves the last
//! good settings in place and its problems on show.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use base::Clock;
use parking_lot::Mutex;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use toml_edit::{DocumentMut, TomlError};

use super::{Problem, Settings, Value, Written, text};
use crate::paths::Paths;
use crate::private::{self, Stamp};
use crate::turn::Turn;

/// Why an edit was not written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EditFault {
    /// The file, or the file as edited, has problems.
    #[error("the settings would be wrong: {}", .0.first().map(Problem::to_string).unwrap_or_default())]
    Problems(Vec<Problem>),
    /// The disk said no.
    #[error("could not write `{}`", path.display())]
    File {
        /// The settings file.
        path: PathBuf,
        /// The system's answer.
        source: Arc<io::Error>,
    },
}

impl EditFault {
    /// One thing the reader can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Problems(_) => Some("mend the settings file first"),
            Self::File { .. } => Some("check the disk and the permissions of that folder"),
        }
    }
}

/// The settings file. Clones are the same file.
#[derive(Debug, Clone)]
pub struct SettingsFile(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    overrides: Written,
    current: watch::Sender<Arc<Settings>>,
    problems: watch::Sender<Vec<Problem>>,
    /// The version of the file that was read last.
    read: Mutex<Option<Stamp>>,
}

impl SettingsFile {
    /// Reads the file, writing a documented one where there is none. `overrides`, from the
    /// command line, win over it. Never fails: [`Self::problems`] tells.
    pub fn open(paths: &Paths, overrides: Written) -> Self {
        let path = paths.settings_file();
        let unwritten = write_first(&path).err();
        let start = Settings::check(&overrides).unwrap_or_default();
        let file = Self(Arc::new(Inner {
            path,
            overrides,
            current: watch::Sender::new(Arc::new(start)),
            problems: watch::Sender::new(Vec::new()),
            read: Mutex::new(None),
        }));
        file.reload();
        match unwritten {
            // Nothing was there to read, and this is why.
            Some(error) if stamp(file.path()).is_none() => {
                file.complain(vec![failed(file.path(), "written", &error)]);
            }
            Some(_) | None => {}
        }
        file
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// What the command line says; it wins over the file.
    pub fn overrides(&self) -> &Written {
        &self.0.overrides
    }

    /// What stands in the file now, good or not; nothing where it cannot be read.
    pub fn written(&self) -> Written {
        let text = read(&self.0.path).unwrap_or_default();
        Written::parse(&text).0
    }

    /// The last good settings.
    pub fn current(&self) -> Arc<Settings> {
        Arc::clone(&self.0.current.borrow())
    }

    /// The settings, as they change.
    pub fn watch(&self) -> watch::Receiver<Arc<Settings>> {
        self.0.current.subscribe()
    }

    /// What is wrong with the file now; empty when it is in force.
    pub fn problems(&self) -> Vec<Problem> {
        self.0.problems.borrow().clone()
    }

    /// The problems, as they change.
    pub fn watch_problems(&self) -> watch::Receiver<Vec<Problem>> {
        self.0.problems.subscribe()
    }

    /// Reads the file again and takes it where it is good.
    pub fn reload(&self) {
        // Held to the end: who read first must not be the last to say what counts.
        let mut known = self.0.read.lock();
        *known = stamp(&self.0.path);
        let outcome = match read(&self.0.path) {
            Ok(text) => Settings::check_text_under(&text, &self.0.overrides),
            Err(error) => Err(vec![failed(&self.0.path, "read", &error)]),
        };
        let problems = match outcome {
            Ok(good) => {
                self.0.current.send_if_modified(|current| {
                    let changed = **current != good;
                    *current = Arc::new(good);
                    changed
                });
                Vec::new()
            }
            Err(problems) => problems,
        };
        self.complain(problems);
    }

    fn complain(&self, problems: Vec<Problem>) {
        self.0.problems.send_if_modified(|shown| {
            if *shown == problems {
                return false;
            }
            for problem in &problems {
                tracing::warn!(name: "settings.wrong", %problem, "the last good settings stay in force");
            }
            *shown = problems;
            true
        });
    }

    /// Looks at the file each second until `stop`, and takes what is good.
    pub async fn follow(self, clock: Clock, stop: CancellationToken) {
        let mut noticed = *self.0.read.lock();
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = clock.sleep(BETWEEN_LOOKS) => {}
            }
            let now = stamp(&self.0.path);
            // Some editors empty a file, or take it away, before they write it: nothing at all
            // counts only when it is still so at the next look.
            let settled = noticed == now || now.is_some_and(|stamp| !stamp.is_empty());
            noticed = now;
            if settled && *self.0.read.lock() != now {
                self.reload();
            }
        }
    }

    /// Changes the file and keeps its comments and order; what is good counts at once. Waits for
    /// other editors, so it blocks for a moment.
    ///
    /// # Errors
    /// The file is wrong, or would be; it is as it was then.
    pub fn edit(&self, change: impl FnOnce(&mut DocumentMut)) -> Result<(), EditFault> {
        self.write_changed(|before| text::edited(before, change))?;
        self.reload();
        Ok(())
    }

    /// Writes one key, or takes it out so that its default counts again. As [`Self::edit`].
    ///
    /// # Errors
    /// As [`Self::edit`].
    pub fn set(&self, key: &str, value: Option<Value>) -> Result<(), EditFault> {
        match value {
            Some(value) => self.edit(|document| document[key] = toml_edit::value(value)),
            None => {
                self.write_changed(|before| text::without(before, key))?;
                self.reload();
                Ok(())
            }
        }
    }

    fn write_changed(
        &self,
        change: impl FnOnce(&str) -> Result<String, TomlError>,
    ) -> Result<(), EditFault> {
        write_first(&self.0.path).map_err(|error| self.fault(error))?;
        // A person may keep the file elsewhere and link it here; the link stays.
        let path = fs::canonicalize(&self.0.path).map_err(|error| self.fault(error))?;
        let _turn =
            Turn::wait_here(&path.with_extension("lock")).map_err(|error| self.fault(error))?;
        let before = read(&path).map_err(|error| self.fault(error))?;
        let Ok(after) = change(&before) else {
            return Err(EditFault::Problems(Written::parse(&before).1));
        };
        Settings::check_text(&after).map_err(EditFault::Problems)?;
        private::replace(&path, after.as_bytes()).map_err(|error| self.fault(error))
    }

    fn fault(&self, source: io::Error) -> EditFault {
        EditFault::File {
            path: self.0.path.clone(),
            source: Arc::new(source),
        }
    }
}

/// A problem of the file as a whole.
fn failed(path: &Path, what: &str, error: &io::Error) -> Problem {
    Problem {
        key: String::new(),
        why: format!("`{}` cannot be {what}: {error}", path.display()),
    }
}

/// The text of the file, or of the one it links to. Somebody who can pass a file on may pass on one
/// without end, and what everybody may write is nobody's wish.
fn read(path: &Path) -> io::Result<String> {
    let found = fs::metadata(path)?;
    let why = if !found.is_file() {
        "it is no file"
    } else if found.len() > LARGEST {
        "it is larger than 1 MiB"
    } else if private::is_open_to_all(&found) {
        "everybody on this computer may write it; take that right away with `chmod o-w`"
    } else {
        let mut text = String::new();
        File::open(path)?.take(LARGEST).read_to_string(&mut text)?;
        return Ok(text);
    };
    Err(io::Error::other(why))
}

fn write_first(path: &Path) -> io::Result<()> {
    if fs::symlink_metadata(path).is_ok() {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        private::make_folder(folder)?;
    }
    private::replace(path, text::documented().as_bytes())
}

fn stamp(path: &Path) -> Option<Stamp> {
    fs::metadata(path).ok().map(|found| Stamp::of(&found))
}

/// A person writes some thousand bytes.
const LARGEST: u64 = 1 << 20;
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);
