//! What a person is told when something they asked for did not work.

use std::fmt;

use serde::Serialize;
use ts_rs::TS;

/// A failure in words: what happened, and one thing to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Complaint {
    /// For code.
    pub code: Code,
    /// For people.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
}

/// Kinds of failure that somebody treats differently: the command by its exit code, the page by
/// what it offers next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Code {
    /// Nobody is signed in, or the sign-in has ended.
    SignedOut,
    /// Secrets cannot be read or written.
    VaultClosed,
    /// Secrets are protected by a passphrase that was not given.
    PassphraseNeeded,
    /// Both ports that a browser could come back to are taken: a code or a pasted address is left.
    SignInPorts,
    /// Codes are not allowed for this account: the browser is left.
    CodesOff,
    /// What was pasted is not the address of this sign-in; another may be pasted.
    WrongPaste,
    /// ChatGPT cannot be reached.
    Offline,
    /// The port is taken or reserved.
    PortTaken,
    /// A server for the same folder is running already.
    AlreadyRunning,
    /// The settings file is wrong.
    BadSettings,
    /// A name that has to be unique is taken.
    NameTaken,
    /// What was named does not exist.
    NotFound,
    /// This Postern, where it runs, cannot do that.
    Unavailable,
    /// The page asked for something that is not in the list of asks.
    BadAsk,
    /// The person stopped it.
    Cancelled,
    /// Anything else.
    Other,
}

impl Complaint {
    /// A failure nobody has advice for yet.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hint: None,
        }
    }

    /// The same with advice.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same for a page: advice that names a command is for a terminal.
    pub(crate) fn for_page(self) -> Self {
        Self {
            hint: self.hint.filter(|hint| !names_a_command(hint)),
            ..self
        }
    }

    /// Nothing is called that.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(Code::NotFound, format!("{what} does not exist"))
    }

    pub(crate) fn of(code: Code, fault: &dyn std::error::Error, hint: Option<&str>) -> Self {
        let mut message = fault.to_string();
        let mut source = fault.source();
        while let Some(cause) = source {
            // Some sentences come whole from the issuer's own words.
            message = format!("{}: {cause}", message.trim_end_matches('.'));
            source = cause.source();
        }
        Self {
            code,
            message,
            hint: hint.map(str::to_owned),
        }
    }
}

/// True for advice that only a terminal can follow.
pub(crate) fn names_a_command(advice: &str) -> bool {
    advice.contains("`postern ") || advice.contains("`--") || advice.contains("POSTERN_")
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Complaint {}

impl From<store::VaultFault> for Complaint {
    fn from(fault: store::VaultFault) -> Self {
        let code = match fault {
            store::VaultFault::PassphraseNeeded => Code::PassphraseNeeded,
            _ => Code::VaultClosed,
        };
        Self::of(code, &fault, fault.hint())
    }
}

impl From<store::DatabaseFault> for Complaint {
    fn from(fault: store::DatabaseFault) -> Self {
        Self::of(Code::Other, &fault, fault.hint())
    }
}

impl From<store::KeysFault> for Complaint {
    fn from(fault: store::KeysFault) -> Self {
        match fault {
            store::KeysFault::Vault(fault) => fault.into(),
            store::KeysFault::Taken(_) => Self::of(Code::NameTaken, &fault, fault.hint()),
            fault => Self::of(Code::Other, &fault, fault.hint()),
        }
    }
}

impl From<auth::Fault> for Complaint {
    fn from(fault: auth::Fault) -> Self {
        let code = match &fault {
            auth::Fault::Vault(fault) => return fault.clone().into(),
            auth::Fault::SignedOut
            | auth::Fault::NeedsSignIn { .. }
            | auth::Fault::Permanent { .. } => Code::SignedOut,
            auth::Fault::NotSaved(_) => Code::VaultClosed,
            auth::Fault::PortsTaken { .. } | auth::Fault::Listen(_) => Code::SignInPorts,
            auth::Fault::CodesOff => Code::CodesOff,
            auth::Fault::Pasted(_) | auth::Fault::MissingCode => Code::WrongPaste,
            auth::Fault::Transient { .. } => Code::Offline,
            auth::Fault::Cancelled { .. } => Code::Cancelled,
            _ => Code::Other,
        };
        Self::of(code, &fault, fault.hint())
    }
}

impl From<wire::Fault> for Complaint {
    fn from(fault: wire::Fault) -> Self {
        let code = match &fault {
            wire::Fault::SignedOut { .. } | wire::Fault::Unauthorized(_) => Code::SignedOut,
            wire::Fault::VaultClosed { .. } => Code::VaultClosed,
            wire::Fault::Unreachable { .. } => Code::Offline,
            _ => Code::Other,
        };
        Self::of(code, &fault, fault.hint())
    }
}

impl From<upstream::BuildFault> for Complaint {
    fn from(fault: upstream::BuildFault) -> Self {
        Self::of(Code::Other, &fault, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_gets_no_advice_for_a_terminal() {
        let rows = [
            (auth::Fault::SignedOut.hint(), None),
            (store::VaultFault::PassphraseNeeded.hint(), None),
            (
                store::VaultFault::Locked.hint(),
                Some("unlock the keyring and try again"),
            ),
            (None, None),
        ];
        for (given, told) in rows {
            let complaint = Complaint {
                code: Code::Other,
                message: String::new(),
                hint: given.map(str::to_owned),
            };
            assert_eq!(complaint.for_page().hint.as_deref(), told, "{given:?}");
        }
    }

    #[test]
    fn what_the_page_offers_next_depends_on_the_fault() {
        let rows = [
            (
                auth::Fault::PortsTaken {
                    preferred: 1455,
                    fallback: 1457,
                },
                Code::SignInPorts,
            ),
            (auth::Fault::CodesOff, Code::CodesOff),
            (auth::Fault::Pasted("no"), Code::WrongPaste),
            (auth::Fault::SignedOut, Code::SignedOut),
            (
                auth::Fault::NotSaved(store::VaultFault::Missing),
                Code::VaultClosed,
            ),
            (auth::Fault::Cancelled(auth::By::Person), Code::Cancelled),
            (auth::Fault::Denied("no".into()), Code::Other),
        ];
        for (fault, code) in rows {
            assert_eq!(Complaint::from(fault.clone()).code, code, "{fault:?}");
        }
    }
}
