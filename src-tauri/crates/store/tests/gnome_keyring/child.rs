//! One Postern process: opens the vault of a home over the system's keyring and says what it saw.
//!
//! The bus's address is a matter of the whole process, so each look is a process of its own.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use base::{Chance, Clock, Secret};
use store::vault::KeyHolder as _;
use store::{OsKeyring, Paths, Vault, VaultParts};

use crate::bus::Outcome;

/// Runs `role` on the home at `home` and prints what the parent wants to know.
pub(crate) fn run(role: &str, home: &str) -> Outcome<()> {
    let paths = Paths::under(Path::new(home));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let keyring = OsKeyring::new(&paths);
    if role == "delete" {
        return Ok(keyring.delete()?);
    }
    if role == "twice" {
        for _ in 0..2 {
            let key = keyring.load();
            let said = key.map(|key| key.is_some());
            writeln!(std::io::stdout(), "{said:?}")?;
            std::io::stdin().read_line(&mut String::new())?;
        }
        return Ok(());
    }
    let said = runtime.block_on(async {
        let vault = Vault::open(VaultParts {
            paths,
            choice: None,
            keyring: Arc::new(keyring),
            clock: Clock::system(),
            chance: Chance::system(),
        })
        .await;
        match role {
            "write" => match vault.write("token", Secret::new(TOKEN)).await {
                Ok(()) => format!("{:?} written", vault.state()),
                Err(fault) => format!("{:?} {fault}", vault.state()),
            },
            "retry" => {
                vault.retry().await;
                format!("{:?}", vault.state())
            }
            _ => match vault.read("token").await {
                Ok(Some(token)) => format!("{:?} {}", vault.state(), token.reveal()),
                Ok(None) => format!("{:?} nothing", vault.state()),
                Err(fault) => format!("{:?} {fault}", vault.state()),
            },
        }
    });
    writeln!(std::io::stdout(), "{said}")?;
    Ok(())
}

/// What the child keeps.
pub(crate) const TOKEN: &str = "refresh-token-7c1f";
