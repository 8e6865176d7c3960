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

    fn of(code: Code, fault: &dyn std::error::Error, hint: Option<&str>) -> Self {
        let mut message = fault.to_string();
        let mut source = fault.source();
        while let Some(cause) = source {
            message = format!("{message}: {cause}");
            source = cause.source();
        }
        Self {
            code,
            message,
            hint: hint.map(str::to_owned),
        }
    }
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
            fault => Self::of(Code::Other, &fault, fault.hint()),
        }
    }
}

impl From<auth::Fault> for Complaint {
    fn from(fault: auth::Fault) -> Self {
        let code = match &fault {
            auth::Fault::Vault(fault) => return fault.clone().into(),
            auth::Fault::SignedOut | auth::Fault::NeedsSignIn { .. } => Code::SignedOut,
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
