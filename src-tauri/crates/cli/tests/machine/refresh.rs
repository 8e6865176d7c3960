//! Killed while a sign-in is renewed (contract auth 3.6).
//!
//! Laws: no refresh token is ever sent twice; once renewed tokens were used they are never lost;
//! and where a token may have been used up unheard, one sentence says so and a new sign-in mends it.

use std::collections::BTreeSet;

use standin::{Received, Scripted};

use crate::dice::Dice;
use crate::home::{Home, Up};
use crate::{ask, signed_in};

/// What the stand-in saw of one life.
#[derive(Debug, Default)]
struct Seen {
    /// A refresh token was sent.
    sent: bool,
    /// What came back for it was used.
    used: bool,
}

/// How the lives of a test ended.
#[derive(Debug, Default)]
struct Count {
    before_it_was_sent: usize,
    on_the_way: usize,
    after_it_was_used: usize,
    signed_in_again: usize,
}

#[tokio::test]
async fn killed_during_a_renewal_1() {
    lives(20).await;
}

#[tokio::test]
async fn killed_during_a_renewal_2() {
    lives(20).await;
}

#[tokio::test]
async fn killed_during_a_renewal_3() {
    lives(20).await;
}

#[tokio::test]
async fn killed_during_a_renewal_4() {
    lives(20).await;
}

async fn lives(count: usize) {
    let dice = Dice::new();
    let home = signed_in().await;
    let key = home.key("app").await;
    let (mut seen, mut counted) = (Seen::default(), Count::default());
    for life in 0..count {
        let mut server = home.serve().await;
        let began = mark(&home);
        if !is_signed_in(&server, &key).await {
            assert!(
                !seen.used,
                "life {life}: renewed tokens were used, and lost"
            );
            home.sign_in().await;
            assert!(is_signed_in(&server, &key).await, "life {life}");
            counted.signed_in_again += 1;
        }
        if since(&home, began).sent {
            // It forces no second renewal so soon after the first.
            server.kill();
            server = home.serve().await;
        }
        seen = killed_while_renewing(&home, server, &key, &dice).await;
        match (seen.sent, seen.used) {
            (false, _) => counted.before_it_was_sent += 1,
            (true, false) => counted.on_the_way += 1,
            (true, true) => counted.after_it_was_used += 1,
        }
        no_token_was_sent_twice(&home);
    }
    eprintln!("{count} lives: {counted:?}");
}

/// The backend refuses the access token, so that two requests force one renewal; somewhere on its
/// way the process dies.
async fn killed_while_renewing(home: &Home, server: Up, key: &str, dice: &Dice) -> Seen {
    let world = home.standin.world();
    world.forget_scripts();
    world.script("/oauth/token", Scripted::late(dice.moment(20)));
    assert!(world.expire(&bearers(&world.received()).pop().unwrap()));
    let began = mark(home);
    let asked = world.received_at("/oauth/token").len();
    // They go on until the process dies, and death may come long after they have ended.
    let requests = async {
        let _ = tokio::join!(ask(&server, key), ask(&server, key));
        std::future::pending::<()>().await;
    };
    let death = async {
        if dice.below(3) > 0 {
            world.until_received("/oauth/token", asked + 1).await;
        }
        dice.pause(40).await;
    };
    tokio::select! {
        () = requests => {}
        () = death => {}
    }
    server.kill();
    since(home, began)
}

/// True where a request is answered; else the one sentence must be the answer.
async fn is_signed_in(server: &Up, key: &str) -> bool {
    let (status, body) = ask(server, key).await.unwrap();
    if status == 200 {
        return true;
    }
    assert!(status == 401 && body.contains(SENTENCE), "{status}: {body}");
    false
}

fn no_token_was_sent_twice(home: &Home) {
    let mut sent = BTreeSet::new();
    for received in home.standin.world().received_at("/oauth/token") {
        if let Some(token) = received.json()["refresh_token"].as_str() {
            assert!(sent.insert(token.to_owned()), "sent twice: {token}");
        }
    }
}

/// The number of the last request that the stand-in received.
fn mark(home: &Home) -> u64 {
    let received = home.standin.world().received();
    received.last().map_or(0, |last| last.id)
}

/// What happened after `mark`.
fn since(home: &Home, mark: u64) -> Seen {
    let all = home.standin.world().received();
    let (before, after): (Vec<_>, Vec<_>) = all.into_iter().partition(|it| it.id <= mark);
    let known = bearers(&before);
    Seen {
        sent: after
            .iter()
            .any(|it| it.json()["grant_type"] == "refresh_token"),
        used: bearers(&after).iter().any(|bearer| !known.contains(bearer)),
    }
}

/// The access tokens that the backend was shown, in their order.
pub(crate) fn bearers(received: &[Received]) -> Vec<String> {
    let to_the_backend = received
        .iter()
        .filter(|it| it.path.starts_with("/backend-api/"));
    let shown = to_the_backend.filter_map(|it| it.header("authorization")?.strip_prefix("Bearer "));
    shown.map(str::to_owned).collect()
}

/// What a person reads whose renewal was cut short.
const SENTENCE: &str = "so the refresh token may already be used. Please sign in again.";
