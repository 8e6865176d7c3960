//! How much is under way: counted by what lives, so that nothing is forgotten.

use std::fmt;

use tokio::sync::watch;

/// A count of things that live. Clones count together.
#[derive(Clone)]
pub(crate) struct Flights(watch::Sender<usize>);

/// One thing under way; dropping it ends it.
#[must_use = "dropping it ends the count"]
pub(crate) struct Permit(watch::Sender<usize>);

impl Flights {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(0))
    }

    /// Counts one more, until the permit is dropped.
    pub(crate) fn begin(&self) -> Permit {
        self.0.send_modify(|count| *count += 1);
        Permit(self.0.clone())
    }

    /// How many live now.
    pub(crate) fn count(&self) -> usize {
        *self.0.borrow()
    }

    /// How many live, as it changes.
    pub(crate) fn watch(&self) -> watch::Receiver<usize> {
        self.0.subscribe()
    }

    /// Waits until none lives.
    pub(crate) async fn until_none(&self) {
        let mut count = self.0.subscribe();
        let _ = count.wait_for(|count| *count == 0).await;
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

impl fmt::Debug for Flights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Flights({})", self.count())
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Permit")
    }
}
