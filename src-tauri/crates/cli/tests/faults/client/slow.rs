//! A client that does not read: the backend is not read either, and nothing piles up in between.

use std::time::Duration;

use base::Clock;

use super::line::Line;
use super::memory::Memory;
use crate::flood::{Flood, delta};
use crate::house::House;
use crate::way::WAYS;

#[tokio::test]
async fn who_does_not_read_slows_the_backend_down() {
    let flood = Flood::of(delta(16 << 10), OFFERED / (16 << 10)).await;
    let house = House::routed(&flood.origin()).await;
    let before = Memory::of(house.pid());
    let mut lines = Vec::new();
    for way in WAYS.into_iter().filter(|way| way.stream) {
        let mut line = Line::saying(way.at(&house), way.raw(&house, "hello")).await;
        line.until("xxxx").await;
        lines.push(line);
    }
    let held = until_still(&flood).await;
    assert!(
        held < lines.len() * ON_THE_WAY,
        "{held} bytes were read ahead"
    );
    let waiting = Memory::of(house.pid());
    let grown = waiting.peak.saturating_sub(before.now);
    assert!(grown < 64 << 10, "{grown} KiB for {} readers", lines.len());

    for line in &mut lines {
        line.hear(2 * ON_THE_WAY).await;
    }
    let taken = until_still(&flood).await;
    assert!(
        taken >= held + lines.len() * ON_THE_WAY,
        "{held}, then {taken}"
    );
    let count = lines.len();
    drop(lines);
    for row in house.rows(count).await {
        assert_eq!(
            (&row["status"], &row["ended"]),
            (&200.into(), &"client_left".into()),
            "{row}"
        );
    }
    assert_eq!(flood.left(), count);
    house.close("").await;
}

/// Waits until nothing more is taken; how much was.
async fn until_still(flood: &Flood) -> usize {
    let clock = Clock::system();
    let mut taken = flood.taken();
    loop {
        clock.sleep(Duration::from_millis(300)).await;
        match flood.taken() {
            now if now == taken => return now,
            now => taken = now,
        }
    }
}

/// What the backend has for each reader.
const OFFERED: usize = 256 << 20;
/// More than all sockets and buffers between the two ends hold.
const ON_THE_WAY: usize = 24 << 20;
