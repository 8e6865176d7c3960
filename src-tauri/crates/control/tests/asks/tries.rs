//! One prompt through the real local door.

use control::Code;
use control::news::{Newsfeed, TryIt, What};
use serde_json::{Value, json};

use crate::desk::{Desk, RESPONSES, rows};

/// The text of an answer, and how it ended.
async fn told(feed: &mut Newsfeed) -> (String, TryIt) {
    let mut whole = String::new();
    loop {
        match feed.next().await.unwrap().what {
            What::TryIt(TryIt::Delta { text }) => whole += &text,
            What::TryIt(end) => return (whole, end),
            What::State(_) | What::Requests(_) | What::Note(_) => {}
        }
    }
}

/// The log, once it has `count` rows.
async fn logged(desk: &Desk, feed: &mut Newsfeed, count: u64) -> Value {
    loop {
        let page = desk.ask("requests", json!({"limit": 9})).await;
        if page["total"] == count {
            return page;
        }
        rows(feed, 1).await;
    }
}

#[tokio::test]
async fn the_answer_comes_in_pieces_and_ends_with_its_numbers() {
    let desk = Desk::signed_in().await;
    let mut news = desk.engine.news();
    let prompt = json!({"prompt": "[[words 20]]", "model": "gpt-5.5"});
    desk.ask("tryIt", prompt).await;
    let (text, end) = told(&mut news).await;
    assert_eq!(text.split_whitespace().count(), 20);
    let TryIt::Done {
        model,
        first_text_ms: Some(first),
        total_ms,
        output_tokens: Some(tokens),
        ..
    } = end
    else {
        panic!("{end:?}");
    };
    assert_eq!(model, "gpt-5.5");
    assert!(first <= total_ms && tokens > 0);

    // It went through the door, under a name of its own that is no app's.
    desk.ask("tryIt", json!({"prompt": "again"})).await;
    told(&mut news).await;
    let page = logged(&desk, &mut news, 2).await;
    assert_eq!(page["rows"][0]["app"], "Postern");
    assert_eq!(desk.state().await["clients"], json!([]));
    assert_eq!(desk.ask("keys", Value::Null).await, json!([]));
}

#[tokio::test]
async fn what_goes_wrong_is_told_in_the_doors_own_words() {
    let desk = Desk::signed_in().await;
    let mut news = desk.engine.news();
    let prompt = json!({"prompt": "[[http usage-limit]]", "model": "gpt-5.5"});
    desk.ask("tryIt", prompt).await;
    let (_, TryIt::Failed { complaint }) = told(&mut news).await else {
        panic!("no failure");
    };
    assert!(complaint.message.contains("limit"), "{complaint:?}");

    desk.ask("setProxy", json!(false)).await;
    let complaint = desk.refused("tryIt", json!({"prompt": "hi"})).await;
    assert_eq!(complaint.code, Code::Unavailable);
}

#[tokio::test]
async fn an_answer_is_stopped_and_takes_its_request_with_it() {
    let desk = Desk::signed_in().await;
    let mut news = desk.engine.news();
    let prompt = json!({"prompt": "[[words 500]] [[slow 50]]", "model": "gpt-5.5"});
    desk.ask("tryIt", prompt).await;
    loop {
        if let What::TryIt(TryIt::Delta { .. }) = news.next().await.unwrap().what {
            break;
        }
    }
    desk.ask("stopTryIt", Value::Null).await;
    let (_, end) = told(&mut news).await;
    assert_eq!(end, TryIt::Stopped);
    desk.until(|state| state.in_flight == 0).await;
    assert_eq!(desk.standin.world().received_at(RESPONSES).len(), 1);
    desk.ask("stopTryIt", Value::Null).await;
}
