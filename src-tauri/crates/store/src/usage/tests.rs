use std::time::Duration;

use base::{Clock, Hand, Timestamp};

use super::*;
use crate::db::Database;
use crate::paths::Paths;

struct Place {
    dir: tempfile::TempDir,
    clock: Clock,
    hand: Hand,
    db: Database,
    log: Log,
}

impl Place {
    fn new() -> Self {
        let (clock, hand) = Clock::manual(Timestamp::from_seconds(1_700_000_000));
        let dir = tempfile::tempdir().unwrap();
        let db = Database::open(&Paths::under(dir.path()), clock.clone()).unwrap();
        let log = Log::open(db.clone(), clock.clone());
        Self {
            dir,
            clock,
            hand,
            db,
            log,
        }
    }

    fn ticket(&self, line: Line) -> Ticket {
        self.log.ticket(line, self.clock.passed())
    }

    fn line(&self, id: &str) -> Line {
        Line {
            request_id: id.to_owned(),
            at: self.clock.now(),
            dialect: "chat".to_owned(),
            path: "/v1/chat/completions".to_owned(),
            status: 200,
            attempts: 1,
            ..Line::default()
        }
    }

    async fn written(&self) -> Vec<Line> {
        self.db.flush().await.unwrap();
        self.log.recent(usize::MAX)
    }
}

#[tokio::test]
async fn what_others_wrote_is_cut() {
    let place = Place::new();
    for (sent, kept) in [(199, 199), (200, 200), (100_000, 200)] {
        let mut ticket = place.ticket(place.line("req_1"));
        let (sent, kept) = ("\u{e9}".repeat(sent), "\u{e9}".repeat(kept));
        let line = ticket.line_mut();
        line.model = Some(sent.clone());
        line.fault = Some(sent.clone());
        line.path = sent.clone();
        line.ignored = vec![sent; 1000];
        ticket.finish(Ended::Whole);
        let line = place.written().await.swap_remove(0);
        assert_eq!(line.model.as_deref(), Some(kept.as_str()));
        assert_eq!(line.fault.as_deref(), Some(kept.as_str()));
        assert_eq!(line.path, kept);
        assert_eq!(line.ignored, vec![kept; 64]);
    }
}

#[tokio::test]
async fn a_line_comes_back_as_it_was() {
    let place = Place::new();
    let full = Line {
        request_id: "req_1".to_owned(),
        at: place.clock.now(),
        key_id: Some("key_a".to_owned()),
        key_name: Some("editor".to_owned()),
        account: Some("acct".to_owned()),
        dialect: "responses".to_owned(),
        path: "/v1/responses".to_owned(),
        model: Some("gpt-5".to_owned()),
        stream: true,
        status: 429,
        ended: Ended::Refused,
        fault: Some("usage_limit_reached".to_owned()),
        attempts: 2,
        first_byte_ms: Some(250),
        total_ms: 1250,
        input_tokens: Some(u64::from(u32::MAX) * 3),
        cached_tokens: Some(0),
        output_tokens: Some(7),
        reasoning_tokens: None,
        ignored: vec!["logit_bias".to_owned(), "n".to_owned()],
        upstream_request_id: Some("up_1".to_owned()),
        origin: Some("app://obsidian.md".to_owned()),
    };
    let mut ticket = place.ticket(full.clone());
    ticket.line_mut().first_byte_ms = None;
    place.hand.advance(Duration::from_millis(250));
    ticket.first_byte();
    place.hand.advance(Duration::from_millis(1000));
    ticket.first_byte();
    assert_eq!(ticket.elapsed_ms(), 1250);
    ticket.finish(Ended::Refused);
    assert_eq!(place.written().await, [full]);
}

#[tokio::test]
async fn a_request_leaves_exactly_one_line_however_it_ends() {
    let place = Place::new();
    for ended in Ended::ALL {
        place.ticket(place.line(ended.as_str())).finish(ended);
    }
    drop(place.ticket(place.line("dropped")));
    let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _ticket = place.ticket(place.line("panicked"));
        std::panic::resume_unwind(Box::new("boom"));
    }));
    assert!(unwound.is_err());
    let lines = place.written().await;
    let ends: Vec<_> = lines
        .iter()
        .rev()
        .map(|line| (line.request_id.as_str(), line.ended))
        .collect();
    let mut wanted: Vec<_> = Ended::ALL
        .iter()
        .map(|ended| (ended.as_str(), *ended))
        .collect();
    wanted.extend([
        ("dropped", Ended::ClientLeft),
        ("panicked", Ended::ClientLeft),
    ]);
    assert_eq!(ends, wanted);
    assert_eq!(place.log.lost(), 0);
}

