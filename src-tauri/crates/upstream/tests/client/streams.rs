//! The stream in every form it takes (contract backend 2.1 and 2.3).

use std::task::Poll;

use wire::responses::Kind;

use crate::stage::{Stage, ask, rest, text};

#[tokio::test]
async fn the_text_arrives_however_the_bytes_do() {
    let stage = Stage::patient().await;
    let said = "h\u{e9}llo \u{1f44b} w\u{f6}rld";
    for marker in [
        "",
        "[[crlf]]",
        "[[cr]]",
        "[[bytewise]]",
        "[[bytewise]] [[crlf]]",
        "[[split-utf8]]",
        "[[chunk 7]]",
        "[[comments]]",
        "[[keepalives]]",
        "[[no-blank]]",
        "[[no-event-lines]]",
        "[[unknown-events]]",
        "[[unknown-items]]",
        "[[linger]]",
        "[[after-end]]",
        "[[limits-first]]",
        "[[limits-first reached]]",
        "[[metadata]]",
        "[[safety]]",
        "[[no-created]]",
        "[[full-output]]",
        "[[content-type text/event-stream; charset=utf-8]]",
    ] {
        let prompt = format!("{marker}[[say {said}]]");
        let (events, fault) = stage.hear(&prompt).await;
        assert_eq!(fault, None, "{marker}");
        assert_eq!(text(&events), said, "{marker}");
        let ends = events.iter().filter(|event| event.kind().is_terminal());
        assert_eq!(ends.count(), 1, "{marker}");
        assert_eq!(
            events.last().map(|e| e.kind()),
            Some(Kind::Completed),
            "{marker}"
        );
    }
}

#[tokio::test]
async fn odd_text_and_large_events_come_whole() {
    let stage = Stage::patient().await;
    let (events, _) = stage.hear("[[u2028]] x").await;
    let said = text(&events);
    assert!(
        ["\u{2028}", "\u{2029}", "\u{85}"]
            .iter()
            .all(|c| said.contains(c)),
        "{said:?}"
    );
    let (events, fault) = stage.hear("[[big 3]]").await;
    assert_eq!(fault, None);
    assert!(text(&events).len() >= 3 << 20);
}

#[tokio::test]
async fn what_comes_before_the_first_standard_event_comes_in_order() {
    let stage = Stage::patient().await;
    let (events, _) = stage.hear("[[limits-first]] hello").await;
    let kinds: Vec<Kind> = events.iter().take(2).map(|event| event.kind()).collect();
    assert_eq!(kinds, [Kind::RateLimits, Kind::Created]);
}

#[tokio::test]
async fn an_event_that_nobody_knows_and_is_no_json_is_skipped_and_the_rest_goes_on() {
    let stage = Stage::patient().await;
    let (events, fault) = stage.hear("[[unknown-events]] [[say one two three]]").await;
    assert_eq!((fault, text(&events).as_str()), (None, "one two three"));
    let junk = events.iter().find(|event| event.name() == "response.junk");
    assert_eq!(junk, None);
    let (events, fault) = stage.hear("[[truncate 5]] [[say one two three]]").await;
    assert!(
        matches!(fault, Some(wire::Fault::Garbled { .. })),
        "{fault:?}"
    );
    assert_eq!(events.len(), 4);
}

#[tokio::test]
async fn a_truncated_answer_is_no_fault() {
    let stage = Stage::patient().await;
    let (events, fault) = stage.hear("[[incomplete max_output_tokens]] hello").await;
    assert_eq!(fault, None);
    assert_eq!(
        events.last().map(|event| event.kind()),
        Some(Kind::Incomplete)
    );
}

#[tokio::test]
async fn the_connection_is_closed_at_the_end_and_when_the_caller_leaves() {
    let stage = Stage::patient().await;
    let (_, fault) = stage.hear("[[linger]] hello").await;
    assert_eq!(fault, None);
    stage.until_hung_up().await;

    let mut opened = stage.say("[[stall 3]] hello").await.unwrap();
    assert!(matches!(opened.events.next().await, Some(Ok(_))));
    assert!(!stage.asked().last().unwrap().hung_up);
    drop(opened);
    stage.until_hung_up().await;
}

#[tokio::test]
async fn a_caller_that_leaves_before_the_first_event_closes_the_connection() {
    let stage = Stage::patient().await;
    let (ask, credential) = (ask("[[stall 0]] hello"), stage.plus());
    let opening = stage.client.open(&ask, &credential);
    let arrived = stage.world().until_received(crate::stage::RESPONSES, 1);
    tokio::select! {
        _ = opening => panic!("nothing was answered"),
        _ = arrived => {}
    }
    stage.until_hung_up().await;
    assert_eq!(stage.asked().len(), 1);
}

#[tokio::test]
async fn a_call_for_the_next_event_may_be_dropped_at_any_time() {
    let stage = Stage::patient().await;
    let opened = stage
        .say("[[bytewise]] [[say one two three]]")
        .await
        .unwrap();
    let mut events = opened.events;
    let mut heard = Vec::new();
    loop {
        let once = {
            let next = std::pin::pin!(events.next());
            futures_util::poll!(next)
        };
        match once {
            Poll::Ready(Some(event)) => heard.push(event.unwrap()),
            Poll::Ready(None) => break,
            Poll::Pending => tokio::task::yield_now().await,
        }
    }
    assert_eq!(text(&heard), "one two three");
}

#[tokio::test]
async fn the_platform_answers_an_api_key() {
    let stage = Stage::patient().await;
    let opened = stage.client.open(&ask("hello"), &stage.platform()).await;
    let (events, fault) = rest(opened.unwrap().events).await;
    assert_eq!(fault, None);
    assert_eq!(text(&events), "You said: hello");
    assert_eq!(stage.world().received_at("/v1/responses").len(), 1);
}
