//! Answers made in the background: polled, followed, resumed, cancelled.

use std::time::Duration;

use base::Timestamp;
use http::Method;
use serde_json::{Value, json};
use store::archive::Kept;
use store::{Ended, Written};

use super::{after, refused, request, stage_of, text};
use crate::stage::{Plan, Stage, until};

impl Stage {
    /// Begins an answer in the background; its path.
    async fn begin(&self, prompt: &str) -> String {
        let queued = self.ask(prompt, &json!({ "background": true })).await;
        assert_eq!(queued["status"], "queued");
        assert_eq!(
            (&queued["background"], &queued["store"]),
            (&json!(true), &json!(true))
        );
        assert_eq!(queued["output"], json!([]));
        format!("/v1/responses/{}", queued["id"].as_str().unwrap())
    }

    /// The answer at `path` once its status is `status`.
    async fn poll(&self, path: &str, status: &str) -> Value {
        for _ in 0..TRIES {
            let answer = self.get(path).await.json();
            if answer["status"] == status {
                return answer;
            }
            let goes_on = answer["status"] == "queued" || answer["status"] == "in_progress";
            assert!(goes_on, "{answer}");
            base::Clock::system().sleep(Duration::from_millis(5)).await;
        }
        panic!("`{status}` never came");
    }

    /// The stream at `path` once nothing but its end is left of it.
    async fn only_the_end(&self, path: &str) -> Vec<Value> {
        for _ in 0..TRIES {
            let events = self.get(path).await.events();
            if events.len() == 1 {
                return events;
            }
            base::Clock::system().sleep(Duration::from_millis(5)).await;
        }
        panic!("its events are still there");
    }
}

/// Enough for a machine that is busy with something else.
const TRIES: usize = 3000;

fn numbers(events: &[Value]) -> Vec<u64> {
    events
        .iter()
        .filter_map(|event| event["sequence_number"].as_u64())
        .collect()
}

#[tokio::test]
async fn an_answer_in_the_background_is_polled_until_it_is_whole() {
    let stage = Stage::open().await;
    let path = stage
        .begin("[[stall 4]] [[usage input=9 output=4]] The word is ward.")
        .await;
    stage.world().until_stalled(1).await;
    let standing = stage.poll(&path, "in_progress").await;
    assert_eq!(standing["output"], json!([]));
    let id = standing["id"].as_str().unwrap();
    let reply = stage.post("/v1/responses", &request("x", &after(id))).await;
    refused(
        &reply,
        400,
        "previous_response_not_found",
        Some("previous_response_id"),
    );
    stage.world().resume();
    let whole = stage.poll(&path, "completed").await;
    assert_eq!(text(&whole), "You said: The word is ward.");
    assert_eq!(
        (&whole["background"], &whole["id"]),
        (&json!(true), &standing["id"])
    );
    let answer = stage.ask("[[recall]]", &after(id)).await;
    assert_eq!(text(&answer), "The word is ward.");
    assert_eq!(stage.gateway().in_flight(), 0);
    let reply = stage.as_another(Method::GET, &path, &Value::Null).await;
    refused(&reply, 404, "not_found", None);
}

#[tokio::test]
async fn its_one_line_tells_how_it_ended() {
    let stage = Stage::open().await;
    let path = stage
        .begin("[[stall 4]] [[usage input=9 output=4]] hello")
        .await;
    stage.world().until_stalled(1).await;
    assert_eq!(stage.gateway().in_flight(), 1);
    stage.world().resume();
    until(|| stage.gateway().in_flight() == 0).await;
    let line = stage.line().await;
    assert_eq!(
        (line.status, line.ended, line.output_tokens),
        (200, Ended::Whole, Some(4))
    );
    assert_eq!(line.path, "/v1/responses");
    assert_eq!(stage.get(&path).await.json()["status"], "completed");
}

#[tokio::test]
async fn a_failure_in_the_background_is_told_to_who_asks() {
    let stage = Stage::open().await;
    let path = stage.begin("[[http context-length]]").await;
    let failed = stage.poll(&path, "failed").await;
    assert_eq!(failed["error"]["code"], "context_length_exceeded");
    let reply = stage
        .post(
            "/v1/responses",
            &json!({ "model": "gpt-5.6-terra", "input": 7, "background": true }),
        )
        .await;
    refused(&reply, 400, "invalid_type", Some("input"));
    let reply = stage
        .post(
            "/v1/responses",
            &request("x", &json!({ "background": true, "store": false })),
        )
        .await;
    refused(&reply, 400, "unsupported_value", Some("background"));
}

