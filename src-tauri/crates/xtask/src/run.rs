//! Runs another program to its end: loud, quiet, or watched.

use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;

use crate::failure::{Because as _, Failure};

/// Runs `command` with our own output; a bad status is a failure.
pub(crate) fn loudly(command: &mut Command) -> Result<(), Failure> {
    println!("$ {}", line(command));
    let status = command.status().because(program(command))?;
    well(command, status)
}

/// Runs `command` with our own output and says whether it ended well.
pub(crate) fn passes(command: &mut Command) -> Result<bool, Failure> {
    println!("$ {}", line(command));
    Ok(command.status().because(program(command))?.success())
}

/// Runs `command` unheard and returns what it printed; a bad status is a failure with its words.
pub(crate) fn quietly(command: &mut Command) -> Result<String, Failure> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .because(program(command))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        return Err(Failure::new(format!(
            "`{}` ended with {}\n{said}{complaint}",
            line(command),
            output.status
        )));
    }
    Ok(said)
}

/// The SHA-256 of a file, in hexadecimal.
pub(crate) fn sha256(file: &Path) -> Result<String, Failure> {
    let told = quietly(Command::new("sha256sum").arg(file))?;
    Ok(told.split(' ').next().unwrap_or_default().to_owned())
}

/// What a watched program printed, and how it ended.
#[derive(Debug)]
pub(crate) struct Watched {
    /// Standard output and standard error, line by line, each in its order.
    pub(crate) lines: Vec<String>,
    pub(crate) status: ExitStatus,
}

/// Runs `command`, passes on each line as it comes, and keeps them all.
pub(crate) fn watched(command: &mut Command) -> Result<Watched, Failure> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .because(program(command))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let lines = thread::scope(|scope| {
        let other = scope.spawn(|| stderr.map(relay).unwrap_or_default());
        let mut lines = stdout.map(relay).unwrap_or_default();
        lines.extend(other.join().unwrap_or_default());
        lines
    });
    let status = child.wait().because(program(command))?;
    Ok(Watched { lines, status })
}

/// True where `program` can be started at all.
pub(crate) fn exists(program: &str) -> bool {
    SYSTEM_FOLDERS
        .iter()
        .map(Into::into)
        .chain(search_path())
        .any(|folder| folder.join(program).is_file())
}

fn relay(pipe: impl Read) -> Vec<String> {
    let lines = BufReader::new(pipe).split(b'\n').map_while(Result::ok);
    lines
        .map(|line| String::from_utf8_lossy(&line).into_owned())
        .inspect(|line| println!("{line}"))
        .collect()
}

fn well(command: &Command, status: ExitStatus) -> Result<(), Failure> {
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "`{}` ended with {status}",
        line(command)
    )))
}

fn program(command: &Command) -> String {
    format!(
        "could not run `{}`",
        command.get_program().to_string_lossy()
    )
}

fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
    words.join(" ")
}

/// The folders in which a shell looks for programs.
#[expect(
    clippy::disallowed_methods,
    reason = "a program is looked for where a shell would"
)]
pub(crate) fn search_path() -> Vec<std::path::PathBuf> {
    std::env::var_os("PATH")
        .map(|path| std::env::split_paths(&path).collect())
        .unwrap_or_default()
}

/// Where servers live; not in the search path of every person.
const SYSTEM_FOLDERS: [&str; 3] = ["/usr/sbin", "/usr/local/sbin", "/sbin"];