#[test]
fn every_end_has_a_word_of_its_own() {
    for ended in Ended::ALL {
        assert_eq!(ended.to_string().parse(), Ok(ended));
    }
    assert_eq!("eaten".parse::<Ended>(), Err(UnknownEnd));
}

#[tokio::test]
async fn a_follower_misses_nothing() {
    let place = Place::new();
    assert_eq!((place.log.last_row(), place.log.after(0, 10).len()), (0, 0));
    for number in 0..5 {
        drop(place.ticket(place.line(&number.to_string())));
    }
    place.db.flush().await.unwrap();
    let first = place.log.after(0, 3);
    let ids: Vec<_> = first
        .iter()
        .map(|(_, line)| line.request_id.as_str())
        .collect();
    assert_eq!(ids, ["0", "1", "2"]);
    let rest = place.log.after(first[2].0, 10);
    assert_eq!(rest.len(), 2);
    assert_eq!(place.log.last_row(), rest[1].0);

    // Even when everything old is trimmed away, no number is used twice.
    place.hand.advance(Duration::from_secs(31 * 86_400));
    place.log.bound(Bounds {
        max_bytes: 1 << 30,
        ..Bounds::default()
    });
    assert_eq!(place.written().await, []);
    drop(place.ticket(place.line("new")));
    place.db.flush().await.unwrap();
    assert_eq!(place.log.after(rest[1].0, 10).len(), 1);
    assert_eq!(place.log.recent(0), []);
}

#[tokio::test]
async fn the_log_stays_within_its_bytes_and_gives_room_back() {
    let place = Place::new();
    let bounds = Bounds {
        max_bytes: 512 * 1024,
        ..Bounds::default()
    };
    place.log.bound(bounds);
    for number in 0..6000 {
        let mut line = place.line(&format!("req_{number:05}"));
        line.ignored = vec!["x".repeat(200)];
        drop(place.ticket(line));
        if number % 200 == 0 {
            place.db.flush().await.unwrap();
        }
    }
    place.db.flush().await.unwrap();
    place.log.bound(Bounds {
        max_bytes: 500 * 1024,
        ..bounds
    });
    let lines = place.written().await;
    assert_eq!(place.log.lost(), 0);
    assert_eq!(lines[0].request_id, "req_05999", "the newest stay");
    assert!(lines.len() > 500 && lines.len() < 3000, "{}", lines.len());
    place.db.close().await.unwrap();
    let file = Paths::under(place.dir.path()).database_file();
    let size = std::fs::metadata(file).unwrap().len();
    // Each table and index that is empty has a page of its own.
    assert!(size <= 540 * 1024, "{size}");
}

#[tokio::test]
async fn a_log_that_an_older_postern_wrote_is_measured_when_it_is_opened() {
    let place = Place::new();
    for number in 0..50 {
        drop(place.ticket(place.line(&number.to_string())));
    }
    place.db.flush().await.unwrap();
    let size = |db: &Database| -> i64 {
        let sql = "SELECT bytes FROM usage_size";
        let asked = db.ask(|connection| connection.query_row(sql, [], |row| row.get(0)));
        asked.unwrap()
    };
    let before = size(&place.db);
    assert!(before > 50 * 160, "{before}");
    let older = place.db.write(|connection| {
        connection.execute_batch(
            "DROP TRIGGER usage_added; DROP TRIGGER usage_removed; DROP TABLE usage_size;
             DELETE FROM migration WHERE number = 3;",
        )
    });
    older.await.unwrap();
    let again = Database::open(&Paths::under(place.dir.path()), place.clock.clone()).unwrap();
    assert_eq!(size(&again), before);
    let emptied = again.write(|connection| connection.execute("DELETE FROM usage", []));
    assert_eq!(emptied.await.unwrap(), 50);
    assert_eq!(size(&again), 0);
}

#[tokio::test]
async fn old_lines_go_and_a_tiny_bound_does_not_hang() {
    let place = Place::new();
    drop(place.ticket(place.line("old")));
    place.hand.advance(Duration::from_secs(3600));
    drop(place.ticket(place.line("new")));
    place.log.bound(Bounds {
        keep: Duration::from_secs(1800),
        ..Bounds::default()
    });
    let ids: Vec<_> = place
        .written()
        .await
        .into_iter()
        .map(|line| line.request_id)
        .collect();
    assert_eq!(ids, ["new"]);
    place.log.bound(Bounds {
        max_bytes: 0,
        keep: Duration::MAX,
    });
    assert_eq!(place.written().await, []);
}

