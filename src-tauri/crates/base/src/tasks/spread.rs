//! Two threads for tasks that are alike.
//!
//! As long as they are few they share the thread of whoever starts them. What comes beyond goes to
//! whichever thread has fewer; the second is started when it is first wanted. All that a task starts
//! itself is on its own thread.

use std::sync::{Arc, OnceLock};

use tokio::runtime::{Handle, Runtime};

use super::thread;

#[derive(Debug, Default)]
pub(super) struct Spread {
    first: Arc<()>,
    second: Arc<()>,
    /// Without a runtime where the system gives no thread.
    started: OnceLock<Option<Runtime>>,
}

/// Where a task belongs.
pub(super) struct Place {
    /// `None` for the thread of whoever starts it.
    pub(super) thread: Option<Handle>,
    pub(super) spot: Spot,
}

/// A task's place on its thread, until it is dropped.
#[derive(Debug)]
pub struct Spot {
    _taken: Arc<()>,
}

impl Spot {
    fn on(places: &Arc<()>) -> Self {
        Self {
            _taken: Arc::clone(places),
        }
    }
}

impl Spread {
    pub(super) fn place(&self) -> Place {
        let (first, second) = (taken(&self.first), taken(&self.second));
        let wants_another = first >= FEW && first > second;
        let another = || self.started.get_or_init(|| thread().ok()).as_ref();
        match wants_another.then(another).flatten() {
            Some(runtime) => Place {
                thread: Some(runtime.handle().clone()),
                spot: Spot::on(&self.second),
            },
            None => Place {
                thread: None,
                spot: Spot::on(&self.first),
            },
        }
    }
}

impl Drop for Spread {
    fn drop(&mut self) {
        if let Some(runtime) = self.started.take().flatten() {
            // Perhaps on the very thread that ends, which cannot wait for itself.
            runtime.shutdown_background();
        }
    }
}

fn taken(places: &Arc<()>) -> usize {
    Arc::strong_count(places) - 1
}

/// How many tasks share a thread although there could be another.
const FEW: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_share_a_thread_and_more_go_where_fewer_are() {
        let spread = Spread::default();
        let mut first: Vec<Place> = (0..FEW).map(|_| spread.place()).collect();
        assert!(first.iter().all(|place| place.thread.is_none()));
        assert!(spread.started.get().is_none(), "not started for so few");
        let beyond: Vec<bool> = (0..FEW).map(|_| spread.place().thread.is_some()).collect();
        assert_eq!(beyond, [true; FEW], "each has left again");
        let second: Vec<Place> = (0..FEW).map(|_| spread.place()).collect();
        assert!(second.iter().all(|place| place.thread.is_some()));
        first.push(spread.place());
        assert!(first[FEW].thread.is_none(), "both have as many");
        assert!(spread.place().thread.is_some());
    }
}
