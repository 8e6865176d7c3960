//! What is known of files that were sent, by whom they were sent.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use parking_lot::Mutex;

/// Whose a file is: one app never sees another's, nor one account another's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) account: String,
    /// The id of the local key.
    pub(super) key: String,
}

/// What is known of one file. Its bytes are the backend's.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct File {
    pub(super) id: String,
    pub(super) bytes: usize,
    pub(super) created_at: i64,
    pub(super) name: String,
    pub(super) purpose: String,
}

/// The files of this run, the oldest first; at most [`MOST`].
#[derive(Default)]
pub(crate) struct Shelf(Mutex<VecDeque<(Owner, Arc<File>)>>);

impl Shelf {
    pub(super) fn keep(&self, owner: Owner, file: File) {
        let mut files = self.0.lock();
        if files.len() == MOST {
            files.pop_front();
        }
        files.push_back((owner, Arc::new(file)));
    }

    pub(super) fn of(&self, owner: &Owner) -> Vec<Arc<File>> {
        let files = self.0.lock();
        let theirs = files.iter().filter(|(of, _)| of == owner);
        theirs.map(|(_, file)| Arc::clone(file)).collect()
    }
}

impl fmt::Debug for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shelf({} files)", self.0.lock().len())
    }
}

/// A day of heavy use; a file takes some hundred bytes here.
const MOST: usize = 1000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_owner_sees_their_own_and_the_oldest_goes_first() {
        let owner = |key: &str| Owner {
            account: "a".into(),
            key: key.into(),
        };
        let file = |at: usize| File {
            id: format!("file_{at}"),
            bytes: 1,
            created_at: 0,
            name: "n".into(),
            purpose: "user_data".into(),
        };
        let shelf = Shelf::default();
        shelf.keep(owner("k1"), file(0));
        (1..=MOST).for_each(|at| shelf.keep(owner("k2"), file(at)));
        assert!(shelf.of(&owner("k1")).is_empty(), "it had to go");
        let theirs = shelf.of(&owner("k2"));
        assert_eq!((theirs.len(), theirs[0].id.as_str()), (MOST, "file_1"));
    }
}
