//! After the plan's limit is reached the backend is left alone until it ends.

use std::time::Duration;

use http::Method;
use serde_json::Value;
use store::Ended;

use crate::stage::{Plan, Stage, chat, responses};

async fn ask(stage: &Stage, prompt: &str) -> crate::caller::Reply {
    stage.post("/v1/responses", &responses(prompt, false)).await
}

#[tokio::test]
async fn the_same_429_is_given_at_once_until_the_reset_and_then_service_resumes() {
    let (stage, hand) = Stage::by_hand(Plan::default()).await;
    let now = 1_800_000_000;
    let first = ask(&stage, "[[http usage-limit resets=600]]").await;
    assert_eq!(first.status, 429);
    let error = first.json()["error"].clone();
    assert_eq!(error["type"], "usage_limit_reached");
    assert_eq!(error["resets_at"], now + 600);
    assert_eq!(error["resets_in_seconds"], 600);
    assert!(error["plan_type"].is_string());
    assert_eq!(first.header("retry-after"), Some("600"));
    assert_eq!(first.header("x-should-retry"), Some("false"));
    assert_eq!(first.header("x-codex-primary-used-percent"), Some("100"));
    hand.advance(Duration::from_secs(100));
    let body = chat("hello", true);
    let second = stage.post("/v1/chat/completions", &body).await;
    assert_eq!((second.status, stage.asked().len()), (429, 1));
    let again = second.json()["error"].clone();
    for field in ["type", "message", "plan_type", "resets_at"] {
        assert_eq!(again[field], error[field], "{field}");
    }
    assert_eq!(again["resets_in_seconds"], 500);
    assert_eq!(second.header("retry-after"), Some("500"));
    assert_eq!(second.header("x-codex-primary-used-percent"), Some("100"));
    let ready = stage.get("/readyz").await;
    assert_eq!((ready.status, ready.text().as_str()), (503, "quota"));
    hand.advance(Duration::from_secs(500));
    assert_eq!(ask(&stage, "hello").await.status, 200);
    assert_eq!(stage.asked().len(), 2);
    let lines = stage.lines(3).await;
    let told: Vec<_> = lines
        .iter()
        .map(|line| (line.ended, line.attempts))
        .collect();
    assert_eq!(
        told,
        [(Ended::Refused, 1), (Ended::Refused, 0), (Ended::Whole, 1)]
    );
}

#[tokio::test]
async fn a_clock_that_is_set_forward_ends_the_stop_too() {
    let (stage, hand) = Stage::by_hand(Plan::default()).await;
    ask(&stage, "[[http usage-limit resets=600]]").await;
    hand.set_wall(base::Timestamp::from_seconds(1_800_000_601));
    assert_eq!(ask(&stage, "hello").await.status, 200);
}

#[tokio::test]
async fn a_stop_by_a_clock_that_was_ahead_ends_when_the_clock_is_set_right() {
    let (stage, hand) = Stage::by_hand(Plan::default()).await;
    let at = |seconds: i64| base::Timestamp::from_seconds(1_800_000_000 + seconds);
    hand.set_wall(at(1_800));
    let first = ask(&stage, "[[http usage-limit-seconds resets=600]]").await;
    assert_eq!(first.status, 429);
    assert_eq!(ask(&stage, "hello").await.status, 429);
    assert_eq!(stage.asked().len(), 1);
    hand.set_wall(at(0));
    assert_eq!(stage.get("/readyz").await.status, 200);
    assert_eq!(ask(&stage, "hello").await.status, 200);
}

#[tokio::test]
async fn a_person_can_lift_the_stop() {
    let stage = Stage::open().await;
    assert_eq!(ask(&stage, "[[http usage-limit]]").await.status, 429);
    assert_eq!(ask(&stage, "hello").await.status, 429);
    let account = stage.lines(2).await[0].account.clone().unwrap();
    stage.cooldowns.clear(&account);
    assert_eq!(ask(&stage, "hello").await.status, 200);
}

#[tokio::test]
async fn the_reset_is_found_wherever_it_is_told() {
    for marker in [
        "[[http usage-limit-seconds resets=600]]",
        "[[http usage-limit-headers resets=600]]",
        "[[http usage-limit-promo resets=600]]",
        "[[failed usage_limit_reached first]]",
        "[[failed usage_limit_reached]]",
    ] {
        let stage = Stage::open().await;
        let first = ask(&stage, marker).await;
        assert_eq!(first.status, 429, "{marker}: {}", first.text());
        let second = ask(&stage, "hello").await;
        assert_eq!((second.status, stage.asked().len()), (429, 1), "{marker}");
        let wait: u64 = second.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=3600).contains(&wait), "{marker}: {wait}");
    }
}

#[tokio::test]
async fn a_stream_that_meets_the_limit_on_its_way_stops_the_account_too() {
    let stage = Stage::open().await;
    let body = responses("[[failed usage_limit_reached]]", true);
    let reply = stage.post("/v1/responses", &body).await;
    assert_eq!(reply.status, 200);
    let last = reply.events().pop().unwrap();
    assert_eq!(last["type"], "response.failed");
    assert_eq!(last["response"]["error"]["code"], "usage_limit_reached");
    let second = ask(&stage, "hello").await;
    assert_eq!((second.status, stage.asked().len()), (429, 1));
}

#[tokio::test]
async fn a_limit_of_images_stops_nothing_else() {
    let stage = Stage::open().await;
    assert_eq!(ask(&stage, "[[http image-limit]]").await.status, 429);
    assert_eq!(ask(&stage, "hello").await.status, 200);
}

#[tokio::test]
async fn a_burst_limit_stops_nothing() {
    let stage = Stage::open().await;
    let reply = ask(&stage, "[[http rate-limit]]").await;
    assert_eq!(reply.status, 429);
    let wait: u64 = reply.header("retry-after").unwrap().parse().unwrap();
    assert!(wait > 0);
    assert_eq!(reply.header("x-should-retry"), None);
    assert_eq!(ask(&stage, "hello").await.status, 200);
}

#[tokio::test]
async fn models_are_listed_while_requests_are_stopped() {
    let stage = Stage::open().await;
    ask(&stage, "[[http usage-limit]]").await;
    let list = stage
        .send(stage.request(Method::GET, "/v1/models", &Value::Null))
        .await;
    assert_eq!(list.status, 200);
}
