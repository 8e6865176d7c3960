//! The connections that requests go out on.
//!
//! Over HTTP/2 all requests of one HTTP client share a connection, and a server takes only so many at
//! once on it: 100 in most places, the least that RFC 9113 section 6.5.2 recommends. What is more waits
//! until another answer has ended, and an answer takes minutes. So whoever comes when [`SHARED`] are
//! under way goes out by another HTTP client, with a connection of its own, although section 9.1 would
//! rather see one.
//!
//! Each runtime has clients of its own too, because a connection is read and written where it was made:
//! a request that came in elsewhere would change threads with everything that it sends and hears.

use std::sync::Arc;

use tokio::runtime::{Handle, Id};

/// HTTP clients of one kind, in the order in which they are filled.
#[derive(Debug)]
pub(super) struct Wires {
    /// Which these are: others take their place when the settings change.
    these: Arc<()>,
    first: Wire,
    others: Vec<Wire>,
}

#[derive(Debug)]
struct Wire {
    http: reqwest::Client,
    taken: Arc<()>,
    /// Whose it is, once somebody has taken it.
    runtime: Option<Id>,
}

/// A request's place on a connection, until the last clone is dropped.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    _taken: Arc<()>,
}

impl Wires {
    pub(super) fn new(http: reqwest::Client) -> Self {
        Self {
            these: Arc::default(),
            first: Wire::new(http),
            others: Vec::new(),
        }
    }

    /// The client for one more request of this runtime, and its place; or, where another client is wanted
    /// for it, which wires are to have it.
    pub(super) fn take(&mut self) -> Result<(reqwest::Client, Place), These> {
        let here = Handle::current().id();
        let mut all = std::iter::once(&mut self.first).chain(&mut self.others);
        all.find(|wire| wire.is_of(here) && wire.under_way() < SHARED)
            .map(|wire| wire.take(here))
            .ok_or_else(|| These(Arc::clone(&self.these)))
    }

    /// The same with `another` client, unless there is one by now. Where none could be made, the request
    /// shares with the fewest. `None` where these are not the wires any more that it was made for.
    pub(super) fn take_of(
        &mut self,
        another: Option<reqwest::Client>,
        meant: &These,
    ) -> Option<(reqwest::Client, Place)> {
        if let Ok(taken) = self.take() {
            return Some(taken);
        }
        if !Arc::ptr_eq(&self.these, &meant.0) {
            return None;
        }
        let here = Handle::current().id();
        if let Some(http) = another {
            let mut wire = Wire::new(http);
            let taken = wire.take(here);
            self.others.push(wire);
            return Some(taken);
        }
        let emptiest = self.others.iter_mut().min_by_key(|wire| wire.under_way());
        Some(match emptiest {
            Some(wire) if wire.under_way() < self.first.under_way() => wire.take(here),
            Some(_) | None => self.first.take(here),
        })
    }
}

/// Certain wires, to be told from those that take their place.
#[derive(Debug)]
pub(super) struct These(Arc<()>);

impl Wire {
    fn new(http: reqwest::Client) -> Self {
        Self {
            http,
            taken: Arc::default(),
            runtime: None,
        }
    }

    fn is_of(&self, runtime: Id) -> bool {
        self.runtime.is_none_or(|whose| whose == runtime)
    }

    fn under_way(&self) -> usize {
        Arc::strong_count(&self.taken) - 1
    }

    fn take(&mut self, runtime: Id) -> (reqwest::Client, Place) {
        self.runtime.get_or_insert(runtime);
        let place = Place {
            _taken: Arc::clone(&self.taken),
        };
        (self.http.clone(), place)
    }
}

/// How many requests share a connection, with room for pages beside the answers.
const SHARED: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{HttpConfig, http_client};

    fn http() -> reqwest::Client {
        http_client(&HttpConfig::default()).unwrap()
    }

    /// A place, and whether another client was made for it.
    fn take(wires: &mut Wires) -> (Place, bool) {
        match wires.take() {
            Ok((_, place)) => (place, false),
            Err(these) => (wires.take_of(Some(http()), &these).unwrap().1, true),
        }
    }

    #[tokio::test]
    async fn another_connection_is_made_only_where_all_are_full() {
        let mut wires = Wires::new(http());
        let full: Vec<_> = (0..SHARED).map(|_| take(&mut wires)).collect();
        assert!(full.iter().all(|(_, made)| !made));
        let (beyond, made) = take(&mut wires);
        assert!(made);
        drop(beyond);
        assert!(!take(&mut wires).1, "the second has room");
        drop(full);
        assert!(!take(&mut wires).1, "the first has room");
    }

    #[test]
    fn each_runtime_has_its_own() {
        let mut wires = Wires::new(http());
        let runtimes = [(); 2].map(|()| base::thread().unwrap());
        let mut made = |runtime: &tokio::runtime::Runtime| {
            let _inside = runtime.enter();
            take(&mut wires).1
        };
        let [first, second] = &runtimes;
        assert_eq!([first, second].map(&mut made), [false, true]);
        assert_eq!([first, second].map(&mut made), [false, false]);
    }

    #[tokio::test]
    async fn who_can_make_no_other_shares() {
        let mut wires = Wires::new(http());
        let full: Vec<_> = (0..SHARED).map(|_| take(&mut wires)).collect();
        let these = wires.take().unwrap_err();
        let shared = wires.take_of(None, &these).unwrap();
        assert_eq!(wires.first.under_way(), full.len() + 1);
        drop(shared);
    }

    #[tokio::test]
    async fn what_was_made_for_others_or_is_not_wanted_any_more_is_not_kept() {
        let mut wires = Wires::new(http());
        let full: Vec<_> = (0..SHARED).map(|_| take(&mut wires)).collect();
        let these = wires.take().unwrap_err();
        drop(full);
        assert!(wires.take_of(Some(http()), &these).is_some());
        assert_eq!(wires.others.len(), 0, "there was room by then");

        let mut anew = Wires::new(http());
        let _full: Vec<_> = (0..SHARED).map(|_| take(&mut anew)).collect();
        assert!(anew.take_of(Some(http()), &these).is_none());
        assert_eq!(anew.others.len(), 0, "made by old settings");
    }
}
