use base::{Hand, Timestamp};

use super::*;
use crate::headline::Level;
use crate::news::{News, What};
use crate::state::sample::{limit, on, person};
use crate::state::{Blocked, LimitSpan};

fn board() -> (Board, Hand) {
    let (clock, hand) = Clock::manual(Timestamp::from_seconds(1_000));
    (Board::new(on(), clock), hand)
}

/// The notes that `change` makes.
async fn notes(change: impl FnOnce(&mut AppState)) -> Vec<Note> {
    let (board, _hand) = board();
    let mut feed = board.listen();
    feed.next().await.unwrap();
    board.change(change);
    let mut notes = Vec::new();
    loop {
        // The state waits for a second that never passes; notes wait for nothing.
        tokio::select! {
            biased;
            news = feed.next() => if let Some(News { what: What::Note(note), .. }) = news {
                notes.push(note);
            },
            () = tokio::task::yield_now() => return notes,
        }
    }
}

#[test]
fn the_headline_follows_and_the_revision_counts_changes_only() {
    let (board, _) = board();
    let states = board.states();
    assert_eq!(board.state().headline.level, Level::On);
    board.change(|_| {});
    assert!(!states.has_changed().unwrap());
    assert_eq!(board.state().revision, 1);
    board.change(|state| state.proxy = Proxy::Off);
    assert!(states.has_changed().unwrap());
    let state = board.state();
    assert_eq!((state.revision, state.headline.level), (2, Level::Off));
}

#[test]
fn time_alone_changes_the_headline_at_the_next_look() {
    let (board, hand) = board();
    board.change(|state| {
        state.limits = vec![limit(LimitSpan::Session, 0.0, Some(1_060_000))];
    });
    assert_eq!(board.state().headline.level, Level::Limit);
    hand.advance(std::time::Duration::from_secs(60));
    board.change(|_| {});
    assert_eq!(board.state().headline.level, Level::On);
}

#[tokio::test]
async fn three_changes_are_worth_a_note_and_no_others() {
    let why = "revoked".to_owned();
    let ended = notes(|state| {
        let account = person();
        state.account = Account::NeedsSignIn { account, why };
    });
    let why = "revoked".to_owned();
    assert_eq!(ended.await, [Note::SignInEnded { why }]);
    let lost = notes(|state| {
        state.proxy = Proxy::Blocked {
            why: Blocked::Other {
                message: String::new(),
            },
        };
    });
    assert_eq!(lost.await, [Note::PortLost]);
    let reached = notes(|state| {
        state.limits = vec![limit(LimitSpan::Week, 0.0, None)];
    });
    let span = LimitSpan::Week;
    let back_at_ms = None;
    assert_eq!(reached.await, [Note::LimitReached { span, back_at_ms }]);
    assert!(notes(|state| state.proxy = Proxy::Off).await.is_empty());
    assert!(
        notes(|state| state.account = Account::None)
            .await
            .is_empty()
    );
    assert!(notes(|state| state.in_flight = 3).await.is_empty());
}