#[tokio::test]
async fn nothing_is_trimmed_before_the_bound_is_told() {
    let place = Place::new();
    place.log.bound(Bounds {
        max_bytes: 1 << 30,
        keep: Duration::MAX,
    });
    drop(place.ticket(place.line("old")));
    place.hand.advance(Duration::from_secs(31 * 86_400));
    place.db.flush().await.unwrap();
    let next = Log::open(place.db.clone(), place.clock.clone());
    for _ in 0..128 {
        drop(next.ticket(place.line("new"), place.clock.passed()));
    }
    assert_eq!(place.written().await.len(), 129);
    next.bound(Bounds::default());
    assert_eq!(place.written().await.len(), 128);
}

#[tokio::test]
async fn a_log_that_is_closed_or_full_loses_lines_and_counts_them() {
    let place = Place::new();
    place.db.close().await.unwrap();
    drop(place.ticket(place.line("late")));
    place.ticket(place.line("later")).finish(Ended::Whole);
    assert_eq!(place.log.lost(), 2);

    let place = Place::new();
    place
        .db
        .write(|connection| connection.execute_batch("ALTER TABLE usage RENAME TO gone"))
        .await
        .unwrap();
    drop(place.ticket(place.line("nowhere")));
    place.db.flush().await.unwrap();
    assert_eq!(place.log.lost(), 1);
    assert_eq!(place.log.recent(5), []);
}

#[tokio::test]
async fn totals_are_summed_by_what_is_asked() {
    let place = Place::new();
    let rows = [
        (0, "gpt-5", "editor", Ended::Whole, Some(100)),
        (0, "gpt-5", "chat", Ended::Incomplete, Some(10)),
        (86_400, "o4", "editor", Ended::UpstreamFailed, None),
    ];
    for (after, model, key, ended, tokens) in rows {
        let mut line = place.line("r");
        line.at = place.clock.now().plus(Duration::from_secs(after));
        line.model = Some(model.to_owned());
        line.key_name = Some(key.to_owned());
        line.input_tokens = tokens;
        line.cached_tokens = tokens.map(|tokens| tokens / 10);
        line.output_tokens = tokens;
        line.reasoning_tokens = tokens;
        place.ticket(line).finish(ended);
    }
    place.db.flush().await.unwrap();
    let sums = |by, since: u64| -> Vec<(String, u64, u64, u64)> {
        let since = place.clock.now().plus(Duration::from_secs(since));
        let totals = place.log.totals(by, since);
        let row = |total: &Total| {
            (
                total.name.clone(),
                total.requests,
                total.failed,
                total.input_tokens,
            )
        };
        totals.iter().map(row).collect()
    };
    let named = |rows: &[(&str, u64, u64, u64)]| -> Vec<(String, u64, u64, u64)> {
        rows.iter()
            .map(|row| (row.0.to_owned(), row.1, row.2, row.3))
            .collect()
    };
    assert_eq!(sums(By::Nothing, 0), named(&[("", 3, 1, 110)]));
    assert_eq!(
        sums(By::Day, 0),
        named(&[("2023-11-14", 2, 0, 110), ("2023-11-15", 1, 1, 0)])
    );
    assert_eq!(
        sums(By::Model, 0),
        named(&[("gpt-5", 2, 0, 110), ("o4", 1, 1, 0)])
    );
    assert_eq!(
        sums(By::Key, 0),
        named(&[("chat", 1, 0, 10), ("editor", 2, 1, 100)])
    );
    assert_eq!(sums(By::Account, 0), named(&[("", 3, 1, 110)]));
    assert_eq!(sums(By::Nothing, 3600), named(&[("", 1, 1, 0)]));
    assert_eq!(
        place.log.totals(By::Nothing, Timestamp::default())[0].cached_tokens,
        11
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn lines_of_many_tasks_are_all_written() {
    let place = Place::new();
    let tasks = base::Tasks::new();
    for task in 0..8 {
        let (log, line, passed) = (
            place.log.clone(),
            place.line(&task.to_string()),
            place.clock.passed(),
        );
        tasks.spawn("requests", move |_| async move {
            for _ in 0..100 {
                log.ticket(line.clone(), passed).finish(Ended::Whole);
            }
        });
    }
    tasks.wind_down(Duration::from_secs(60)).await;
    assert_eq!(place.written().await.len() as u64 + place.log.lost(), 800);
}