#[tokio::test]
async fn a_cancelled_answer_is_made_no_further() {
    let stage = Stage::open().await;
    let path = stage.begin("[[stall 4]] hello").await;
    stage.world().until_stalled(1).await;
    let cancel = format!("{path}/cancel");
    let reply = stage.as_another(Method::POST, &cancel, &Value::Null).await;
    refused(&reply, 404, "not_found", None);
    let cancelled = stage.post(&cancel, &Value::Null).await;
    assert_eq!(cancelled.status, 200, "{}", cancelled.text());
    assert_eq!(cancelled.json()["status"], "cancelled");
    assert_eq!(cancelled.json()["error"], Value::Null);
    until(|| stage.asked()[0].hung_up).await;
    assert_eq!(stage.get(&path).await.json(), cancelled.json());
    assert_eq!(
        stage.post(&cancel, &Value::Null).await.json(),
        cancelled.json()
    );
    let id = stage.ask_id("hello", &json!({})).await;
    let reply = stage
        .post(&format!("/v1/responses/{id}/cancel"), &Value::Null)
        .await;
    refused(&reply, 400, "invalid_value", None);
}

#[tokio::test]
async fn a_follower_that_was_lost_comes_back_for_the_rest() {
    let stage = Stage::open().await;
    let more = json!({ "background": true, "stream": true });
    let body = request("[[stall 8]] [[words 9]] go", &more);
    let live = stage.request(Method::POST, "/v1/responses", &body);
    let mut live = stage.open_stream(live).await;
    let told = live.until("output_text.delta").await;
    live.leave();
    let id = told
        .split("\"id\":\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let path = format!("/v1/responses/{id}?stream=true");
    let resumed = stage.send_later(stage.request(Method::GET, &path, &Value::Null));
    stage.world().until_stalled(1).await;
    assert!(!stage.asked()[0].hung_up);
    stage.world().resume();
    let whole = resumed.await.unwrap().events();
    assert_eq!(whole[0]["response"]["background"], true);
    assert!(
        numbers(&whole).is_sorted_by(|a, b| a + 1 == *b),
        "{:?}",
        numbers(&whole)
    );
    assert_eq!(whole.last().unwrap()["type"], "response.completed");
    let ids: Vec<_> = whole
        .iter()
        .filter_map(|event| event["response"]["id"].as_str())
        .collect();
    assert!(ids.iter().all(|one| *one == id), "{ids:?}");
    let rest = stage
        .get(&format!("{path}&starting_after=4"))
        .await
        .events();
    assert_eq!(rest, whole[5..]);
    let last = &whole.last().unwrap()["response"];
    assert_eq!(
        stage.get(&format!("/v1/responses/{id}")).await.json(),
        *last
    );
    let reply = stage.get(&format!("{path}&starting_after=x")).await;
    refused(&reply, 400, "invalid_value", Some("starting_after"));
}

#[tokio::test]
async fn who_asks_only_for_the_head_of_a_stream_does_not_leave() {
    let stage = Stage::open().await;
    let path = stage.begin("hello").await;
    until(|| stage.gateway().in_flight() == 0).await;
    let path = format!("{path}?stream=true");
    let head = stage.request(Method::HEAD, &path, &Value::Null);
    let reply = stage.send(head).await;
    let media = reply.header("content-type").map(str::to_owned);
    assert_eq!((reply.status, reply.text().as_str()), (200, ""));
    assert_eq!(media.as_deref(), Some("text/event-stream; charset=utf-8"));
    assert_eq!(stage.lines(2).await[1].ended, Ended::Whole);
}

#[tokio::test]
async fn much_later_there_is_the_end_and_nothing_before_it() {
    let (stage, hand) = Stage::by_hand(Plan::default()).await;
    let path = stage.begin("hello").await;
    let whole = stage.poll(&path, "completed").await;
    let resume = format!("{path}?stream=true&starting_after=3");
    assert!(stage.get(&resume).await.events().len() > 1);
    hand.advance(Duration::from_secs(11 * 60));
    let events = stage.only_the_end(&resume).await;
    assert_eq!(events[0]["type"], "response.completed");
    assert_eq!(events[0]["sequence_number"], 4);
    assert_eq!(events[0]["response"], whole);
}

#[tokio::test]
async fn an_answer_that_is_forgotten_while_it_is_made_is_gone() {
    let stage = Stage::open().await;
    let path = stage.begin("[[stall 4]] hello").await;
    stage.world().until_stalled(1).await;
    assert_eq!(stage.delete(&path).await.json()["deleted"], true);
    until(|| stage.asked()[0].hung_up).await;
    refused(&stage.get(&path).await, 404, "not_found", None);
    let reply = stage.get(&format!("{path}?stream=true")).await;
    refused(&reply, 404, "not_found", None);
}

#[tokio::test]
async fn what_is_large_is_not_held() {
    let stage = Stage::open().await;
    let path = stage.begin("[[big 3]] go").await;
    stage.poll(&path, "completed").await;
    let events = stage.only_the_end(&format!("{path}?stream=true")).await;
    assert_eq!(events[0]["type"], "response.completed");
}

#[tokio::test]
async fn an_answer_that_nobody_makes_any_more_has_failed() {
    let stage = Stage::open().await;
    let (key, sealer) = (&stage.keys.list()[0].id, stage.archive.sealer().await);
    let response = json!({ "id": "resp_1", "status": "in_progress", "background": true });
    let kept = Kept {
        key_id: key.clone(),
        id: "resp_1".into(),
        previous: None,
        account: "acct_plus".into(),
        model: "gpt-5.6-terra".into(),
        created_at: Timestamp::from_seconds(1),
        items: Vec::new(),
        content: json!({ "input": [], "response": response })
            .to_string()
            .into(),
    };
    stage.archive.keep(&sealer.unwrap(), kept);
    let told = stage.get("/v1/responses/resp_1").await.json();
    assert_eq!(
        (&told["status"], &told["error"]["code"]),
        (&json!("failed"), &json!("server_error"))
    );
    let cancelled = stage
        .post("/v1/responses/resp_1/cancel", &Value::Null)
        .await;
    assert_eq!(cancelled.json(), told);
    let followed = stage.get("/v1/responses/resp_1?stream=true").await;
    assert_eq!(followed.types(), ["response.failed"]);
}

#[tokio::test]
async fn a_server_that_stops_says_so_in_what_it_keeps() {
    let mut stage = stage_of(Written {
        drain_secs: Some(0),
        ..Written::default()
    })
    .await;
    let path = stage.begin("[[stall 4]] hello").await;
    stage.world().until_stalled(1).await;
    stage.stop().await;
    let key = stage.keys.list()[0].id.clone();
    let id = path.trim_start_matches("/v1/responses/");
    let kept = stage.archive.find(&key, id).await.unwrap().unwrap();
    let kept: Value = serde_json::from_slice(&kept.content).unwrap();
    assert_eq!(kept["response"]["status"], "failed");
    let why = &kept["response"]["error"];
    assert_eq!(why["message"], "Postern is shutting down");
    assert_eq!(why["code"], "server_error");
}

#[tokio::test]
async fn an_answer_that_could_not_be_written_is_told_while_it_is_held() {
    let stage = Stage::open().await;
    let path = stage.begin("[[stall 4]] The word is held.").await;
    stage.world().until_stalled(1).await;
    stage.poll(&path, "in_progress").await;
    stage.write_no_more().await;
    stage.world().resume();
    let whole = stage.poll(&path, "completed").await;
    assert_eq!(text(&whole), "You said: The word is held.");
    let reply = stage.send(stage.request(Method::POST, &format!("{path}/cancel"), &Value::Null));
    assert_eq!(reply.await.json()["status"], "completed");
}

#[tokio::test]
async fn a_gateway_that_moved_knows_what_was_begun_before() {
    let mut stage = Stage::open().await;
    let path = stage.begin("[[stall 4]] hello").await;
    let other = stage.begin("[[stall 4]] hello").await;
    stage.world().until_stalled(2).await;
    stage.relocate().await;
    assert_eq!(stage.get(&path).await.json()["status"], "in_progress");
    assert_eq!(stage.delete(&other).await.json()["deleted"], true);
    let cancelled = stage.post(&format!("{path}/cancel"), &Value::Null).await;
    assert_eq!(cancelled.json()["status"], "cancelled");
    until(|| stage.asked().iter().all(|asked| asked.hung_up)).await;
    refused(&stage.get(&other).await, 404, "not_found", None);
}
