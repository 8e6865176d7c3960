//! Who starts programs at login and minds them: one for each system.

use std::path::{Path, PathBuf};

use control::Complaint;

use super::launch::Launch;

/// The part of the system that starts programs at login and minds them.
pub(super) trait Supervisor {
    /// The file that tells it about us.
    fn file(&self) -> &Path;

    /// What the file says to have `launch` started.
    ///
    /// # Errors
    /// Its format cannot hold a part of `launch`.
    fn text(&self, launch: &Launch) -> Result<String, Complaint>;

    /// The text as it is written.
    fn bytes(&self, text: &str) -> Vec<u8> {
        text.as_bytes().to_vec()
    }

    /// True where what is started can be given variables.
    fn carries_variables(&self) -> bool {
        true
    }

    /// How the service is now.
    ///
    /// # Errors
    /// Nobody is there to ask.
    fn state(&self) -> Result<State, Complaint>;

    /// Has what the file says started at login, and starts it now: `again` where it runs.
    ///
    /// # Errors
    /// It was refused, or ended at once.
    fn start(&self, again: bool) -> Result<(), Complaint>;

    /// Starts it at login no more, and ends it now.
    ///
    /// # Errors
    /// It was refused.
    fn stop(&self) -> Result<(), Complaint>;

    /// Takes notice that the file is gone, or is the old one again.
    ///
    /// # Errors
    /// It was refused.
    fn forget(&self) -> Result<(), Complaint>;

    /// What a person should know once it runs.
    fn remark(&self) -> Option<&'static str> {
        None
    }
}

/// How the service is, as its supervisor says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct State {
    /// True where it starts at login.
    pub(super) enabled: bool,
    /// Whether it runs.
    pub(super) run: Run,
    /// The file that counts, which may be another one than ours.
    pub(super) file: Option<PathBuf>,
}

/// Whether it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Run {
    Stopped,
    /// It ended, and not because somebody wished it to.
    Failed {
        why: String,
    },
    Running {
        pid: Option<u32>,
    },
    /// This supervisor does not tell.
    Untold,
}

impl State {
    /// True unless it is known not to run.
    pub(super) fn is_running(&self) -> bool {
        match self.run {
            Run::Running { .. } | Run::Untold => true,
            Run::Stopped | Run::Failed { .. } => false,
        }
    }
}
