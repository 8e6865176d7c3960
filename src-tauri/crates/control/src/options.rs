//! What the caller decides before anything is opened.

use std::ffi::OsString;
use std::path::PathBuf;

use base::Secret;
use store::{Paths, VaultChoice, VaultFault, VaultKind, Written};

use crate::{Code, Complaint, Instance};

/// Choices from the command line; whatever is `None` comes from the settings file.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// One folder for everything.
    pub home: Option<PathBuf>,
    /// The issuer's root.
    pub issuer: Option<String>,
    /// The backend, `…/backend-api`.
    pub upstream: Option<String>,
    /// The port to listen on; zero lets the system pick.
    pub port: Option<u16>,
    /// How secrets are kept.
    pub vault: Option<VaultKind>,
    /// The passphrase, where secrets are kept with one.
    pub passphrase: Option<Secret>,
}

/// What the process knows of its surroundings, read once in `main`.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// The person's home folder.
    pub home: Option<PathBuf>,
    /// The variables that matter, by name.
    pub variables: Vec<(String, OsString)>,
}

impl Environment {
    /// The variables that anyone below reads.
    pub const NAMES: [&'static str; 11] = [
        "APPDATA",
        "CODEX_HOME",
        "LOCALAPPDATA",
        "POSTERN_HOME",
        "POSTERN_PASSPHRASE",
        "ProgramData",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "XDG_STATE_HOME",
        "BROWSER",
        "NOTIFY_SOCKET",
    ];

    /// The value of a variable; empty counts as absent.
    pub fn get(&self, name: &str) -> Option<OsString> {
        let (_, value) = self.variables.iter().find(|(known, _)| known == name)?;
        (!value.is_empty()).then(|| value.clone())
    }

    /// The Codex CLI's folder (contract auth 5.1).
    pub(crate) fn codex_home(&self) -> Option<PathBuf> {
        let named = self.get("CODEX_HOME").map(PathBuf::from);
        named.or_else(|| Some(self.home.as_ref()?.join(".codex")))
    }
}

impl Options {
    /// Where things live.
    pub(crate) fn paths(&self, environment: &Environment) -> Result<Paths, Complaint> {
        let named = environment.get("POSTERN_HOME").map(PathBuf::from);
        if let Some(home) = self.home.clone().or(named) {
            return Ok(Paths::under(&home));
        }
        let home = environment.home.as_ref().ok_or_else(|| {
            Complaint::new(Code::Other, "the home folder of this user is not known")
                .hint("name a folder with `--home DIR`")
        })?;
        Ok(Paths::platform(home, |name| environment.get(name)))
    }

    /// The server that runs for the same folder now, by whomever it was started.
    ///
    /// # Errors
    /// Where things live is not known.
    pub fn running(&self, environment: &Environment) -> Result<Option<Instance>, Complaint> {
        Ok(Instance::find(&self.paths(environment)?))
    }

    /// What the options say in the terms of the settings file, over which they win.
    pub(crate) fn written(&self) -> Written {
        Written {
            port: self.port.map(i64::from),
            issuer: self.issuer.clone(),
            upstream: self.upstream.clone(),
            vault: self.vault.map(|kind| kind.as_str().to_owned()),
            ..Written::default()
        }
    }

    /// The choice of vault, where one was made.
    ///
    /// # Errors
    /// A passphrase was chosen, and none was given.
    pub(crate) fn choice(&self, kind: Option<VaultKind>) -> Result<Option<VaultChoice>, Complaint> {
        Ok(match kind {
            None => None,
            Some(VaultKind::Keyring) => Some(VaultChoice::Keyring),
            Some(VaultKind::Plain) => Some(VaultChoice::Plain),
            Some(VaultKind::Session) => Some(VaultChoice::Session),
            Some(VaultKind::Passphrase) => {
                let passphrase = self.passphrase.clone();
                let passphrase = passphrase.ok_or(VaultFault::PassphraseNeeded)?;
                Some(VaultChoice::Passphrase(passphrase))
            }
        })
    }
}
