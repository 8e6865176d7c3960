//! Failures inside the stream, cuts, stalls, and who notices that the client left.

use std::time::Duration;

use base::{Clock, Hand, Timestamp};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};

use super::{Door, ask};
use crate::Options;

#[tokio::test]
async fn every_failure_code_can_come_first_early_or_late() {
    let door = Door::open().await;
    for code in [
        "context_length_exceeded",
        "insufficient_quota",
        "usage_not_included",
        "cyber_policy",
        "misalignment_policy_violation",
        "invalid_prompt",
        "bio_policy",
        "server_is_overloaded",
        "slow_down",
        "overloaded_error",
        "rate_limit_exceeded",
        "usage_limit_reached",
        "anything",
    ] {
        for (option, before) in [("first", 0), ("", 2), ("after=2", 6)] {
            let got = door
                .post(&ask(&format!("[[failed {code} {option}]] [[words 9]]")))
                .await;
            let kinds = got.kinds();
            assert_eq!(
                (kinds.len(), kinds[before].as_str()),
                (before + 1, "response.failed"),
                "{code} {option}"
            );
            let error = &got.last()["error"];
            assert_eq!(
                (&error["code"], error["message"].is_string()),
                (&json!(code), true)
            );
            assert!(!got.broken);
        }
    }
    let got = door.post(&ask("[[failed rate_limit_exceeded]]")).await;
    assert!(
        got.last()["error"]["message"]
            .as_str()
            .unwrap()
            .contains("try again in 1.5s")
    );
    let got = door
        .post(&ask("[[failed x message=\"my own words\"]]"))
        .await;
    assert_eq!(got.last()["error"]["message"], "my own words");
    let got = door.post(&ask("[[failed usage_limit_reached]]")).await;
    assert!(got.last()["error"]["resets_at"].is_i64());
}

#[tokio::test]
async fn an_answer_may_be_incomplete() {
    let door = Door::open().await;
    for reason in ["max_output_tokens", "content_filter"] {
        let got = door
            .post(&ask(&format!("[[incomplete {reason}]] hi")))
            .await;
        assert_eq!(got.kinds().last().unwrap(), "response.incomplete");
        let response = got.last();
        assert_eq!(response["incomplete_details"], json!({ "reason": reason }));
        assert_eq!(
            (&response["status"], response["usage"].is_object()),
            (&json!("incomplete"), true)
        );
        assert_eq!(got.items()[0]["status"], "incomplete");
    }
}

#[tokio::test]
async fn error_events_are_flat_or_nested() {
    let door = Door::open().await;
    let flat = door
        .post(&ask("[[error-event]] hi"))
        .await
        .events()
        .pop()
        .unwrap();
    assert_eq!(
        (&flat["type"], &flat["code"]),
        (&json!("error"), &json!("server_error"))
    );
    let nested = door.post(&ask("[[error-event nested after=1]] hi")).await;
    assert!(
        nested
            .kinds()
            .contains(&"response.output_text.delta".to_owned())
    );
    let nested = nested.events().pop().unwrap();
    assert_eq!(
        (&nested["error"]["code"], &nested["status"]),
        (&json!("server_error"), &json!(500))
    );
}

#[tokio::test]
async fn a_clean_end_and_a_break_are_told_apart() {
    let door = Door::open().await;
    let eof = door.post(&ask("[[eof 4]] hi")).await;
    assert_eq!((eof.events().len(), eof.broken), (4, false));
    let cut = door.post(&ask("[[cut 4]] hi")).await;
    assert_eq!((cut.events().len(), cut.broken), (4, true));
    let at_once = door.post(&ask("[[cut 0]] hi")).await;
    assert_eq!((at_once.body.len(), at_once.broken), (0, true));
}

#[tokio::test]
async fn a_stalled_stream_goes_on_when_told() {
    let door = Door::open().await;
    let body = ask("[[stall 2]] hi");
    let (got, ()) = tokio::join!(door.post(&body), async {
        door.world().until_stalled(1).await;
        door.world().resume();
    });
    assert_eq!(got.said(), "You said: hi");
    let path = "/backend-api/codex/responses";
    assert!(!door.world().received_at(path)[0].hung_up);
}

#[tokio::test]
async fn a_client_that_leaves_is_noticed() {
    let door = Door::open().await;
    for marker in ["[[stall 2]]", "[[linger]]"] {
        door.world().forget_received();
        let response = door.begin(&ask(&format!("{marker} hi"))).await;
        let mut body = response.into_body();
        let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
        assert!(first.starts_with(b"event: response.created"), "{marker}");
        door.world().until_stalled(1).await;
        drop(body);
        until_hung_up(&door).await;
    }
}

async fn until_hung_up(door: &Door) {
    let path = "/backend-api/codex/responses";
    while !door.world().received_at(path)[0].hung_up {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_slow_stream_waits_on_the_worlds_clock() {
    let (clock, hand): (Clock, Hand) = Clock::manual(Timestamp::from_seconds(1_790_000_000));
    let options = Options {
        clock,
        ..Options::default()
    };
    let door = Door::with("plus@example.test", options).await;
    let body = ask("[[slow 50]] [[eof 3]] hi");
    let moving = async {
        loop {
            hand.until_sleeping(1).await;
            hand.advance(Duration::from_millis(10));
            tokio::task::yield_now().await;
        }
    };
    let got = tokio::select! {
        got = door.post(&body) => got,
        () = moving => unreachable!("it moves for ever"),
    };
    assert_eq!(got.events().len(), 3);
    assert!(door.world().clock().passed() >= Duration::from_millis(150));
}

#[tokio::test]
async fn nothing_or_something_follows_the_end() {
    let door = Door::open().await;
    let kinds = door.post(&ask("[[after-end]] hi")).await.kinds();
    let tail: Vec<&str> = kinds.iter().rev().take(2).map(String::as_str).collect();
    assert_eq!(tail, ["response.output_text.delta", "response.completed"]);
    let full = door.post(&ask("[[full-output]] hi")).await;
    assert_eq!(full.last()["output"], Value::from(full.items()));
}
