//! The answers of one request: one, unless `n` asked for more. Each is made by the backend on its own.
//!
//! Guarantees, for any order in which the events of the answers come:
//! - each choice is what it would be alone, and all have the head of the one that begins first;
//! - there is an end once every choice has one, or as soon as one has failed.

use wire::responses::Event;
use wire::{Fault, Usage};

use super::answer::Answer;
use super::piece::{Head, Piece};
use crate::{Born, Outcome, Shape};

/// The choices on their way.
#[derive(Debug)]
pub(super) struct Choices {
    first: Answer,
    others: Vec<Answer>,
    /// Of the choice that began first, once one has.
    head: Option<Head>,
}

impl Choices {
    pub(super) fn new(shape: Shape, born: Born) -> Self {
        let other = |_| Answer::new(shape.clone(), born.clone());
        Self {
            others: (0..shape.more_choices).map(other).collect(),
            first: Answer::new(shape, born),
            head: None,
        }
    }

    /// Takes the next event of one choice; nothing after the end.
    pub(super) fn step(
        &mut self,
        choice: usize,
        event: &Event,
        mut tell: impl FnMut(&Head, Piece<'_>),
    ) {
        if self.outcome() != Outcome::Open {
            return;
        }
        let head = &mut self.head;
        let answer = match choice.checked_sub(1) {
            None => Some(&mut self.first),
            Some(other) => self.others.get_mut(other),
        };
        if let Some(answer) = answer {
            answer.step(event, &mut |own, piece| {
                tell(head.get_or_insert_with(|| own.clone()), piece);
            });
        }
    }

    /// Ends the answer with a failure, unless it has ended. True where it had not.
    pub(super) fn fail(&mut self, fault: &Fault) -> bool {
        if self.outcome() != Outcome::Open {
            return false;
        }
        self.first.fail(fault) || self.others.iter_mut().any(|answer| answer.fail(fault))
    }

    /// Of all together.
    pub(super) fn outcome(&self) -> Outcome {
        self.all().map(Answer::outcome).fold(Outcome::Whole, worse)
    }

    /// True once nothing more can come of a choice.
    pub(super) fn has_ended(&self, choice: usize) -> bool {
        let answer = self.all().nth(choice);
        answer.is_none_or(|answer| answer.outcome() != Outcome::Open)
    }

    pub(super) fn fault(&self) -> Option<&Fault> {
        self.all().find_map(Answer::fault)
    }

    /// The sum of what was told.
    pub(super) fn usage(&self) -> Option<Usage> {
        let told = self.all().filter_map(Answer::usage);
        told.reduce(Usage::plus)
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        1 + self.others.len()
    }

    pub(super) fn head(&self) -> &Head {
        self.head.as_ref().unwrap_or_else(|| self.first.head())
    }

    pub(super) fn shape(&self) -> &Shape {
        &self.first.shape
    }

    fn all(&self) -> impl Iterator<Item = &Answer> {
        std::iter::once(&self.first).chain(&self.others)
    }
}

/// A failure is all that counts, then what is still to come.
fn worse(one: Outcome, other: Outcome) -> Outcome {
    let weight = |outcome: &Outcome| match outcome {
        Outcome::Whole => 0,
        Outcome::Incomplete => 1,
        Outcome::Open => 2,
        Outcome::Failed => 3,
    };
    std::cmp::max_by_key(one, other, weight)
}
