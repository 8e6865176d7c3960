//! Answers in one piece, over real sockets.

use http::{HeaderMap, StatusCode};
use serde_json::json;
use standin::{Act, Scripted};
use wire::Fault;
use wire::pictures::Request;

use crate::stage::{Stage, class};

const GENERATIONS: &str = "/backend-api/codex/images/generations";

fn cat() -> Request {
    Request {
        prompt: "a cat".into(),
        model: "gpt-image-2".into(),
        size: Some("16x16".into()),
        ..Request::default()
    }
}

#[tokio::test]
async fn what_the_backend_may_have_begun_is_not_sent_again() {
    let overloaded = json!({ "error": { "code": "server_is_overloaded", "message": "m" } });
    let rows = [
        (
            Scripted::json(StatusCode::SERVICE_UNAVAILABLE, &overloaded),
            2,
            "",
        ),
        (Scripted::status(StatusCode::BAD_GATEWAY), 1, "Broken"),
        (Scripted::dropped(), 1, "CutShort"),
        (
            Scripted::status(StatusCode::BAD_REQUEST).always(),
            1,
            "Refused",
        ),
        (
            Scripted::status(StatusCode::UNAUTHORIZED).always(),
            1,
            "Unauthorized",
        ),
    ];
    for (script, tries, fault) in rows {
        let stage = Stage::open().await;
        stage.world().script(GENERATIONS, script.clone());
        let (ask, passed, credential) = (cat(), HeaderMap::new(), stage.plus());
        let mut attempts = 0;
        let asking = stage
            .client
            .picture(&ask, &passed, &credential, &mut attempts);
        let told = stage.passing(asking).await;
        let told = told.as_ref().map_or_else(class, |_| String::new());
        assert_eq!((told.as_str(), attempts), (fault, tries), "{script:?}");
        let sent = stage.world().received_at(GENERATIONS);
        assert_eq!(sent.len(), tries as usize, "{script:?}");
        assert!(sent.windows(2).all(|pair| pair[0].body == pair[1].body));
    }
}

#[tokio::test]
async fn nothing_is_sent_again_once_a_success_has_begun() {
    let stage = Stage::open().await;
    let cut = Scripted::once(Act::CutReply { after: 40 }).always();
    stage.world().script(GENERATIONS, cut);
    let (ask, passed, credential) = (cat(), HeaderMap::new(), stage.plus());
    let mut attempts = 0;
    let asking = stage
        .client
        .picture(&ask, &passed, &credential, &mut attempts);
    assert_eq!(stage.passing(asking).await.err(), Some(Fault::CutShort));
    assert_eq!(
        (attempts, stage.world().received_at(GENERATIONS).len()),
        (1, 1)
    );
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_waited_for_only_so_long() {
    let stage = Stage::open().await;
    stage.world().script(GENERATIONS, Scripted::hung().always());
    let (ask, passed, credential) = (cat(), HeaderMap::new(), stage.plus());
    let mut attempts = 0;
    let asking = stage
        .client
        .picture(&ask, &passed, &credential, &mut attempts);
    let fault = stage.passing(asking).await.err();
    assert_eq!(fault, Some(Fault::Silent { seconds: 300 }));
    assert_eq!(attempts, 1);
}

#[tokio::test]
async fn a_government_seat_is_marked_here_too_and_a_key_is_turned_away() {
    let stage = Stage::open().await;
    let mut credential = stage.seat("acct_gov");
    credential.fedramp = true;
    credential.routing_override = Some("us_cr".to_owned());
    let (ask, passed) = (cat(), HeaderMap::new());
    let told = stage
        .client
        .picture(&ask, &passed, &credential, &mut 0)
        .await;
    assert!(told.is_ok(), "{told:?}");
    let sent = stage.world().received_at(GENERATIONS);
    assert_eq!(
        sent[0].header("x-openai-account-routing-override"),
        Some("us_cr")
    );
    let key = stage.platform();
    let refused = stage.client.picture(&ask, &passed, &key, &mut 0).await;
    let class = refused.err().as_ref().map(class);
    assert_eq!(class.as_deref(), Some("NoRoute"));
}
