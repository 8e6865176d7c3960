//! What clients may come back to: answers, conversations with their items, and chat completions.
//!
//! - Everything belongs to one local key; another key cannot reach it, whatever it asks for.
//! - What was said is sealed with a key that rests in the vault, each row for its place: a row that
//!   was moved or changed does not open. Where the vault is closed, nothing is kept.
//! - It is bounded in bytes and in age. What is used again lives on; the rest goes, the longest
//!   unused first. A bound of zero bytes switches it off and forgets everything.
//! - [`Archive::keep`] never waits for the disk; whoever reads afterwards sees what it kept.

mod completions;
mod conversations;
mod responses;
mod seal;
mod trim;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base::{Chance, Clock, Timestamp};
use parking_lot::Mutex;
use rusqlite::Connection;

pub use self::completions::{Completion, Listed, Listing};
pub use self::conversations::{Conversation, Item};
pub use self::responses::Kept;
pub use self::seal::Sealer;
pub(crate) use self::trim::delete_unreachable;
use crate::db::{Database, DatabaseFault, Rank};
use crate::vault::{Vault, VaultFault};

/// How much may be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes of what was said; zero keeps nothing.
    pub max_bytes: u64,
    /// Time since the last use.
    pub keep: Duration,
}

/// As the default settings have it: 256 MiB, 30 days.
impl Default for Bounds {
    fn default() -> Self {
        Self {
            max_bytes: 256 * 1024 * 1024,
            keep: Duration::from_secs(30 * 24 * 60 * 60),
        }
    }
}

/// Why something could not be kept, found or forgotten.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ArchiveFault {
    /// The key that seals it could not be had.
    #[error(transparent)]
    Vault(#[from] VaultFault),
    /// The rows could not be written or read.
    #[error(transparent)]
    Database(#[from] DatabaseFault),
}

/// The archive. Clones share it.
#[derive(Clone)]
pub struct Archive(Arc<Inner>);

struct Inner {
    db: Database,
    vault: Vault,
    clock: Clock,
    chance: Chance,
    /// Jobs look at it when they run, not when they are handed over.
    bounds: Arc<Mutex<Bounds>>,
    /// The last one, and which edition of the vault it came from.
    sealer: Mutex<Option<(u64, Sealer)>>,
    /// Handed over and not committed yet.
    pending: Arc<AtomicUsize>,
    /// How often it was trimmed to its bytes.
    trims: Arc<AtomicUsize>,
}

impl Archive {
    /// The archive in `db`, with the default bounds until [`Self::bound`] says others; its key in
    /// `vault`.
    pub fn open(db: Database, vault: Vault, clock: Clock, chance: Chance) -> Self {
        Self(Arc::new(Inner {
            db,
            vault,
            clock,
            chance,
            bounds: Arc::default(),
            sealer: Mutex::new(None),
            pending: Arc::default(),
            trims: Arc::default(),
        }))
    }

    /// Says how much is kept and for how long, and trims to it; also what is there already lives no
    /// longer.
    pub fn bound(&self, bounds: Bounds) {
        *self.0.bounds.lock() = bounds;
        let (limits, now) = (Arc::clone(&self.0.bounds), self.0.clock.now());
        // Trims first by itself, so that there is something to give back.
        self.hand_over(move |connection| {
            let Bounds { max_bytes, keep } = *limits.lock();
            trim::shorten(connection, now.plus(keep))?;
            trim::sweep(connection, now)?;
            trim::trim(connection, max_bytes)?;
            trim::give_back(connection)
        });
    }

    /// False where nothing is kept at all.
    pub fn is_on(&self) -> bool {
        self.0.bounds.lock().max_bytes > 0
    }

    /// What seals rows; made where there is none yet.
    ///
    /// # Errors
    /// The vault is closed.
    pub async fn sealer(&self) -> Result<Sealer, ArchiveFault> {
        // Somebody may have begun the vault anew; its key is another one then.
        let generation = self.0.vault.generation();
        if let Some((of, sealer)) = &*self.0.sealer.lock()
            && *of == generation
        {
            return Ok(sealer.clone());
        }
        let sealer = Sealer::of(&self.0.vault, &self.0.chance).await?;
        *self.0.sealer.lock() = Some((generation, sealer.clone()));
        Ok(sealer)
    }

    /// Tells a job until when something lives that is used now.
    fn expiry(&self) -> impl FnOnce() -> Timestamp + Send + use<> {
        let (now, bounds) = (self.0.clock.now(), Arc::clone(&self.0.bounds));
        move || now.plus(bounds.lock().keep)
    }

    /// Hands `work` to the writer, which trims afterwards; nobody waits.
    fn hand_over(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<()> + Send + 'static) {
        self.0.pending.fetch_add(1, Ordering::AcqRel);
        let pending = Arc::clone(&self.0.pending);
        let done = move |outcome: Result<(), DatabaseFault>| {
            pending.fetch_sub(1, Ordering::AcqRel);
            if let Err(fault) = outcome {
                tracing::warn!(name: "archive.unwritten", %fault, "something was not kept");
            }
        };
        if let Err(fault) = self.0.db.hand_over(Rank::Duty, self.trimming(work), done) {
            self.0.pending.fetch_sub(1, Ordering::AcqRel);
            tracing::warn!(name: "archive.unwritten", %fault, "something was not kept");
        }
    }

    /// Runs `work` in the writer, which trims afterwards; returns after the commit.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, ArchiveFault> {
        Ok(self.0.db.write(self.trimming(work)).await?)
    }

    fn trimming<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static {
        let (now, bounds) = (self.0.clock.now(), Arc::clone(&self.0.bounds));
        let trims = Arc::clone(&self.0.trims);
        move |connection| {
            let made = work(connection)?;
            let max_bytes = bounds.lock().max_bytes;
            // Nobody is given what has expired, so it may lie there a little longer.
            if trims
                .fetch_add(1, Ordering::Relaxed)
                .is_multiple_of(BETWEEN_SWEEPS)
            {
                trim::sweep(connection, now)?;
            }
            trim::trim(connection, max_bytes)?;
            Ok(made)
        }
    }

    /// Asks off the runtime, after what was handed over is written, where it can be.
    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, ArchiveFault> {
        if self.0.pending.load(Ordering::Acquire) > 0
            && let Err(fault) = self.0.db.flush().await
        {
            tracing::warn!(name: "archive.unflushed", %fault, "only what is committed is read");
        }
        let db = self.0.db.clone();
        let asked = tokio::task::spawn_blocking(move || db.ask(question)).await;
        Ok(asked.unwrap_or(Err(DatabaseFault::Closed))?)
    }
}

/// How many times something is kept until what has expired is looked for.
const BETWEEN_SWEEPS: usize = 16;

impl fmt::Debug for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Archive(..)")
    }
}

#[cfg(test)]
mod tests;
