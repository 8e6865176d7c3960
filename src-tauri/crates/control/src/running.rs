//! Which server is running for a folder: one lock that dies with its holder, one file that tells.

use std::fs::{File, TryLockError};
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use base::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Paths, private};

/// A running server, as others find it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its process.
    pub pid: u32,
    /// When it began to listen, in milliseconds since the epoch.
    pub started_at_ms: i64,
    /// Its version.
    pub version: String,
    /// Where apps that speak Ollama's API find it; `null` where they do not.
    #[serde(default)]
    pub ollama: Option<SocketAddr>,
    /// Why they do not, where the settings say that they should.
    #[serde(default)]
    pub ollama_problem: Option<String>,
}

/// What a server tells others of its Ollama door.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct OllamaDoor {
    /// Where it is, while it is open.
    pub(crate) at: Option<SocketAddr>,
    /// Why it is not open, though it should be.
    pub(crate) problem: Option<String>,
}

/// The right to be the one server of a folder; given back when dropped.
#[derive(Debug)]
pub(crate) struct Claim {
    lock: File,
    file: PathBuf,
}

impl Instance {
    /// The server that runs for `paths` now.
    pub(crate) fn find(paths: &Paths) -> Option<Self> {
        let lock = File::open(lock_file(paths)).ok()?;
        // Shared, so that those who look do not take each other for the server.
        match lock.try_lock_shared() {
            Ok(()) => None,
            Err(TryLockError::WouldBlock) => {
                serde_json::from_slice(&std::fs::read(instance_file(paths)).ok()?).ok()
            }
            Err(TryLockError::Error(_)) => None,
        }
    }

    /// The base URL that apps use.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }
}

impl Claim {
    /// Takes the claim; `None` where another process has it.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub(crate) fn take(paths: &Paths) -> io::Result<Option<Self>> {
        private::own_folder(&paths.data)?;
        let lock = private::lock_file(&lock_file(paths))?;
        for _ in 0..LOOKS {
            match lock.try_lock() {
                Ok(()) => {
                    let file = instance_file(paths);
                    return Ok(Some(Self { lock, file }));
                }
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(fault)) => return Err(fault),
            }
            match lock.try_lock_shared() {
                // Nobody but others who look, and they are gone in a moment.
                Ok(()) => lock.unlock()?,
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(fault)) => return Err(fault),
            }
            std::thread::sleep(A_LOOK);
        }
        Ok(None)
    }

    /// Tells others where the server listens.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn announce(
        &self,
        address: SocketAddr,
        ollama: &OllamaDoor,
        at: Timestamp,
    ) -> io::Result<()> {
        let instance = Instance {
            address,
            pid: std::process::id(),
            started_at_ms: at.millis(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            ollama: ollama.at,
            ollama_problem: ollama.problem.clone(),
        };
        private::post(&self.file, &serde_json::to_vec(&instance)?)
    }
}

impl Claim {
    /// Tells nobody any more, but lets nobody else in either: the server drains.
    pub(crate) fn withdraw(&self) {
        let _ = std::fs::remove_file(&self.file);
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.withdraw();
        let _ = self.lock.unlock();
    }
}

fn lock_file(paths: &Paths) -> PathBuf {
    paths.data.join("serve.lock")
}

fn instance_file(paths: &Paths) -> PathBuf {
    paths.data.join("serve.json")
}

/// Much longer than it takes to look whether a server runs.
const A_LOOK: Duration = Duration::from_millis(5);
/// So many of them are no looks any more.
const LOOKS: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_server_a_folder_and_none_after_it_left() {
        let home = tempfile::tempdir().unwrap();
        let paths = Paths::under(home.path());
        assert_eq!(Instance::find(&paths), None);
        let claim = Claim::take(&paths).unwrap().unwrap();
        assert!(Claim::take(&paths).unwrap().is_none());
        let address = "127.0.0.1:7678".parse().unwrap();
        let ollama = OllamaDoor {
            at: Some("127.0.0.1:11434".parse().unwrap()),
            problem: None,
        };
        claim
            .announce(address, &ollama, Timestamp::from_seconds(1))
            .unwrap();
        let found = Instance::find(&paths).unwrap();
        assert_eq!((found.address, found.pid), (address, std::process::id()));
        assert_eq!(found.base_url(), "http://127.0.0.1:7678/v1");
        assert_eq!((found.ollama, found.ollama_problem), (ollama.at, None));
        drop(claim);
        assert_eq!(Instance::find(&paths), None);
        assert!(!instance_file(&paths).exists());
    }

    #[test]
    fn those_who_look_are_not_taken_for_a_server() {
        let home = tempfile::tempdir().unwrap();
        let paths = Paths::under(home.path());
        let claim = Claim::take(&paths).unwrap().unwrap();
        let at = "127.0.0.1:1".parse().unwrap();
        let announced = claim.announce(at, &OllamaDoor::default(), Timestamp::default());
        announced.unwrap();
        let left = std::fs::read(instance_file(&paths)).unwrap();
        drop(claim);
        std::fs::write(instance_file(&paths), left).unwrap();
        let look = File::open(lock_file(&paths)).unwrap();
        look.try_lock_shared().unwrap();
        assert_eq!(Instance::find(&paths), None, "another looks too");
        std::thread::scope(|scope| {
            let claim = scope.spawn(|| Claim::take(&paths).unwrap().is_some());
            while !claim.is_finished() {
                let _ = look.unlock();
                let _ = look.try_lock_shared();
            }
            assert!(claim.join().unwrap(), "a server starts while others look");
        });
    }

    #[test]
    fn a_file_left_by_a_killed_server_is_not_believed() {
        let home = tempfile::tempdir().unwrap();
        let paths = Paths::under(home.path());
        let claim = Claim::take(&paths).unwrap().unwrap();
        claim
            .announce(
                "127.0.0.1:1".parse().unwrap(),
                &OllamaDoor::default(),
                Timestamp::default(),
            )
            .unwrap();
        let left = std::fs::read(instance_file(&paths)).unwrap();
        drop(claim);
        std::fs::write(instance_file(&paths), left).unwrap();
        assert_eq!(Instance::find(&paths), None);
    }
}
