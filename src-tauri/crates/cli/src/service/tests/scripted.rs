//! The system's programs, scripted.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io;

use super::super::tools::{Ended, Tools};

/// Answers by the beginning of what is run; the last answer of a row stays. What nobody scripted
/// succeeds and says nothing.
#[derive(Default)]
pub(super) struct Scripted {
    answers: RefCell<HashMap<&'static str, Vec<Ended>>>,
    log: RefCell<Vec<String>>,
}

impl Scripted {
    pub(super) fn answer(self, beginning: &'static str, answers: &[Ended]) -> Self {
        let mut answers = answers.to_vec();
        answers.reverse();
        self.answers.borrow_mut().insert(beginning, answers);
        self
    }

    /// What was run since this was asked last.
    pub(super) fn ran(&self) -> Vec<String> {
        self.log.take()
    }
}

impl Tools for Scripted {
    fn run(&self, program: &str, words: &[&str]) -> io::Result<Ended> {
        let line = [&[program], words].concat().join(" ");
        self.log.borrow_mut().push(line.clone());
        let mut answers = self.answers.borrow_mut();
        let row = answers
            .iter_mut()
            .filter(|(beginning, _)| line.starts_with(**beginning))
            .max_by_key(|(beginning, _)| beginning.len());
        Ok(match row {
            Some((_, left)) if left.len() > 1 => left.pop().unwrap(),
            Some((_, left)) => left[0].clone(),
            None => said(""),
        })
    }

    fn pause(&self) {
        self.log.borrow_mut().push("…".to_owned());
    }
}

/// It worked and said this.
pub(super) fn said(out: &str) -> Ended {
    Ended {
        ok: true,
        out: out.to_owned(),
        err: String::new(),
    }
}

/// It failed and complained of this.
pub(super) fn failed(err: &str) -> Ended {
    Ended {
        ok: false,
        out: String::new(),
        err: err.to_owned(),
    }
}
