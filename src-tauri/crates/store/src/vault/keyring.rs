//! The one place that touches the system's keyring.
//!
//! One entry per home: service `Postern`, account `vault|` and the first 16 hexadecimal digits
//! of the SHA-256 of the data folder's canonical path. [`OsKeyring::load`] shows no prompt where
//! the system lets us look first (Secret Service); [`OsKeyring::unlock`] may.

#[cfg(any(target_os = "macos", test))]
mod apple;
#[cfg(all(unix, not(target_os = "macos")))]
mod secret_service;
#[cfg(windows)]
mod windows;

use std::collections::HashMap;
use std::fmt::{self, Write as _};
use std::path::PathBuf;
use std::sync::Arc;

use base::Secret;
use keyring_core::{CredentialStore, Entry, Error};
use parking_lot::Mutex;
use sha2::{Digest as _, Sha256};

#[cfg(target_os = "macos")]
use self::apple as system;
#[cfg(all(unix, not(target_os = "macos")))]
use self::secret_service as system;
#[cfg(windows)]
use self::windows as system;
use super::fault::KeyringFault;
use crate::paths::Paths;
use crate::private;

/// Holds the one key. Calls block, perhaps for as long as a person looks at a prompt; the vault
/// makes them one at a time, on a thread of their own, with a time limit.
pub trait KeyHolder: Send + Sync {
    /// The key, or `None` where there is none yet.
    ///
    /// # Errors
    /// The keyring cannot say.
    fn load(&self) -> Result<Option<Secret>, KeyringFault>;

    /// Keeps `key`, replacing what was there.
    ///
    /// # Errors
    /// The keyring did not take it.
    fn save(&self, key: &Secret) -> Result<(), KeyringFault>;

    /// Forgets the key; fine when there is none.
    ///
    /// # Errors
    /// The keyring did not forget it.
    fn delete(&self) -> Result<(), KeyringFault>;

    /// Asks the person to unlock the keyring, where that can be asked for.
    ///
    /// # Errors
    /// It is still locked.
    fn unlock(&self) -> Result<(), KeyringFault> {
        Ok(())
    }

    /// True where [`Self::load`] never shows a prompt, so that it may be asked again unprompted.
    fn is_quiet(&self) -> bool {
        false
    }

    /// Lets go of what the calls went through; nobody asks for more soon.
    fn rest(&self) {}
}

/// The system's keyring: Secret Service, Keychain, or Credential Manager.
pub struct OsKeyring {
    data: PathBuf,
    visit: Mutex<Option<Visit>>,
}

/// What calls go through, from the first until [`KeyHolder::rest`].
///
/// gnome-keyring can die when somebody leaves it just as another arrives, so nobody leaves between
/// calls (`docs/decisions/0005-xchacha-and-a-key-in-the-keyring.md`).
struct Visit {
    bus: system::Bus,
    store: Option<Arc<CredentialStore>>,
}

/// Under which name the key is kept.
struct Account {
    user: String,
}

impl OsKeyring {
    /// The entry of the home that `paths` describe; homes do not share one.
    pub fn new(paths: &Paths) -> Self {
        Self {
            data: paths.data.clone(),
            visit: Mutex::new(None),
        }
    }

    /// Makes `call`, once more over a new visit where an old one has become useless.
    fn ask<T>(
        &self,
        call: impl Fn(&mut Visit, &Account) -> Result<T, KeyringFault>,
    ) -> Result<T, KeyringFault> {
        let account = self.account()?;
        let mut kept = self.visit.lock();
        let mut old = kept.take();
        if let Some(visit) = &mut old {
            let answer = call(visit, &account);
            let is_broken = matches!(&answer, Err(KeyringFault::Missing | KeyringFault::Other(_)));
            if !(system::GOES_STALE && is_broken) {
                *kept = old;
                return answer;
            }
        }
        // The old one leaves at the end, well after the new one has come.
        let mut visit = Visit::begin()?;
        let answer = call(&mut visit, &account);
        *kept = Some(visit);
        answer
    }

    fn account(&self) -> Result<Account, KeyringFault> {
        // Only a folder that is there has a canonical path.
        let canonical = private::own_folder(&self.data)
            .and_then(|()| std::fs::canonicalize(&self.data))
            .map_err(|error| KeyringFault::Other(error.to_string()))?;
        let digest = Sha256::digest(canonical.as_os_str().as_encoded_bytes());
        let mut user = "vault|".to_owned();
        for byte in &digest[..8] {
            let _ = write!(user, "{byte:02x}");
        }
        Ok(Account { user })
    }
}

impl Visit {
    fn begin() -> Result<Self, KeyringFault> {
        Ok(Self {
            bus: system::connect()?,
            store: None,
        })
    }

    fn look(&self, account: &Account) -> Result<bool, KeyringFault> {
        system::look(&self.bus, SERVICE, &account.user)
    }

    fn entry(&mut self, account: &Account) -> Result<Entry, KeyringFault> {
        let mut entry = || {
            let store = match &self.store {
                Some(store) => store,
                None => self.store.insert(system::store()?),
            };
            let label = HashMap::from(system::LABEL);
            store.build(SERVICE, &account.user, Some(&label))
        };
        entry().map_err(|error| system::fault(&error))
    }
}

impl KeyHolder for OsKeyring {
    fn load(&self) -> Result<Option<Secret>, KeyringFault> {
        self.ask(|visit, account| {
            if !visit.look(account)? {
                return Ok(None);
            }
            match visit.entry(account)?.get_secret() {
                Ok(bytes) => match String::from_utf8(bytes) {
                    Ok(text) => Ok(Some(Secret::new(text))),
                    Err(_) => Err(KeyringFault::Other("its entry is not a key".to_owned())),
                },
                Err(Error::NoEntry) => Ok(None),
                Err(error) => Err(system::fault(&error)),
            }
        })
    }

    fn save(&self, key: &Secret) -> Result<(), KeyringFault> {
        self.ask(|visit, account| {
            visit.look(account)?;
            let kept = visit.entry(account)?.set_secret(key.reveal().as_bytes());
            kept.map_err(|error| system::fault(&error))
        })
    }

    fn delete(&self) -> Result<(), KeyringFault> {
        self.ask(|visit, account| {
            if !visit.look(account)? {
                return Ok(());
            }
            match visit.entry(account)?.delete_credential() {
                Ok(()) | Err(Error::NoEntry) => Ok(()),
                Err(error) => Err(system::fault(&error)),
            }
        })
    }

    fn unlock(&self) -> Result<(), KeyringFault> {
        self.ask(|visit, account| system::unlock(&visit.bus, SERVICE, &account.user))
    }

    fn is_quiet(&self) -> bool {
        system::IS_QUIET
    }

    fn rest(&self) {
        *self.visit.lock() = None;
    }
}

impl fmt::Debug for OsKeyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OsKeyring")
            .field("data", &self.data)
            .finish_non_exhaustive()
    }
}

const SERVICE: &str = "Postern";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn homes_do_not_share_an_entry_and_a_home_keeps_its_own() {
        let [one, two] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let user =
            |home: &std::path::Path| OsKeyring::new(&Paths::under(home)).account().unwrap().user;
        assert_ne!(user(one.path()), user(two.path()));
        assert_eq!(user(one.path()), user(&one.path().join("data/..")));
        let user = user(one.path());
        let digits = user.strip_prefix("vault|").unwrap();
        assert!(
            digits.len() == 16 && digits.chars().all(|c| c.is_ascii_hexdigit()),
            "{user}"
        );
    }
}
