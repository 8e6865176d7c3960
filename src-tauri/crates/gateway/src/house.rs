//! What all requests share.

use std::sync::Arc;

use store::Settings;
use tokio_util::sync::CancellationToken;

use crate::Parts;
use crate::catalogue;
use crate::files;
use crate::flights::Flights;
use crate::guard::Guesses;
use crate::images::Fetcher;

#[derive(Debug)]
pub(crate) struct House {
    pub(crate) parts: Parts,
    /// Requests under way.
    pub(crate) flights: Flights,
    /// Cancelled when what is under way must end now.
    pub(crate) cut: CancellationToken,
    /// What is known of each account's models.
    pub(crate) shelf: catalogue::Shelf,
    /// Fetches images given by address, where the settings allow it.
    pub(crate) images: Fetcher,
    /// What is known of files that were sent.
    pub(crate) files: files::Shelf,
    /// The wrong keys that came lately.
    pub(crate) guesses: Guesses,
}

impl House {
    pub(crate) fn new(parts: Parts, cut: CancellationToken) -> Self {
        Self {
            flights: Flights::new(),
            cut,
            shelf: catalogue::Shelf::new(parts.upstream.clone(), parts.tasks.clone()),
            images: Fetcher::new(parts.clock.clone()),
            files: files::Shelf::default(),
            guesses: Guesses::default(),
            parts,
        }
    }

    /// The settings in force now.
    pub(crate) fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.parts.settings.borrow())
    }
}
