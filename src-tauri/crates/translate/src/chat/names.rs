//! Tool names that the backend takes: at most 64 of `[a-zA-Z0-9_-]` (contract backend 1.5).

use std::collections::BTreeMap;

use crate::shorten::marked;

/// Remembers which names were changed, so that the client hears its own.
#[derive(Debug, Default)]
pub(crate) struct Names {
    asked: BTreeMap<String, String>,
}

impl Names {
    /// The name to send for `asked`. It depends on nothing else, so that the same conversation
    /// gives the same bytes, and different names stay different.
    pub(crate) fn send(&mut self, asked: &str) -> String {
        let is_fit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        if asked.len() <= LONGEST && asked.chars().all(is_fit) {
            return asked.to_owned();
        }
        let fit: String = asked
            .chars()
            .map(|c| if is_fit(c) { c } else { '_' })
            .collect();
        let sent = marked(&fit, asked, LONGEST);
        self.asked.insert(sent.clone(), asked.to_owned());
        sent
    }

    /// The client's names by the changed ones.
    pub(crate) fn into_map(self) -> BTreeMap<String, String> {
        self.asked
    }
}

const LONGEST: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_fit_and_come_back() {
        let mut names = Names::default();
        let long = "mcp__server__".to_owned() + &"x".repeat(80);
        for asked in ["plain_Name-1", "a.b", "a/b", "wetter_für", &long] {
            let sent = names.send(asked);
            assert!(sent.len() <= LONGEST && sent.is_ascii(), "{sent}");
            assert_eq!(sent, names.send(asked), "the same again");
        }
        assert_ne!(names.send("a.b"), names.send("a/b"));
        assert_eq!(names.send("plain_Name-1"), "plain_Name-1");
        let map = names.into_map();
        assert_eq!(map.len(), 4);
        assert!(map.values().any(|asked| *asked == long));
    }
}
