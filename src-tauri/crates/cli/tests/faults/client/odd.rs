//! Requests that are none, too large, or more than they seem.

use std::io::Write as _;

use super::line::Line;
use super::memory::Memory;
use crate::heard::{self, Heard};
use crate::house::House;
use crate::way::{WAYS, http};

/// What is said, and the status of each answer that comes before the connection is closed.
#[tokio::test]
async fn garbage_behind_or_instead_of_a_request() {
    let house = House::open().await;
    let well = format!("GET /healthz HTTP/1.1\r\nhost: {}\r\n\r\n", house.at);
    let long = |length: usize| "x".repeat(length);
    let headers: String = (0..200).map(|count| format!("x-{count}: y\r\n")).collect();
    let with = |lines: &str| well.replace("\r\n\r\n", &format!("\r\n{lines}\r\n\r\n"));
    let rows: &[(String, &[&str])] = &[
        (
            well.clone() + &well + &with("connection: close"),
            &["200", "200", "200"],
        ),
        (well.clone() + "no request\r\n\r\n", &["200", "400"]),
        (well.clone() + "\u{0}\u{1}\u{2}\r\n\r\n", &["200", "400"]),
        ("\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}".to_owned(), &["400"]),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(), &[]),
        (with("no colon"), &["400"]),
        (with("content-length: 1x"), &["400"]),
        (with(&format!("x-long: {}", long(70_000))), &["431"]),
        (with(headers.trim_end()), &["431"]),
        (
            well.replace("/healthz", &format!("/{}", long(70_000))),
            &["431"],
        ),
    ];
    for (said, expected) in rows {
        let heard = Line::saying(house.at, said).await.rest().await;
        let statuses = heard.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]);
        let short: String = said.chars().take(200).collect();
        assert_eq!(
            &statuses.collect::<Vec<_>>(),
            expected,
            "{short:?}: {heard}"
        );
    }
    house.rows(0).await;
    house.close("").await;
}

#[tokio::test]
async fn garbage_behind_a_request_that_is_answered() {
    let house = House::open().await;
    for way in WAYS {
        let asked = way.raw(&house, "hello");
        let asked = String::from_utf8(asked)
            .unwrap()
            .replace("connection: close\r\n", "");
        let heard = Line::saying(way.at(&house), asked + "garbage\r\n\r\n")
            .await
            .rest()
            .await;
        assert!(heard.starts_with("HTTP/1.1 200 "), "{way:?}: {heard}");
        assert!(heard.contains("HTTP/1.1 400 "), "{way:?}: {heard}");
    }
    for row in house.rows(WAYS.len()).await {
        assert_eq!(
            (&row["status"], &row["ended"]),
            (&200.into(), &"whole".into()),
            "{row}"
        );
    }
    assert_eq!(house.asked().len(), WAYS.len());
    house.close("").await;
}

/// 256 MiB of nothing in a few KiB. What will not get better is a 400 (decision 0004).
#[tokio::test]
async fn a_body_is_a_bomb() {
    let house = House::with("max_body_mib = 1\n").await;
    let before = Memory::of(house.pid());
    let zeros = vec![0; 8 << 20];
    let (gzip, zstd) = (
        gzip(&zeros).repeat(32),
        zstd::encode_all(&zeros[..], 3).unwrap().repeat(32),
    );
    let mut seen = String::new();
    for (coding, bomb) in [("gzip", &gzip), ("zstd", &zstd)] {
        assert!(bomb.len() < 512 << 10, "{coding}: {}", bomb.len());
        for way in WAYS {
            let asked = http().post(format!("http://{}{}", way.at(&house), way.path()));
            let asked = asked
                .bearer_auth(&house.key)
                .header("content-encoding", coding);
            let asked = asked
                .header("content-type", "application/json")
                .body(bomb.clone());
            let reply = asked.send().await.unwrap();
            let (status, body) = (reply.status().as_u16(), reply.text().await.unwrap());
            let Heard::Refusal(400, complaint) =
                heard::read(way, status, "application/json", &body)
            else {
                panic!("{way:?} {coding}: {status} {body}");
            };
            assert!(complaint.message.contains("larger than 1 MiB"), "{body}");
            seen.push_str(&body);
        }
    }
    let grown = Memory::of(house.pid()).peak.saturating_sub(before.now);
    assert!(grown < 32 << 10, "{grown} KiB");
    for row in house.rows(2 * WAYS.len()).await {
        assert_eq!(
            (&row["status"], &row["ended"]),
            (&400.into(), &"refused".into()),
            "{row}"
        );
        assert_eq!(
            (&row["fault"], &row["attempts"]),
            (&"request_too_large".into(), &0.into())
        );
    }
    house.close(&seen).await;
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
