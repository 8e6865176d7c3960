//! The Codex CLI's own sign-in, read only (contract auth 5.2).
//!
//! `auth.json` is read when it has changed and never written; its tokens are never renewed, since
//! two programs with one refresh token sign each other out (contract auth 3.3).

mod file;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use parking_lot::Mutex;

use crate::access_token::AccessToken;
use crate::fault::Fault;
use crate::routing::Routes;

pub(crate) use file::PlanTokens;

/// The Codex CLI's folder.
#[derive(Debug)]
pub(crate) struct CodexCli {
    path: PathBuf,
    seen: Mutex<Option<Seen>>,
    pub(crate) routes: Routes,
}

/// What the file holds.
#[derive(Debug, Clone)]
pub(crate) enum Found {
    /// A ChatGPT sign-in.
    Plan(Arc<PlanTokens>),
    /// A personal access token.
    AccessToken(Arc<AccessToken>),
    /// A platform API key.
    ApiKey(base::Secret),
}

#[derive(Debug, Clone)]
struct Seen {
    stamp: Stamp,
    found: Found,
    generation: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
}

impl CodexCli {
    pub(crate) fn new(home: &Path) -> Self {
        Self {
            path: home.join("auth.json"),
            seen: Mutex::default(),
            routes: Routes::default(),
        }
    }

    /// What the file holds now, and a number that changes with it.
    pub(crate) async fn look(self: &Arc<Self>) -> Result<(Found, u64), Fault> {
        let me = Arc::clone(self);
        let looked = tokio::task::spawn_blocking(move || me.look_now(Trust::Stamp)).await;
        looked.unwrap_or(Err(Fault::Stopping))
    }

    /// The same, read even where the file looks unchanged.
    pub(crate) async fn reread(self: &Arc<Self>) -> Result<(Found, u64), Fault> {
        let me = Arc::clone(self);
        let looked = tokio::task::spawn_blocking(move || me.look_now(Trust::Nothing)).await;
        looked.unwrap_or(Err(Fault::Stopping))
    }

    fn look_now(&self, trust: Trust) -> Result<(Found, u64), Fault> {
        let stamp = Stamp::of(&self.path).map_err(|error| self.unreadable(&error))?;
        let seen = self.seen.lock().clone();
        match (&seen, trust) {
            (Some(seen), Trust::Stamp) if seen.stamp == stamp => {
                return Ok((seen.found.clone(), seen.generation));
            }
            (_, Trust::Stamp | Trust::Nothing) => {}
        }
        let text = std::fs::read(&self.path).map_err(|error| self.unreadable(&error))?;
        let found = file::read(&text).map_err(Fault::CodexCli)?;
        let (found, generation) = match seen {
            // The same credential keeps its number, its owner, and its route.
            Some(seen) if seen.found.is_same(&found) => (seen.found, seen.generation),
            Some(seen) => (found, seen.generation + 1),
            None => (found, 0),
        };
        *self.seen.lock() = Some(Seen {
            stamp,
            found: found.clone(),
            generation,
        });
        Ok((found, generation))
    }

    fn unreadable(&self, error: &io::Error) -> Fault {
        let path = self.path.display();
        Fault::CodexCli(match error.kind() {
            io::ErrorKind::NotFound => format!(
                "there is no Codex sign-in in `{path}`; if Codex keeps it in the keyring, Postern cannot use it"
            ),
            _ => format!("the Codex sign-in in `{path}` cannot be read: {error}"),
        })
    }
}

#[derive(Clone, Copy)]
enum Trust {
    /// An unchanged time and length mean an unchanged file.
    Stamp,
    Nothing,
}

impl Stamp {
    fn of(path: &Path) -> io::Result<Self> {
        let meta = std::fs::metadata(path)?;
        Ok(Self {
            modified: meta.modified().ok(),
            length: meta.len(),
        })
    }
}

impl Found {
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Plan(mine), Self::Plan(theirs)) => mine == theirs,
            (Self::AccessToken(mine), Self::AccessToken(theirs)) => mine.token == theirs.token,
            (Self::ApiKey(mine), Self::ApiKey(theirs)) => mine == theirs,
            (Self::Plan(_) | Self::AccessToken(_) | Self::ApiKey(_), _) => false,
        }
    }
}
