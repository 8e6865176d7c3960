//! The connections that requests go out on.
//!
//! Over HTTP/2 all requests of one HTTP client share a connection, and a server takes only so many at
//! once on it: 100 in most places, the least that RFC 9113 section 6.5.2 recommends. What is more waits
//! until another answer has ended, and an answer takes minutes. So whoever comes when [`SHARED`] are
//! under way goes out by another HTTP client, with a connection of its own, although section 9.1 would
//! rather see one.

use std::sync::Arc;

/// HTTP clients of one kind, in the order in which they are filled.
#[derive(Debug)]
pub(super) struct Wires {
    first: Wire,
    others: Vec<Wire>,
}

#[derive(Debug)]
struct Wire {
    http: reqwest::Client,
    taken: Arc<()>,
}

/// A request's place on a connection, until the last clone is dropped.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    _taken: Arc<()>,
}

impl Wires {
    pub(super) fn new(http: reqwest::Client) -> Self {
        Self {
            first: Wire::new(http),
            others: Vec::new(),
        }
    }

    /// The client for one more request, and its place. Where all are full, `another` is asked for one;
    /// where it has none, the request shares with the fewest.
    pub(super) fn take(
        &mut self,
        another: impl FnOnce() -> Option<reqwest::Client>,
    ) -> (reqwest::Client, Place) {
        if let Some(wire) = self.all().find(|wire| wire.under_way() < SHARED) {
            return wire.take();
        }
        self.others.extend(another().map(Wire::new));
        let emptiest = self.all().min_by_key(|wire| wire.under_way());
        emptiest.unwrap_or(&self.first).take()
    }

    fn all(&self) -> impl Iterator<Item = &Wire> {
        std::iter::once(&self.first).chain(&self.others)
    }
}

impl Wire {
    fn new(http: reqwest::Client) -> Self {
        Self {
            http,
            taken: Arc::default(),
        }
    }

    fn under_way(&self) -> usize {
        Arc::strong_count(&self.taken) - 1
    }

    fn take(&self) -> (reqwest::Client, Place) {
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

    #[test]
    fn another_connection_is_made_only_where_all_are_full() {
        let http = || http_client(&HttpConfig::default()).ok();
        let mut wires = Wires::new(http().unwrap());
        let mut made = 0;
        let mut take = |wires: &mut Wires| {
            let another = || {
                made += 1;
                http()
            };
            (wires.take(another).1, made)
        };
        let full: Vec<_> = (0..SHARED).map(|_| take(&mut wires).0).collect();
        let (beyond, made_for_it) = take(&mut wires);
        assert_eq!(made_for_it, 1);
        drop(beyond);
        assert_eq!(take(&mut wires).1, 1, "the second has room");
        drop(full);
        assert_eq!(take(&mut wires).1, 1, "the first has room");
    }

    #[test]
    fn who_can_make_no_other_shares() {
        let mut wires = Wires::new(http_client(&HttpConfig::default()).unwrap());
        let places = (0..=SHARED).map(|_| wires.take(|| None).1);
        assert_eq!(places.collect::<Vec<_>>().len(), SHARED + 1);
    }
}
