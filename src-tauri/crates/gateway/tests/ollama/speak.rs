//! Answers: lines, counts, times, tools, failures.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Value, json};
use standin::Scripted;
use store::Ended;

use super::{MODEL, chat, lines, live, open, plan, post, sentence, whole};
use crate::caller;
use crate::stage::{RESPONSES, Stage};

#[tokio::test]
async fn a_chat_is_streamed_in_lines_unless_it_declines() {
    let stage = open().await;
    let prompt = "[[usage input=120 cached=64 output=7 reasoning=3]] hello";
    let reply = post(&stage, "/api/chat", &chat(prompt)).await;
    assert_eq!(
        (reply.status, reply.header("content-type")),
        (200, Some("application/x-ndjson"))
    );
    let lines = lines(&reply);
    let text: String = lines
        .iter()
        .filter_map(|line| line["message"]["content"].as_str())
        .collect();
    assert_eq!(text, "You said: hello");
    let (last, before) = lines.split_last().unwrap();
    assert!(before.len() > 1 && before.iter().all(|line| line["done"] == false));
    assert_eq!(
        (&last["done"], &last["done_reason"]),
        (&json!(true), &json!("stop"))
    );
    assert_eq!(
        (&last["prompt_eval_count"], &last["eval_count"]),
        (&json!(120), &json!(7))
    );
    let reply = post(&stage, "/api/chat", &whole("hello")).await;
    assert_eq!(reply.header("content-type"), Some("application/json"));
    let answer = reply.json();
    let expected = json!({ "role": "assistant", "content": "You said: hello",
        "thinking": "Thinking about: hello" });
    assert_eq!(answer["message"], expected);
    assert_eq!(
        (&answer["model"], &answer["done"]),
        (&json!(MODEL), &json!(true))
    );
    let rows = stage.lines(2).await;
    assert!(
        rows.iter()
            .all(|row| row.dialect == "ollama-chat" && row.ended == Ended::Whole)
    );
    assert_eq!(
        (rows[0].output_tokens, rows[0].stream, rows[1].stream),
        (Some(7), true, false)
    );
}

#[tokio::test]
async fn a_prompt_is_answered_in_its_own_shape() {
    let stage = open().await;
    let asked =
        json!({ "model": format!("{MODEL}:latest"), "prompt": "hello", "system": "Be brief." });
    let reply = post(&stage, "/api/generate", &asked).await;
    let lines = lines(&reply);
    let text: String = lines
        .iter()
        .filter_map(|line| line["response"].as_str())
        .collect();
    assert_eq!(text, "You said: hello");
    assert!(
        lines
            .iter()
            .all(|line| line["model"] == format!("{MODEL}:latest"))
    );
    let sent = stage.asked()[0].json();
    assert_eq!(
        (&sent["model"], &sent["instructions"]),
        (&json!(MODEL), &json!("Be brief."))
    );
    assert_eq!(stage.line().await.dialect, "ollama-generate");
}

#[tokio::test]
async fn times_are_those_of_the_clock() {
    let (stage, hand) = Stage::by_hand(plan(true)).await;
    for stream in [true, false] {
        let mut body = chat("[[stall 3]] hello");
        body["stream"] = json!(stream);
        let request = stage.request(Method::POST, "/api/chat", &body);
        let (at, tasks) = (stage.gateway().ollama_addr().unwrap(), stage.tasks.clone());
        let asking = async { caller::open(at, request, &tasks).await.whole().await };
        let moving = async {
            let asked = if stream { 1 } else { 2 };
            stage.world().until_received(RESPONSES, asked).await;
            // Who waits for the next event, and on a stream who waits for the next sign of life.
            hand.until_sleeping(if stream { 2 } else { 1 }).await;
            hand.advance(Duration::from_secs(7));
            stage.world().resume();
        };
        let (reply, ()) = tokio::join!(asking, moving);
        let last = match stream {
            true => lines(&reply).pop().unwrap(),
            false => reply.json(),
        };
        let told = |name: &str| last[name].as_u64().unwrap();
        assert_eq!(told("total_duration"), 7_000_000_000, "{last}");
        assert_eq!(told("load_duration"), 0);
        assert_eq!(
            told("prompt_eval_duration") + told("eval_duration"),
            told("total_duration")
        );
        assert!(told("eval_count") > 0 && told("prompt_eval_count") > 0);
    }
}

