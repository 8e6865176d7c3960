//! A program that stays up: started, listened to, and always ended.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::failure::{Because as _, Failure};

/// A running program. Dropping it asks it to leave, waits, and at last makes it leave.
#[derive(Debug)]
pub(crate) struct Child {
    name: &'static str,
    process: std::process::Child,
    lines: Receiver<String>,
    log: PathBuf,
}

impl Child {
    /// Starts `command`; its standard error goes to a file in `logs`.
    #[expect(
        clippy::disallowed_methods,
        reason = "the pipe must be drained while others wait; the thread ends with the program"
    )]
    pub(crate) fn start(
        name: &'static str,
        command: &mut Command,
        logs: &Path,
    ) -> Result<Self, Failure> {
        let log = logs.join(format!("{name}.log"));
        let errors = File::create(&log).because(format!("could not make `{}`", log.display()))?;
        let mut process = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .because(format!("could not start `{name}`"))?;
        let (tell, lines) = mpsc::channel();
        if let Some(stdout) = process.stdout.take() {
            std::thread::spawn(move || {
                let lines = BufReader::new(stdout).lines().map_while(Result::ok);
                // The one who listened may be gone; the pipe is drained all the same.
                lines.for_each(|line| drop(tell.send(line)));
            });
        }
        Ok(Self {
            name,
            process,
            lines,
            log,
        })
    }

    /// The next line of its standard output.
    pub(crate) fn line(&self) -> Result<String, Failure> {
        self.lines.recv_timeout(PATIENCE).map_err(|_| {
            let said = std::fs::read_to_string(&self.log).unwrap_or_default();
            Failure::new(format!(
                "`{}` said nothing on its standard output\n{said}",
                self.name
            ))
        })
    }

    /// The next line of its standard output, if it comes soon.
    pub(crate) fn next_line(&self) -> Option<String> {
        let line = self.lines.recv_timeout(SOON);
        if matches!(line, Err(RecvTimeoutError::Disconnected)) {
            std::thread::sleep(SOON);
        }
        line.ok()
    }

    /// True once it has left by itself.
    pub(crate) fn has_left(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(Some(_)))
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Interrupts it, as Ctrl-C would.
    pub(crate) fn interrupt(&self) {
        signal(&self.process, Word::Interrupt);
    }

    /// Asks it to leave.
    pub(crate) fn terminate(&self) {
        signal(&self.process, Word::Terminate);
    }

    /// Waits until it has left by itself; `None` when it has not within the patience of a test.
    pub(crate) fn left(&mut self) -> Option<std::process::ExitStatus> {
        let deadline = now() + PATIENCE;
        while now() < deadline {
            if let Ok(Some(status)) = self.process.try_wait() {
                return Some(status);
            }
            std::thread::sleep(PAUSE);
        }
        None
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if self.has_left() {
            return;
        }
        self.terminate();
        if self.left().is_none() {
            eprintln!(
                "xtask: `{}` does not leave by itself and is killed",
                self.name
            );
            let _ = self.process.kill();
            let _ = self.process.wait();
        }
    }
}

/// What a program is told.
#[derive(Debug, Clone, Copy)]
enum Word {
    Interrupt,
    Terminate,
}

#[cfg(unix)]
fn signal(process: &std::process::Child, word: Word) {
    use rustix::process::{Pid, Signal, kill_process};

    let signal = match word {
        Word::Interrupt => Signal::INT,
        Word::Terminate => Signal::TERM,
    };
    // An error means that it is gone, which is what was wanted.
    let _ = kill_process(Pid::from_child(process), signal);
}

#[cfg(not(unix))]
fn signal(_: &std::process::Child, _: Word) {}

#[expect(
    clippy::disallowed_methods,
    reason = "programs are watched from outside, by the clock"
)]
fn now() -> Instant {
    Instant::now()
}

/// How long a program may take to say its address or to leave.
const PATIENCE: Duration = Duration::from_secs(60);
const SOON: Duration = Duration::from_millis(100);
const PAUSE: Duration = Duration::from_millis(20);
