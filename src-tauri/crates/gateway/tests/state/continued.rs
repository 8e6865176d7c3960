//! Requests that continue an answer.

use base::Secret;
use http::Method;
use serde_json::json;
use store::Written;

use super::{after, refused, request, stage_of, text};
use crate::stage::{Stage, responses};

#[tokio::test]
async fn an_answer_is_continued_over_many_turns_streamed_or_whole() {
    for stream in [false, true] {
        let stage = Stage::open().await;
        let mut previous = json!({});
        for prompt in ["The word is portcullis.", "Thank you.", "[[recall]]"] {
            let mut body = request(prompt, &previous);
            body["stream"] = json!(stream);
            let reply = stage.post("/v1/responses", &body).await;
            assert_eq!(reply.status, 200, "{}", reply.text());
            let answer = match stream {
                true => reply.events().pop().unwrap()["response"].clone(),
                false => reply.json(),
            };
            assert_eq!(answer["store"], true);
            assert_eq!(answer["previous_response_id"], body["previous_response_id"]);
            assert_eq!(reply.header("x-postern-ignored"), None);
            if prompt == "[[recall]]" {
                assert_eq!(text(&answer), "The word is portcullis.");
            }
            previous = after(answer["id"].as_str().unwrap());
        }
        let asked = stage.asked();
        assert_eq!(asked[2].json()["input"].as_array().unwrap().len(), 5);
        let lanes: Vec<_> = asked.iter().map(|one| one.header("session-id")).collect();
        assert!(lanes[0].is_some() && lanes.iter().all(|lane| *lane == lanes[0]));
    }
}

#[tokio::test]
async fn one_answer_may_be_continued_twice() {
    let stage = Stage::open().await;
    let first = stage.ask_id("One.", &json!({})).await;
    let left = stage.ask_id("Left.", &after(&first)).await;
    stage.ask("Right.", &after(&first)).await;
    let answer = stage.ask("[[recall 2]]", &after(&left)).await;
    assert_eq!(text(&answer), "Left.");
}

#[tokio::test]
async fn no_key_continues_what_belongs_to_another() {
    let stage = Stage::open().await;
    let id = stage.ask_id("A secret.", &json!({})).await;
    let body = request("[[recall]]", &after(&id));
    let reply = stage.as_another(Method::POST, "/v1/responses", &body).await;
    let param = Some("previous_response_id");
    refused(&reply, 400, "previous_response_not_found", param);
    assert!(!reply.text().contains("secret"));
    let reply = stage
        .post("/v1/responses", &request("x", &after("resp_never")))
        .await;
    refused(&reply, 400, "previous_response_not_found", param);
    let message = reply.json()["error"]["message"].clone();
    assert_eq!(message, "Previous response with id 'resp_never' not found.");
    assert_eq!(stage.asked().len(), 1);
}

#[tokio::test]
async fn who_says_store_false_leaves_nothing_behind() {
    let stage = Stage::open().await;
    let kept = stage.ask_id("Kept.", &json!({})).await;
    for stream in [false, true] {
        let more = json!({ "store": false, "stream": stream, "previous_response_id": kept });
        let reply = stage
            .post("/v1/responses", &request("Unkept.", &more))
            .await;
        let answer = match stream {
            true => reply.events().pop().unwrap()["response"].clone(),
            false => reply.json(),
        };
        assert_eq!((reply.status, &answer["store"]), (200, &json!(false)));
        let id = answer["id"].as_str().unwrap();
        let reply = stage.get(&format!("/v1/responses/{id}")).await;
        refused(&reply, 404, "not_found", None);
        let reply = stage.post("/v1/responses", &request("x", &after(id))).await;
        assert_eq!(reply.status, 400);
    }
}

#[tokio::test]
async fn what_is_stored_by_default_can_be_chosen() {
    let stage = stage_of(Written {
        store_by_default: Some(false),
        ..Written::default()
    })
    .await;
    for (more, status) in [(json!({}), 404), (json!({ "store": true }), 200)] {
        let id = stage.ask_id("hello", &more).await;
        let reply = stage.get(&format!("/v1/responses/{id}")).await;
        assert_eq!(reply.status, status, "{more}");
    }
}

#[tokio::test]
async fn without_a_store_what_needs_one_is_refused_and_what_asks_for_one_is_named() {
    let stage = stage_of(Written {
        store_max_mib: Some(0),
        ..Written::default()
    })
    .await;
    for (field, value) in [
        ("previous_response_id", json!("resp_1")),
        ("conversation", json!("conv_1")),
        ("background", json!(true)),
    ] {
        let body = request("x", &json!({ field: value }));
        let reply = stage.post("/v1/responses", &body).await;
        refused(&reply, 400, "unsupported_parameter", Some(field));
    }
    let body = request("x", &json!({ "store": true }));
    let reply = stage.post("/v1/responses", &body).await;
    assert_eq!(reply.header("x-postern-ignored"), Some("store"));
    assert_eq!(reply.json()["store"], false);
}

