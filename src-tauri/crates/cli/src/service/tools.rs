//! The system's own programs, run and waited for.

use std::io;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Runs the system's own programs. Tests script it.
pub(super) trait Tools {
    /// Runs `program` to its end.
    ///
    /// # Errors
    /// It is not there, or cannot be started.
    fn run(&self, program: &str, words: &[&str]) -> io::Result<Ended>;

    /// Waits a moment before something is asked again.
    fn pause(&self);
}

/// How a program ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ended {
    pub(super) ok: bool,
    pub(super) out: String,
    pub(super) err: String,
}

impl Ended {
    /// The first line of what it complained of; systemctl tells what it did there, too.
    pub(super) fn why(&self) -> &str {
        let lines = self.err.lines().chain(self.out.lines()).map(str::trim);
        lines
            .filter(|line| !line.is_empty())
            .find(|line| !line.starts_with("Created symlink"))
            .unwrap_or("no reason was given")
    }
}

/// The real ones.
pub(super) struct System;

impl Tools for System {
    fn run(&self, program: &str, words: &[&str]) -> io::Result<Ended> {
        let output = Command::new(program)
            .args(words)
            // What they say is read, and must not be translated.
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .output()?;
        Ok(Ended {
            ok: output.status.success(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    fn pause(&self) {
        std::thread::sleep(Duration::from_millis(200));
    }
}