#[tokio::test]
async fn silence_is_silent_and_the_stream_goes_on() {
    let (stage, hand) = Stage::by_hand(plan(true)).await;
    let request = stage.request(Method::POST, "/api/chat", &chat("[[stall 4]] hello"));
    let live = live(&stage, request).await;
    for _ in 0..3 {
        hand.until_sleeping(2).await;
        hand.advance(Duration::from_secs(12));
    }
    hand.until_sleeping(2).await;
    stage.world().resume();
    let reply = live.whole().await;
    assert!(
        lines(&reply).iter().all(|line| line["model"] == MODEL),
        "{}",
        reply.text()
    );
    assert_eq!(stage.line().await.ended, Ended::Whole);
}

#[tokio::test]
async fn a_tool_is_called_with_an_object_and_its_result_is_heard() {
    let stage = open().await;
    let tool = json!({ "type": "function", "function": { "name": "weather", "parameters": {
        "type": "object", "properties": { "city": { "type": "string" } } } } });
    let mut body = chat("[[call weather {\"city\":\"Bern\"}]] go");
    body["tools"] = json!([tool]);
    let reply = post(&stage, "/api/chat", &body).await;
    let calls: Vec<Value> = lines(&reply)
        .iter()
        .filter_map(|line| line["message"].get("tool_calls").cloned())
        .collect();
    let expected = json!([{ "function": { "name": "weather", "arguments": { "city": "Bern" } } }]);
    assert_eq!(calls, std::slice::from_ref(&expected));
    let messages = body["messages"].as_array_mut().unwrap();
    messages.push(json!({ "role": "assistant", "content": "", "tool_calls": expected }));
    messages.push(json!({ "role": "tool", "tool_name": "weather", "content": "rain" }));
    body["stream"] = json!(false);
    let told = post(&stage, "/api/chat", &body).await.json();
    assert_eq!(
        told["message"]["content"],
        "The tool weather returned: rain"
    );
}

#[tokio::test]
async fn what_could_not_be_honoured_is_named() {
    let stage = open().await;
    let mut body = whole("hello");
    body["options"] = json!({ "temperature": 0.1, "num_ctx": 4096 });
    let reply = post(&stage, "/api/chat", &body).await;
    assert_eq!(
        reply.header("x-postern-ignored"),
        Some("options.temperature, options.num_ctx")
    );
}

#[tokio::test]
async fn who_says_nothing_costs_nothing() {
    let stage = open().await;
    for (path, body) in [
        ("/api/chat", json!({ "model": MODEL, "messages": [] })),
        ("/api/generate", json!({ "model": MODEL })),
    ] {
        let reply = post(&stage, path, &body).await;
        assert_eq!(
            (reply.status, &reply.json()["done_reason"]),
            (200, &json!("load"))
        );
    }
    assert!(stage.asked().is_empty());
}

#[tokio::test]
async fn a_failure_is_one_sentence_with_its_status() {
    let stage = open().await;
    let limit = Scripted::json(
        StatusCode::TOO_MANY_REQUESTS,
        &json!({ "error": { "type": "usage_limit_reached", "message": "The usage limit has been reached", "resets_in_seconds": 60 } }),
    );
    for (path, body, status, says) in [
        (
            "/api/pull",
            json!({ "model": MODEL }),
            404,
            "neither fetched nor made",
        ),
        ("/api/tags", json!({}), 405, "use `GET`"),
        ("/api/chat", json!({ "messages": [] }), 400, "'model'"),
        (
            "/api/generate",
            json!({ "model": MODEL, "prompt": "a", "suffix": "b" }),
            400,
            "suffix",
        ),
        ("/api/chat", whole("[[http 400]]"), 400, ""),
    ] {
        let reply = post(&stage, path, &body).await;
        assert_eq!(reply.status, status, "{path}: {}", reply.text());
        assert!(sentence(&reply).contains(says), "{path}: {}", reply.text());
    }
    stage.world().script(RESPONSES, limit);
    let stopped = post(&stage, "/api/chat", &chat("hello")).await;
    assert_eq!(
        (stopped.status, stopped.header("retry-after")),
        (429, Some("60"))
    );
    assert!(sentence(&stopped).starts_with("The usage limit has been reached"));
}

#[tokio::test]
async fn a_failure_after_the_first_line_is_the_last_line() {
    let stage = open().await;
    let reply = post(&stage, "/api/chat", &chat("[[cut 5]] hello")).await;
    assert_eq!(reply.status, 200);
    let lines = lines(&reply);
    let (last, before) = lines.split_last().unwrap();
    assert!(
        last["error"]
            .as_str()
            .unwrap()
            .starts_with("the answer was cut off"),
        "{last}"
    );
    assert!(!before.is_empty() && before.iter().all(|line| line["done"] == false));
    assert_eq!(stage.line().await.ended, Ended::UpstreamFailed);
}
