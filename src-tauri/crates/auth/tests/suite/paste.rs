//! The pasted address.

use auth::Fault;
use standin::Scripted;

use crate::browser::ANY;
use crate::house::{House, PLUS, TEAM};

#[tokio::test]
async fn the_address_may_be_pasted_whole_or_in_part() {
    type Cut = fn(&url::Url) -> String;
    let cuts: [Cut; 4] = [
        |url| url.to_string(),
        |url| url.as_str().trim_start_matches("http://").to_owned(),
        |url| url.query().unwrap().to_owned(),
        |url| format!("  {url}#\n"),
    ];
    for cut in cuts {
        let house = House::open().await;
        let begun = house.accounts().begin_paste().await.unwrap();
        assert!(begun.url.as_str().contains("1455%2Fauth%2Fcallback"));
        let back = house.approve(&begun.url, PLUS).await;
        let account = begun.finish(&cut(&back)).await.unwrap();
        assert_eq!(account.email.as_deref(), Some(PLUS));
    }
}

#[tokio::test]
async fn a_wrong_paste_may_be_followed_by_the_right_one() {
    let house = House::open().await;
    let other = house.accounts().begin_paste().await.unwrap();
    let begun = house.accounts().begin_paste().await.unwrap();
    let foreign = house.approve(&other.url, PLUS).await;
    for wrong in [
        "",
        "hello",
        "http://127.0.0.1:1455/auth/callback",
        foreign.as_str(),
    ] {
        let fault = begun.finish(wrong).await.unwrap_err();
        assert!(matches!(fault, Fault::Pasted(_)), "{wrong}: {fault:?}");
    }
    let back = house.approve(&begun.url, TEAM).await;
    assert!(begun.finish(back.as_str()).await.is_ok());
}

#[tokio::test]
async fn a_pasted_refusal_ends_the_sign_in() {
    let house = House::open().await;
    let begun = house.accounts().begin_paste().await.unwrap();
    let back = house.answer(&begun.url, "standin_answer", "deny").await;
    let fault = begun.finish(back.as_str()).await.unwrap_err();
    assert!(matches!(fault, Fault::Denied(_)));
}

#[tokio::test]
async fn a_browser_sign_in_takes_a_pasted_address_too() {
    let house = House::open().await;
    let begun = house.accounts().begin_browser_on(ANY).await.unwrap();
    assert!(matches!(begun.paste("hello"), Err(Fault::Pasted(_))));
    let back = house.approve(&begun.url, PLUS).await;
    begun.paste(back.as_str()).unwrap();
    assert_eq!(begun.finish().await.unwrap().email.as_deref(), Some(PLUS));
}

#[tokio::test]
async fn a_failed_exchange_is_told() {
    let house = House::open().await;
    house.world().script(
        "/oauth/token",
        Scripted::status(http::StatusCode::BAD_GATEWAY),
    );
    let begun = house.accounts().begin_paste().await.unwrap();
    let back = house.approve(&begun.url, PLUS).await;
    let fault = begun.finish(back.as_str()).await.unwrap_err();
    assert_eq!(
        fault.to_string(),
        "Token exchange failed: token endpoint returned status 502 Bad Gateway: unknown error"
    );
}
