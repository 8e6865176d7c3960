//! What a Responses request wants of the store, and what is made of what is in it (contract backend
//! 8.2).
//!
//! The backend remembers nothing. A request that continues something becomes one that says all of it:
//! what was said before is put in front of the new input, and the ordinary translation does the rest.
//! Sealed reasoning is put back only for the account and the family of models that gave it.

mod compaction;
mod continued;
mod described;
mod listed;
mod page;
mod sealed;
mod turn;
mod wish;

pub use compaction::Compaction;
pub use continued::{Continued, Past, continued};
pub use described::Described;
pub(crate) use described::metadata;
pub use listed::{item_id, listed};
pub use page::{Page, Paged};
pub use sealed::Origin;
pub use turn::{Turn, abandoned, countable};
pub use wish::{After, Wish};

/// What an answer says of its own keeping.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keeping {
    /// Its id, where a client was told one before the backend had.
    pub id: Option<String>,
    /// True where it will be stored.
    pub stored: bool,
    /// The answer it continues.
    pub previous_response_id: Option<String>,
    /// The conversation it belongs to.
    pub conversation: Option<String>,
    /// True where it is made in the background.
    pub background: bool,
}
