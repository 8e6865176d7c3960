//! A keyring in memory, for tests of every state.

use std::fmt;
use std::sync::Arc;

use base::Secret;
use parking_lot::Mutex;

use super::fault::KeyringFault;
use super::keyring::KeyHolder;

/// Holds the key in memory and fails when told to. Clones share the same key.
#[derive(Clone, Default)]
pub struct MemoryKeyring(Arc<Mutex<Inside>>);

#[derive(Default)]
struct Inside {
    key: Option<Secret>,
    fault: Option<KeyringFault>,
    prompt: Option<Result<(), KeyringFault>>,
    calls: usize,
}

impl MemoryKeyring {
    /// Unlocked and empty.
    pub fn new() -> Self {
        Self::default()
    }

    /// Every call fails like this from now on.
    pub fn fail(&self, fault: KeyringFault) {
        self.0.lock().fault = Some(fault);
    }

    /// Calls work again.
    pub fn mend(&self) {
        self.0.lock().fault = None;
    }

    /// What the person will answer when asked to unlock; `Ok` also mends.
    pub fn answer_prompt(&self, answer: Result<(), KeyringFault>) {
        self.0.lock().prompt = Some(answer);
    }

    /// The key that is held now.
    pub fn key(&self) -> Option<Secret> {
        self.0.lock().key.clone()
    }

    /// How often anything was asked of it.
    pub fn calls(&self) -> usize {
        self.0.lock().calls
    }

    fn call<T>(&self, work: impl FnOnce(&mut Inside) -> T) -> Result<T, KeyringFault> {
        let mut inside = self.0.lock();
        inside.calls += 1;
        match &inside.fault {
            Some(fault) => Err(fault.clone()),
            None => Ok(work(&mut inside)),
        }
    }
}

impl KeyHolder for MemoryKeyring {
    fn load(&self) -> Result<Option<Secret>, KeyringFault> {
        self.call(|inside| inside.key.clone())
    }

    fn save(&self, key: &Secret) -> Result<(), KeyringFault> {
        self.call(|inside| inside.key = Some(key.clone()))
    }

    fn delete(&self) -> Result<(), KeyringFault> {
        self.call(|inside| inside.key = None)
    }

    fn unlock(&self) -> Result<(), KeyringFault> {
        let mut inside = self.0.lock();
        match inside.prompt.clone() {
            Some(Ok(())) => {
                inside.fault = None;
                Ok(())
            }
            Some(Err(fault)) => Err(fault),
            None => Ok(()),
        }
    }

    fn is_quiet(&self) -> bool {
        true
    }
}

impl fmt::Debug for MemoryKeyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemoryKeyring(..)")
    }
}
