//! One fault as a row, and the walk through the eight ways.

use futures_util::{StreamExt as _, stream};
use serde_json::Value;

use crate::heard::{Complaint, Heard};
use crate::house::House;
use crate::way::{Got, WAYS, Way};

/// What a client is to see.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sees {
    /// The whole answer, as if nothing had happened.
    Answer,
    /// This status, and the reason.
    Refusal(u16),
    /// The reason, as the last word of an answer that had begun.
    Reason,
}

/// One fault.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    /// What makes the stand-in misbehave; nothing where something else does.
    pub(crate) marks: &'static str,
    pub(crate) streamed: Sees,
    pub(crate) whole: Sees,
    /// The word for programs, also in the log; nothing where all goes well.
    pub(crate) code: &'static str,
    /// Part of the message.
    pub(crate) says: &'static str,
    /// Requests that reached the stand-in's backend.
    pub(crate) arrived: usize,
    /// How often the log says that the backend was asked.
    pub(crate) attempts: usize,
    /// The log's word for how it ended, where that was before an answer began.
    pub(crate) refused: &'static str,
}

/// The other side is asked once and at fault; a row says what is different.
pub(crate) const ROW: Row = Row {
    marks: "",
    streamed: Sees::Reason,
    whole: Sees::Refusal(502),
    code: "",
    says: "",
    arrived: 1,
    attempts: 1,
    refused: "upstream_failed",
};

/// The reason comes before the answer begins, and streaming makes no difference.
pub(crate) const fn refusal(status: u16) -> Row {
    Row {
        streamed: Sees::Refusal(status),
        whole: Sees::Refusal(status),
        ..ROW
    }
}

/// Nothing is wrong that anybody should notice.
pub(crate) const FINE: Row = Row {
    streamed: Sees::Answer,
    whole: Sees::Answer,
    ..ROW
};

impl Row {
    /// Tried in vain twice more.
    pub(crate) const fn thrice(self) -> Self {
        Self {
            arrived: 3,
            attempts: 3,
            ..self
        }
    }

    fn sees(&self, way: Way) -> Sees {
        if way.stream {
            self.streamed
        } else {
            self.whole
        }
    }
}

/// Each row in every way, all at once. Ends the house.
pub(crate) async fn walk(house: House, text: &str, rows: &[Row]) {
    let mut seen = Vec::new();
    visit(&house, text, &in_all_ways(rows), &mut seen).await;
    finish(house, seen).await;
}

pub(crate) fn in_all_ways(rows: &[Row]) -> Vec<(Row, Way)> {
    let cases = rows.iter().flat_map(|row| WAYS.map(|way| (*row, way)));
    cases.collect()
}

/// Asks `text` with each row's marks, many at once, and checks what came of it.
pub(crate) async fn visit(house: &House, text: &str, cases: &[(Row, Way)], seen: &mut Vec<Seen>) {
    let marks = (seen.len()..).map(mark);
    let asking = cases
        .iter()
        .zip(marks)
        .map(|((row, way), mark)| async move {
            let prompt = format!("{} {text} {mark}", row.marks);
            let got = way.ask(house, prompt.trim()).await;
            (*row, *way, mark, got)
        });
    let done: Vec<_> = stream::iter(asking).buffered(AT_ONCE).collect().await;
    let asked = house.asked();
    let asked: Vec<String> = asked.iter().map(|one| one.json().to_string()).collect();
    for (row, way, mark, got) in done {
        let place = format!("{way:?} {:?}", row.marks);
        let whole = format!("You said: {text} {mark}");
        check_heard(&row, way, &got.heard, &whole, &place);
        let ends = format!("{mark}\"");
        let arrived = asked.iter().filter(|one| one.contains(&ends)).count();
        assert_eq!(arrived, row.arrived, "{place}: requests that arrived");
        seen.push(Seen { row, way, got });
    }
}

/// The end of a prompt by which its requests are told from others.
pub(crate) fn mark(count: usize) -> String {
    format!("case {count:04}")
}

/// What is left to look up in the log.
pub(crate) struct Seen {
    row: Row,
    way: Way,
    pub(crate) got: Got,
}

/// Looks each request up in the log, which has no others, and ends the house.
pub(crate) async fn finish(house: House, seen: Vec<Seen>) {
    let rows = house.rows(seen.len()).await;
    for one in &seen {
        let id = one.got.id.as_str();
        let mut found = rows.iter().filter(|row| row["id"] == id);
        let (Some(found), None) = (found.next(), found.next()) else {
            panic!("not one row for {id}");
        };
        check_logged(one, found);
    }
    let all: Vec<&str> = seen.iter().map(|one| one.got.seen.as_str()).collect();
    house.close(&all.join("\n")).await;
}

#[track_caller]
fn check_heard(row: &Row, way: Way, heard: &Heard, text: &str, place: &str) {
    let fits = match (row.sees(way), heard) {
        (Sees::Answer, Heard::Answer(heard)) => heard == text,
        (Sees::Refusal(expected), Heard::Refusal(status, complaint)) => {
            *status == expected && is_about(row, row.code, complaint)
        }
        (Sees::Reason, Heard::Broken(complaint)) => is_about(row, way.told(row.code), complaint),
        (Sees::Answer | Sees::Refusal(_) | Sees::Reason, _) => false,
    };
    assert!(
        fits,
        "{place}: {:?} with {:?}, not {heard:?}",
        row.sees(way),
        row.code
    );
}

fn is_about(row: &Row, expected: &str, complaint: &Complaint) -> bool {
    let code = complaint.code.as_deref().unwrap_or(expected);
    code == expected && complaint.message.contains(row.says)
}

#[track_caller]
fn check_logged(one: &Seen, logged: &Value) {
    let Seen { row, way, .. } = one;
    let (status, ended) = match row.sees(*way) {
        Sees::Answer => (200, "whole"),
        Sees::Refusal(status) => (status, row.refused),
        Sees::Reason => (200, "upstream_failed"),
    };
    let code = (!row.code.is_empty()).then_some(row.code);
    let place = format!("{way:?} {:?}: {logged}", row.marks);
    assert_eq!(logged["status"], status, "{place}");
    assert_eq!(logged["ended"], ended, "{place}");
    assert_eq!(logged["fault"].as_str(), code, "{place}");
    assert_eq!(logged["attempts"], row.attempts, "{place}");
    assert_eq!(
        (&logged["app"], &logged["path"]),
        (&"app".into(), &way.path().into()),
        "{place}"
    );
}

/// Requests at once: where a stream of HTTP/2 is reset, what was said before must have left in time.
const AT_ONCE: usize = 32;
