//! Who may be in at once, and who leaves for whom.
//!
//! When the room is full, the connection that has been quiet longest makes way for the newcomer. A
//! connection is quiet while no request of its is under way, also where it has begun to send one. Who
//! is being answered is never asked to leave.

use std::sync::Arc;

use tokio::sync::Notify;

use crate::flights::{Flights, Permit};

/// The quiet connections, as a queue.
#[derive(Debug, Clone, Default)]
pub(crate) struct Crowd(Arc<Notify>);

/// One request under way on a connection. Clones are the same one.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    _permit: Arc<Permit>,
}

impl Call {
    pub(crate) fn on(calls: &Flights) -> Self {
        Self {
            _permit: Arc::new(calls.begin()),
        }
    }
}

impl Crowd {
    /// Asks the one that has been quiet longest to leave; where none is, the next that will be.
    pub(crate) fn thin(&self) {
        self.0.notify_one();
    }

    /// Waits until the connection with these `calls` is the one. True where it has asked anything.
    pub(crate) async fn chosen(&self, calls: &Flights) -> bool {
        let (mut count, mut asked) = (calls.watch(), false);
        loop {
            let _ = count.wait_for(|count| *count == 0).await;
            tokio::select! {
                biased;
                _ = count.changed() => asked = true,
                // Waiters are told in the order in which they came.
                () = self.0.notified() => return asked,
            }
        }
    }
}

/// How many connections may be at once.
pub(super) fn room() -> usize {
    room_with(descriptors())
}

/// Each connection may need another one to the backend.
fn room_with(descriptors: usize) -> usize {
    let each = descriptors.saturating_sub(RESERVED) / 2;
    each.clamp(FEWEST, MOST)
}

/// What the system lets this process open.
#[cfg(unix)]
fn descriptors() -> usize {
    use rustix::process::{Resource, getrlimit};

    let limit = getrlimit(Resource::Nofile).current;
    limit.map_or(usize::MAX, |limit| {
        usize::try_from(limit).unwrap_or(usize::MAX)
    })
}

#[cfg(not(unix))]
fn descriptors() -> usize {
    usize::MAX
}

/// More than all of a person's apps have at once.
const MOST: usize = 1024;
/// Fewer serve nobody.
const FEWEST: usize = 16;
/// Descriptors for the database, logs, listeners, sign-ins.
const RESERVED: usize = 64;

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[test]
    fn who_has_been_quiet_longest_leaves_first() {
        let crowd = Crowd::default();
        let [first, second, third] = [(); 3].map(|()| Flights::new());
        let mut waits = [&first, &second, &third].map(|calls| Box::pin(crowd.chosen(calls)));
        let mut told = [None; 3];
        let mut look = |told: &mut [Option<bool>; 3]| {
            for (wait, told) in waits.iter_mut().zip(told) {
                if told.is_none() {
                    *told = wait.as_mut().now_or_never();
                }
            }
        };
        look(&mut told);
        // The first is being answered, the second was.
        let (call, short) = (Call::on(&first), Call::on(&second));
        look(&mut told);
        drop(short);
        look(&mut told);
        assert_eq!(told, [None; 3]);
        for expected in [
            [None, None, Some(false)],
            [None, Some(true), Some(false)],
            [None, Some(true), Some(false)],
        ] {
            crowd.thin();
            look(&mut told);
            assert_eq!(told, expected);
        }
        drop(call);
        look(&mut told);
        assert_eq!(told, [Some(true), Some(true), Some(false)]);
    }

    #[test]
    fn each_connection_has_one_more_descriptor() {
        let rows = [
            (0, 16),
            (256, 96),
            (1024, 480),
            (4096, 1024),
            (usize::MAX, 1024),
        ];
        for (descriptors, expected) in rows {
            assert_eq!(room_with(descriptors), expected, "{descriptors}");
        }
    }
}
