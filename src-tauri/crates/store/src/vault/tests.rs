mod disk;
mod keeping;
mod states;

use std::path::PathBuf;
use std::time::Duration;

use base::Timestamp;

use super::*;

/// One home, one keyring, one clock that stands; as many processes as a test opens vaults.
struct Home {
    dir: tempfile::TempDir,
    keyring: MemoryKeyring,
    clock: Clock,
    hand: base::Hand,
}

impl Home {
    fn new() -> Self {
        let (clock, hand) = Clock::manual(Timestamp::from_seconds(1_700_000_000));
        Self {
            dir: tempfile::tempdir().unwrap(),
            keyring: MemoryKeyring::new(),
            clock,
            hand,
        }
    }

    fn paths(&self) -> Paths {
        Paths::under(self.dir.path())
    }

    fn file(&self) -> PathBuf {
        self.paths().secrets_file()
    }

    async fn open(&self, choice: Option<VaultChoice>) -> Vault {
        self.open_with(choice, Arc::new(self.keyring.clone())).await
    }

    async fn open_with(&self, choice: Option<VaultChoice>, keyring: Arc<dyn KeyHolder>) -> Vault {
        let parts = VaultParts {
            paths: self.paths(),
            choice,
            keyring,
            clock: self.clock.clone(),
            chance: Chance::system(),
        };
        Vault::open_at_cost(parts, CHEAP).await
    }

    /// A vault of this kind that holds `one`.
    async fn kept(&self, choice: VaultChoice) -> Vault {
        let vault = self.open(Some(choice)).await;
        vault.write("one", secret("first")).await.unwrap();
        vault
    }
}

fn secret(text: &str) -> Secret {
    Secret::new(text)
}

fn passphrase(text: &str) -> VaultChoice {
    VaultChoice::Passphrase(secret(text))
}

async fn read(vault: &Vault, name: &str) -> Option<String> {
    let value = vault.read(name).await.unwrap();
    value.map(|value| value.reveal().to_owned())
}

const CHEAP: Cost = Cost {
    memory_kib: 8,
    passes: 1,
    lanes: 1,
};
