//! The accounts as they are in the vault, read again whenever anyone changed it.
//!
//! Guarantees: a read that began before a write of ours never passes for newer than it; a change of
//! the order is made under the turn `accounts`, a change of a sign-in under the turn `refresh`, so
//! that two processes do not undo each other.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use store::{Turn, Vault, VaultFault};

use crate::account::AccountId;
use crate::record::{Index, Record};

/// Reads and writes the accounts.
#[derive(Debug)]
pub(crate) struct Ledger {
    vault: Vault,
    cached: Mutex<Option<Arc<Book>>>,
    moments: AtomicU64,
}

/// Everything there was at one moment.
#[derive(Debug)]
pub(crate) struct Book {
    /// When it was read, in the order of this process's reads and writes.
    pub(crate) moment: u64,
    /// The accounts that exist, in their order.
    pub(crate) order: Vec<AccountId>,
    /// The account in use: the chosen one, else the first.
    pub(crate) active: Option<AccountId>,
    records: BTreeMap<AccountId, Record>,
    generation: u64,
}

impl Ledger {
    pub(crate) fn new(vault: Vault) -> Self {
        Self {
            vault,
            cached: Mutex::default(),
            moments: AtomicU64::new(0),
        }
    }

    /// The accounts; read again only when the vault has changed.
    pub(crate) async fn book(&self) -> Result<Arc<Book>, VaultFault> {
        let cached = self.cached.lock().clone();
        match cached {
            Some(book) if book.generation == self.vault.generation() => Ok(book),
            Some(_) | None => self.reread().await,
        }
    }

    /// The accounts, read now.
    pub(crate) async fn reread(&self) -> Result<Arc<Book>, VaultFault> {
        let (moment, generation) = (self.moment(), self.vault.generation());
        let index = self.vault.read(INDEX).await?;
        let mut records = BTreeMap::new();
        for name in self.vault.names().await? {
            let Some(id) = name.strip_prefix(RECORD).and_then(AccountId::parse) else {
                continue;
            };
            match self.vault.read(&name).await?.as_ref().map(Record::open) {
                Some(Some(record)) => {
                    records.insert(id, record);
                }
                Some(None) => {
                    tracing::warn!(name: "account.unreadable", account = %id, "a saved account is passed over");
                }
                None => {}
            }
        }
        let index = index.as_ref().map(Index::open).unwrap_or_default();
        let book = Arc::new(Book::new(moment, generation, index, records));
        let mut cached = self.cached.lock();
        // A slow read must not put an old book over a newer one.
        if cached.as_ref().is_none_or(|held| held.moment < moment) {
            *cached = Some(Arc::clone(&book));
        }
        Ok(book)
    }

    /// Keeps a record; on disk before this returns.
    pub(crate) async fn write(&self, id: &AccountId, record: &Record) -> Result<(), VaultFault> {
        let written = self.vault.write(&name(id), record.seal()).await;
        self.forget_cached();
        written
    }

    /// Forgets a record.
    pub(crate) async fn remove(&self, id: &AccountId) -> Result<(), VaultFault> {
        let removed = self.vault.remove(&name(id)).await;
        self.forget_cached();
        removed
    }

    /// Changes the order or the account in use.
    pub(crate) async fn arrange(&self, change: impl FnOnce(&mut Index)) -> Result<(), VaultFault> {
        let _turn = self.vault.turn("accounts").await?;
        let book = self.reread().await?;
        let mut index = Index {
            order: book.order.clone(),
            active: book.active.clone(),
        };
        change(&mut index);
        let written = self.vault.write(INDEX, index.seal()).await;
        self.forget_cached();
        written
    }

    /// Waits for this process's turn at changing sign-ins.
    pub(crate) async fn turn(&self) -> Result<Turn, VaultFault> {
        self.vault.turn("refresh").await
    }

    /// The moment now: every book with a smaller one was read before.
    pub(crate) fn moment(&self) -> u64 {
        self.moments.fetch_add(1, Ordering::SeqCst)
    }

    /// Whether secrets can be read without asking a person.
    pub(crate) fn is_open(&self) -> bool {
        match self.vault.state() {
            store::VaultState::Ok(_) | store::VaultState::SessionOnly => true,
            store::VaultState::Locked
            | store::VaultState::Missing
            | store::VaultState::Denied
            | store::VaultState::KeyGone
            | store::VaultState::Damaged => false,
        }
    }

    fn forget_cached(&self) {
        *self.cached.lock() = None;
    }
}

impl Book {
    fn new(
        moment: u64,
        generation: u64,
        index: Index,
        records: BTreeMap<AccountId, Record>,
    ) -> Self {
        let mut order = index.order;
        order.retain(|id| records.contains_key(id));
        // A process may have died between writing a record and writing the order.
        let stray = records.keys().filter(|id| !order.contains(id)).cloned();
        let stray: Vec<AccountId> = stray.collect();
        order.extend(stray);
        let chosen = index.active.filter(|id| records.contains_key(id));
        Self {
            moment,
            active: chosen.or_else(|| order.first().cloned()),
            order,
            records,
            generation,
        }
    }

    pub(crate) fn record(&self, id: &AccountId) -> Option<&Record> {
        self.records.get(id)
    }
}

fn name(id: &AccountId) -> String {
    format!("{RECORD}{id}")
}

const INDEX: &str = "accounts";
const RECORD: &str = "account/";
