//! What is started at login, in words that every format can hold.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use control::{Code, Complaint, Environment, Options};

/// A program with its words and variables: text on one line, without control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Launch {
    pub(super) program: String,
    pub(super) arguments: Vec<String>,
    pub(super) variables: Vec<(String, String)>,
    /// How long it may take to end when it is asked to.
    pub(super) stop_within: Duration,
}

impl Launch {
    /// `postern serve` as the person who asks would start it: the same folder, the same options,
    /// and what tells where things are. Running requests get `drain` to end.
    ///
    /// # Errors
    /// A path or an option is no plain line of text.
    pub(super) fn of(
        program: &Path,
        options: &Options,
        environment: &Environment,
        drain: Duration,
    ) -> Result<Self, Complaint> {
        let named = environment.get("POSTERN_HOME").map(PathBuf::from);
        let home = options.home.clone().or(named);
        let mut arguments = vec!["serve".to_owned()];
        let mut add = |option: &str, value: &OsStr| {
            arguments.extend([option.to_owned(), plain(value)?]);
            Ok::<(), Complaint>(())
        };
        if let Some(home) = &home {
            let home = std::path::absolute(home).unwrap_or_else(|_| home.clone());
            add("--home", home.as_os_str())?;
        }
        if let Some(vault) = options.vault {
            add("--vault", OsStr::new(vault.as_str()))?;
        }
        if let Some(issuer) = &options.issuer {
            add("--issuer", OsStr::new(issuer))?;
        }
        if let Some(upstream) = &options.upstream {
            add("--upstream", OsStr::new(upstream))?;
        }
        let names = PLACES.iter().filter(|name| match **name {
            "CODEX_HOME" => true,
            _ => home.is_none() && cfg!(not(any(windows, target_os = "macos"))),
        });
        let mut variables = Vec::new();
        for name in names {
            let value = environment.get(name).map(PathBuf::from);
            if let Some(value) = value.filter(|value| value.is_absolute()) {
                variables.push(((*name).to_owned(), plain(value.as_os_str())?));
            }
        }
        Ok(Self {
            program: plain(program.as_os_str())?,
            arguments,
            variables,
            stop_within: LEAST.max(drain + GRACE),
        })
    }
}

/// Text that is the same on every system, on one line.
fn plain(text: &OsStr) -> Result<String, Complaint> {
    // XML has no place for the last two.
    let is_odd = |c: char| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}');
    match text.to_str() {
        Some(text) if !text.contains(is_odd) => Ok(text.to_owned()),
        Some(_) | None => Err(Complaint::new(
            Code::Other,
            format!("{text:?} cannot be written to a service's file"),
        )
        .hint("use a path without line breaks and control characters, in UTF-8")),
    }
}

/// Variables that tell where things are. Secrets and everything else stay where they were set.
const PLACES: [&str; 4] = [
    "CODEX_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
];

/// What the last rows and tasks may take after the drain.
const GRACE: Duration = Duration::from_secs(15);

/// The systems' own patience, so that `drain_secs` can be raised without installing again.
const LEAST: Duration = Duration::from_secs(90);
