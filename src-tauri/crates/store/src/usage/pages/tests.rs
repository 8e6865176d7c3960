use std::time::Duration;

use base::{Clock, Hand};

use super::*;
use crate::db::Database;
use crate::paths::Paths;
use crate::usage::Log;

/// A log of a handful of requests, one an hour.
struct Desk {
    _dir: tempfile::TempDir,
    db: Database,
    clock: Clock,
    hand: Hand,
    log: Log,
}

impl Desk {
    fn new() -> Self {
        let (clock, hand) = Clock::manual(Timestamp::from_seconds(1_700_000_000));
        let dir = tempfile::tempdir().unwrap();
        let db = Database::open(&Paths::under(dir.path()), clock.clone()).unwrap();
        let log = Log::open(db.clone(), clock.clone());
        Self {
            _dir: dir,
            db,
            clock,
            hand,
            log,
        }
    }

    fn put(&self, id: &str, key: Option<&str>, model: &str, ended: Ended) {
        let line = Line {
            request_id: id.to_owned(),
            at: self.clock.now(),
            key_name: key.map(str::to_owned),
            path: "/v1/chat/completions".to_owned(),
            model: Some(model.to_owned()),
            status: 200,
            fault: (ended == Ended::Refused).then(|| "100%_wrong".to_owned()),
            input_tokens: Some(10),
            output_tokens: Some(2),
            ..Line::default()
        };
        self.log.ticket(line, self.clock.passed()).finish(ended);
        self.hand.advance(Duration::from_secs(3600));
    }

    async fn filled() -> Self {
        let desk = Self::new();
        desk.put("req_1", Some("editor"), "gpt-5.5", Ended::Whole);
        desk.put("req_2", Some("chat"), "gpt-5.5", Ended::Refused);
        desk.put("req_3", Some("editor"), "mini", Ended::Incomplete);
        desk.put("req_4", None, "mini", Ended::Refused);
        desk.put("req_5", Some("editor"), "mini", Ended::ClientLeft);
        desk.db.flush().await.unwrap();
        desk
    }

    /// The ids on a page, and how many there are in all.
    fn ids(&self, narrow: &Narrow, before: Option<i64>, limit: usize) -> (Vec<String>, u64) {
        let page = self.log.page(narrow, before, limit);
        let ids = page.rows.into_iter().map(|(_, line)| line.request_id);
        (ids.collect(), page.total)
    }
}

#[tokio::test]
async fn pages_go_back_in_time_and_count_everything() {
    let desk = Desk::filled().await;
    let all = Narrow::default();
    assert_eq!(
        desk.ids(&all, None, 2),
        (vec!["req_5".into(), "req_4".into()], 5)
    );
    assert_eq!(
        desk.ids(&all, Some(4), 10),
        (vec!["req_3".into(), "req_2".into(), "req_1".into()], 5)
    );
    assert_eq!(desk.ids(&all, Some(1), 10), (Vec::new(), 5));
}

#[tokio::test]
async fn what_narrows_narrows_and_nothing_else_does() {
    let desk = Desk::filled().await;
    let text = |text: &str| Narrow {
        text: Some(text.to_owned()),
        ..Narrow::default()
    };
    let rows = [
        (
            Narrow {
                failed: true,
                ..Narrow::default()
            },
            vec!["req_5", "req_4", "req_2"],
        ),
        (
            Narrow {
                key: Some("editor".into()),
                model: Some("mini".into()),
                ..Narrow::default()
            },
            vec!["req_5", "req_3"],
        ),
        (text("EDITOR"), vec!["req_5", "req_3", "req_1"]),
        (text("0%_w"), vec!["req_4", "req_2"]),
        (text("0__w"), vec![]),
        (text("r_q"), vec![]),
        (text("req_4"), vec!["req_4"]),
    ];
    for (narrow, ids) in rows {
        let (found, total) = desk.ids(&narrow, None, 10);
        assert_eq!(found, ids, "{narrow:?}");
        assert_eq!(total, ids.len() as u64, "{narrow:?}");
    }
}

#[tokio::test]
async fn the_last_line_of_each_key_and_a_line_by_its_id_are_found() {
    let desk = Desk::filled().await;
    let last = desk.log.last_of_each_key();
    let told: Vec<_> = last
        .iter()
        .map(|line| (line.key_name.as_deref(), line.request_id.as_str()))
        .collect();
    assert_eq!(told, [(Some("editor"), "req_5"), (Some("chat"), "req_2")]);
    assert_eq!(desk.log.find("req_3").unwrap().0, 3);
    assert_eq!(desk.log.find("req_9"), None);
}

#[tokio::test]
async fn days_are_summed_for_each_key() {
    let desk = Desk::filled().await;
    let days = desk.log.daily(Timestamp::from_seconds(0));
    let told: Vec<_> = days
        .iter()
        .map(|(day, total)| {
            (
                day.as_str(),
                total.name.as_str(),
                total.requests,
                total.failed,
                total.input_tokens,
            )
        })
        .collect();
    // 1_700_000_000 is 22:13:20 UTC, so the third request is on the next day.
    assert_eq!(
        told,
        [
            ("2023-11-14", "chat", 1, 1, 10),
            ("2023-11-14", "editor", 1, 0, 10),
            ("2023-11-15", "", 1, 1, 10),
            ("2023-11-15", "editor", 2, 1, 20),
        ]
    );
}

#[tokio::test]
async fn a_written_line_is_told_once_it_can_be_read() {
    let desk = Desk::new();
    let mut written = desk.log.written();
    assert_eq!(*written.borrow_and_update(), 0);
    desk.put("req_1", None, "mini", Ended::Whole);
    written.changed().await.unwrap();
    assert_eq!(desk.log.recent(1)[0].request_id, "req_1");
}
