//! HTTP/2 over TLS, as ChatGPT itself is reached: all streams share one connection.

use futures_util::future::join_all;
use http::Version;
use wire::responses::Kind;

use crate::stage::{Stage, ask, class, rest, text};

#[tokio::test]
async fn everything_is_told_as_it_is_without() {
    let plain = Stage::patient().await;
    let secure = Stage::patient().await.securely();
    for prompt in [
        "hello",
        "[[crlf]] [[bytewise]] h\u{e9}llo",
        "[[chunk 7]] one two three",
        "[[big 3]]",
        "[[limits-first]] hello",
        "[[no-created]] hello",
        "[[cut 0]]",
        "[[cut 5]] one two three",
        "[[eof 5]] one two three",
        "[[failed slow_down first]]",
        "[[failed slow_down]]",
        "[[after-end]] hello",
    ] {
        let (told, expected) = (secure.hear(prompt).await, plain.hear(prompt).await);
        let kinds = |told: &[wire::responses::Event]| -> Vec<Kind> {
            told.iter().map(wire::responses::Event::kind).collect()
        };
        assert_eq!(kinds(&told.0), kinds(&expected.0), "{prompt}");
        assert_eq!(text(&told.0), text(&expected.0), "{prompt}");
        let classes = [told.1, expected.1].map(|fault| fault.as_ref().map(class));
        assert_eq!(classes[0], classes[1], "{prompt}");
    }
    assert_eq!(secure.asked().len(), plain.asked().len());
    let is_told = |stage: &Stage, version| stage.asked().iter().all(|one| one.version == version);
    assert!(is_told(&secure, Version::HTTP_2) && is_told(&plain, Version::HTTP_11));
}

#[tokio::test]
async fn dropping_an_answer_is_seen_at_the_other_side() {
    let stage = Stage::open().await.securely();
    let opened = stage.say("[[stall 4]] hello").await.unwrap();
    drop(opened);
    stage.until_hung_up().await;
}

/// Answers that nobody reads fill their own room, not that of the others on the same connection.
#[tokio::test]
async fn who_does_not_read_keeps_nobody_waiting() {
    let stage = Stage::open().await.securely();
    let mut unread = Vec::new();
    for _ in 0..UNREAD {
        unread.push(stage.say("[[big 8]]").await.unwrap());
    }
    let (ask, credential) = (ask("[[big 2]]"), stage.plus());
    let work = async {
        let opened = stage.client.open(&ask, &credential).await.unwrap();
        rest(opened.events).await
    };
    let (events, fault) = stage.passing(work).await;
    assert_eq!(fault, None);
    assert_eq!(
        events.last().map(|event| event.kind()),
        Some(Kind::Completed)
    );
    drop(unread);
}

/// A server takes only so many requests at once on one connection, and an answer takes long.
#[tokio::test]
async fn more_answers_than_fit_on_one_connection_come_at_once() {
    let stage = Stage::patient().await.securely();
    let (ask, credential) = (ask("[[stall 4]] hello"), stage.plus());
    let opening = (0..CROWD).map(|_| stage.client.open(&ask, &credential));
    let opened = stage.passing(join_all(opening)).await;
    let opened: Result<Vec<_>, _> = opened.into_iter().collect();
    assert_eq!(opened.map(|all| all.len()), Ok(CROWD));
    assert_eq!(stage.asked().len(), CROWD);
}

/// More than anybody has under way at once.
const UNREAD: usize = 32;

/// More than the stand-in takes on one connection.
const CROWD: usize = 120;
