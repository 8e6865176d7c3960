//! What goes when there is no room or no time left, and what stays beside it.

use super::*;

#[tokio::test]
async fn the_log_keeps_its_lines_beside_many_small_answers() {
    let home = Home::new();
    let archive = home.open().await;
    let log = Log::open(archive.0.db.clone(), home.clock.clone());
    log.bound(crate::usage::Bounds {
        max_bytes: 500_000,
        keep: Bounds::default().keep,
    });
    for number in 0..800 {
        let items = (0..20).map(|item| format!("msg_{number:040}_{item}"));
        let small = Kept {
            items: items.collect(),
            ..kept("key", &number.to_string(), None)
        };
        archive.keep_now(small).await;
        if number % 200 == 0 {
            archive.0.db.flush().await.unwrap();
        }
    }
    for _ in 0..200 {
        let line = Line {
            at: home.clock.now(),
            ..Line::default()
        };
        log.ticket(line, home.clock.passed()).finish(Ended::Whole);
    }
    archive.0.db.flush().await.unwrap();
    assert_eq!(archive.rows().await, 800);
    assert_eq!(log.recent(1000).len(), 200);
}