#[tokio::test]
async fn sealed_reasoning_comes_back_to_the_family_that_thought_it() {
    let stage = Stage::open().await;
    let more = json!({ "reasoning": { "effort": "high" } });
    let id = stage.ask_id("Think.", &more).await;
    for (model, types) in [
        (
            "gpt-5.6-terra",
            vec!["message", "reasoning", "message", "message"],
        ),
        (
            "gpt-5.6-luna",
            vec!["message", "reasoning", "message", "message"],
        ),
        ("gpt-5.5", vec!["message", "message", "message"]),
    ] {
        let mut more = after(&id);
        more["model"] = json!(model);
        let answer = stage.ask("[[recall]]", &more).await;
        assert_eq!(text(&answer), "Think.", "{model}");
        let asked = stage.asked().pop().unwrap().json();
        let input = asked["input"].as_array().unwrap();
        let told: Vec<_> = input
            .iter()
            .map(|item| item["type"].as_str().unwrap())
            .collect();
        assert_eq!(told, types, "{model}");
    }
}

#[tokio::test]
async fn another_account_goes_on_without_the_sealed_reasoning_of_the_first() {
    let stage = Stage::open().await;
    let more = json!({ "reasoning": { "effort": "high" } });
    let id = stage.ask_id("The word is sally port.", &more).await;
    let token = Secret::new("at-standin-acct_pro");
    let other = stage.accounts.sign_in_with_access_token(token).await;
    stage.accounts.activate(&other.unwrap().id).await.unwrap();
    let answer = stage.ask("[[recall]]", &after(&id)).await;
    assert_eq!(text(&answer), "The word is sally port.");
    let asked = stage.asked().pop().unwrap();
    assert_eq!(asked.header("chatgpt-account-id"), Some("acct_pro"));
    let input = asked.json()["input"].as_array().unwrap().clone();
    assert!(
        input.iter().all(|item| item["type"] == "message"),
        "{input:?}"
    );
    let body = request(
        "x",
        &json!({ "input": [
            { "type": "compaction", "encrypted_content": "gAAAAB" },
            { "role": "user", "content": "x" },
        ]}),
    );
    // What a client sends itself is its own affair.
    let reply = stage.post("/v1/responses", &body).await;
    refused(&reply, 400, "invalid_encrypted_content", None);
}

#[tokio::test]
async fn a_call_is_answered_in_the_next_turn() {
    let stage = Stage::open().await;
    let tool = json!({ "type": "function", "name": "weather", "parameters": {
        "type": "object", "properties": {}, "additionalProperties": false }, "strict": true });
    let more = json!({ "tools": [tool] });
    let first = stage
        .ask("[[call weather]] [[call weather]] go", &more)
        .await;
    let calls: Vec<_> = first["output"].as_array().unwrap().iter().collect();
    assert_eq!(calls.len(), 2);
    let outputs = calls.iter().map(|call| {
        json!({ "type": "function_call_output", "call_id": call["call_id"], "output": "sun" })
    });
    let mut body = request("", &after(first["id"].as_str().unwrap()));
    body["input"] = outputs.collect();
    body["tools"] = json!([tool]);
    let reply = stage.post("/v1/responses", &body).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let said = "The tool weather returned: sun\nThe tool weather returned: sun";
    assert_eq!(text(&reply.json()), said);
}

#[tokio::test]
async fn items_of_stored_answers_may_be_named_by_their_ids() {
    let stage = Stage::open().await;
    let more = json!({ "reasoning": { "effort": "low" } });
    let first = stage.ask("The word is moat.", &more).await;
    let named = first["output"].as_array().unwrap().iter();
    let named = named.map(|item| json!({ "type": "item_reference", "id": item["id"] }));
    let mut input = vec![json!({ "role": "user", "content": "The word is moat." })];
    input.extend(named);
    input.push(json!({ "role": "user", "content": "[[recall]]" }));
    let body = request("", &json!({ "input": input }));
    let reply = stage.post("/v1/responses", &body).await;
    assert_eq!(text(&reply.json()), "The word is moat.");
    let asked = stage.asked().pop().unwrap().json();
    assert_eq!(asked["input"][1]["type"], "reasoning");
    assert_eq!(asked["input"][2]["content"][0]["text"], text(&first));
    let reply = stage.as_another(Method::POST, "/v1/responses", &body).await;
    refused(&reply, 400, "unsupported_value", Some("input[1]"));
}

#[tokio::test]
async fn what_failed_is_not_stored_and_what_was_cut_short_by_its_length_is() {
    let stage = Stage::open().await;
    let mut ids = Vec::new();
    for prompt in ["[[failed something_else after=1]]", "[[eof 4]]"] {
        let reply = stage.post("/v1/responses", &responses(prompt, true)).await;
        ids.push(
            reply.events()[0]["response"]["id"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
    }
    for id in ids {
        let reply = stage.get(&format!("/v1/responses/{id}")).await;
        assert_eq!(reply.status, 404, "{id}");
    }
    let id = stage
        .ask_id("[[incomplete max_output_tokens]] hello", &json!({}))
        .await;
    let kept = stage.get(&format!("/v1/responses/{id}")).await.json();
    assert_eq!(kept["status"], "incomplete");
    let answer = stage.ask("[[recall]]", &after(&id)).await;
    assert_eq!(text(&answer), "hello");
}

#[tokio::test]
async fn a_client_that_leaves_after_the_end_finds_its_answer() {
    let stage = Stage::open().await;
    let body = responses("[[linger]] hello", true);
    let request = stage.request(Method::POST, "/v1/responses", &body);
    let mut live = stage.open_stream(request).await;
    let told = live.until("response.completed").await;
    live.leave();
    let id = told.split("\"id\":\"").nth(1).unwrap();
    let id = id.split('"').next().unwrap();
    let kept = stage.get(&format!("/v1/responses/{id}")).await;
    assert_eq!(kept.status, 200, "{}", kept.text());
    assert_eq!(text(&kept.json()), "You said: hello");
}
