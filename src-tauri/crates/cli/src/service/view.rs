//! How the service is, for people and for scripts.

use control::{Complaint, Instance};
use serde::Serialize;

use super::file::{self, Found};
use super::supervisor::{Run, Supervisor};
use crate::say;

/// How the service is. `null` is what nobody could say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct View {
    /// True where a file has it started.
    pub(super) installed: bool,
    /// True where it starts at login.
    pub(super) enabled: Option<bool>,
    /// True where it runs now.
    pub(super) running: Option<bool>,
    /// The file that counts.
    pub(super) file: String,
    /// What is wrong with it.
    pub(super) problem: Option<String>,
    /// Where the server listens.
    #[serde(skip)]
    address: Option<String>,
}

impl View {
    /// How it is now. `server` is the one that runs, by whomever it was started.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub(super) fn of(
        supervisor: &dyn Supervisor,
        server: Option<&Instance>,
    ) -> Result<Self, Complaint> {
        let found = file::read(supervisor.file())?;
        let ours = supervisor.file().display().to_string();
        let address = server.map(|server| format!("http://{}", server.address));
        let foreign = (found == Found::Foreign).then(|| "Postern did not write it".to_owned());
        let state = match supervisor.state() {
            Ok(state) => state,
            Err(complaint) => {
                return Ok(Self {
                    installed: matches!(found, Found::Ours(_)),
                    enabled: None,
                    running: None,
                    file: ours,
                    problem: foreign.or(Some(complaint.message)),
                    address,
                });
            }
        };
        let (running, failed) = match state.run {
            Run::Running { .. } => (true, None),
            Run::Failed { why } => (false, Some(why)),
            Run::Stopped => (false, None),
            Run::Untold => (found != Found::Nothing && server.is_some(), None),
        };
        Ok(Self {
            installed: found != Found::Foreign && (found != Found::Nothing || state.file.is_some()),
            enabled: Some(state.enabled),
            running: Some(running),
            file: state.file.map_or(ours, |file| file.display().to_string()),
            problem: foreign.or(failed),
            address,
        })
    }

    /// Says it.
    pub(super) fn told(&self, json: bool) {
        if json {
            return say::json(self);
        }
        let word = |known: Option<bool>| match known {
            Some(true) => "yes",
            Some(false) => "no",
            None => "unknown",
        };
        say::line(&format!("Installed  {}", word(Some(self.installed))));
        say::line(&format!("At login   {}", word(self.enabled)));
        say::line(&format!("Running    {}", word(self.running)));
        say::line(&format!("File       {}", self.file));
        if let Some(problem) = &self.problem {
            say::line(&format!("Problem    {problem}"));
        }
    }

    /// Says that it is installed now.
    pub(super) fn installed(&self, supervisor: &dyn Supervisor, json: bool) {
        if json {
            return say::json(self);
        }
        match &self.address {
            Some(address) => say::line(&format!(
                "Postern listens on {address} and starts at login from now on."
            )),
            None => say::line("Postern runs and starts at login from now on."),
        }
        if let Some(remark) = supervisor.remark() {
            say::aside(remark);
        }
    }
}
