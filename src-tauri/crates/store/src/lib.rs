//! What Postern keeps: secrets behind the keyring, checked settings, and one small database.
//!
//! - [`vault`] holds what must not be read by others: one key in the system's keyring, everything
//!   else sealed with it in one file.
//! - [`settings`] turns what a person wrote into values that cannot be wrong.
//! - [`db`] is the only opener of the database; [`keys`], [`usage`], [`cooldowns`] and
//!   [`snapshots`] keep their rows in it. No secret is ever in it.
//! - [`private`] makes files for their owner alone.
//! - [`archive`] keeps there what clients may come back to, sealed with a key out of the vault.
//!
//! Several processes may use the same files at once: a server, a command, a window.

pub mod archive;
pub mod cooldowns;
pub mod db;
pub mod keys;
pub mod paths;
pub mod private;
pub mod settings;
pub mod snapshots;
pub mod turn;
pub mod usage;
pub mod vault;

pub use archive::{Archive, ArchiveFault};
pub use cooldowns::{Cooldown, Cooldowns};
pub use db::{Database, DatabaseFault};
pub use keys::{Key, Keys, KeysFault, Preferences};
pub use paths::Paths;
pub use settings::{Problem, Settings, SettingsFile, Written};
pub use snapshots::Snapshots;
pub use turn::Turn;
pub use usage::{Ended, Line, Log, Ticket};
pub use vault::{
    KeyHolder, KeyringFault, MemoryKeyring, OsKeyring, Vault, VaultChoice, VaultFault, VaultKind,
    VaultParts, VaultState,
};
