//! What a socket remembers: its last answers, each with all that was said before it.

use std::collections::VecDeque;

use parking_lot::Mutex;
use translate::state::Past;

/// The last answers of one socket.
#[derive(Debug)]
pub(crate) struct Memory {
    turns: Mutex<VecDeque<Remembered>>,
    /// Bytes of one of them; what is longer is not remembered.
    limit: usize,
}

/// One answer. What two of them share is in memory once.
#[derive(Debug, Clone)]
pub(crate) struct Remembered {
    pub(crate) id: String,
    /// Everything that was said up to it, in order, and in it.
    pub(crate) said: Vec<Past>,
    /// True where it is stored too.
    pub(crate) stored: bool,
}

impl Memory {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            turns: Mutex::default(),
            limit,
        }
    }

    /// The answer `id`, if it is one of the last.
    pub(crate) fn recall(&self, id: &str) -> Option<Remembered> {
        let turns = self.turns.lock();
        turns.iter().rev().find(|turn| turn.id == id).cloned()
    }

    pub(crate) fn remember(&self, turn: Remembered) {
        let said = turn.said.iter().map(|past| past.item.get().len());
        if said.sum::<usize>() > self.limit {
            return;
        }
        let mut turns = self.turns.lock();
        if turns.len() == TURNS {
            turns.pop_front();
        }
        turns.push_back(turn);
    }
}

/// Clients continue the last answer; one that steps back a little is understood too.
const TURNS: usize = 4;

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::*;

    fn turn(id: &str, text: &str) -> Remembered {
        let item = RawValue::from_string(format!("\"{text}\"")).unwrap();
        Remembered {
            id: id.into(),
            said: vec![Past {
                item: item.into(),
                by: None,
            }],
            stored: false,
        }
    }

    #[test]
    fn the_oldest_is_forgotten_first() {
        let memory = Memory::new(100);
        for id in ["a", "b", "c", "d", "e"] {
            memory.remember(turn(id, "x"));
        }
        assert!(memory.recall("a").is_none());
        assert_eq!(memory.recall("b").unwrap().id, "b");
        assert!(memory.recall("e").is_some());
    }

    #[test]
    fn what_is_too_long_is_not_remembered() {
        let memory = Memory::new(5);
        memory.remember(turn("short", "abc"));
        memory.remember(turn("long", "abcd"));
        assert!(memory.recall("short").is_some() && memory.recall("long").is_none());
    }
}
