//! Answers that are lost: a refresh token that may be used up is never sent again.

use auth::{Class, Fault, State};
use http::StatusCode;
use standin::world::scripts::Reply;
use standin::{Act, Scripted};

use crate::house::{House, PLUS, Unusual};

const TOKEN: &str = "/oauth/token";

fn losses() -> [(&'static str, Act); 5] {
    let half = Reply::new(StatusCode::OK, r#"{"access_token":"#);
    let page = Reply::new(StatusCode::OK, "<html>welcome to the hotel</html>");
    [
        ("the answer is lost", Act::LoseReply),
        ("the connection closes", Act::Drop),
        ("the answer is cut", Act::CutReply { after: 20 }),
        ("an answer that breaks off", Act::Cut(half)),
        ("an answer nobody can read", Act::Answer(page)),
    ]
}

fn is_unconfirmed(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::Permanent {
            class: Class::Unconfirmed,
            ..
        }
    )
}

#[tokio::test]
async fn a_lost_answer_never_sends_the_token_again() {
    for (name, act) in losses() {
        let house = House::open().await;
        let account = house.sign_in(PLUS).await;
        house.minutes_pass(61);
        house.world().script(TOKEN, Scripted::once(act));
        let fault = house.accounts().pass().await.unwrap_err();
        assert!(is_unconfirmed(&fault), "{name}: {fault:?}");
        assert!(fault.needs_sign_in() && fault.to_string().ends_with("Please sign in again."));
        for _ in 0..3 {
            house.minutes_pass(60);
            assert!(
                is_unconfirmed(&house.accounts().pass().await.unwrap_err()),
                "{name}"
            );
        }
        // Neither does another process, nor the next start.
        let neighbour = house.neighbour(Unusual::default()).await;
        assert!(
            is_unconfirmed(&neighbour.accounts.pass().await.unwrap_err()),
            "{name}"
        );
        let listed = neighbour.accounts.list().await.unwrap().remove(0);
        assert!(matches!(listed.state, State::NeedsSignIn(_)), "{name}");
        assert_eq!(house.renewals().len(), 1, "{name}");
        // A new sign-in mends it, for everyone.
        assert_eq!(house.sign_in_at(&neighbour, PLUS).await.id, account.id);
        assert!(house.accounts().pass().await.is_ok(), "{name}");
        assert!(neighbour.accounts.pass().await.is_ok(), "{name}");
    }
}

#[tokio::test]
async fn a_process_that_dies_during_a_renewal_does_not_send_the_token_twice() {
    let house = House::open().await;
    let account = house.sign_in(PLUS).await;
    house.minutes_pass(61);
    house.world().script(TOKEN, Scripted::hung());
    let died = house.neighbour(Unusual::default()).await;
    tokio::select! {
        _ = died.accounts.pass() => panic!("the renewal cannot have ended"),
        _ = house.world().until_received(TOKEN, 2) => {}
    }
    // What is on the disk at this moment is what the next start finds.
    let left = house.kept(&account).await.unwrap();
    assert_eq!(left["unconfirmed"], true);
    house.minutes_pass(2);
    house.keep(&account, &left).await;
    assert!(is_unconfirmed(&house.accounts().pass().await.unwrap_err()));
    assert_eq!(house.renewals().len(), 1);
}

#[tokio::test]
async fn a_renewal_that_was_answered_leaves_no_note() {
    for script in [
        Scripted::once(Act::Pass),
        Scripted::status(StatusCode::BAD_GATEWAY),
        Scripted::status(StatusCode::UNAUTHORIZED),
    ] {
        let house = House::open().await;
        let account = house.sign_in(PLUS).await;
        house.minutes_pass(61);
        house.world().script(TOKEN, script);
        let _ = house.accounts().pass().await;
        assert_eq!(house.renewals().len(), 1);
        assert!(
            house
                .kept(&account)
                .await
                .unwrap()
                .get("unconfirmed")
                .is_none()
        );
    }
}

#[tokio::test]
async fn a_hung_renewal_counts_as_lost_after_a_minute() {
    let house = House::open().await;
    house.sign_in(PLUS).await;
    house.minutes_pass(61);
    house.world().script(TOKEN, Scripted::hung());
    let waiting = async {
        house.world().until_received(TOKEN, 2).await;
        house.minutes_pass(1);
    };
    let (pass, ()) = tokio::join!(house.accounts().pass(), waiting);
    assert!(is_unconfirmed(&pass.unwrap_err()));
}

#[tokio::test]
async fn a_good_token_is_used_after_its_renewal_was_lost() {
    let house = House::open().await;
    house.sign_in(PLUS).await;
    let before = house.accounts().pass().await.unwrap();
    house.minutes_pass(56);
    house.world().script(TOKEN, Scripted::dropped());
    for _ in 0..3 {
        assert_eq!(house.accounts().pass().await.unwrap().bearer, before.bearer);
    }
    assert_eq!(house.renewals().len(), 1);
    house.minutes_pass(5);
    assert!(is_unconfirmed(&house.accounts().pass().await.unwrap_err()));
}

#[tokio::test]
async fn a_refusal_after_a_lost_renewal_renews_nothing() {
    let house = House::open().await;
    house.sign_in(PLUS).await;
    let pass = house.accounts().pass().await.unwrap();
    house.world().script(TOKEN, Scripted::lost_reply());
    assert!(is_unconfirmed(
        &house.accounts().recover(&pass).await.unwrap_err()
    ));
    assert!(is_unconfirmed(
        &house.accounts().recover(&pass).await.unwrap_err()
    ));
    assert_eq!(house.renewals().len(), 1);
}
