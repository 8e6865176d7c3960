//! The other side is slow, or says nothing more. The limits are the shortest that the settings take.

use std::time::Duration;

use standin::Scripted;

use crate::house::{House, Plan, RESPONSES, WIRES};
use crate::row::{FINE, ROW, Row, Sees, finish, in_all_ways, refusal, visit, walk};

const SILENT: Row = Row {
    code: "upstream_timeout",
    says: "silent for 1 second",
    ..ROW
};

#[tokio::test]
async fn headers_or_the_first_event_do_not_come() {
    let house = House::with("first_event_timeout_secs = 1\n").await;
    let silent = Row {
        code: SILENT.code,
        says: SILENT.says,
        ..refusal(504)
    };
    let stalled = Row {
        marks: "[[stall 0]]",
        ..silent
    };
    let mut seen = Vec::new();
    visit(&house, "hello", &in_all_ways(&[stalled]), &mut seen).await;
    house.world().script(RESPONSES, Scripted::hung().always());
    visit(&house, "hello", &in_all_ways(&[silent]), &mut seen).await;
    for one in &seen {
        let advice = "raise `first_event_timeout_secs`";
        assert!(one.got.seen.contains(advice), "{}", one.got.seen);
    }
    finish(house, seen).await;
}

#[tokio::test]
async fn headers_come_late() {
    let house = House::open().await;
    let late = Scripted::late(Duration::from_millis(300)).always();
    house.world().script(RESPONSES, late);
    walk(house, "hello", &[FINE]).await;
}

#[tokio::test]
async fn events_come_slowly() {
    let marks = "[[slow 20]]";
    walk(House::open().await, "hello", &[Row { marks, ..FINE }]).await;
}

#[tokio::test]
async fn the_stream_stalls() {
    let rows = ["[[stall 1]]", "[[stall 4]]", "[[stall 9]]"].map(|marks| Row {
        marks,
        whole: Sees::Refusal(504),
        ..SILENT
    });
    for wire in WIRES {
        let house = House::of(Plan {
            settings: "idle_timeout_secs = 1\n",
            wire,
            ..Plan::default()
        });
        walk(house.await, "one two three", &rows).await;
    }
}
