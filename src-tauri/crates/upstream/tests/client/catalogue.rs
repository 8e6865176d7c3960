//! The catalogue over real sockets (contract backend 5).

use std::time::Duration;

use http::StatusCode;
use standin::Scripted;
use wire::Fault;

use crate::stage::{Stage, ask};

const MODELS: &str = "/backend-api/codex/models";
const FRESH: Duration = Duration::from_secs(300);

#[tokio::test]
async fn a_catalogue_is_asked_for_once_in_five_minutes_and_then_by_its_tag() {
    let stage = Stage::open().await;
    let first = stage.client.catalogue(&stage.plus()).await.unwrap();
    let again = stage.client.catalogue(&stage.plus()).await.unwrap();
    assert!(first.find("gpt-5.6-terra").is_some());
    assert!(std::sync::Arc::ptr_eq(&first, &again));
    stage.hand.advance(FRESH);
    let renewed = stage.client.catalogue(&stage.plus()).await.unwrap();
    assert!(std::sync::Arc::ptr_eq(&first, &renewed), "304 keeps it");
    let asked = stage.world().received_at(MODELS);
    let tags: Vec<Option<&str>> = asked
        .iter()
        .map(|asked| asked.header("if-none-match"))
        .collect();
    assert_eq!(tags, [None, first.etag.as_deref()]);
    assert_eq!(asked[0].query.as_deref(), Some("client_version=1.0.0"));
}

#[tokio::test]
async fn a_tag_that_comes_with_an_answer_brings_the_new_catalogue() {
    let stage = Stage::open().await;
    let credential = stage.plus();
    stage.client.catalogue(&credential).await.unwrap();
    stage.client.open(&ask("hello"), &credential).await.unwrap();
    stage.client.catalogue(&credential).await.unwrap();
    assert_eq!(
        stage.world().received_at(MODELS).len(),
        1,
        "the same tag changes nothing"
    );
    stage.world().hide_models(&["gpt-5.5"]);
    stage.client.open(&ask("hello"), &credential).await.unwrap();
    let new = stage.client.catalogue(&credential).await.unwrap();
    assert!(new.find("gpt-5.5").is_none());
    assert_eq!(stage.world().received_at(MODELS).len(), 2);
}

#[tokio::test]
async fn an_unknown_model_makes_it_look_again() {
    let stage = Stage::open().await;
    let credential = stage.plus();
    stage.client.catalogue(&credential).await.unwrap();
    let refused = stage
        .client
        .open(&ask("[[http model-not-found]]"), &credential)
        .await;
    assert!(matches!(refused, Err(Fault::Refused { status: 404, .. })));
    stage.client.catalogue(&credential).await.unwrap();
    assert_eq!(stage.world().received_at(MODELS).len(), 2);
}

#[tokio::test]
async fn twenty_at_once_are_one_request() {
    let stage = Stage::open().await;
    let credential = stage.plus();
    let all = (0..20).map(|_| stage.client.catalogue(&credential));
    let all = futures_util::future::join_all(all).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(stage.world().received_at(MODELS).len(), 1);
}

#[tokio::test]
async fn an_old_catalogue_is_better_than_none() {
    let stage = Stage::open().await;
    let credential = stage.plus();
    let broken = || Scripted::status(StatusCode::INTERNAL_SERVER_ERROR);
    stage.world().script(MODELS, broken());
    let first = stage.client.catalogue(&credential).await;
    assert!(matches!(first, Err(Fault::Broken { status: 500, .. })));
    assert!(stage.client.catalogue(&credential).await.is_ok());
    stage.hand.advance(FRESH);
    stage.world().script(MODELS, broken());
    assert!(stage.client.catalogue(&credential).await.is_ok());
    assert_eq!(stage.world().received_at(MODELS).len(), 3);
}

#[tokio::test]
async fn accounts_have_their_own_and_so_has_an_api_key() {
    let stage = Stage::open().await;
    let plus = stage.client.catalogue(&stage.plus()).await.unwrap();
    let free = stage
        .client
        .catalogue(&stage.seat("acct_free"))
        .await
        .unwrap();
    assert!(free.models.len() < plus.models.len());
    assert_eq!(stage.world().received_at(MODELS).len(), 2);
    stage.world().script(
        "/v1/models",
        Scripted::json(
            StatusCode::OK,
            &serde_json::json!({"object": "list", "data": [{"id": "gpt-5.5", "object": "model"}]}),
        ),
    );
    let platform = stage.client.catalogue(&stage.platform()).await.unwrap();
    assert!(platform.find("gpt-5.5").is_some_and(|model| model.listed));
}
