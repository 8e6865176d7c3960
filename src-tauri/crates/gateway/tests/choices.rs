//! Several choices of one chat request: as many requests to the backend, one answer.

use http::Method;
use serde_json::{Value, json};
use store::Ended;

use crate::stage::{Account, Plan, RESPONSES, Stage, chat, until};

const CHAT: &str = "/v1/chat/completions";

fn several(prompt: &str, count: u32, stream: bool) -> Value {
    let mut body = chat(prompt, stream);
    body["n"] = count.into();
    if stream {
        body["stream_options"] = json!({ "include_usage": true });
    }
    body
}

/// The choices of a stream: text and reasons of each.
fn told(events: &[Value], count: usize) -> Vec<(String, Vec<String>)> {
    let of = |index: usize| {
        let choices = events.iter().filter_map(|event| event["choices"].get(0));
        let mine = choices.filter(move |choice| choice["index"] == index);
        let reasons = mine.clone();
        let text = mine.filter_map(|choice| choice["delta"]["content"].as_str());
        let reasons = reasons.filter_map(|choice| choice["finish_reason"].as_str());
        (text.collect(), reasons.map(str::to_owned).collect())
    };
    (0..count).map(of).collect()
}

fn ids(events: &[Value]) -> Vec<&str> {
    let mut ids: Vec<&str> = events.iter().filter_map(|it| it["id"].as_str()).collect();
    ids.dedup();
    ids
}

const USAGE: &str = "[[usage input=120 cached=64 output=7 reasoning=3]]";

#[tokio::test]
async fn each_choice_is_asked_for_and_the_line_has_the_sum() {
    for stream in [true, false] {
        let stage = Stage::open().await;
        // Only the first to arrive says this; copies would say it too.
        stage.world().direct("[[say other]]", 1);
        let prompt = format!("{USAGE} hello");
        let reply = stage.post(CHAT, &several(&prompt, 3, stream)).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let (choices, usage) = if stream {
            let events = reply.events();
            assert_eq!(events.last(), Some(&Value::from("[DONE]")));
            assert_eq!(ids(&events).len(), 1);
            let dones = events.iter().filter(|event| **event == "[DONE]");
            assert_eq!(dones.count(), 1);
            let mut usages = events.iter().filter(|event| event["usage"].is_object());
            let usage = usages.next().unwrap()["usage"].clone();
            assert_eq!(usages.next(), None);
            (told(&events, 3), usage)
        } else {
            let whole = reply.json();
            let choices = whole["choices"].as_array().unwrap().iter().enumerate();
            let choices = choices.map(|(index, choice)| {
                assert_eq!(choice["index"], index);
                let text = choice["message"]["content"].as_str().unwrap().to_owned();
                let reason = choice["finish_reason"].as_str().unwrap().to_owned();
                (text, vec![reason])
            });
            (choices.collect(), whole["usage"].clone())
        };
        let texts: Vec<&str> = choices.iter().map(|(text, _)| text.trim()).collect();
        assert_eq!(texts, ["other", "You said: hello", "You said: hello"]);
        assert!(choices.iter().all(|(_, reasons)| reasons == &["stop"]));
        assert_eq!(
            (&usage["prompt_tokens"], &usage["total_tokens"]),
            (&json!(360), &json!(381))
        );
        let asked = stage.asked();
        assert_eq!(asked.len(), 3);
        let sessions = asked.iter().map(|it| it.header("session-id").unwrap());
        let sessions: Vec<_> = sessions.collect();
        assert!(sessions.windows(2).all(|pair| pair[0] == pair[1]));
        assert!(
            asked
                .windows(2)
                .all(|pair| pair[0].json() == pair[1].json())
        );
        let line = stage.line().await;
        assert_eq!(
            (line.ended, line.attempts, line.output_tokens),
            (Ended::Whole, 3, Some(21))
        );
    }
}

#[tokio::test]
async fn each_choice_ends_where_the_client_said_and_is_hung_up_on() {
    let stage = Stage::open().await;
    let mut body = several("[[say one two END three]] [[linger]]", 2, true);
    body["stop"] = json!("END");
    let reply = stage.post(CHAT, &body).await;
    for (text, reasons) in told(&reply.events(), 2) {
        assert_eq!(
            (text.trim_end(), reasons.as_slice()),
            ("one two", &["stop".to_owned()][..])
        );
    }
    until(|| stage.asked().iter().all(|asked| asked.hung_up)).await;
    assert_eq!(stage.line().await.ended, Ended::Whole);
}

