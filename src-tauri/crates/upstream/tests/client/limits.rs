//! Where readings of the limits come from.

use standin::Windows;
use wire::Fault;
use wire::limits::Span;

use crate::stage::{Stage, ask, rest};

#[tokio::test]
async fn every_answer_tells_its_limits() {
    let stage = Stage::open().await;
    let readings = stage.client.limits();
    assert!(readings.borrow().is_none());
    let windows = Windows {
        primary_used: 42.5,
        primary_minutes: 300,
        primary_resets_in: 600,
        secondary_used: 7.0,
        secondary_minutes: 10_080,
        secondary_resets_in: 5000,
        ..Windows::default()
    };
    stage.world().set_windows("acct_plus", windows);
    stage
        .client
        .open(&ask("hello"), &stage.plus())
        .await
        .unwrap();
    let reading = readings.borrow().clone().unwrap();
    assert_eq!(reading.account_id.as_deref(), Some("acct_plus"));
    assert_eq!(reading.at, stage.clock.now());
    assert_eq!(reading.limits.plan_type.as_deref(), Some("plus"));
    let binding = reading.limits.binding().unwrap();
    assert_eq!(
        (binding.span(), binding.used_percent),
        (Span::Session, 42.5)
    );
    assert_eq!(binding.resets_at, Some(stage.clock.now().seconds() + 600));
}

#[tokio::test]
async fn an_event_and_a_refusal_tell_them_too() {
    let stage = Stage::open().await;
    let readings = stage.client.limits();
    let prompt = "[[limits-first reached]] hello";
    let opened = stage
        .client
        .open(&ask(prompt), &stage.plus())
        .await
        .unwrap();
    assert!(
        readings
            .borrow()
            .as_ref()
            .is_some_and(|reading| reading.limits.limit_reached)
    );
    let (_, fault) = rest(opened.events).await;
    assert_eq!(fault, None, "it is not the end of the answer");

    let refused = stage
        .client
        .open(&ask("[[http usage-limit]]"), &stage.plus())
        .await;
    assert!(matches!(refused, Err(Fault::Quota(_))));
    let used = readings.borrow().as_ref().and_then(|reading| {
        let binding = reading.limits.binding()?;
        Some(binding.used_percent)
    });
    assert_eq!(used, Some(100.0));
}

#[tokio::test]
async fn the_usage_page_is_read_and_published() {
    let stage = Stage::open().await;
    let limits = stage.client.usage(&stage.plus()).await.unwrap();
    assert_eq!(limits.plan_type.as_deref(), Some("plus"));
    assert_eq!(limits.windows[0].span(), Span::Week);
    let published = stage.client.limits().borrow().clone().unwrap();
    assert_eq!(published.limits, limits);
    let refused = stage.client.usage(&stage.platform()).await;
    assert!(matches!(refused, Err(Fault::NoRoute { .. })));
    let page = stage.world().received_at("/backend-api/wham/usage");
    assert_eq!(page.len(), 1);
    assert_eq!(page[0].header("originator"), None);
}
