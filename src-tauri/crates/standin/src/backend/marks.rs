//! Markers: what a prompt, or someone through the admin door, asks the stand-in to do.
//!
//! `[[name]]` or `[[name words]]` anywhere in a text. Known names are taken out of it, unknown ones stay.
//! `README.md` lists them.

use serde_json::Value;

/// The markers of one request, in the order they were written, and the text around them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    found: Vec<(String, String)>,
    text: String,
}

impl Marks {
    /// Takes the known markers out of `text`.
    pub(crate) fn read(text: &str) -> Self {
        let (mut marks, mut rest) = (Self::default(), text);
        while let Some(start) = rest.find("[[") {
            let (before, from) = rest.split_at(start);
            marks.text.push_str(before);
            match one(&from[2..]) {
                Some((name, words, used)) => {
                    marks.found.push((name, words));
                    rest = &from[2 + used..];
                }
                None => {
                    marks.text.push_str("[[");
                    rest = &from[2..];
                }
            }
        }
        marks.text.push_str(rest);
        marks.text = marks.text.trim().to_owned();
        marks
    }

    /// Adds the markers of `other`; its text is left behind.
    pub(crate) fn add(&mut self, other: Self) {
        self.found.extend(other.found);
    }

    /// What was said besides the markers, trimmed.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// True where the marker stands at least once.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.words(name).is_some()
    }

    /// What stands behind the first such marker; empty where nothing does.
    pub(crate) fn words(&self, name: &str) -> Option<&str> {
        let mut found = self.found.iter();
        let (_, words) = found.find(|(found, _)| found == name)?;
        Some(words)
    }

    /// What stands behind every such marker.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.found
            .iter()
            .filter(move |(found, _)| found == name)
            .map(|(_, words)| words.as_str())
    }

    /// The first word behind the marker as a number.
    pub(crate) fn number(&self, name: &str) -> Option<usize> {
        self.words(name)?.split_whitespace().next()?.parse().ok()
    }

    /// As [`Marks::number`], with `otherwise` where the marker stands without a number.
    pub(crate) fn number_or(&self, name: &str, otherwise: usize) -> Option<usize> {
        self.has(name)
            .then(|| self.number(name).unwrap_or(otherwise))
    }
}

/// The value of `key=value` or `key="several words"` among `words`.
pub(crate) fn option<'a>(words: &'a str, key: &str) -> Option<&'a str> {
    let needle = format!("{key}=");
    let mut from = 0;
    while let Some(at) = words[from..].find(&needle).map(|at| at + from) {
        let value = &words[at + needle.len()..];
        from = at + needle.len();
        if at > 0 && !words[..at].ends_with(' ') {
            continue;
        }
        return match value.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next(),
            None => value.split_whitespace().next(),
        };
    }
    None
}

/// Name, words and used length (with the closing brackets) of the marker at the start of `text`.
fn one(text: &str) -> Option<(String, String, usize)> {
    let name_ends = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '-')?;
    let (name, rest) = text.split_at(name_ends);
    if !NAMES.contains(&name) {
        return None;
    }
    let ends = rest.match_indices("]]").map(|(at, _)| at);
    // JSON may hold `]]`: the marker ends where the JSON is whole, else at the first brackets.
    let json_ends = |at: &usize| {
        rest[..*at].find('{').is_none_or(|brace| {
            name != "call" || serde_json::from_str::<Value>(rest[brace..*at].trim()).is_ok()
        })
    };
    let end = ends
        .clone()
        .find(json_ends)
        .or_else(|| ends.clone().next())?;
    let words = rest[..end].trim().to_owned();
    Some((name.to_owned(), words, name_ends + end + 2))
}

/// Every known marker.
const NAMES: &[&str] = &[
    "after-end",
    "annotate",
    "args-in-done",
    "args-in-item",
    "big",
    "bytewise",
    "call",
    "chunk",
    "comments",
    "commentary",
    "content-type",
    "cr",
    "crlf",
    "cut",
    "eof",
    "error-event",
    "events",
    "failed",
    "full-output",
    "header",
    "http",
    "image",
    "incomplete",
    "interleave",
    "keepalives",
    "limits-first",
    "linger",
    "metadata",
    "no-blank",
    "no-created",
    "no-event-lines",
    "odd-status",
    "recall",
    "refuse",
    "reroute",
    "safety",
    "say",
    "search",
    "show",
    "size",
    "slow",
    "split-utf8",
    "stall",
    "text-in-done",
    "text-in-item",
    "truncate",
    "u2028",
    "unknown-events",
    "unknown-items",
    "usage",
    "words",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_leave_the_text_and_unknown_ones_stay() {
        let marks = Marks::read("say [[slow 5]]hello [[nobody]] [[stall 2]]");
        assert_eq!(marks.text(), "say hello [[nobody]]");
        assert_eq!(
            (marks.number("slow"), marks.number("stall")),
            (Some(5), Some(2))
        );
        assert!(!marks.has("cut"));
    }

    #[test]
    fn a_call_may_hold_brackets_in_its_json() {
        let marks = Marks::read(r#"[[call a {"x":[[1]]}]] [[call b]] go"#);
        assert_eq!(
            marks.all("call").collect::<Vec<_>>(),
            [r#"a {"x":[[1]]}"#, "b"]
        );
        assert_eq!(marks.text(), "go");
    }

    #[test]
    fn options_are_found_by_their_whole_name() {
        let words = r#"slow_down after=3 message="try again" x=1"#;
        assert_eq!(option(words, "after"), Some("3"));
        assert_eq!(option(words, "message"), Some("try again"));
        assert_eq!(option("cache_write=1 write=2", "write"), Some("2"));
        assert_eq!(option(words, "times"), None);
    }
}
