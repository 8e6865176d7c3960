//! Thousands of connections on which nothing is asked, or begun and not ended.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::line::Line;
use super::memory::{Memory, descriptors};
use crate::heard::Heard;
use crate::house::{House, Plan};
use crate::way::WAYS;

#[tokio::test]
async fn ten_thousand_idle_connections_keep_nobody_out() {
    let crowd = TEN_THOUSAND.min(room_here());
    if crowd < TEN_THOUSAND {
        println!("only {crowd}: the system gives this test no more descriptors");
    }
    check(Plan::default(), crowd, 1200).await;
}

/// As macOS gives a program that asks for no more.
#[tokio::test]
async fn a_crowd_larger_than_the_descriptors_keeps_nobody_out() {
    let plan = Plan {
        descriptors: Some(256),
        ..Plan::default()
    };
    check(plan, 1000.min(room_here()), 256).await;
}

/// Fills the room with `crowd`, asks beside it, and looks at what the program holds.
async fn check(plan: Plan<'_>, crowd: usize, most_descriptors: usize) {
    let house = House::of(plan).await;
    let before = Memory::of(house.pid());
    let served = begin(&house).await;
    let mut lines = Vec::new();
    for count in 0..crowd {
        lines.push(quiet(&house, count).await);
    }
    let seen = ask_beside(&house).await;
    let open = descriptors(house.pid());
    assert!(open < most_descriptors, "{open} descriptors");
    let grown = Memory::of(house.pid()).peak.saturating_sub(before.now);
    assert!(grown < 64 << 10, "{grown} KiB");
    drop(lines);
    // Who was being answered all the time still is.
    house.world().resume();
    for line in served {
        line.rest().await;
    }
    let rows = house.rows(2 * WAYS.len()).await;
    let whole = rows.iter().filter(|row| row["ended"] == "whole");
    assert_eq!(whole.count(), rows.len(), "{rows:#?}");
    house.close(&seen).await;
}

/// An answer in every way that has begun and goes on later.
async fn begin(house: &House) -> Vec<Line> {
    let mut served = Vec::new();
    for way in WAYS {
        let asked = way.raw(house, "[[stall 4]] hello");
        served.push(Line::saying(way.at(house), asked).await);
    }
    house.world().until_stalled(served.len()).await;
    served
}

/// What was seen of an answer in every way.
async fn ask_beside(house: &House) -> String {
    let mut seen = String::new();
    for way in WAYS {
        let got = way.ask(house, "hello").await;
        let whole = Heard::Answer("You said: hello".into());
        assert_eq!(got.heard, whole, "{way:?}");
        seen.push_str(&got.seen);
    }
    seen
}

/// One says nothing, one begins a request and stops, one has had an answer.
async fn quiet(house: &House, count: usize) -> Line {
    match count % 3 {
        0 => Line::open(house.at).await,
        1 => Line::saying(house.at, "GET /healthz HTTP/1.1\r\nhost: loc").await,
        _ => {
            let asked = format!("GET /healthz HTTP/1.1\r\nhost: {}\r\n\r\n", house.at);
            let mut line = Line::saying(house.at, asked).await;
            line.until("ok").await;
            line
        }
    }
}

/// How many connections this test may have, once it has asked for all that it may.
fn room_here() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let all = Rlimit {
        current: limit.maximum,
        ..limit
    };
    let given = match setrlimit(Resource::Nofile, all) {
        Ok(()) => limit.maximum,
        Err(_) => limit.current,
    };
    let given = given.map_or(usize::MAX, |given| usize::try_from(given).unwrap());
    given.saturating_sub(200)
}

const TEN_THOUSAND: usize = 10_000;