#[tokio::test]
async fn a_choice_that_has_ended_has_no_connection() {
    let stage = Stage::open().await;
    // The first would linger after its end, the second stalls before.
    stage.world().direct("[[linger]]", 1);
    stage.world().direct("[[stall 5]]", 1);
    let request = stage.request(Method::POST, CHAT, &several("hello", 2, true));
    let mut live = stage.open_stream(request).await;
    live.piece().await.unwrap();
    until(|| stage.asked().iter().any(|asked| asked.hung_up)).await;
    assert_eq!(
        stage.asked().iter().filter(|asked| asked.hung_up).count(),
        1
    );
    stage.world().resume();
    let reply = live.whole().await;
    assert!(reply.text().ends_with("data: [DONE]\n\n"));
    assert_eq!(stage.line().await.ended, Ended::Whole);
}

#[tokio::test]
async fn a_failure_of_one_ends_all() {
    let stage = Stage::open().await;
    stage.world().direct("[[stall 5]]", 1);
    stage.world().direct("[[failed slow_down after=1]]", 1);
    let reply = stage.post(CHAT, &several("hello", 2, true)).await;
    let events = reply.events();
    assert_eq!(reply.status, 200);
    assert!(events.last().unwrap()["error"].is_object(), "{events:?}");
    assert!(!events.contains(&Value::from("[DONE]")));
    until(|| stage.asked().iter().any(|asked| asked.hung_up)).await;
    let line = stage.line().await;
    assert_eq!((line.ended, line.attempts), (Ended::UpstreamFailed, 2));
}

#[tokio::test]
async fn a_choice_that_cannot_be_had_is_a_status() {
    for stream in [true, false] {
        let stage = Stage::open().await;
        stage.world().direct("[[comments]]", 1);
        stage.world().direct("[[http usage-limit]]", 1);
        let reply = stage.post(CHAT, &several("[[linger]]", 3, stream)).await;
        assert_eq!(reply.status, 429);
        assert_eq!(reply.json()["error"]["type"], "usage_limit_reached");
        until(|| stage.asked()[0].hung_up).await;
        assert_eq!(stage.line().await.ended, Ended::Refused);
        // The brake is on.
        let asked = stage.asked().len();
        assert_eq!(stage.post(CHAT, &chat("hello", false)).await.status, 429);
        assert_eq!(stage.asked().len(), asked);
    }
}

#[tokio::test]
async fn leaving_hangs_up_on_every_choice() {
    let stage = Stage::open().await;
    let request = stage.request(Method::POST, CHAT, &several("[[stall 4]]", 3, true));
    let mut live = stage.open_stream(request).await;
    live.piece().await.unwrap();
    live.leave();
    until(|| stage.asked().iter().all(|asked| asked.hung_up)).await;
    let line = stage.line().await;
    assert_eq!((line.ended, line.attempts), (Ended::ClientLeft, 3));
}

#[tokio::test]
async fn leaving_while_choices_are_opened_hangs_up_too() {
    let stage = Stage::open().await;
    stage.world().direct("[[comments]]", 1);
    stage.world().direct("[[stall 0]]", 2);
    let request = stage.request(Method::POST, CHAT, &several("hello", 3, true));
    {
        let asking = stage.send(request);
        tokio::pin!(asking);
        tokio::select! {
            reply = asking.as_mut() => panic!("{}", reply.text()),
            _ = stage.world().until_received(RESPONSES, 3) => {}
        }
    }
    until(|| stage.asked().iter().skip(1).all(|asked| asked.hung_up)).await;
    let line = stage.line().await;
    assert_eq!((line.ended, line.attempts), (Ended::ClientLeft, 3));
}

#[tokio::test]
async fn an_expired_credential_is_renewed_before_there_are_many() {
    let stage = Stage::with(Plan {
        account: Account::Browser("plus@example.test"),
        ..Plan::default()
    })
    .await;
    stage.world().direct("[[http token-expired]]", 1);
    let reply = stage.post(CHAT, &several("hello", 4, false)).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(reply.json()["choices"].as_array().unwrap().len(), 4);
    assert_eq!(stage.line().await.attempts, 5);
}
