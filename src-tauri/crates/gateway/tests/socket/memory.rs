//! What a socket remembers, and what it does not.

use http::HeaderValue;
use serde_json::{Value, json};
use store::Written;

use super::{after, create, stage_of, text, types};
use crate::stage::Stage;

fn with(mut more: Value, name: &str, value: Value) -> Value {
    more[name] = value;
    more
}

#[tokio::test]
async fn turns_that_nobody_stores_continue_each_other() {
    let stores = || {
        [
            Written::default(),
            Written {
                store_max_mib: Some(0),
                ..Written::default()
            },
        ]
    };
    for written in stores() {
        let stage = stage_of(written).await;
        let mut socket = stage.socket().await;
        let first = socket
            .ask(&create("The word is portcullis.", &json!({})))
            .await;
        assert_eq!(first["store"], false);
        let second = socket.ask(&create("Thank you.", &after(&first))).await;
        assert_eq!(second["previous_response_id"], first["id"]);
        let third = socket.ask(&create("[[recall]]", &after(&second))).await;
        assert_eq!(text(&third), "The word is portcullis.");
        let asked = stage.asked();
        assert_eq!(asked[2].json()["input"].as_array().unwrap().len(), 5);
        let lanes: Vec<_> = asked.iter().map(|one| one.header("session-id")).collect();
        assert!(lanes[0].is_some() && lanes.iter().all(|lane| *lane == lanes[0]));
        let path = format!("/v1/responses/{}", first["id"].as_str().unwrap());
        assert_ne!(stage.get(&path).await.status, 200);
    }
}

#[tokio::test]
async fn a_tool_round_sends_only_the_output() {
    let stage = Stage::open().await;
    let mut socket = stage.socket().await;
    let tool = json!({ "type": "function", "name": "weather", "parameters": { "type": "object", "properties": {} } });
    let tools = json!({ "tools": [tool] });
    let called = socket.ask(&create("[[call weather {}]]", &tools)).await;
    let call = &called["output"][0];
    assert_eq!(call["type"], "function_call");
    let output =
        json!([{ "type": "function_call_output", "call_id": call["call_id"], "output": "sunny" }]);
    let more = with(after(&called), "tools", tools["tools"].clone());
    let said = socket.ask(&create("", &with(more, "input", output))).await;
    assert!(text(&said).contains("sunny"), "{said}");
    let asked = stage.asked()[1].json();
    let kinds: Vec<_> = asked["input"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["type"].as_str())
        .collect();
    assert_eq!(
        kinds,
        [
            Some("message"),
            Some("function_call"),
            Some("function_call_output")
        ]
    );
}

#[tokio::test]
async fn a_warm_up_asks_nobody_and_is_continued() {
    let stage = Stage::open().await;
    let mut socket = stage.socket().await;
    let prefix = json!({ "generate": false, "instructions": "Be brief." });
    socket.say(&create("The word is ward.", &prefix)).await;
    let events = socket.answer().await;
    assert_eq!(types(&events), ["response.created", "response.completed"]);
    let warm = &events[1]["response"];
    assert_eq!(
        (&warm["output"], &warm["status"]),
        (&json!([]), &json!("completed"))
    );
    assert_eq!(warm["id"], events[0]["response"]["id"]);
    assert!(stage.asked().is_empty());
    let line = stage.line().await;
    assert_eq!(
        (line.status, line.attempts, line.input_tokens),
        (200, 0, None)
    );
    let answer = socket.ask(&create("[[recall]]", &after(warm))).await;
    assert_eq!(text(&answer), "The word is ward.");
    assert_eq!(answer["previous_response_id"], warm["id"]);
    let asked = stage.asked().remove(0).json();
    assert_eq!(asked["input"].as_array().unwrap().len(), 2);
    assert!(asked.get("generate").is_none());
}

#[tokio::test]
async fn a_warm_up_without_input_or_with_a_wrong_field_is_told_like_any_request() {
    let stage = Stage::open().await;
    let mut socket = stage.socket().await;
    let empty = json!({ "generate": false, "input": [] });
    let warm = socket.ask(&create("", &empty)).await;
    let answer = socket.ask(&create("hello", &after(&warm))).await;
    assert_eq!(text(&answer), "You said: hello");
    let wrong = json!({ "generate": false, "input": 7 });
    let error = socket.refused(&create("", &wrong)).await;
    assert_eq!(
        (&error["status"], &error["error"]["param"]),
        (&json!(400), &json!("input"))
    );
}

