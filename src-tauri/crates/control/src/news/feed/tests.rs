use base::{Hand, Timestamp};

use super::*;
use crate::engine::Board;
use crate::news::{Note, TryIt};
use crate::state::sample::on;

fn listening() -> (Board, Newsfeed, Hand) {
    let (clock, hand) = Clock::manual(Timestamp::from_seconds(0));
    let board = Board::new(on(), clock);
    let feed = board.listen();
    (board, feed, hand)
}

/// What comes without any time passing.
async fn at_once(feed: &mut Newsfeed) -> Option<News> {
    tokio::select! {
        biased;
        news = feed.next() => news,
        () = tokio::task::yield_now() => None,
    }
}

fn row(number: i64) -> Call {
    let line = store::Line::default();
    Call::Row(Box::new(RequestRow::new(number, line)))
}

fn delta(text: &str) -> Call {
    let text = text.to_owned();
    Call::TryIt(TryIt::Delta { text })
}

#[tokio::test]
async fn the_state_comes_first_and_then_once_a_second() {
    let (board, mut feed, hand) = listening();
    let first = at_once(&mut feed).await.unwrap();
    assert_eq!(first.number, 1);
    assert!(matches!(first.what, What::State(_)));
    for count in 1..=5 {
        board.change(|state| state.in_flight = count);
        assert_eq!(at_once(&mut feed).await, None);
    }
    hand.advance(PACE);
    let Some(News {
        number: 2,
        what: What::State(state),
    }) = at_once(&mut feed).await
    else {
        panic!("no state after a second");
    };
    assert_eq!(state.in_flight, 5);
    hand.advance(PACE * 5);
    assert_eq!(at_once(&mut feed).await, None);
    board.change(|state| state.in_flight = 0);
    assert!(at_once(&mut feed).await.is_some());
}

#[tokio::test]
async fn rows_of_a_second_come_together_and_in_order() {
    let (board, mut feed, hand) = listening();
    at_once(&mut feed).await.unwrap();
    board.call(row(1));
    let numbers = |news: News| match news.what {
        What::Requests(rows) => rows.iter().map(|row| row.row).collect::<Vec<_>>(),
        What::State(_) | What::TryIt(_) | What::Note(_) => panic!("not rows"),
    };
    assert_eq!(numbers(at_once(&mut feed).await.unwrap()), [1]);
    board.call(row(2));
    board.call(row(3));
    assert_eq!(at_once(&mut feed).await, None);
    hand.advance(PACE);
    assert_eq!(numbers(at_once(&mut feed).await.unwrap()), [2, 3]);
}

#[tokio::test]
async fn pieces_of_an_answer_and_notes_wait_for_nothing() {
    let (board, mut feed, _hand) = listening();
    at_once(&mut feed).await.unwrap();
    board.change(|state| state.in_flight = 1);
    board.call(delta("a"));
    board.call(delta("b"));
    board.call(Call::Note(Note::PortLost));
    let mut told = Vec::new();
    while let Some(news) = at_once(&mut feed).await {
        told.push(news.number);
    }
    assert_eq!(told, [2, 3, 4]);
}

#[tokio::test]
async fn whoever_falls_behind_finds_a_gap_and_the_state() {
    let (board, mut feed, hand) = listening();
    at_once(&mut feed).await.unwrap();
    for number in 0..5_000 {
        board.call(row(number));
    }
    hand.advance(PACE);
    let mut numbers = Vec::new();
    let mut states = 0;
    while let Some(news) = at_once(&mut feed).await {
        numbers.push(news.number);
        states += usize::from(matches!(news.what, What::State(_)));
        hand.advance(PACE);
    }
    assert!(numbers.windows(2).any(|pair| pair[1] > pair[0] + 1) || numbers[0] > 2);
    assert!(states >= 1, "{numbers:?}");
}

#[tokio::test]
async fn nothing_comes_after_the_board_is_gone() {
    let (board, mut feed, _hand) = listening();
    at_once(&mut feed).await.unwrap();
    drop(board);
    assert_eq!(feed.next().await, None);
}
