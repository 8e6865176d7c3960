//! Answers that end where the client said: so many tokens, or a word. The backend knows neither,
//! so it is hung up on.

use http::Method;
use serde_json::{Value, json};
use store::Ended;
use translate::Tokens;

use crate::stage::{Stage, chat, responses, until};

const RESPONSES: &str = "/v1/responses";
const CHAT: &str = "/v1/chat/completions";

fn with(mut body: Value, name: &str, value: Value) -> Value {
    body[name] = value;
    body
}

/// What a chat client has read of a stream, and why it ended.
fn chat_text(events: &[Value]) -> (String, Vec<String>) {
    let choices = events.iter().map(|event| &event["choices"][0]);
    let text = choices
        .clone()
        .filter_map(|choice| choice["delta"]["content"].as_str());
    let reasons = choices.filter_map(|choice| choice["finish_reason"].as_str());
    (text.collect(), reasons.map(str::to_owned).collect())
}

/// Texts that tokenize differently, with what should be left of each after so many tokens.
const TEXTS: [&str; 3] = [
    "The quick brown fox jumps over the lazy dog and runs away from here.",
    "春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。春眠不觉晓。",
    "🙂🙃😀😃😄😁 👩‍👩‍👧‍👦 and 🏳️‍🌈, twice: 🏳️‍🌈 and some more words",
];

#[tokio::test]
async fn a_limit_cuts_in_the_right_place_and_hangs_up() {
    let tokens = Tokens::load().unwrap();
    let stage = Stage::open().await;
    let mut count = 0;
    for text in TEXTS {
        for stream in [true, false] {
            // The answer never ends by itself.
            let prompt = format!("[[say {text}]] [[linger]]");
            let body = with(chat(&prompt, stream), "max_completion_tokens", 10.into());
            let reply = stage.post(CHAT, &body).await;
            let (read, reasons) = match stream {
                true => chat_text(&reply.events()),
                false => {
                    let choice = &reply.json()["choices"][0];
                    let said = choice["message"]["content"].as_str().unwrap();
                    let reason = choice["finish_reason"].as_str().unwrap();
                    (said.to_owned(), vec![reason.to_owned()])
                }
            };
            let expected = tokens.first(text, 10);
            assert!(text.starts_with(&read), "{read:?} of {text:?}");
            assert!(
                read.len().abs_diff(expected.len()) <= 25,
                "{read:?} for {expected:?}"
            );
            assert_eq!(reasons, ["length"]);
            let at = count;
            until(|| stage.asked()[at].hung_up).await;
            count += 1;
            let line = stage.lines(count).await.pop().unwrap();
            assert_eq!((line.status, line.ended), (200, Ended::Incomplete));
            assert!(line.ignored.is_empty(), "{:?}", line.ignored);
        }
    }
}

#[tokio::test]
async fn a_word_cuts_before_itself_and_hangs_up() {
    let stage = Stage::open().await;
    let prompt = "[[say one two END three]] [[linger]]";
    for (count, stop) in [json!("END"), json!(["nowhere", " END"])]
        .into_iter()
        .enumerate()
    {
        let body = with(chat(prompt, true), "stop", stop);
        let reply = stage.post(CHAT, &body).await;
        assert_eq!(reply.events().last(), Some(&Value::from("[DONE]")));
        let (read, reasons) = chat_text(&reply.events());
        assert_eq!(
            (read.trim_end(), reasons),
            ("one two", vec!["stop".to_owned()])
        );
        until(|| stage.asked()[count].hung_up).await;
        let line = stage.lines(count + 1).await.pop().unwrap();
        assert_eq!((line.status, line.ended), (200, Ended::Whole));
    }
}

#[tokio::test]
async fn a_limit_on_responses_is_told_as_the_api_tells_it() {
    let stage = Stage::open().await;
    let prompt = format!("[[say {}]] [[linger]]", TEXTS[0]);
    let body = with(responses(&prompt, true), "max_output_tokens", 5.into());
    let reply = stage.post(RESPONSES, &body).await;
    let types = reply.types();
    let [.., text, part, item, end] = types.as_slice() else {
        panic!("{types:?}");
    };
    assert_eq!(text, "response.output_text.done");
    assert_eq!(part, "response.content_part.done");
    assert_eq!(item, "response.output_item.done");
    assert_eq!(end, "response.incomplete");
    let response = reply.events().pop().unwrap()["response"].take();
    assert_eq!(response["status"], "incomplete");
    assert_eq!(
        response["incomplete_details"]["reason"],
        "max_output_tokens"
    );
    let told = response["output"][0]["content"][0]["text"]
        .as_str()
        .unwrap();
    assert_eq!(told, Tokens::load().unwrap().first(TEXTS[0], 5));
    let whole = with(responses(&prompt, false), "max_output_tokens", 5.into());
    let whole = stage.post(RESPONSES, &whole).await.json();
    assert_eq!(
        whole["output"][0]["content"],
        response["output"][0]["content"]
    );
}

#[tokio::test]
async fn a_limit_that_is_not_reached_changes_nothing() {
    let stage = Stage::open().await;
    let free = stage.post(CHAT, &chat("hello", false)).await.json();
    let body = with(chat("hello", false), "max_tokens", 1000.into());
    let body = with(body, "stop", json!(["nowhere"]));
    let bound = stage.post(CHAT, &body).await.json();
    assert_eq!(free["choices"], bound["choices"]);
    assert_eq!(free["usage"], bound["usage"]);
}

#[tokio::test]
async fn nonsense_is_refused_by_name() {
    let stage = Stage::open().await;
    for (path, body, param) in [
        (
            CHAT,
            with(chat("x", true), "max_tokens", 0.into()),
            "max_tokens",
        ),
        (CHAT, with(chat("x", true), "stop", json!([7])), "stop"),
        (
            RESPONSES,
            with(responses("x", true), "max_output_tokens", json!("9")),
            "max_output_tokens",
        ),
    ] {
        let reply = stage.send(stage.request(Method::POST, path, &body)).await;
        assert_eq!(reply.status, 400, "{param}");
        assert_eq!(reply.json()["error"]["param"], param);
    }
}
