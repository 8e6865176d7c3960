//! Thousands of connections on which nothing is asked.

use super::line::Line;
use super::memory::{Memory, descriptors};
use crate::heard::Heard;
use crate::house::House;
use crate::way::WAYS;

#[tokio::test]
async fn ten_thousand_idle_connections_keep_nobody_out() {
    let house = House::open().await;
    let before = Memory::of(house.pid());
    let mut crowd = Vec::new();
    for count in 0..CROWD {
        // Some say nothing, some begin a request and stop, some have had an answer.
        let line = match count % 3 {
            0 => Line::open(house.at).await,
            1 => Line::saying(house.at, "GET /healthz HTTP/1.1\r\nhost: loc").await,
            _ => {
                let asked = format!("GET /healthz HTTP/1.1\r\nhost: {}\r\n\r\n", house.at);
                let mut line = Line::saying(house.at, asked).await;
                line.until("ok").await;
                line
            }
        };
        crowd.push(line);
    }
    let mut seen = String::new();
    for way in WAYS {
        let got = way.ask(&house, "hello").await;
        assert_eq!(
            got.heard,
            Heard::Answer("You said: hello".into()),
            "{way:?}"
        );
        seen.push_str(&got.seen);
    }
    let open = descriptors(house.pid());
    assert!(open < 1200, "{open} descriptors");
    let grown = Memory::of(house.pid()).peak.saturating_sub(before.now);
    assert!(grown < 64 << 10, "{grown} KiB");
    drop(crowd);
    house.rows(WAYS.len()).await;
    house.close(&seen).await;
}

const CROWD: usize = 10_000;