#[tokio::test]
async fn an_unknown_id_is_an_error_and_the_socket_stays_usable() {
    let stage = Stage::open().await;
    let mut socket = stage.socket().await;
    let never = json!({ "previous_response_id": "resp_never" });
    let error = socket.refused(&create("hello", &never)).await;
    assert_eq!(error["status"], 400);
    assert_eq!(error["error"]["code"], "previous_response_not_found");
    assert_eq!(error["error"]["param"], "previous_response_id");
    assert!(stage.asked().is_empty());
    let answer = socket.ask(&create("hello", &json!({}))).await;
    assert_eq!(text(&answer), "You said: hello");
}

#[tokio::test]
async fn two_sockets_never_see_what_the_other_remembers() {
    let stage = Stage::open().await;
    let mut mine = stage.socket().await;
    let first = mine.ask(&create("A secret.", &json!({}))).await;
    let (_, key) = stage.keys.add("another").await.unwrap();
    let mut upgrade = stage.upgrade();
    let bearer = HeaderValue::try_from(format!("Bearer {}", key.reveal())).unwrap();
    upgrade.headers_mut().insert("authorization", bearer);
    for mut other in [stage.socket().await, stage.socket_as(upgrade).await] {
        let error = other.refused(&create("[[recall]]", &after(&first))).await;
        assert_eq!(error["error"]["code"], "previous_response_not_found");
    }
    let answer = mine.ask(&create("[[recall]]", &after(&first))).await;
    assert_eq!(text(&answer), "A secret.");
}

#[tokio::test]
async fn what_is_stored_is_continued_from_anywhere() {
    let stage = Stage::open().await;
    let mut socket = stage.socket().await;
    let stored = json!({ "store": true });
    let first = socket.ask(&create("The word is moat.", &stored)).await;
    assert_eq!(first["store"], true);
    let second = socket
        .ask(&create(
            "Thank you.",
            &with(after(&first), "store", json!(true)),
        ))
        .await;
    drop(socket);
    let mut later = stage.socket().await;
    let answer = later.ask(&create("[[recall]]", &after(&second))).await;
    assert_eq!(text(&answer), "The word is moat.");
}

#[tokio::test]
async fn what_only_the_socket_remembers_has_no_stored_end() {
    let stage = Stage::open().await;
    let mut socket = stage.socket().await;
    let first = socket.ask(&create("One.", &json!({}))).await;
    let more = with(after(&first), "store", json!(true));
    socket.say(&create("Two.", &more)).await;
    let events = socket.answer().await;
    assert_eq!(events[1]["headers"]["x-postern-ignored"], "store");
    let second = &events.last().unwrap()["response"];
    assert_eq!(second["store"], false);
    let third = socket.ask(&create("[[recall]]", &after(second))).await;
    assert_eq!(text(&third), "One.");
}

#[tokio::test]
async fn the_oldest_answers_are_forgotten_and_one_that_failed_is_not_remembered() {
    let stage = Stage::open().await;
    let mut socket = stage.socket().await;
    let mut answers = vec![socket.ask(&create("0", &json!({}))).await];
    for prompt in ["1", "2", "3", "4"] {
        let last = answers.last().unwrap();
        answers.push(socket.ask(&create(prompt, &after(last))).await);
    }
    let error = socket.refused(&create("x", &after(&answers[0]))).await;
    assert_eq!(error["error"]["code"], "previous_response_not_found");
    let again = socket.ask(&create("[[recall]]", &after(&answers[1]))).await;
    assert_eq!(text(&again), "0");
    socket
        .say(&create("[[failed server_error]]", &json!({})))
        .await;
    let failed = socket.answer().await.pop().unwrap();
    assert_eq!(failed["type"], "response.failed");
    let error = socket
        .refused(&create("x", &after(&failed["response"])))
        .await;
    assert_eq!(error["error"]["code"], "previous_response_not_found");
}
