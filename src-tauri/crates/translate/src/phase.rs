//! How far an answer has come, for dialects whose answers begin with a piece of their own.

use wire::Fault;

use crate::Outcome;

/// Silent, begun, ended: in this order, each once.
#[derive(Debug, Default)]
pub(crate) enum Phase {
    /// Nothing was told.
    #[default]
    Silent,
    /// The beginning was told.
    Begun,
    /// The end was told, and why where it is a failure.
    Ended(Outcome, Option<Fault>),
}

impl Phase {
    /// Goes on to [`Phase::Begun`]. True where nothing was told before.
    pub(crate) fn begin(&mut self) -> bool {
        let is_first = matches!(self, Self::Silent);
        if is_first {
            *self = Self::Begun;
        }
        is_first
    }

    /// Ends the answer with a failure, unless it has ended. True where it had not.
    pub(crate) fn fail(&mut self, fault: Fault) -> bool {
        let is_open = !self.has_ended();
        if is_open {
            *self = Self::Ended(Outcome::Failed, Some(fault));
        }
        is_open
    }

    pub(crate) fn has_ended(&self) -> bool {
        matches!(self, Self::Ended(..))
    }

    pub(crate) fn outcome(&self) -> Outcome {
        match self {
            Self::Silent | Self::Begun => Outcome::Open,
            Self::Ended(outcome, _) => *outcome,
        }
    }

    /// Why the answer failed, where it did.
    pub(crate) fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Silent | Self::Begun => None,
            Self::Ended(_, fault) => fault.as_ref(),
        }
    }
}
