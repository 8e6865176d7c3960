//! A client hangs up, at every phase of its request.

use serde_json::Value;

use super::line::Line;
use crate::house::{House, WIRES};
use crate::way::{Dialect, WAYS, Way, http};

/// Before its request is there, a client leaves no trace.
#[tokio::test]
async fn before_or_within_the_headers() {
    let house = House::open().await;
    for way in WAYS {
        let whole = way.raw(&house, "hello");
        let end = whole.windows(4).position(|end| end == b"\r\n\r\n").unwrap();
        for length in [0, 1, 20, end, end + 3] {
            drop(Line::saying(way.at(&house), &whole[..length]).await);
        }
    }
    let heard = WAYS[0].ask(&house, "hello").await;
    let rows = house.rows(1).await;
    assert_eq!(rows[0]["id"], heard.id);
    house.close(&heard.seen).await;
}

#[tokio::test]
async fn behind_the_headers_or_within_the_body() {
    let house = House::open().await;
    for way in WAYS {
        let whole = way.raw(&house, "hello");
        let end = whole.windows(4).position(|end| end == b"\r\n\r\n").unwrap() + 4;
        for length in [end, end + 1, whole.len() - 1] {
            drop(Line::saying(way.at(&house), &whole[..length]).await);
        }
    }
    for row in house.rows(3 * WAYS.len()).await {
        check(&row, 400, 0);
    }
    assert_eq!(house.asked().len(), 0);
    house.close("").await;
}

/// The backend has begun, or not yet; it is hung up on, and each request leaves its row.
#[tokio::test]
async fn behind_the_request_and_at_any_event() {
    for wire in WIRES {
        behind_the_request_and_at_any_event_on(House::on(wire).await).await;
    }
}

async fn behind_the_request_and_at_any_event_on(house: House) {
    let mut lines = Vec::new();
    for marks in ["[[stall 0]]", "[[stall 1]]", "[[stall 7]]", "[[stall 11]]"] {
        for way in WAYS {
            let asked = way.raw(&house, &format!("{marks} one two three"));
            lines.push((marks, way, Line::saying(way.at(&house), asked).await));
        }
    }
    house.world().until_stalled(lines.len()).await;
    for (marks, way, line) in &mut lines {
        if has_begun(marks, *way) {
            line.until("\r\n\r\n").await;
        }
    }
    let begun = lines
        .iter()
        .filter(|(marks, way, _)| has_begun(marks, *way))
        .count();
    let count = lines.len();
    drop(lines);
    let rows = house.rows(count).await;
    let with = |status: u64| rows.iter().filter(|row| row["status"] == status).count();
    assert_eq!((with(200), with(0)), (begun, count - begun), "{rows:#?}");
    for row in &rows {
        check(row, row["status"].as_u64().unwrap(), 1);
    }
    let asked = house.asked();
    assert!(asked.len() == count && asked.iter().all(|one| one.hung_up));
    house.close("").await;
}

/// True where the client has heard something.
fn has_begun(marks: &str, way: Way) -> bool {
    way.stream && marks != "[[stall 0]]"
}

/// Who stops talking has left: a server cannot tell the two apart, and the plan is not spent on nobody.
#[tokio::test]
async fn by_saying_that_it_says_no_more() {
    let house = House::open().await;
    let mut lines = Vec::new();
    for way in WAYS {
        let asked = way.raw(&house, "[[stall 4]] hello");
        lines.push(Line::saying(way.at(&house), asked).await);
    }
    house.world().until_stalled(lines.len()).await;
    for line in &mut lines {
        line.finish().await;
    }
    for line in lines {
        let heard = line.rest().await;
        assert!(!heard.contains("hello"), "{heard}");
    }
    for row in house.rows(WAYS.len()).await {
        check(&row, row["status"].as_u64().unwrap(), 1);
    }
    let asked = house.asked();
    assert!(asked.iter().all(|one| one.hung_up), "{asked:?}");
    house.close("").await;
}

/// The end was said, though the backend holds the connection: nothing is missing.
#[tokio::test]
async fn behind_the_end() {
    let house = House::open().await;
    for way in WAYS {
        let asked = way.raw(&house, "[[linger]] hello");
        let mut line = Line::saying(way.at(&house), asked).await;
        line.until(match (way.dialect, way.stream) {
            (Dialect::Responses, true) => "event: response.completed",
            (Dialect::Chat, true) => "data: [DONE]",
            (Dialect::Messages, true) => "event: message_stop",
            (Dialect::Ollama, true) => "\"done\":true",
            (_, false) => "You said: hello",
        })
        .await;
    }
    for row in house.rows(WAYS.len()).await {
        assert_eq!(
            (&row["status"], &row["ended"]),
            (&200.into(), &"whole".into()),
            "{row}"
        );
    }
    let healthy = http().get(format!("http://{}/healthz", house.at));
    assert_eq!(healthy.send().await.unwrap().text().await.unwrap(), "ok");
    house.close("").await;
}

#[track_caller]
fn check(row: &Value, status: u64, attempts: u64) {
    assert_eq!(row["ended"], "client_left", "{row}");
    assert_eq!(
        (&row["fault"], &row["status"]),
        (&Value::Null, &status.into()),
        "{row}"
    );
    assert_eq!(row["attempts"], attempts, "{row}");
}
