use std::sync::atomic::{AtomicUsize, Ordering};

use base::{Hand, Timestamp};

use super::*;

fn seat(account: &str) -> Seat {
    Seat {
        base: Url::parse("https://chatgpt.com/backend-api").unwrap(),
        account_id: Some(account.to_owned()),
        key: None,
    }
}

fn catalogue(slug: &str, tag: &str) -> Fetched {
    let body = format!(r#"{{"models":[{{"slug":"{slug}"}}]}}"#);
    Fetched::New(Catalogue::read(body.as_bytes(), Some(tag.to_owned())).unwrap())
}

fn models() -> (Models, Hand) {
    let (clock, hand) = Clock::manual(Timestamp::default());
    (Models::new(clock), hand)
}

/// Asks once; the backend would answer `answer`. What came, and the tag that was sent if the
/// backend was asked.
async fn ask(models: &Models, answer: Result<Fetched, Fault>) -> (String, Option<Option<String>>) {
    let mut sent = None;
    let came = models
        .catalogue(&seat("a"), async |tag| {
            sent = Some(tag);
            answer
        })
        .await;
    let came = match came {
        Ok(catalogue) => catalogue.models[0].slug.clone(),
        Err(fault) => fault.code().to_owned(),
    };
    (came, sent)
}

fn tag(tag: &str) -> Option<Option<String>> {
    Some(Some(tag.to_owned()))
}

#[tokio::test]
async fn a_catalogue_lives_five_minutes_and_is_renewed_by_its_tag() {
    let (models, hand) = models();
    assert_eq!(
        ask(&models, Ok(catalogue("one", "t1"))).await,
        ("one".into(), Some(None))
    );
    assert_eq!(
        ask(&models, Ok(catalogue("no", "no"))).await,
        ("one".into(), None)
    );
    hand.advance(FRESH);
    assert_eq!(
        ask(&models, Ok(Fetched::Same)).await,
        ("one".into(), tag("t1"))
    );
    assert_eq!(
        ask(&models, Ok(catalogue("no", "no"))).await,
        ("one".into(), None)
    );
    hand.advance(FRESH);
    assert_eq!(
        ask(&models, Ok(catalogue("two", "t2"))).await,
        ("two".into(), tag("t1"))
    );
}

#[tokio::test]
async fn another_tag_or_a_doubt_ends_its_time() {
    let (models, _hand) = models();
    models.note_tag(&seat("a"), "early");
    ask(&models, Ok(catalogue("one", "t1"))).await;
    models.note_tag(&seat("a"), "t1");
    models.note_tag(&seat("b"), "t9");
    assert_eq!(
        ask(&models, Ok(catalogue("no", "no"))).await,
        ("one".into(), None)
    );
    models.note_tag(&seat("a"), "t2");
    assert_eq!(
        ask(&models, Ok(catalogue("two", "t2"))).await,
        ("two".into(), tag("t1"))
    );
    models.distrust(&seat("a"));
    assert_eq!(
        ask(&models, Ok(Fetched::Same)).await,
        ("two".into(), tag("t2"))
    );
}

#[tokio::test]
async fn an_old_catalogue_serves_while_the_backend_fails() {
    let (models, hand) = models();
    assert_eq!(
        ask(&models, Err(Fault::CutShort)).await,
        ("stream_cut_short".into(), Some(None))
    );
    assert_eq!(
        ask(&models, Ok(catalogue("one", "t1"))).await,
        ("one".into(), Some(None))
    );
    hand.advance(FRESH);
    assert_eq!(
        ask(&models, Err(Fault::CutShort)).await,
        ("one".into(), tag("t1"))
    );
    assert_eq!(
        ask(&models, Ok(catalogue("no", "no"))).await,
        ("one".into(), None)
    );
    hand.advance(PAUSE);
    assert_eq!(
        ask(&models, Ok(catalogue("two", "t2"))).await,
        ("two".into(), tag("t1"))
    );
}

#[tokio::test]
async fn a_silent_backend_is_waited_for_five_seconds() {
    let (models, hand) = models();
    let seat = seat("a");
    let asking = models.catalogue(&seat, async |_| std::future::pending().await);
    let moving = async {
        hand.until_sleeping(1).await;
        hand.advance(DEADLINE);
    };
    let (came, ()) = tokio::join!(asking, moving);
    assert_eq!(came.unwrap_err(), Fault::Silent { seconds: 5 });
}

#[tokio::test]
async fn many_who_ask_at_once_share_one_request_and_its_outcome() {
    for answer in [Ok(()), Err(Fault::CutShort)] {
        let (models, _hand) = models();
        let asked = AtomicUsize::new(0);
        let (seat, gate) = (seat("a"), tokio::sync::Barrier::new(2));
        let one = async || {
            models
                .catalogue(&seat, async |_| {
                    asked.fetch_add(1, Ordering::SeqCst);
                    gate.wait().await;
                    answer.clone().map(|()| catalogue("one", "t1"))
                })
                .await
        };
        let all = futures_util::future::join_all((0..20).map(|_| one()));
        let (all, _) = tokio::join!(all, gate.wait());
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        assert!(all.iter().all(|came| came.is_ok() == answer.is_ok()));
    }
}

#[test]
fn the_platform_lists_models_in_its_own_shape() {
    let body = br#"{"object":"list","data":[{"id":"gpt-x","object":"model"},{"odd":1}]}"#;
    let listed = read(Target::Platform, body, None).unwrap();
    assert_eq!(listed.models.len(), 1);
    assert!(listed.find("gpt-x").unwrap().listed);
    assert!(read(Target::Plan, body, None).is_err());
}
